"""What was agreed or asked instead of paying now: disputes, promises, payment plans, and messages of a debtor.

Each is a row with who, when and until when. Nothing counts them off: whether a promise or plan is kept follows from its
days and from what was paid since (`dunning.domain.arrangements`), so that a ladder resumes by itself.
"""

from __future__ import annotations

from django.db import models

from receivables.models import Customer, Invoice, StoredFile
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant, User


class Origin(models.TextChoices):
    DEBTOR = "debtor", "De debiteur, op de betaalpagina"
    STAFF = "staff", "Een medewerker"


class DisputeReason(models.TextChoices):
    NOT_DELIVERED = "not_delivered", "Niet geleverd"
    QUALITY = "quality", "Niet goed geleverd"
    WRONG_AMOUNT = "wrong_amount", "Het bedrag klopt niet"
    NOT_ORDERED = "not_ordered", "Niet besteld"
    DOUBLE = "double", "Dubbel gefactureerd"
    CANCELLED = "cancelled", "Opgezegd of geannuleerd"
    COSTS = "costs", "Niet eens met rente of kosten"
    OTHER = "other", "Anders"


class DisputeOutcome(models.TextChoices):
    REJECTED = "rejected", "Ongegrond: de factuur blijft staan"
    PARTLY = "partly", "Deels gegrond: er komt een creditnota of korting"
    UPHELD = "upheld", "Gegrond: de factuur vervalt"
    WITHDRAWN = "withdrawn", "Ingetrokken door de debiteur"


class Dispute(TenantModel):
    """One invoice, or what of it, that the debtor contests. It stops every step for that invoice until it is resolved."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="disputes", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="disputes", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="disputes", db_index=False
    )
    reason = models.CharField(max_length=20, choices=DisputeReason.choices)
    text = models.CharField(max_length=2000, blank=True)
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, help_text="Het betwiste deel; leeg is alles"
    )
    origin = models.CharField(max_length=8, choices=Origin.choices)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    resolve_by_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=10, choices=DisputeOutcome.choices, blank=True)
    outcome_note = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            same_tenant("invoice"),
            models.UniqueConstraint(
                fields=["tenant", "invoice"],
                condition=models.Q(resolved_at__isnull=True),
                name="dispute_open_once_per_invoice",
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_at__isnull=True, outcome="")
                | (models.Q(resolved_at__isnull=False) & ~models.Q(outcome="")),
                name="dispute_resolved_with_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer"], name="dispute_of_customer"),
            models.Index(
                fields=["tenant", "resolve_by_on"],
                condition=models.Q(resolved_at__isnull=True),
                name="dispute_to_resolve",
            ),
        ]

    def __str__(self) -> str:
        return f"betwisting van {self.invoice_id}"


class Promise(TenantModel):
    """The debtor promised to pay by a day. It stops the ladder for these invoices until that day and its grace have passed."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="promises", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="promises", db_index=False
    )
    pay_on = models.DateField(help_text="De dag waarop betaald wordt")
    grace_on = models.DateField(help_text="De laatste dag waarop de betaling binnen mag zijn")
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Wat is toegezegd")
    note = models.CharField(max_length=500, blank=True)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    made_at = models.DateTimeField()
    made_on = models.DateField()
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            models.CheckConstraint(
                condition=models.Q(grace_on__gte=models.F("pay_on")), name="promise_grace_after_day"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer"], name="promise_of_customer"),
            models.Index(
                fields=["tenant", "grace_on"], condition=models.Q(withdrawn_at__isnull=True), name="promise_by_day"
            ),
        ]

    def __str__(self) -> str:
        return f"toezegging voor {self.pay_on}"


