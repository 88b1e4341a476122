"""VAT that was asked back on invoices nobody paid (art. 29 Wet OB): which return, how much, and by whom it was noted."""

from __future__ import annotations

from django.db import models

from receivables.models.invoices import Invoice
from tenants.isolation import AppendOnly, TenantModel, same_tenant
from tenants.models import Tenant, User


class VatReclaimKind(models.TextChoices):
    RECLAIM = "reclaim", "Teruggevraagd"
    DUE_AGAIN = "due_again", "Opnieuw verschuldigd"
    WITHDRAWN = "withdrawn", "Ingetrokken"


class VatReclaim(TenantModel):
    """One line of a VAT return about one invoice; a withdrawal is a new row."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="vat_reclaims", db_index=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="vat_reclaims", db_index=False
    )
    kind = models.CharField(max_length=10, choices=VatReclaimKind.choices)
    return_period = models.CharField(max_length=7, help_text="2026-Q3, 2026-09 of 2026")
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Btw")
    base_amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Bedrag inclusief btw")
    filed_on = models.DateField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            same_tenant("invoice"),
        ]
        indexes = [
            models.Index(fields=["tenant", "invoice"], name="vat_reclaim_of_invoice"),
            models.Index(fields=["tenant", "return_period"], name="vat_reclaim_by_period"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} in {self.return_period}"
