"""Policies (ladders): versioned, with steps; chosen per tenant, segment or customer; each invoice runs on one version."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from receivables.models import Customer, Invoice, Segment
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant, User


class StepKind(models.TextChoices):
    PRE_DUE_NOTICE = "pre_due_notice", "Vooraankondiging"
    REMINDER = "reminder", "Herinnering"
    DEMAND = "demand", "Aanmaning"
    CALL = "call", "Belactie"
    NOTICE_OF_DEFAULT = "notice_of_default", "Ingebrekestelling"
    HANDOVER = "handover", "Overdracht"


class Anchor(models.TextChoices):
    DUE_DATE = "due_date", "Vervaldatum"
    PREVIOUS_STEP = "previous_step", "Vorige stap geaccepteerd"


class ClaimMode(models.TextChoices):
    """What a ladder does with interest or collection costs; the creditor decides (design 5.5)."""

    OFF = "off", "Niet"
    STATE = "state", "Wel noemen, niet vorderen"
    CLAIM = "claim", "Vorderen"


class Policy(TenantModel):
    """A ladder; what it says stands in its published versions."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="policies", db_index=False)
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="policy_name_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="policy_one_default_per_tenant"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(TenantModel):
    """One published version; never changed afterwards. The newest published one takes new invoices."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="policy_versions", db_index=False)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, db_constraint=False, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    min_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal("0.00"))
    min_gap_days = models.PositiveSmallIntegerField(default=5)
    interest_mode = models.CharField(
        max_length=5, choices=ClaimMode.choices, default=ClaimMode.OFF, db_default=ClaimMode.OFF
    )
    costs_mode = models.CharField(
        max_length=5, choices=ClaimMode.choices, default=ClaimMode.OFF, db_default=ClaimMode.OFF
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("policy"),
            models.UniqueConstraint(fields=["tenant", "policy", "number"], name="policy_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class PolicyStep(TenantModel):
    """One step of a version. `key` names the step over versions: a step is sent at most once per invoice and cycle."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="policy_steps", db_index=False)
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.CASCADE, db_constraint=False, related_name="steps", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40, db_index=False)
    kind = models.CharField(max_length=20, choices=StepKind.choices)
    anchor = models.CharField(max_length=14, choices=Anchor.choices)
    days = models.SmallIntegerField(help_text="Dagen na het anker; negatief is ervoor")
    term_days = models.PositiveSmallIntegerField(default=7, help_text="Betaaltermijn die de brief geeft")
    min_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal("0.00"))
    sends_email = models.BooleanField(default=True)
    attaches_letter = models.BooleanField(default=True)
    needs_approval = models.BooleanField(
        default=False, help_text="Altijd eerst een mens, ook bij automatisch goedkeuren"
    )
    texts = models.JSONField(default=dict, blank=True, help_text="Eigen teksten per taal; leeg is de standaardtekst")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("version"),
            models.UniqueConstraint(fields=["tenant", "version", "key"], name="policy_step_key_once"),
            models.UniqueConstraint(fields=["tenant", "version", "position"], name="policy_step_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_kind_display()}"


class PolicyChoice(TenantModel):
    """Which policy a segment or a customer follows; the customer's choice goes before the segment's, then the default."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="policy_choices", db_index=False)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, db_constraint=False, related_name="choices", db_index=False
    )
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("policy"),
            same_tenant("segment"),
            same_tenant("customer"),
            models.CheckConstraint(
                condition=models.Q(segment__isnull=False, customer__isnull=True)
                | models.Q(segment__isnull=True, customer__isnull=False),
                name="policy_choice_of_segment_or_customer",
            ),
            models.UniqueConstraint(
                fields=["tenant", "segment"],
                condition=models.Q(segment__isnull=False),
                name="policy_choice_once_per_segment",
            ),
            models.UniqueConstraint(
                fields=["tenant", "customer"],
                condition=models.Q(customer__isnull=False),
                name="policy_choice_once_per_customer",
            ),
        ]

    def __str__(self) -> str:
        return str(self.policy_id)


class Track(TenantModel):
    """The version and cycle an invoice runs on once its first step was planned: a new version moves only new invoices."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="tracks", db_index=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, db_constraint=False, related_name="tracks", db_index=False
    )
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, db_constraint=False, related_name="tracks", db_index=False
    )
    cycle = models.PositiveSmallIntegerField(default=1, help_text="Groeit alleen als een mens de ladder opnieuw begint")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("invoice"),
            same_tenant("version"),
            models.UniqueConstraint(fields=["tenant", "invoice"], name="track_once_per_invoice"),
        ]

    def __str__(self) -> str:
        return f"ronde {self.cycle}"
