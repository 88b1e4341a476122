"""Money that went back, and the last day a letter set on the pay link. A trigger keeps `Payment.unallocated` (I4)."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tenants.ids
import tenants.isolation

FORWARD = """
CREATE FUNCTION voldaan_sum_returns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE receivables_payment p SET unallocated = p.unallocated - s.amount
    FROM (SELECT tenant_id, payment_id, sum(amount) AS amount FROM added GROUP BY tenant_id, payment_id) s
    WHERE p.tenant_id = s.tenant_id AND p.id = s.payment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER voldaan_sum_returns AFTER INSERT ON receivables_paymentreturn
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION voldaan_sum_returns();
"""

BACKWARD = """
DROP TRIGGER voldaan_sum_returns ON receivables_paymentreturn;
DROP FUNCTION voldaan_sum_returns();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("receivables", "0002_ledger_sums"),
        ("tenants", "0002_event_chain"),
    ]

    operations = [
        migrations.AddField(
            model_name="paylink",
            name="pay_before_on",
            field=models.DateField(blank=True, help_text="Laatste dag die de laatste brief stelt", null=True),
        ),
        migrations.CreateModel(
            name="PaymentReturn",
            fields=[
                ("id", models.UUIDField(default=tenants.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "source_key",
                    models.CharField(help_text="Uniek per bron, zoals mollie:re_xxx of mollie:chb_xxx", max_length=200),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("returned_on", models.DateField()),
                ("description", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="receivables.payment",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_returns",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "across_tenants",
                "default_manager_name": "across_tenants",
                "indexes": [models.Index(fields=["tenant", "payment"], name="payment_return_of_payment")],
                "constraints": [
                    tenants.isolation.TenantIsolation(name="receivables_paymentreturn_rls"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="receivables_paymentreturn_key"),
                    tenants.isolation.AppendOnly(name="receivables_paymentreturn_append_only"),
                    tenants.isolation.SameTenant(field="payment", name="receivables_paymentreturn_payment_same"),
                    models.UniqueConstraint(fields=("tenant", "source_key"), name="payment_return_booked_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_return_is_positive"),
                ],
            },
            managers=[
                ("across_tenants", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
