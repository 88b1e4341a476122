"""Notices: one letter or mail to one customer, its lines, its attempts, and what was heard of it afterwards.

States and transaction borders: reliability of sending is described in docs/sending.md. A line keeps the step of one
invoice and cycle; the unique key on live lines is what makes 'at most once' a fact of the database.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from dunning.models.policies import StepKind
from dunning.models.runs import Run
from receivables.models import Customer, Invoice, PayLink, StoredFile
from tenants.isolation import AppendOnly, TenantModel, same_tenant
from tenants.models import Tenant, User


class NoticeState(models.TextChoices):
    PLANNED = "planned", "Gepland"  # in a run that nobody approved yet
    READY = "ready", "Klaar om te versturen"  # approved; letter, address and amount are frozen at the claim
    CLAIMED = "claimed", "Wordt verzonden"
    WAITING = "waiting", "Wacht op nieuwe poging"  # surely not accepted
    ACCEPTED = "accepted", "Verzonden"
    DELIVERED = "delivered", "Bezorgd"
    BOUNCED = "bounced", "Onbestelbaar"
    AMBIGUOUS = "ambiguous", "Onzeker: verzonden of niet?"
    REFUSED = "refused", "Geweigerd door de mailserver"
    CANCELLED = "cancelled", "Vervallen"


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail met brief"
    PRINT = "print", "Brief om te printen"


class LegalContent(models.TextChoices):
    """What a letter is in law, whatever the ladder calls it (law/rules.md 2)."""

    FRIENDLY = "friendly", "Zonder rechtsgevolg"
    DEMAND = "demand", "Aanmaning"
    DEFAULT_NOTICE = "default_notice", "Ingebrekestelling (art. 6:82 BW)"
    FOURTEEN_DAY = "fourteen_day", "Veertiendagenbrief"
    COSTS_DUE = "costs_due", "Laatste brief, incassokosten verschuldigd"
    LAST_NOTICE = "last_notice", "Laatste brief"


class Notice(TenantModel):
    """One letter/mail to one customer for one step kind in one run. Frozen once claimed."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="notices", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, db_constraint=False, related_name="notices", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="notices", db_index=False
    )
    step_kind = models.CharField(max_length=20, choices=StepKind.choices)
    step_key = models.CharField(max_length=40)
    legal_content = models.CharField(max_length=14, choices=LegalContent.choices, blank=True, db_default="")
    language = models.CharField(max_length=2, default="nl")
    channel = models.CharField(max_length=6, choices=Channel.choices, default=Channel.EMAIL)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.PLANNED)
    to_email = models.EmailField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    total_amount = models.DecimalField(max_digits=14, decimal_places=2)
    stated = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="Wat de brief noemt en niet vraagt: aangekondigde kosten, rente",
    )
    dated_on = models.DateField(null=True, blank=True, help_text="Datum op de brief")
    pay_before_on = models.DateField(null=True, blank=True, help_text="Laatste dag van de gestelde termijn")
    generation = models.PositiveSmallIntegerField(default=0, help_text="Groeit alleen als een mens opnieuw vrijgeeft")
    pay_link = models.ForeignKey(
        PayLink, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
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
    mail_file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    message_id = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Klok van de database")
    try_after_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("run"),
            same_tenant("customer"),
            same_tenant("pay_link"),
            same_tenant("pdf_file"),
            same_tenant("mail_file"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer", "-created_at"], name="notice_of_customer"),
            models.Index(fields=["tenant", "run", "state"], name="notice_of_run"),
            models.Index(
                fields=["tenant", "state", "id"],
                condition=models.Q(state__in=["ready", "claimed", "waiting", "ambiguous"]),
                name="notice_to_do",
            ),
            models.Index(
                fields=["tenant", "message_id"], condition=~models.Q(message_id=""), name="notice_by_message_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_kind_display()} aan {self.customer_id}"


class NoticeLine(TenantModel):
    """One invoice on a notice, with the amount it stated."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="notice_lines", db_index=False)
    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, db_constraint=False, related_name="lines", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="notice_lines", db_index=False
    )
    step_key = models.CharField(max_length=40)
    cycle = models.PositiveSmallIntegerField(default=1)
    open_amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Wat al geboekt openstond")
    interest_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal(0), db_default=Decimal(0), help_text="Rente die hier bij komt"
    )
    costs_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="Kosten die hier bij komen",
    )
    details = models.JSONField(default=dict, db_default={}, blank=True, help_text="De opbouw van rente en kosten")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("notice"),
            same_tenant("invoice"),
            models.UniqueConstraint(
                fields=["tenant", "invoice", "step_key", "cycle"],
                condition=models.Q(cancelled_at__isnull=True),
                name="notice_line_once_per_step_and_cycle",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "notice"], name="notice_line_of_notice")]

    def __str__(self) -> str:
        return f"{self.step_key} {self.open_amount}"


class AttemptResult(models.TextChoices):
    PENDING = "pending", "Bezig"
    ACCEPTED = "accepted", "Geaccepteerd"
    NOT_ACCEPTED = "not_accepted", "Zeker niet geaccepteerd"
    REFUSED = "refused", "Geweigerd"
    UNKNOWN = "unknown", "Onbekend"


class Attempt(TenantModel):
    """One try to hand a notice to the provider; written before the call, closed after it."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, db_constraint=False, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    generation = models.PositiveSmallIntegerField(default=0, help_text="Van de mededeling, toen deze poging begon")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=12, choices=AttemptResult.choices, default=AttemptResult.PENDING)
    provider_id = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("notice"),
            models.UniqueConstraint(fields=["tenant", "notice", "number"], name="attempt_number_once"),
        ]

    def __str__(self) -> str:
        return f"poging {self.number}: {self.get_result_display()}"


class DeliveryEvent(TenantModel):
    """What the provider, a mail server or a person reported of a notice: evidence, append-only."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="delivery_events", db_index=False)
    notice = models.ForeignKey(
        Notice, on_delete=models.PROTECT, db_constraint=False, related_name="delivery_events", db_index=False
    )
    kind = models.CharField(max_length=20, help_text="accepted, delivered, bounced, complained, released, closed, ...")
    source_key = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    details = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("notice"),
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            models.UniqueConstraint(fields=["tenant", "source_key"], name="delivery_event_once"),
        ]
        indexes = [models.Index(fields=["tenant", "notice", "at"], name="delivery_event_of_notice")]

    def __str__(self) -> str:
        return self.kind
