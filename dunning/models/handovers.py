"""Handover (overdracht) of a customer's file to a collection agency: flagged, approved, packaged, handed over."""

from __future__ import annotations

from django.db import models

from dunning.models.runs import Run
from receivables.models import Customer, Invoice, StoredFile
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant, User


class HandoverState(models.TextChoices):
    FLAGGED = "flagged", "Wacht op akkoord"
    APPROVED = "approved", "Goedgekeurd"
    PACKAGED = "packaged", "Dossier klaar"
    HANDED_OVER = "handed_over", "Overgedragen"
    REJECTED = "rejected", "Niet overdragen"
    WITHDRAWN = "withdrawn", "Ingetrokken"


class Handover(TenantModel):
    """The invoices of one customer whose ladder has ended without payment."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="handovers", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="handovers", db_index=False
    )
    run = models.ForeignKey(
        Run, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="handovers", db_index=False
    )
    state = models.CharField(max_length=12, choices=HandoverState.choices, default=HandoverState.FLAGGED)
    flagged_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    approved_through = models.CharField(max_length=10, blank=True, help_text="screen of link")
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejected_why = models.CharField(max_length=300, blank=True)
    packaged_at = models.DateTimeField(null=True, blank=True)
    dossier_file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agency_name = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            same_tenant("run"),
            same_tenant("dossier_file"),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "-flagged_at"], name="handover_by_state"),
            models.Index(fields=["tenant", "customer"], name="handover_of_customer"),
        ]

    def __str__(self) -> str:
        return f"overdracht van {self.customer_id}"


class HandoverLine(TenantModel):
    """One invoice in a handover; at most one that is not rejected or withdrawn."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="handover_lines", db_index=False)
    handover = models.ForeignKey(
        Handover, on_delete=models.CASCADE, db_constraint=False, related_name="lines", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="handover_lines", db_index=False
    )
    step_key = models.CharField(max_length=40)
    cycle = models.PositiveSmallIntegerField(default=1)
    open_amount = models.DecimalField(max_digits=14, decimal_places=2)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("handover"),
            same_tenant("invoice"),
            models.UniqueConstraint(
                fields=["tenant", "invoice", "cycle"],
                condition=models.Q(cancelled_at__isnull=True),
                name="handover_line_once_per_cycle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.open_amount}"
