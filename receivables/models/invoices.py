"""Invoices and credit notes. The open amount is the sum of the ledger; a trigger keeps it beside the invoice for lists."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F
from django.db.models.functions import Collate

from receivables.models.customers import Customer
from receivables.models.files import StoredFile
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant

ZERO = Decimal("0.00")


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", "Factuur"
    CREDIT_NOTE = "credit_note", "Creditnota"


class DueDateBasis(models.TextChoices):
    """Whether the due date is a fatal term (law/rules.md 3): one that stands only on the invoice is not."""

    AGREED = "agreed", "Overeengekomen"
    STATUTORY = "statutory", "Wettelijk (30 dagen)"
    INVOICE_ONLY = "invoice_only", "Alleen op de factuur"


class Invoice(TenantModel):
    """A claim on a customer. `open_amount` is negative for a credit note that still has to be settled."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="invoices", db_index=False
    )
    kind = models.CharField(max_length=12, choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    number = models.CharField(max_length=100)
    number_key = models.CharField(max_length=100, editable=False, help_text="Hoofdletters zonder spaties")
    issued_on = models.DateField()
    due_on = models.DateField()
    due_date_basis = models.CharField(max_length=12, choices=DueDateBasis.choices, default=DueDateBasis.INVOICE_ONLY)
    received_on = models.DateField(null=True, blank=True, help_text="Dag van ontvangst, als die vaststaat")
    is_instalment = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Termijn van een doorlopend contract (abonnement, huur, lidmaatschap)",
    )
    currency = models.CharField(max_length=3, default="EUR")
    total_amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Inclusief btw; creditnota negatief")
    total_without_vat = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    open_amount = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)
    claimed_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=ZERO,
        db_default=ZERO,
        editable=False,
        help_text="Geboekte rente en kosten die nog openstaan; al deel van het openstaande bedrag",
    )
    description = models.CharField(max_length=500, blank=True)
    payment_reference = models.CharField(max_length=140, blank=True)
    order_reference = models.CharField(max_length=200, blank=True)
    credits_number = models.CharField(
        max_length=100, blank=True, help_text="Factuurnummer waar deze creditnota bij hoort"
    )
    lines = models.JSONField(default=list, blank=True, help_text="Regels om te tonen")
    warnings = models.JSONField(
        default=list, blank=True, help_text="Regels van de norm waaraan het bestand niet voldeed"
    )
    source_file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    pdf_file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    source_hash = models.CharField(
        max_length=64, blank=True, help_text="Vingerafdruk van de inhoud, om herzieningen te zien"
    )
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            same_tenant("source_file"),
            same_tenant("pdf_file"),
            models.UniqueConstraint(fields=["tenant", "number_key"], name="invoice_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind=InvoiceKind.INVOICE, open_amount__gte=0)
                | models.Q(kind=InvoiceKind.CREDIT_NOTE, open_amount__lte=0),
                name="invoice_never_overpaid",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on", "id"], condition=~models.Q(open_amount=0), name="invoice_open_by_due"
            ),
            models.Index(fields=["tenant", "customer", "due_on"], name="invoice_of_customer"),
            models.Index(F("tenant"), Collate("number_key", "C"), name="invoice_by_number_start"),
            models.Index(fields=["tenant", "due_on", "id"], name="invoice_by_due"),
            models.Index(
                fields=["tenant", "open_amount", "id"],
                condition=~models.Q(open_amount=0),
                name="invoice_open_by_amount",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def principal_open(self) -> Decimal:
        """What is open of the invoice itself, as the books of the creditor know it."""
        return self.open_amount - self.claimed_amount
