from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="search_key",
            field=models.TextField(default="", editable=False),
        ),
    ]
