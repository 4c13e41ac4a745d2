"""Whatever was issued so far was signed at B-B."""

from django.db import migrations


def say_their_level(apps, schema_editor):
    certificates = apps.get_model("certificates", "Certificate")
    certificates.objects.using(schema_editor.connection.alias).filter(level=0, files__isnull=False).update(level=1)


class Migration(migrations.Migration):
    dependencies = [("certificates", "0006_signature_levels")]

    operations = [migrations.RunPython(say_their_level, migrations.RunPython.noop, elidable=True)]
