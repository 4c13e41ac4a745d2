from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from courses import receivers  # noqa: F401 - connects them
        from courses.services.learning import start_supervised
        from quizzes.services.supervising import STARTERS

        STARTERS.append(start_supervised)
