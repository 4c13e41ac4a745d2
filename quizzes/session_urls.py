"""Addresses of exam sessions: planning them, watching the room, sitting in it."""

from django.urls import path

from quizzes import room_views, seat_views, session_views

app_name = "exam_sessions"
urlpatterns = [
    path("", session_views.sessions, name="list"),
    path("moi/", session_views.new, name="new"),
    path("<int:pk>/", session_views.session, name="session"),
    path("<int:pk>/sua/", session_views.change, name="change"),
    path("<int:pk>/thi-sinh/", session_views.seats, name="seats"),
    path("<int:pk>/giay/<slug:paper>/", session_views.paper, name="paper"),
    path("<int:pk>/quyet-dinh/", session_views.decision, name="decision"),
    path("<int:pk>/phuc-khao/", session_views.reviews, name="reviews"),
    path("phuc-khao/<int:pk>/", session_views.answer_review, name="answer_review"),
    path("<int:pk>/giam-sat/", room_views.console, name="console"),
    path("<int:pk>/tep-bai-lam/", room_views.response_file, name="response_file"),
    path("thi-sinh/<int:pk>/", room_views.seat, name="watched_seat"),
    path("cho/<int:pk>/", seat_views.seat, name="seat"),
    path("cho/<int:pk>/phuc-khao/", seat_views.review, name="review"),
]
