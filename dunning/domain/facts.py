"""What the decision looks at: plain values, loaded in bulk by `dunning.facts`. Amounts are whole cents, for speed.

Art. 3:37 lid 3 BW: a letter works once it reached the debtor, so the clock of the next step starts at the evidence of that
(`Taken.on` of an accepted letter), never at planning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from dunning.domain.arrangements import Arrangement
from dunning.domain.fourteen_day import FourteenDay
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import Channel, Policy, StepKind, step_name
from dunning.domain.stop_signals import StopSignal
from receivables.domain.debtor import Debtor
from receivables.domain.default import DueDateBasis


class TakenState(StrEnum):
    """How far a step that was once chosen has come."""

    PENDING = "pending"  # planned, being sent, or waiting for a retry; an open call task; a handover not yet approved
    AMBIGUOUS = "ambiguous"  # nobody knows whether it left; a person must say
    ACCEPTED = "accepted"  # handed to the provider; the call was made; the file was handed over
    BOUNCED = "bounced"  # it came back: the debtor was not reached, so no clock runs
    REFUSED = "refused"  # the owner does not want this file handed over


@dataclass(frozen=True, slots=True)
class Taken:
    """A step this invoice already took, or is taking, in its present cycle."""

    key: str
    kind: StepKind
    state: TakenState
    on: date  # accepted, bounced or called on; while pending: planned on
    pay_by: date | None = None  # the last day of the term the letter stated
    content: LegalContent | None = (
        None  # what the letter was in law; None for a call, and for a letter older than this field
    )

    @property
    def name(self) -> str:
        return step_name(self.key)


class HoldLevel(StrEnum):
    TENANT = "tenant"
    CUSTOMER = "customer"
    INVOICE = "invoice"
    FILE = "file"  # stops the formal steps of one invoice; friendly ones go on


class HoldKind(StrEnum):
    MANUAL = "manual"
    DISPUTE = "dispute"
    PROMISE = "promise"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason not to ask, for now. `last_day` is the last day it holds; None holds until a person lifts it."""

    level: HoldLevel
    kind: HoldKind
    from_on: date
    last_day: date | None
    note: str = ""

    def is_active(self, on: date) -> bool:
        return self.from_on <= on and (self.last_day is None or on <= self.last_day)


class Gate(StrEnum):
    """Are the books fresh enough to ask for money?"""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class TenantFacts:
    gate: Gate = Gate.GREEN
    gate_note: str = ""
    holds: tuple[Hold, ...] = ()
    wki_note: str = ""  # why collecting for others from natural persons is closed; empty when it is open
    contact_cap: int | None = None  # most contacts with one customer in `contact_cap_days`
    contact_cap_days: int = 7
    margin_days: int = 0  # on top of the fourteen days, before costs are claimed


EURO: Final = "EUR"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One open invoice of the customer."""

    invoice_id: UUID
    due_on: date
    open_cents: int
    policy: Policy | None
    currency: str = EURO
    taken: tuple[Taken, ...] = ()
    holds: tuple[Hold, ...] = ()
    issued_on: date | None = None
    basis: DueDateBasis = DueDateBasis.INVOICE_ONLY
    letter: FourteenDay | None = None  # the newest fourteen-day letter that was sent for it
    limitation_on: date | None = None  # the last safe day to interrupt limitation (art. 3:317 BW)
    arrangements: tuple[Arrangement, ...] = ()


ALL_CHANNELS: Final = frozenset(Channel)
UNKNOWN_DEBTOR: Final = Debtor()  # counts as a consumer


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    customer_id: UUID
    invoices: tuple[InvoiceFacts, ...]
    channels: frozenset[Channel] = ALL_CHANNELS  # those on which this customer can be reached
    unallocated_cents: int = 0  # received or credited, but not yet on an invoice
    insolvency: str = ""  # the Dutch word for the state, empty when there is none
    last_contact_on: date | None = None
    holds: tuple[Hold, ...] = ()
    debtor: Debtor = UNKNOWN_DEBTOR
    stop: StopSignal | None = None
    contacts_on: tuple[date, ...] = ()  # recent contacts, for the cap
