"""The ledger: append-only entries per claim component; the open amount of an invoice is their sum (I2, I3, I4).

Two statement triggers (migration `receivables.0002`) add new entries to `Invoice.open_amount` and take allocated amounts
off `Payment.unallocated`; check constraints refuse an overpaid invoice and a payment that is given away twice. More triggers
(migration `receivables.0010`) give an entry the currency of its invoice, hold a reversal against what it mirrors, close each
settlement at commit, and refuse TRUNCATE; the view `receivables_journal` shows it all as double entry (docs/ledger.md).
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from receivables.models.customers import Customer
from receivables.models.invoices import Invoice
from tenants.isolation import AppendOnly, TenantModel, same_tenant
from tenants.models import Tenant, User


class Component(models.TextChoices):
    PRINCIPAL = "principal", "Hoofdsom"
    INTEREST = "interest", "Rente"
    COSTS = "costs", "Incassokosten"
    COSTS_VAT = "costs_vat", "Btw over incassokosten"


class EntryKind(models.TextChoices):
    INVOICE = "invoice", "Factuur"
    CREDIT = "credit", "Creditnota"
    PAYMENT = "payment", "Betaling"
    SETTLEMENT = "settlement", "Verrekening"
    CORRECTION = "correction", "Correctie"
    WRITE_OFF = "write_off", "Afboeking"
    DISCOUNT = "discount", "Korting"
    INTEREST = "interest", "Rente"
    COSTS = "costs", "Incassokosten"
    REVERSAL = "reversal", "Terugboeking"


class PaymentChannel(models.TextChoices):
    PSP = "psp", "Betaallink"
    BANK = "bank", "Bank"
    MANUAL = "manual", "Handmatig"


class Payment(TenantModel):
    """Money received. What is not allocated to invoices is a visible credit of the customer."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="payments", db_index=False)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="payments", db_index=False
    )
    channel = models.CharField(max_length=10, choices=PaymentChannel.choices)
    source_key = models.CharField(max_length=200, help_text="Uniek per bron, zoals mollie:tr_xxx")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    unallocated = models.DecimalField(max_digits=14, decimal_places=2, editable=False)
    currency = models.CharField(max_length=3, default="EUR")
    received_on = models.DateField()
    description = models.CharField(max_length=500, blank=True)
    counterparty_iban = models.CharField(max_length=34, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            models.UniqueConstraint(fields=["tenant", "source_key"], name="payment_booked_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=models.Q(unallocated__gte=0, unallocated__lte=models.F("amount")),
                name="payment_allocated_once",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "customer", "-received_on"], name="payment_of_customer")]

    def __str__(self) -> str:
        return f"{self.amount} op {self.received_on}"

    @property
    def kept(self) -> Decimal:
        """What of it did not go back."""
        return self.amount - sum((row.amount for row in self.returns.all()), Decimal(0))


class PaymentReturn(TenantModel):
    """Money of a payment that went back: a refund or a chargeback. What it had settled is reversed first.

    A trigger (migration `receivables.0003`) takes it off `Payment.unallocated`.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="payment_returns", db_index=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, db_constraint=False, related_name="returns", db_index=False
    )
    source_key = models.CharField(max_length=200, help_text="Uniek per bron, zoals mollie:re_xxx of mollie:chb_xxx")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR", db_default="EUR")
    returned_on = models.DateField()
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            same_tenant("payment"),
            models.UniqueConstraint(fields=["tenant", "source_key"], name="payment_return_booked_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_return_is_positive"),
        ]
        indexes = [models.Index(fields=["tenant", "payment"], name="payment_return_of_payment")]

    def __str__(self) -> str:
        return f"{self.amount} terug op {self.returned_on}"


class LedgerEntry(TenantModel):
    """One change of what an invoice asks. Positive raises the claim, negative lowers it."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="ledger", db_index=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="entries", db_index=False
    )
    payment = models.ForeignKey(
        Payment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="entries",
        db_index=False,
    )
    reverses = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="reversed_by",
        db_index=False,
    )
    component = models.CharField(max_length=10, choices=Component.choices, default=Component.PRINCIPAL)
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR", db_default="EUR")
    booked_on = models.DateField()
    source_key = models.CharField(max_length=200, help_text="Uniek per tenant: dezelfde bron boekt maar één keer")
    description = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict, db_default={}, blank=True, help_text="De opbouw, zoals die geboekt is")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            same_tenant("invoice"),
            same_tenant("payment"),
            same_tenant("reverses"),
            models.UniqueConstraint(fields=["tenant", "source_key"], name="ledger_entry_booked_once"),
            models.UniqueConstraint(
                fields=["tenant", "reverses"],
                condition=models.Q(reverses__isnull=False),
                name="ledger_entry_reversed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=EntryKind.REVERSAL, reverses__isnull=False)
                | models.Q(~models.Q(kind=EntryKind.REVERSAL), reverses__isnull=True),
                name="ledger_reversal_reverses",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=EntryKind.PAYMENT, payment__isnull=False)
                | models.Q(kind=EntryKind.REVERSAL)
                | models.Q(~models.Q(kind__in=[EntryKind.PAYMENT, EntryKind.REVERSAL]), payment__isnull=True),
                name="ledger_payment_gives_a_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "invoice", "booked_on"], name="ledger_of_invoice"),
            models.Index(
                fields=["tenant", "payment"], condition=models.Q(payment__isnull=False), name="ledger_of_payment"
            ),
            models.Index(
                fields=["tenant", "invoice", "booked_on"],
                condition=models.Q(kind=EntryKind.WRITE_OFF),
                name="ledger_written_off",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class LedgerCheck(TenantModel):
    """One look at the invariants I1 to I6. A breach freezes sending until a later check finds the books in order."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="ledger_checks", db_index=False)
    checked_at = models.DateTimeField()
    breaches = models.JSONField(default=list, help_text="[invariant, Nederlandse zin, voorbeelden]")
    trial_balance = models.JSONField(default=dict, help_text="Valuta -> rekening -> saldo")
    digest = models.CharField(max_length=64, help_text="Hash van de proefbalans: gelijk voor en na een herstel")

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, AppendOnly(name="%(app_label)s_%(class)s_append_only")]
        indexes = [models.Index(fields=["tenant", "-checked_at"], name="ledger_check_newest")]

    def __str__(self) -> str:
        return f"controle van {self.checked_at}"
