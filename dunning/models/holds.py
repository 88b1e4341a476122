"""Holds (blokkades): on the tenant, a customer, an invoice, or one file's step; with a reason, an owner and an end."""

from __future__ import annotations

from django.db import models

from receivables.models import Customer, Invoice
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant, User


class HoldLevel(models.TextChoices):
    TENANT = "tenant", "Hele administratie"
    CUSTOMER = "customer", "Debiteur"
    INVOICE = "invoice", "Factuur"
    FILE = "file", "Dossier (alleen formele stappen)"


class HoldReason(models.TextChoices):
    DISPUTE = "dispute", "Betwisting"
    PROMISE = "promise", "Betaaltoezegging"
    PLAN = "plan", "Betalingsregeling"
    PAYMENT_CLAIMED = "payment_claimed", "Zegt betaald te hebben"
    QUESTION = "question", "Vraag van de debiteur"
    DELIVERY = "delivery", "Levering of kwaliteit"
    OWN_ERROR = "own_error", "Fout van onszelf"
    RELATION = "relation", "Relatie: eerst overleg"
    OTHER = "other", "Anders"


class Hold(TenantModel):
    """Nothing goes out for what is held. It ends by itself after `until_on`, or when somebody ends it.

    FILE holds one invoice's formal steps (demand and later) while friendly reminders go on.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="holds", db_index=False)
    level = models.CharField(max_length=10, choices=HoldLevel.choices)
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="holds",
        db_index=False,
    )
    invoice = models.ForeignKey(
        Invoice,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="holds",
        db_index=False,
    )
    reason = models.CharField(max_length=20, choices=HoldReason.choices)
    note = models.CharField(max_length=500, blank=True)
    pauses_interest = models.BooleanField(
        default=False, db_default=False, help_text="Geen rente over deze dagen (art. 6:119 lid 6 en 7 BW)"
    )
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    until_on = models.DateField(null=True, blank=True, help_text="Laatste dag van de blokkade; leeg is tot nader order")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            same_tenant("invoice"),
            models.CheckConstraint(
                condition=models.Q(level="tenant", customer__isnull=True, invoice__isnull=True)
                | models.Q(level="customer", customer__isnull=False, invoice__isnull=True)
                | models.Q(level__in=["invoice", "file"], customer__isnull=False, invoice__isnull=False),
                name="hold_points_at_its_level",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer"], condition=models.Q(ended_at__isnull=True), name="hold_running"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.get_reason_display()}"
