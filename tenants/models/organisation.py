"""Office (administratiekantoor) and tenant (administratie, one creditor). Both stand outside row level security."""

from __future__ import annotations

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread from paper
CODE_LENGTH = 7


class DayCount(models.TextChoices):
    """How many days a year of interest has; the law does not say (law/rules.md 4)."""

    INTEREST_YEAR = "interest_year", "Werkelijke lengte van het rentejaar (365 of 366 dagen)"
    FIXED_365 = "fixed_365", "Altijd 365 dagen"


class ClaimNature(models.TextChoices):
    """What is sold decides after how many years a claim lapses (law/rules.md 8)."""

    UNKNOWN = "unknown", "Niet bekend: de kortste termijn telt"
    SERVICES = "services", "Diensten (vijf jaar)"
    GOODS = "goods", "Spullen (aan consumenten: twee jaar)"
    TRANSPORT = "transport", "Vervoer (één jaar)"


class VatPeriod(models.TextChoices):
    MONTH = "month", "Per maand"
    QUARTER = "quarter", "Per kwartaal"
    YEAR = "year", "Per jaar"


def new_code() -> str:
    """A short public code that routes a pay link or webhook to its tenant; no secret."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class Office(models.Model):
    """An administratiekantoor that runs the ladder for its client tenants.

    Who asks private persons for somebody else's money stands in the Wki register, for one year at a time (law/rules.md 6).
    """

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    street = models.CharField(max_length=200, blank=True, db_default="")
    postcode = models.CharField(max_length=20, blank=True, db_default="")
    city = models.CharField(max_length=100, blank=True, db_default="")
    kvk_number = models.CharField(max_length=8, blank=True, db_default="")
    email = models.EmailField(blank=True, db_default="")
    phone = models.CharField(max_length=30, blank=True, db_default="")
    wki_number = models.CharField(max_length=40, blank=True, db_default="", help_text="Nummer in het Wki-register")
    wki_valid_until = models.DateField(null=True, blank=True, help_text="Laatste dag van de registratie")
    complaints_email = models.EmailField(blank=True, db_default="")
    complaints_url = models.URLField(blank=True, db_default="", help_text="Waar de klachtenregeling staat")
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
    books_broken_at = models.DateTimeField(
        null=True, blank=True, help_text="Het grootboek klopte niet bij de laatste controle: er gaat niets uit"
    )
    match_threshold = models.PositiveSmallIntegerField(
        default=95,
        db_default=95,
        validators=[MinValueValidator(80), MaxValueValidator(101)],
        help_text="Vanaf deze zekerheid boekt een banklijn zichzelf; 101 is nooit",
    )

    # what a debtor may arrange without a person (docs/arrangements.md)
    promise_most_days = models.PositiveSmallIntegerField(
        default=14,
        db_default=14,
        validators=[MaxValueValidator(90)],
        help_text="Hoe ver een debiteur zelf mag uitstellen",
    )
    plan_most_instalments = models.PositiveSmallIntegerField(
        default=3,
        db_default=3,
        validators=[MaxValueValidator(36)],
        help_text="Termijnen die vanzelf akkoord zijn; 0 is nooit",
    )
    plan_most_amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        default=2500,
        db_default=2500,
        help_text="Hoogste bedrag dat vanzelf akkoord is",
    )
    plan_least_instalment = models.DecimalField(
        max_digits=14, decimal_places=2, default=25, db_default=25, help_text="Kleinste termijn"
    )
    arrangement_grace_days = models.PositiveSmallIntegerField(
        default=3,
        db_default=3,
        validators=[MaxValueValidator(30)],
        help_text="Dagen die een betaling onderweg mag zijn",
    )
    plan_warning_days = models.PositiveSmallIntegerField(
        default=7,
        db_default=7,
        validators=[MaxValueValidator(30)],
        help_text="Dagen om een gemiste termijn in te halen",
    )

    # what the law engine asks of the creditor (law/rules.md)
    is_large = models.BooleanField(default=False, db_default=False, help_text="Grote onderneming (art. 2:397 BW)")
    can_deduct_vat = models.BooleanField(
        default=True, db_default=True, help_text="Kan btw verrekenen: dan komt er geen btw op incassokosten"
    )
    interest_day_count = models.CharField(
        max_length=14, choices=DayCount.choices, default=DayCount.INTEREST_YEAR, db_default=DayCount.INTEREST_YEAR
    )
    business_interest_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Afgesproken met bedrijven; leeg is wettelijk"
    )
    business_interest_compounds = models.BooleanField(default=False, db_default=False)
    term_margin_days = models.PositiveSmallIntegerField(
        default=2,
        db_default=2,
        validators=[MaxValueValidator(30)],
        help_text="Extra dagen na de veertien, voor trage post en de bank",
    )
    contact_cap = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Hoogstens zoveel berichten en telefoontjes aan één klant; leeg is geen grens"
    )
    contact_cap_days = models.PositiveSmallIntegerField(
        default=7, db_default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    claim_nature = models.CharField(
        max_length=10, choices=ClaimNature.choices, default=ClaimNature.UNKNOWN, db_default=ClaimNature.UNKNOWN
    )
    vat_period = models.CharField(
        max_length=7, choices=VatPeriod.choices, default=VatPeriod.QUARTER, db_default=VatPeriod.QUARTER
    )
    complaints_email = models.EmailField(blank=True, db_default="")
    complaints_url = models.URLField(blank=True, db_default="", help_text="Waar de klachtenregeling staat")
    privacy_url = models.URLField(blank=True, db_default="", help_text="Waar de privacyverklaring staat")
    privacy_email = models.EmailField(blank=True, db_default="", help_text="Voor verzoeken om inzage of verwijdering")
    file_retention_years = models.PositiveSmallIntegerField(
        default=2, db_default=2, validators=[MinValueValidator(2), MaxValueValidator(20)]
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(run_weekday__lte=5), name="tenant_runs_monday_to_saturday"),
            models.CheckConstraint(condition=models.Q(run_hour__gte=7, run_hour__lte=19), name="tenant_runs_in_window"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_stopped(self) -> bool:
        """Nothing may leave: a person pulled the brake, or the books do not add up."""
        return self.sending_frozen or self.books_broken_at is not None
