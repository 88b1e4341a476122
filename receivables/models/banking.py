"""Bank statements and their lines: what the bank says came in and went out, and what we made of it.

A line is stored once, however many files show it; a sighting says in which statement it stood. A statement whose
balances do not add up, or that does not follow on the one before, is questioned: its lines are held until the gap is
filled or a person answers (docs/banking.md).
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from receivables.models.customers import Customer
from receivables.models.files import StoredFile
from receivables.models.ledger import Payment, PaymentReturn
from tenants.isolation import TenantModel, same_tenant
from tenants.models import Tenant, User


class BankAccount(TenantModel):
    """An account of the tenant, as its statements name it: an IBAN, or the bare number of an old statement."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="bank_accounts", db_index=False)
    number = models.CharField(max_length=40, help_text="IBAN zonder spaties, of een kaal rekeningnummer")
    currency = models.CharField(max_length=3, default="EUR")
    name = models.CharField(max_length=100, blank=True)
    is_watched = models.BooleanField(default=True, help_text="Telt mee voor de versheid van de cijfers")
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "number", "currency"], name="bank_account_once"),
        ]

    def __str__(self) -> str:
        return self.number


class BankFileState(models.TextChoices):
    IMPORTED = "imported", "Verwerkt"
    EMPTY = "empty", "Zonder bij- of afschrijvingen"
    REFUSED = "refused", "Geweigerd"


class BankFile(TenantModel):
    """One uploaded file with its result. The same bytes again show this row; of a refused file no bytes are kept."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="bank_files", db_index=False)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    format = models.CharField(max_length=20, blank=True, help_text="camt.053.001.02, mt940, csv, zip")
    state = models.CharField(max_length=10, choices=BankFileState.choices)
    file = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    report = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("file"),
            models.UniqueConstraint(fields=["tenant", "sha256"], name="bank_file_once"),
        ]
        indexes = [models.Index(fields=["tenant", "-created_at"], name="bank_file_by_time")]

    def __str__(self) -> str:
        return self.name


class StatementState(models.TextChoices):
    COMPLETE = "complete", "Sluit aan"
    WARNED = "warned", "Verwerkt met een waarschuwing"
    QUESTIONED = "questioned", "Wacht op een antwoord"
    ACCEPTED = "accepted", "Door een mens akkoord bevonden"
    REJECTED = "rejected", "Door een mens afgekeurd"


class BankStatement(TenantModel):
    """One statement of one account. Only COMPLETE and ACCEPTED ones say that every receipt up to `to_on` is known."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="bank_statements", db_index=False)
    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, db_constraint=False, related_name="statements", db_index=False
    )
    file = models.ForeignKey(
        BankFile, on_delete=models.PROTECT, db_constraint=False, related_name="statements", db_index=False
    )
    position = models.PositiveIntegerField(default=0, help_text="Plaats in het bestand")
    reference = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=40, blank=True)
    page = models.PositiveIntegerField(null=True, blank=True, help_text="Een lang afschrift komt in bladen")
    is_last_page = models.BooleanField(default=True)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    opening = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    closing = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=12, choices=StatementState.choices)
    problems = models.JSONField(default=list, blank=True, help_text="[code, Nederlandse zin]")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answer_note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, same_tenant("account"), same_tenant("file")]
        indexes = [
            models.Index(fields=["tenant", "account", "to_on"], name="bank_statement_chain"),
            models.Index(fields=["tenant", "file"], name="bank_statement_of_file"),
            models.Index(
                fields=["tenant", "created_at"],
                condition=models.Q(state="questioned"),
                name="bank_statement_questioned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.number or self.reference}"


class LineState(models.TextChoices):
    HELD = "held", "Wacht op het afschrift"
    OPEN = "open", "Te verwerken"
    BOOKED = "booked", "Geboekt"
    CLEARED = "cleared", "Uitbetaling van de PSP"
    SET_ASIDE = "set_aside", "Geen ontvangst van een klant"
    OUTGOING = "outgoing", "Afschrijving"


class BankLine(TenantModel):
    """One movement on an account; positive is received. `state` follows from its newest booking."""

    tenant = models.ForeignKey(  # the key of the account proves it: twenty thousand checks less per file
        Tenant, on_delete=models.PROTECT, related_name="bank_lines", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, db_constraint=False, related_name="lines", db_index=False
    )
    booked_on = models.DateField()
    value_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    counterparty_iban = models.CharField(max_length=40, blank=True)
    counterparty_name = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=2000, blank=True, help_text="De omschrijving zoals de betaler die schreef")
    reference = models.CharField(max_length=60, blank=True, help_text="Betalingskenmerk of RF uit een eigen veld")
    end_to_end_id = models.CharField(max_length=60, blank=True)
    bank_reference = models.CharField(max_length=80, blank=True)
    is_reversal = models.BooleanField(default=False)
    source_format = models.CharField(max_length=20, blank=True, help_text="camt, mt940 of csv")
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.OPEN)
    proposal = models.JSONField(default=dict, blank=True, help_text="Het beste voorstel, zoals het laatst berekend")
    score = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("account"),
            models.CheckConstraint(condition=~models.Q(amount=Decimal(0)), name="bank_line_moves_something"),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "booked_on"], name="bank_line_by_day"),
            models.Index(fields=["tenant", "-booked_on", "-id"], name="bank_line_newest"),
            models.Index(
                fields=["tenant", "-score", "id"],
                condition=models.Q(state="open"),
                name="bank_line_to_do",
            ),
            models.Index(
                fields=["tenant", "id"], condition=models.Q(state__in=["open", "held"]), name="bank_line_unmatched"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} op {self.booked_on}"


