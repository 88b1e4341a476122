"""Customers (debiteuren), their segment, contacts and notes."""

from __future__ import annotations

from django.db import models

from tenants.isolation import AppendOnly, TenantModel, same_tenant
from tenants.models import Tenant, User


class Segment(TenantModel):
    """A group of customers that shares a policy."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="segments", db_index=False)
    name = models.CharField(max_length=80)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="segment_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class LegalForm(models.TextChoices):
    UNKNOWN = "unknown", "Onbekend"
    PRIVATE = "private", "Particulier"
    SOLE_TRADER = "sole_trader", "Eenmanszaak"
    PARTNERSHIP = "partnership", "Vof, maatschap of cv"
    PRIVATE_COMPANY = "private_company", "Bv"
    PUBLIC_COMPANY = "public_company", "Nv"
    FOUNDATION = "foundation", "Stichting"
    ASSOCIATION = "association", "Vereniging of coöperatie"
    GOVERNMENT = "government", "Overheid"
    FOREIGN = "foreign", "Buitenlandse rechtsvorm"


class Insolvency(models.TextChoices):
    """Stop signals of law/rules.md 9; none of them is ever guessed."""

    NONE = "none", "Geen"
    BANKRUPTCY = "bankruptcy", "Faillissement"
    SUSPENSION = "suspension", "Surseance van betaling"
    WSNP = "wsnp", "Wsnp"
    MORATORIUM = "moratorium", "Moratorium of afkoelingsperiode"
    WHOA = "whoa", "Akkoord buiten faillissement (WHOA)"
    DEBT_HELP = "debt_help", "Schuldhulpverlening"
    ADMINISTRATION = "administration", "Bewind of curatele"
    DECEASED = "deceased", "Overleden"


class Customer(TenantModel):
    """A debtor of one tenant. `is_consumer` and `is_natural_person` unknown (null) count as yes (law/rules.md 0)."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="customers", db_index=False)
    number = models.CharField(max_length=60, blank=True, help_text="Debiteurnummer")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False, help_text="Genormaliseerde naam om op te vergelijken")
    legal_form = models.CharField(max_length=20, choices=LegalForm.choices, default=LegalForm.UNKNOWN)
    is_consumer = models.BooleanField(null=True, blank=True)
    is_natural_person = models.BooleanField(null=True, blank=True)
    is_government = models.BooleanField(default=False)
    is_large = models.BooleanField(default=False)
    kvk_number = models.CharField(max_length=8, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="NL")
    language = models.CharField(max_length=2, choices=[("nl", "Nederlands"), ("en", "Engels")], default="nl")
    is_informal = models.BooleanField(default=False, help_text="Tutoyeren")
    segment = models.ForeignKey(
        Segment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="customers",
        db_index=False,
    )
    payment_term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    insolvency = models.CharField(max_length=20, choices=Insolvency.choices, default=Insolvency.NONE)
    insolvency_on = models.DateField(null=True, blank=True)
    insolvency_until = models.DateField(null=True, blank=True, help_text="Laatste dag van de pauze")
    insolvency_note = models.CharField(max_length=200, blank=True, help_text="Zaaknummer, curator of bewindvoerder")
    representative_name = models.CharField(
        max_length=200, blank=True, db_default="", help_text="Curator, bewindvoerder of mentor; brieven gaan daarheen"
    )
    representative_street = models.CharField(max_length=200, blank=True, db_default="")
    representative_postcode = models.CharField(max_length=20, blank=True, db_default="")
    representative_city = models.CharField(max_length=100, blank=True, db_default="")
    representative_email = models.EmailField(blank=True, db_default="")
    contract_interest_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="Afgesproken rente per jaar; leeg is wettelijk"
    )
    contract_interest_compounds = models.BooleanField(
        default=False, db_default=False, help_text="Rente op rente afgesproken"
    )
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("segment"),
            models.UniqueConstraint(
                fields=["tenant", "number"], condition=~models.Q(number=""), name="customer_number_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "kvk_number", "name_key"],
                condition=~models.Q(kvk_number=""),
                name="customer_kvk_and_name_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "name_key", "id"], name="customer_by_name"),
            models.Index(fields=["tenant", "kvk_number"], condition=~models.Q(kvk_number=""), name="customer_by_kvk"),
            models.Index(fields=["tenant", "vat_number"], condition=~models.Q(vat_number=""), name="customer_by_vat"),
            models.Index(fields=["tenant", "segment"], name="customer_by_segment"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactRole(models.TextChoices):
    INVOICE = "invoice", "Facturen"
    REMINDER = "reminder", "Herinneringen"
    ACCOUNTS_PAYABLE = "accounts_payable", "Crediteurenadministratie"


class Contact(TenantModel):
    """A person or mailbox at a customer, for one role; reminders go to REMINDER first, then to the customer's own address."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_constraint=False, related_name="contacts", db_index=False
    )
    role = models.CharField(max_length=20, choices=ContactRole.choices, default=ContactRole.REMINDER)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, same_tenant("customer")]
        indexes = [models.Index(fields=["tenant", "customer", "role"], name="contact_of_customer")]

    def __str__(self) -> str:
        return self.name or self.email


class Note(TenantModel):
    """What somebody wrote down about a customer."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="notes", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_constraint=False, related_name="notes", db_index=False
    )
    text = models.TextField(max_length=5000)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            AppendOnly(name="%(app_label)s_%(class)s_append_only"),
        ]
        indexes = [models.Index(fields=["tenant", "customer", "-at"], name="note_of_customer")]

    def __str__(self) -> str:
        return self.text[:60]
