from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self):
        from quizzes.access import invigilators_today, markers_today
        from staff.models.users import FURTHER_ROLES

        FURTHER_ROLES.extend([invigilators_today, markers_today])
