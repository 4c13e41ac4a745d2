"""Addresses of this room."""

app_name = "quizzes"
urlpatterns = []
