from django.db import migrations, models


def keep_what_was_never_shown(apps, schema_editor):
    """A quiz that never showed its key keeps hiding it; all others get the usual rules, which say what was done."""
    mark_only = {"during": [], "after": ["mark"], "after_window": ["mark"]}
    apps.get_model("quizzes", "Quiz").objects.filter(review_allowed=False).update(review=mark_only)


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0005_question_files")]

    operations = [
        migrations.AddField(
            model_name="quiz",
            name="closes_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="closes at"),
        ),
        migrations.AddField(
            model_name="quiz",
            name="opens_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="opens at"),
        ),
        migrations.AddField(
            model_name="quiz",
            name="review",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddConstraint(
            model_name="quiz",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_at", None), ("closes_at", None), ("closes_at__gt", models.F("opens_at")), _connector="OR"
                ),
                name="quiz_closes_after_it_opens",
            ),
        ),
        migrations.RunPython(keep_what_was_never_shown, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="quiz", name="review_allowed"),
    ]
