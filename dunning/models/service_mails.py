"""Mails beside the ladder: receipts, confirmations, reminders of an instalment, a message passed on to the right person.

They ask or confirm; they are no step of the ladder and have no legal effect. `key` says what the mail is about, so that
the same occasion writes one mail; claimed and called as a notice is, and never sent twice on a guess.
"""

from __future__ import annotations

from django.db import models

from receivables.models import Customer
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant


class ServiceMailKind(models.TextChoices):
    RECEIPT = "receipt", "Betaalbevestiging"
    MESSAGE_RECEIVED = "message_received", "Ontvangstbevestiging van een bericht"
    DISPUTE_OPENED = "dispute_opened", "Betwisting ontvangen"
    DISPUTE_RESOLVED = "dispute_resolved", "Betwisting afgehandeld"
    PROMISE_MADE = "promise_made", "Toezegging bevestigd"
    PLAN_REQUESTED = "plan_requested", "Regeling aangevraagd"
    PLAN_STARTED = "plan_started", "Regeling bevestigd"
    PLAN_REJECTED = "plan_rejected", "Regeling afgewezen"
    INSTALMENT_DUE = "instalment_due", "Herinnering aan een termijn"
    INSTALMENT_MISSED = "instalment_missed", "Gemiste termijn"
    PLAN_ENDED = "plan_ended", "Regeling beëindigd"
    FORWARDED = "forwarded", "Doorgestuurd naar de juiste persoon"


class ServiceMailState(models.TextChoices):
    READY = "ready", "Klaar om te versturen"
    CLAIMED = "claimed", "Wordt verstuurd"
    WAITING = "waiting", "Wacht op een nieuwe poging"
    ACCEPTED = "accepted", "Verstuurd"
    REFUSED = "refused", "Geweigerd"
    AMBIGUOUS = "ambiguous", "Onzeker"
    CANCELLED = "cancelled", "Vervallen"


class ServiceMail(TenantModel):
    """One such mail. `context` holds plain values, frozen when it was asked for; the words come from the texts in code."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="service_mails", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, related_name="service_mails", db_index=False
    )
    kind = models.CharField(max_length=20, choices=ServiceMailKind.choices)
    key = models.CharField(max_length=120)
    to_email = models.EmailField()
    language = models.CharField(max_length=2, default="nl")
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ServiceMailState.choices, default=ServiceMailState.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_unknown_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Klok van de database")
    try_after_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            models.UniqueConstraint(fields=["tenant", "key"], name="service_mail_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer", "-created_at"], name="service_mail_of_customer"),
            models.Index(
                fields=["tenant", "state", "id"],
                condition=models.Q(state__in=["ready", "claimed", "waiting", "refused", "ambiguous"]),
                name="service_mail_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} aan {self.customer_id}"
