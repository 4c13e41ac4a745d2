from html import unescape

from django.db import migrations
from django.utils.html import strip_tags

from staff.vietnamese import fold


def write_signs_as_typed(apps, schema_editor):
    """The search key held "&lt;" where a stem says "<": "5 < 6" was found by nobody."""
    Question = apps.get_model("quizzes", "Question")
    for question in Question.objects.filter(search_key__contains="&").order_by("pk").iterator():
        newest = question.versions.order_by("-number").first()
        if newest is None:
            continue
        kept = strip_tags(newest.stem)
        question.search_key = question.search_key.replace(fold(kept), fold(unescape(kept)))
        question.save(update_fields=["search_key"])


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0006_review_rules")]

    operations = [migrations.RunPython(write_signs_as_typed, migrations.RunPython.noop)]