class BankLineSighting(TenantModel):
    """In which statement a line stood, and where; a line twice in one statement is two lines."""

    tenant = models.ForeignKey(  # the key of the line proves it
        Tenant, on_delete=models.PROTECT, related_name="bank_sightings", db_index=False, db_constraint=False
    )
    statement = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, db_constraint=False, related_name="sightings", db_index=False
    )
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, db_constraint=False, related_name="sightings", db_index=False
    )
    position = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("statement"),
            same_tenant("line"),
            models.UniqueConstraint(fields=["tenant", "statement", "position"], name="bank_sighting_position_once"),
            models.UniqueConstraint(fields=["tenant", "statement", "line"], name="bank_sighting_line_once"),
        ]
        indexes = [models.Index(fields=["tenant", "line"], name="bank_sighting_of_line")]

    def __str__(self) -> str:
        return f"{self.line_id} in {self.statement_id}"


class BookingKind(models.TextChoices):
    RECEIPT = "receipt", "Ontvangst van een klant"
    RETURN = "return", "Terugbetaling of storno"
    SETTLEMENT = "settlement", "Uitbetaling van de PSP"
    SET_ASIDE = "set_aside", "Geen ontvangst van een klant"


class BankBooking(TenantModel):
    """What was made of a line, by whom and why. Undoing keeps the row; at most one stands at a time per line and part."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="bank_bookings", db_index=False)
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, db_constraint=False, related_name="bookings", db_index=False
    )
    part = models.PositiveSmallIntegerField(default=0, help_text="Een gesplitste ontvangst heeft er meer")
    round = models.PositiveSmallIntegerField(
        default=0, help_text="Hoe vaak deze regel eerder geboekt en teruggedraaid is"
    )
    kind = models.CharField(max_length=12, choices=BookingKind.choices)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="+", db_index=False
    )
    payment = models.ForeignKey(
        Payment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="bank_bookings",
        db_index=False,
    )
    payment_return = models.ForeignKey(
        PaymentReturn,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="bank_bookings",
        db_index=False,
    )
    score = models.PositiveSmallIntegerField(default=0)
    why = models.JSONField(default=list, blank=True, help_text="Nederlandse zinnen")
    is_automatic = models.BooleanField(default=False)
    taught_iban = models.CharField(
        max_length=40, blank=True, help_text="De rekening die hiermee bij de klant is geleerd"
    )
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    undone_why = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("line"),
            same_tenant("customer"),
            same_tenant("payment"),
            same_tenant("payment_return"),
            models.UniqueConstraint(
                fields=["tenant", "line", "part"],
                condition=models.Q(undone_at__isnull=True),
                name="bank_booking_stands_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "line"], name="bank_booking_of_line"),
            models.Index(fields=["tenant", "-at"], name="bank_booking_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class KnownIban(TenantModel):
    """An account from which a customer pays: learned from a booking, confirmed or forgotten by a person."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="known_ibans", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_constraint=False, related_name="known_ibans", db_index=False
    )
    iban = models.CharField(max_length=40)
    learned_at = models.DateTimeField()
    learned_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    times = models.PositiveIntegerField(default=1, help_text="Hoe vaak zo geboekt")
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            same_tenant("customer"),
            models.UniqueConstraint(fields=["tenant", "iban", "customer"], name="known_iban_once"),
        ]

    def __str__(self) -> str:
        return self.iban
