"""Indicators of events say which events they count; until now all of them counted exam sessions."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

OLD_NAME = "Số lớp tập huấn, kỳ kiểm tra có người dự"
NEW_NAME = "Số lớp tập huấn, bồi dưỡng đã tổ chức"
REMARK = "Đếm lớp đã kết thúc trong kỳ và có người dự; không có mẫu số."


def say_what_was_counted(apps, schema_editor):
    """Versions so far go on counting exam sessions; “classes held” gets one from today on that counts classes.

    So no figure of an earlier period changes. An indicator that somebody renamed or wrote anew is left alone.
    """
    indicator_model = apps.get_model("unit_coverage", "Indicator")
    rule_model = apps.get_model("unit_coverage", "IndicatorRule")
    rule_model.objects.filter(indicator__subject="events", event_kinds=[]).update(event_kinds=["exam"])
    indicator = indicator_model.objects.filter(code="classes_held", name=OLD_NAME).first()
    if indicator is None:
        return
    rules = rule_model.objects.filter(indicator=indicator).order_by("-version")
    last, today = rules.first(), timezone.localdate()
    if last is None or rules.count() > 1 or last.valid_until is not None or last.valid_from >= today:
        return
    last.valid_until, last.end_recorded_at = today - timedelta(days=1), timezone.now()
    last.save(update_fields=["valid_until", "end_recorded_at"])
    rule_model.objects.create(
        indicator=indicator,
        version=last.version + 1,
        valid_from=today,
        event_kinds=["class"],
        legal_basis=last.legal_basis,
        remark=REMARK,
    )
    indicator.name = NEW_NAME
    indicator.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [("unit_coverage", "0008_personal_changes")]

    operations = [
        migrations.AddField("indicatorrule", "event_kinds", models.JSONField(blank=True, default=list)),
        migrations.AddField("indicatorrule", "counts_turns", models.BooleanField(default=False)),
        migrations.RunPython(say_what_was_counted, migrations.RunPython.noop),
    ]
