"""Office (administratiekantoor) and tenant (administratie, one creditor). Both stand outside row level security."""

from __future__ import annotations

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread from paper
CODE_LENGTH = 7


def new_code() -> str:
    """A short public code that routes a pay link or webhook to its tenant; no secret."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class Office(models.Model):
    """An administratiekantoor that runs the ladder for its client tenants."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Tenant(models.Model):
    """One creditor: its identity on letters, the account it is paid on, and when its weekly run is planned."""

    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="tenants")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="NL")
    kvk_number = models.CharField(max_length=8, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    iban_name = models.CharField(max_length=70, blank=True, help_text="Tenaamstelling van de rekening")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    website = models.URLField(blank=True)
    logo = models.BinaryField(null=True, blank=True, editable=False)
    logo_media_type = models.CharField(max_length=40, blank=True, editable=False)
    brand_colour = models.CharField(max_length=7, default="#1f4e5f")
    reply_domain = models.CharField(max_length=200, blank=True, help_text="Antwoorden komen op <code>@dit domein")

    run_weekday = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(5)]
    )  # 0 = Monday, never Sunday
    run_hour = models.PositiveSmallIntegerField(
        default=9, validators=[MinValueValidator(7), MaxValueValidator(19)], help_text="Uur in Europe/Amsterdam"
    )
    approves_automatically = models.BooleanField(default=False)
    fresh_amber_days = models.PositiveSmallIntegerField(default=7)
    fresh_red_days = models.PositiveSmallIntegerField(default=14)
    sending_frozen = models.BooleanField(default=False, help_text="Noodstop: er gaat niets uit")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(run_weekday__lte=5), name="tenant_runs_monday_to_saturday"),
            models.CheckConstraint(condition=models.Q(run_hour__gte=7, run_hour__lte=19), name="tenant_runs_in_window"),
        ]

    def __str__(self) -> str:
        return self.name
