from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from courses import receivers  # noqa: F401 - connects them
        from courses.eligibility import course_hindrances, enrol_candidates
        from courses.services.learning import start_supervised
        from quizzes.eligibility import CHECKERS, ENROLLERS
        from quizzes.services.supervising import STARTERS

        STARTERS.append(start_supervised)
        CHECKERS.append(course_hindrances)
        ENROLLERS.append(enrol_candidates)
