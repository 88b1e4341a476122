"""What was written off is found without reading the ledger: the VAT in it may be asked back (art. 29 Wet OB)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("receivables", "0007_claimed_sums")]

    operations = [
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("kind", "write_off")),
                fields=["tenant", "invoice", "booked_on"],
                name="ledger_written_off",
            ),
        ),
    ]
