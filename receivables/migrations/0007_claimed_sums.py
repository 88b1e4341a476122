"""Interest and costs that stand open are summed beside the open amount, so that the principal is known without adding up."""

from decimal import Decimal

from django.db import migrations, models

SUMS = """
CREATE OR REPLACE FUNCTION voldaan_sum_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE receivables_invoice i SET open_amount = i.open_amount + s.amount {claimed}
    FROM (SELECT tenant_id, invoice_id, sum(amount) AS amount,
                 coalesce(sum(amount) FILTER (WHERE component <> 'principal'), 0) AS claimed
          FROM added GROUP BY tenant_id, invoice_id) s
    WHERE i.tenant_id = s.tenant_id AND i.id = s.invoice_id;
    UPDATE receivables_payment p SET unallocated = p.unallocated + s.amount
    FROM (SELECT tenant_id, payment_id, sum(amount) AS amount FROM added
          WHERE payment_id IS NOT NULL GROUP BY tenant_id, payment_id) s
    WHERE p.tenant_id = s.tenant_id AND p.id = s.payment_id;
    RETURN NULL;
END $$;
"""
WITH_CLAIMED = SUMS.format(claimed=", claimed_amount = i.claimed_amount + s.claimed")
WITHOUT_CLAIMED = SUMS.format(claimed="")


class Migration(migrations.Migration):
    dependencies = [("receivables", "0006_law_engine")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="claimed_amount",
            field=models.DecimalField(
                db_default=Decimal("0.00"),
                decimal_places=2,
                default=Decimal("0.00"),
                editable=False,
                help_text="Geboekte rente en kosten die nog openstaan; al deel van het openstaande bedrag",
                max_digits=14,
            ),
        ),
        migrations.RunSQL(WITH_CLAIMED, WITHOUT_CLAIMED),
    ]
