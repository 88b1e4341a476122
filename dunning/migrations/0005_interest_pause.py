"""A hold may say that its days bear no interest (art. 6:119 lid 6 and 7 BW)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dunning", "0004_law_engine")]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="pauses_interest",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Geen rente over deze dagen (art. 6:119 lid 6 en 7 BW)"
            ),
        ),
    ]