class PromiseLine(TenantModel):
    """An invoice that a promise is about, and what was open on it."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="promise_lines", db_index=False)
    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, db_constraint=False, related_name="lines", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="promise_lines", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("promise"),
            same_tenant("invoice"),
            models.UniqueConstraint(fields=["tenant", "promise", "invoice"], name="promise_line_once"),
        ]
        indexes = [models.Index(fields=["tenant", "invoice"], name="promise_line_of_invoice")]

    def __str__(self) -> str:
        return f"{self.amount}"


class PlanState(models.TextChoices):
    REQUESTED = "requested", "Aangevraagd"
    RUNNING = "running", "Loopt"
    REJECTED = "rejected", "Afgewezen"
    ENDED = "ended", "Beëindigd"


class PaymentPlan(TenantModel):
    """A debt in instalments. REQUESTED stops the ladder while a person decides; RUNNING as long as it is kept.

    Kept, missed, broken and finished are no states: they follow from the instalments and what was paid since.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="payment_plans", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="payment_plans", db_index=False
    )
    state = models.CharField(max_length=10, choices=PlanState.choices)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=500, blank=True, help_text="De reden die de debiteur geeft")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decide_by_on = models.DateField(null=True, blank=True, help_text="Tot deze dag houdt een aanvraag de ladder tegen")
    started_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    grace_days = models.PositiveSmallIntegerField(default=3, help_text="Per termijn, zoals bij de afspraak gold")
    warning_days = models.PositiveSmallIntegerField(default=7, help_text="Om een gemiste termijn in te halen")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            models.CheckConstraint(condition=models.Q(total__gt=0), name="payment_plan_is_positive"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer"], name="payment_plan_of_customer"),
            models.Index(
                fields=["tenant", "id"],
                condition=models.Q(state__in=["requested", "running"]),
                name="payment_plan_alive",
            ),
        ]

    def __str__(self) -> str:
        return f"regeling van {self.total}"


class PlanLine(TenantModel):
    """An invoice in a plan, and what was open on it when the plan was made."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="plan_lines", db_index=False)
    plan = models.ForeignKey(
        PaymentPlan, on_delete=models.CASCADE, db_constraint=False, related_name="lines", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="plan_lines", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("plan"),
            same_tenant("invoice"),
            models.UniqueConstraint(fields=["tenant", "plan", "invoice"], name="plan_line_once"),
        ]
        indexes = [models.Index(fields=["tenant", "invoice"], name="plan_line_of_invoice")]

    def __str__(self) -> str:
        return f"{self.amount}"


class PlanInstalment(TenantModel):
    """One term of a plan: so much by such a day. What was paid fills the oldest first."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="plan_instalments", db_index=False)
    plan = models.ForeignKey(
        PaymentPlan, on_delete=models.CASCADE, db_constraint=False, related_name="instalments", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("plan"),
            models.UniqueConstraint(fields=["tenant", "plan", "number"], name="plan_instalment_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="plan_instalment_is_positive"),
        ]
        indexes = [models.Index(fields=["tenant", "due_on"], name="plan_instalment_by_day")]

    def __str__(self) -> str:
        return f"termijn {self.number}: {self.amount} op {self.due_on}"


class MessageKind(models.TextChoices):
    QUESTION = "question", "Vraag"
    ALREADY_PAID = "already_paid", "Zegt betaald te hebben"
    WRONG_PERSON = "wrong_person", "Verkeerde persoon"


class DebtorMessage(TenantModel):
    """Something a debtor left on the pay page that a person must look at. Alone it moves no money and closes nothing."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="debtor_messages", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="debtor_messages", db_index=False
    )
    kind = models.CharField(max_length=14, choices=MessageKind.choices)
    text = models.CharField(max_length=2000, blank=True)
    from_name = models.CharField(max_length=120, blank=True)
    from_email = models.EmailField(blank=True)
    paid_on = models.DateField(null=True, blank=True)
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    paid_from = models.CharField(max_length=120, blank=True, help_text="Rekening of naam waarmee betaald is")
    forward_name = models.CharField(max_length=120, blank=True)
    forward_email = models.EmailField(blank=True)
    proof = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    invoice_ids = models.JSONField(default=list, blank=True)
    hold = models.ForeignKey(
        "dunning.Hold",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    left_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handled_note = models.CharField(max_length=1000, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            same_tenant("proof"),
            same_tenant("hold"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer", "-left_at"], name="debtor_message_of_customer"),
            models.Index(
                fields=["tenant", "left_at"], condition=models.Q(handled_at__isnull=True), name="debtor_message_to_do"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} van {self.customer_id}"
