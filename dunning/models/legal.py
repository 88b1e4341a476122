"""Legal states with who and when: fourteen-day letters, interruptions of limitation, and what a human let pass.

Rules: art. 6:96 lid 6 BW (fourteen days), 3:317-3:319 BW (interruption), Wki (assignment agreement, register).
"""

from __future__ import annotations

from django.db import models

from dunning.models.notices import Notice
from receivables.models import Customer, Invoice, StoredFile
from tenants.isolation import AppendOnly, TenantModel, same_tenant
from tenants.models import Tenant, User


class ReceiptProof(models.TextChoices):
    """Why a letter counts as received on its day (law/rules.md 2)."""

    RULE = "rule", "Bezorgregel"
    DELIVERED = "delivered", "Afleverbericht van de mailserver"
    PERSON = "person", "Vastgesteld door een medewerker"


class FourteenDayLetter(TenantModel):
    """A fourteen-day letter that left: its term, counted from receipt, and the costs it announced.

    Running, run out or void follows from these dates and from what is open; no column repeats it.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="fourteen_day_letters", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="fourteen_day_letters", db_index=False
    )
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, db_constraint=False, related_name="fourteen_day_letters", db_index=False
    )
    channel = models.CharField(max_length=10)
    sent_on = models.DateField()
    received_on = models.DateField()
    receipt_proof = models.CharField(max_length=10, choices=ReceiptProof.choices, default=ReceiptProof.RULE)
    term_last_on = models.DateField(help_text="Laatste van de veertien dagen")
    costs_due_from_on = models.DateField(
        help_text="Eerste dag waarop kosten verschuldigd zijn, met verlenging en marge"
    )
    principal_amount = models.DecimalField(max_digits=14, decimal_places=2)
    costs_amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Aangekondigd, zonder btw")
    vat_amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Aangekondigde btw")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_why = models.CharField(max_length=200, blank=True)
    costs_settled_at = models.DateTimeField(
        null=True, blank=True, help_text="Kosten geboekt, of vervallen door betaling"
    )
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            same_tenant("notice"),
            models.UniqueConstraint(fields=["tenant", "notice"], name="fourteen_day_letter_once_per_notice"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer"], name="fourteen_day_letter_of"),
            models.Index(
                fields=["tenant", "costs_due_from_on"],
                condition=models.Q(costs_settled_at__isnull=True, voided_at__isnull=True),
                name="fourteen_day_letter_to_settle",
            ),
        ]

    def __str__(self) -> str:
        return f"veertiendagenbrief, kosten vanaf {self.costs_due_from_on}"


class InterruptionKind(models.TextChoices):
    DEMAND = "demand", "Schriftelijke aanmaning of mededeling (art. 3:317 BW)"
    ACKNOWLEDGEMENT = "acknowledgement", "Erkenning door de debiteur (art. 3:318 BW)"
    CLAIM = "claim", "Dagvaarding of andere daad van rechtsvervolging (art. 3:316 BW)"


class Interruption(TenantModel):
    """Something outside the ladder that started a new term of limitation, as somebody established it."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="interruptions", db_index=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="interruptions", db_index=False
    )
    kind = models.CharField(max_length=16, choices=InterruptionKind.choices)
    received_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("invoice"),
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
        ]
        indexes = [models.Index(fields=["tenant", "invoice"], name="interruption_of_invoice")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} op {self.received_on}"


class LimitationRelease(TenantModel):
    """A person's word that a claim past its date may still be asked for (a judge does not apply it unasked, 3:322 BW)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="limitation_releases", db_index=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="limitation_releases", db_index=False
    )
    why = models.CharField(max_length=300)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("invoice"),
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            models.UniqueConstraint(fields=["tenant", "invoice"], name="limitation_release_once"),
        ]

    def __str__(self) -> str:
        return self.why


class AssignmentAgreement(TenantModel):
    """The agreement by which the creditor lets the office collect (Bki art. 5.1); the file and who signed."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="assignment_agreements", db_index=False)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
    )
    signed_on = models.DateField()
    signed_by = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("file"),
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
        ]
        indexes = [models.Index(fields=["tenant", "-signed_on"], name="assignment_agreement_newest")]

    def __str__(self) -> str:
        return f"opdracht van {self.signed_on}"


class WkiOverride(TenantModel):
    """Somebody's decision to write natural persons for this tenant although no registration is known, until a day."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="wki_overrides", db_index=False)
    why = models.CharField(max_length=500)
    until_on = models.DateField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, AppendOnly(name="%(app_label)s_%(class)s_append_only")]
        indexes = [models.Index(fields=["tenant", "-until_on"], name="wki_override_newest")]

    def __str__(self) -> str:
        return f"tot en met {self.until_on}: {self.why}"
