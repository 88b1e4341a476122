"""What the PSP pays out: a settlement gathers payments less refunds, chargebacks and fees, and arrives as one bank line.

The money was booked per payment when the debtor paid; a settlement clears that and never books it again.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from receivables.models.banking import BankLine
from receivables.models.ledger import Payment, PaymentReturn
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant


class PspSettlement(TenantModel):
    """One payout of the PSP. `bank_line` is the receipt on the account that clears it, once it is known."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="psp_settlements", db_index=False)
    provider = models.CharField(max_length=20, default="mollie")
    psp_id = models.CharField(max_length=60, help_text="stl_...")
    reference = models.CharField(max_length=60, blank=True, help_text="Zoals op het afschrift, 1182161.1506.02")
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Wat uitbetaald wordt")
    fees = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0), help_text="Ingehouden kosten")
    currency = models.CharField(max_length=3, default="EUR")
    settled_on = models.DateField(null=True, blank=True)
    bank_line = models.ForeignKey(
        BankLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="psp_settlements",
        db_index=False,
    )
    cleared_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("bank_line"),
            models.UniqueConstraint(fields=["tenant", "provider", "psp_id"], name="psp_settlement_once"),
            models.UniqueConstraint(
                fields=["tenant", "bank_line"],
                condition=models.Q(bank_line__isnull=False),
                name="psp_settlement_clears_one_line",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.psp_id


class PspSettlementLine(TenantModel):
    """One payment, refund or chargeback inside a settlement; of ours when we booked it, else a stranger to this program."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="psp_settlement_lines", db_index=False)
    settlement = models.ForeignKey(
        PspSettlement, on_delete=models.PROTECT, db_constraint=False, related_name="lines", db_index=False
    )
    object_id = models.CharField(max_length=60, help_text="tr_, re_ of chb_")
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Een terugbetaling is negatief")
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
    )
    payment_return = models.ForeignKey(
        PaymentReturn,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("settlement"),
            same_tenant("payment"),
            same_tenant("payment_return"),
            models.UniqueConstraint(fields=["tenant", "object_id"], name="psp_settled_once"),
        ]
        indexes = [models.Index(fields=["tenant", "settlement"], name="psp_settlement_line_of")]

    def __str__(self) -> str:
        return f"{self.object_id} {self.amount}"
