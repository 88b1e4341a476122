"""The database keeps the sums of the ledger: invoice open amounts and what of a payment is still unallocated (I3, I4)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION voldaan_sum_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE receivables_invoice i SET open_amount = i.open_amount + s.amount
    FROM (SELECT tenant_id, invoice_id, sum(amount) AS amount FROM added GROUP BY tenant_id, invoice_id) s
    WHERE i.tenant_id = s.tenant_id AND i.id = s.invoice_id;
    UPDATE receivables_payment p SET unallocated = p.unallocated + s.amount
    FROM (SELECT tenant_id, payment_id, sum(amount) AS amount FROM added
          WHERE payment_id IS NOT NULL GROUP BY tenant_id, payment_id) s
    WHERE p.tenant_id = s.tenant_id AND p.id = s.payment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER voldaan_sum_ledger AFTER INSERT ON receivables_ledgerentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION voldaan_sum_ledger();
"""

BACKWARD = """
DROP TRIGGER voldaan_sum_ledger ON receivables_ledgerentry;
DROP FUNCTION voldaan_sum_ledger();
"""


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_start")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
