"""Addresses of this room in the CMS."""

from django.urls import path

from quizzes import cms, cms_exports, cms_imports, cms_marking, cms_regrades, cms_reviews, cms_statistics

app_name = "quizzes_cms"
urlpatterns = [
    path("cau-hoi/", cms.questions, name="questions"),
    path("cau-hoi/them/", cms.question, name="question_add"),
    path("cau-hoi/<int:pk>/", cms.question, name="question"),
    path("cau-hoi/<int:pk>/noi-dung-den/", cms.question_uses, name="question_uses"),
    path("cau-hoi/<int:pk>/tep/<str:sha256>/", cms.task_file, name="task_file"),
    path("cau-hoi/<int:pk>/duyet/", cms.review, name="question_review"),
    path("cau-hoi/<int:pk>/tra-lai/", cms_reviews.send_back, name="question_send_back"),
    path("cho-duyet/", cms_reviews.waiting, name="reviews"),
    path("cau-hoi/<int:pk>/thong-ke/", cms_statistics.of_question, name="question_statistics"),
    path("cau-hoi/<int:pk>/cham-lai/", cms_regrades.ask, name="question_regrade"),
    path("cham-lai/<int:pk>/", cms_regrades.regrade, name="regrade"),
    path("cau-hoi/<int:pk>/ngung/", cms.retire, name="question_retire"),
    path("cau-hoi/<int:pk>/dung-lai/", cms.restore, name="question_restore"),
    path("xuat/", cms_exports.export, name="export"),
    path("xuat/tep/", cms_exports.export_file, name="export_file"),
    path("nhap/", cms_imports.imports, name="imports"),
    path("nhap/mau/", cms_imports.template, name="import_template"),
    path("nhap/<int:pk>/tep-tra-ve/", cms_imports.returned, name="import_returned"),
    path("nhap/<int:pk>/", cms_imports.found, name="import"),
    path("nhap/<int:pk>/chap-nhan/", cms_imports.accept, name="import_accept"),
    path("nhom/", cms.categories, name="categories"),
    path("nhom/them/", cms.category, name="category_add"),
    path("nhom/<int:pk>/", cms.category, name="category"),
    path("bai/", cms.quizzes, name="quizzes"),
    path("bai/them/", cms.quiz, name="quiz_add"),
    path("bai/<int:pk>/", cms.quiz, name="quiz"),
    path("bai/<int:pk>/cong-bo/", cms.publish, name="quiz_publish"),
    path("bai/<int:pk>/dong/", cms.unpublish, name="quiz_unpublish"),
    path("bai/<int:pk>/cham-bai/", cms_marking.progress, name="quiz_marking"),
    path("bai/<int:pk>/thong-ke/", cms_statistics.page, name="quiz_statistics"),
    path("bai/<int:pk>/thong-ke/csv/", cms_statistics.as_csv, name="quiz_statistics_csv"),
    path("bai/<int:pk>/xem-thu/", cms.preview, name="quiz_preview"),
]
