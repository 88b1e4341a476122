"""Interest rates that a platform admin added to the shipped table (art. 6:119, 6:119a, 6:120 BW). Of no tenant, append-only.

A correction is a new row with the same first day: the newest counts, and what was used before stays readable.
"""

from __future__ import annotations

from django.db import models

from tenants.isolation import AppendOnly
from tenants.models import User


class RateKind(models.TextChoices):
    CONSUMER = "consumer", "Wettelijke rente (art. 6:119 BW)"
    COMMERCIAL = "commercial", "Wettelijke handelsrente (art. 6:119a en 6:119b BW)"


class StatutoryRate(models.Model):
    """A rate from a day on, and through which day somebody confirmed that it holds."""

    kind = models.CharField(max_length=10, choices=RateKind.choices)
    valid_from = models.DateField()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    confirmed_through = models.DateField(help_text="Tot en met deze dag is het percentage bevestigd")
    source = models.CharField(
        max_length=300, help_text="Waar het percentage staat, zoals een nummer van het Staatsblad"
    )
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
            models.CheckConstraint(condition=models.Q(percent__gte=0, percent__lte=100), name="statutory_rate_is_sane"),
            models.CheckConstraint(
                condition=models.Q(confirmed_through__gte=models.F("valid_from")), name="statutory_rate_is_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.percent} % vanaf {self.valid_from}"
