"""Addresses of this room in the CMS."""

from django.urls import path

from courses import cms

app_name = "courses_cms"
urlpatterns = [
    path("<int:pk>/", cms.upload_word, name="upload"),
    path("ket-qua/<int:pk>/", cms.word_result, name="result"),
]
