"""Who did what, from where: append-only and chained by hash per tenant, so that a removed or changed row shows.

The database fills `seq`, `previous_hash` and `hash` in a BEFORE INSERT trigger (migration `tenants.0002`); the
arithmetic of the chain is repeated in `tenants.audit.verify`.
"""

from __future__ import annotations

from django.db import models

from tenants.isolation import AppendOnly, TenantModel
from tenants.models.organisation import Office, Tenant
from tenants.models.people import User


class Event(TenantModel):
    """One thing that somebody or the system did to one tenant's rows."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.BigIntegerField(editable=False, default=0)
    at = models.DateTimeField()
    verb = models.CharField(max_length=80, help_text="zelfstandig.gedaan, zoals run.approved")
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    customer_id = models.UUIDField(null=True, blank=True, help_text="Voor de tijdlijn van een debiteur")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, editable=False, default="")
    hash = models.CharField(max_length=64, editable=False, default="")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            models.UniqueConstraint(fields=["tenant", "seq"], name="event_seq_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer_id", "-at"], name="event_of_customer"),
            models.Index(fields=["tenant", "subject_type", "subject_id"], name="event_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class OfficeEvent(models.Model):
    """What was done to an office itself: its people and their reach. Of no tenant, append-only all the same."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=80)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [AppendOnly(name="%(app_label)s_%(class)s_append_only")]
        indexes = [models.Index(fields=["office", "-id"], name="office_event_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
