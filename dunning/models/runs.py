"""The weekly run: a frozen list of decisions with their reasons, approved as a whole, stopped with one button."""

from __future__ import annotations

from django.db import models

from dunning.models.policies import StepKind
from receivables.models import Customer, Invoice
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant, User


class RunState(models.TextChoices):
    PLANNING = "planning", "Wordt voorbereid"
    PLANNED = "planned", "Wacht op akkoord"
    APPROVED = "approved", "Goedgekeurd"
    SENDING = "sending", "Wordt verzonden"
    DONE = "done", "Klaar"
    STOPPED = "stopped", "Gestopt"


class Run(TenantModel):
    """One run per tenant and civil day, whatever fires (unique key)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="runs", db_index=False)
    on = models.DateField(help_text="De dag in Amsterdam")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.PLANNING)
    freshness = models.CharField(max_length=6, default="green", help_text="green, amber of red")
    planned_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_approved_automatically = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    totals = models.JSONField(default=dict, blank=True, help_text="Aantallen en bedragen per uitkomst, voor de tegels")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "on"], name="run_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"run van {self.on}"


class Outcome(models.TextChoices):
    SEND = "send", "Versturen"
    CALL = "call", "Bellen"
    HAND_OVER = "hand_over", "Overdragen"
    WAIT = "wait", "Wachten"
    BLOCKED = "blocked", "Geblokkeerd"


class Decision(TenantModel):
    """The answer of a run for one open invoice, with its reason; 'why (not)?' shows this row."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, db_constraint=False, related_name="decisions", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, db_constraint=False, related_name="decisions", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_constraint=False, related_name="decisions", db_index=False
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    step_key = models.CharField(max_length=40, blank=True)
    step_kind = models.CharField(max_length=20, choices=StepKind.choices, blank=True)
    until_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True, help_text="Datums en bedragen bij de reden")
    open_amount = models.DecimalField(max_digits=14, decimal_places=2)
    excluded_at = models.DateTimeField(null=True, blank=True)
    excluded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    excluded_why = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("run"),
            same_tenant("invoice"),
            same_tenant("customer"),
            models.UniqueConstraint(fields=["tenant", "run", "invoice"], name="decision_once_per_run"),
        ]
        indexes = [
            models.Index(fields=["tenant", "run", "outcome", "customer"], name="decision_of_run"),
            models.Index(fields=["tenant", "invoice", "-run"], name="decision_of_invoice"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.reason}"


class CallOutcome(models.TextChoices):
    REACHED_WILL_PAY = "will_pay", "Gesproken: gaat betalen"
    REACHED_DISPUTES = "disputes", "Gesproken: is het niet eens"
    REACHED_OTHER = "reached", "Gesproken: anders"
    NOT_REACHED = "not_reached", "Niet bereikt"


class CallTask(TenantModel):
    """Somebody must phone this customer; the step counts as taken when the task is closed with an outcome."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="call_tasks", db_index=False)
    run = models.ForeignKey(
        Run, on_delete=models.PROTECT, db_constraint=False, related_name="call_tasks", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="call_tasks", db_index=False
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, db_constraint=False, related_name="call_tasks", db_index=False
    )
    step_key = models.CharField(max_length=40)
    cycle = models.PositiveSmallIntegerField(default=1)
    planned_on = models.DateField()
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=12, choices=CallOutcome.choices, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("run"),
            same_tenant("customer"),
            same_tenant("invoice"),
            models.UniqueConstraint(
                fields=["tenant", "invoice", "step_key", "cycle"],
                condition=models.Q(cancelled_at__isnull=True),
                name="call_task_once_per_step",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "planned_on"], condition=models.Q(closed_at__isnull=True), name="call_task_open"
            ),
        ]

    def __str__(self) -> str:
        return f"bellen: {self.customer_id}"
