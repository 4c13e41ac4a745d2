from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self):
        from quizzes.access import invigilators_today
        from staff.models.users import FURTHER_ROLES

        FURTHER_ROLES.append(invigilators_today)
