"""The product's addresses, and beside them: a lesson as stock Wagtail serves it, and the barest page and save."""

import json

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.urls import path
from wagtail.models import Page
from wagtail.views import serve

from courses import pages
from courses.models import CoursePage, LessonPage
from lms.urls import handler400, handler500  # noqa: F401 - Django looks for them here
from lms.urls import urlpatterns as product


def stock(request, path):
    """Wagtail's own way: it finds the site, walks the tree by slugs, and lets the page serve itself."""
    return serve(request, path)


def bare(request):
    """Session and account, nothing else."""
    return HttpResponse(request.user.full_name)


def upsert(request):
    """The barest save there can be: a signed-in request that writes one row. Nothing is checked, nothing decided."""
    sent = json.loads(request.body)
    row = [request.user.pk, sent["number"], json.dumps(sent["response"])]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, row)
    return JsonResponse({"saved_at": "10:42:05"})


_UPSERT = """
    INSERT INTO bare_answer (person, number, response) VALUES (%s, %s, %s)
    ON CONFLICT (person, number) DO UPDATE SET response = excluded.response
"""


def _context(self, request, *args, **kwargs):
    course = CoursePage.objects.select_related("course__track").get(pk=self.get_parent().pk)
    outline = pages.outline_of(course, pages.newest_enrolment(course, request.user.staff_member_id))
    return {**Page.get_context(self, request), **pages.lesson_context(course, self, outline)}


# In the product these redirect to our own view; here the same template and the same words go Wagtail's way.
LessonPage.serve, LessonPage.template, LessonPage.get_context = Page.serve, "courses/lesson.html", _context

urlpatterns = [path("stock/<path:path>", stock), path("bare/", bare), path("bare/upsert/", upsert), *product]
