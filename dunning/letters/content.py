"""What a notice says: plain values for the letter and the mail (rules of content per step: art. 6:82, 3:317 BW)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from dunning.letters.paragraphs import Language, NoticeText, StepKind, Tone
from receivables.domain.money import Money
from receivables.domain.references import CreditTransfer

if TYPE_CHECKING:
    from collections.abc import Iterable

_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # may make an amount read otherwise
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def one_line(text: str) -> str:
    """Make any text safe for one printed line and one mail header: no control signs, no hidden change of direction."""
    visible = _BIDI_CONTROLS.sub("", text)
    return " ".join(
        "".join(" " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign for sign in visible).split()
    )


class _OneLiners:
    """Cleans every text when the value is made, so that no later place can forget it."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, field.name)
            if isinstance(value, StrEnum):
                continue
            if isinstance(value, str):
                object.__setattr__(self, field.name, one_line(value))
            elif isinstance(value, tuple):
                object.__setattr__(self, field.name, _clean_lines(value))


def _clean_lines(values: Iterable[object]) -> tuple[object, ...]:
    cleaned = (one_line(value) if isinstance(value, str) else value for value in values)
    return tuple(value for value in cleaned if value != "")


@dataclass(frozen=True, slots=True)
class Sender(_OneLiners):
    """The creditor, as its letterhead shows it."""

    name: str
    address_lines: tuple[str, ...]
    email: str = ""
    phone: str = ""
    website: str = ""
    kvk_number: str = ""
    vat_number: str = ""
    signatory: str = ""
    colour: str = ""  # "#1f4e5f": the rule under the letterhead and the button in the mail
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Recipient(_OneLiners):
    """The debtor. Unknown counts as consumer and as natural person (the careful side)."""

    name: str
    address_lines: tuple[str, ...]
    contact: str = ""
    customer_number: str = ""
    is_consumer: bool = True
    is_natural_person: bool = True


@dataclass(frozen=True, slots=True)
class InvoiceLine(_OneLiners):
    """One invoice as it stands on the day of the notice."""

    number: str
    issued_on: date
    due_on: date
    original: Money
    paid: Money
    open: Money


@dataclass(frozen=True, slots=True)
class NoticeContent(_OneLiners):
    """Everything a letter and its mail state; the same values feed both."""

    step: StepKind
    sent_on: date
    pay_by: date
    sender: Sender
    recipient: Recipient
    lines: tuple[InvoiceLine, ...]
    iban: str
    account_name: str
    reference: str
    pay_url: str = ""
    reply_to: str = ""
    our_reference: str = ""
    previous_on: date | None = None  # when all these invoices were asked for before
    language: Language = Language.DUTCH
    tone: Tone = Tone.FORMAL
    bic: str = ""
    register_lines: tuple[str, ...] = ()  # Wki register, complaints: what a collector must state
    own_text: NoticeText | None = None  # the tenant's, in place of the standard text

    def __post_init__(self) -> None:
        _OneLiners.__post_init__(self)
        if not self.lines:
            raise ValueError("a notice asks for at least one invoice")
        if self.pay_url and not _WEB_ADDRESS.fullmatch(self.pay_url):
            raise ValueError("a pay link is a web address")

    def with_pay_url(self, url: str) -> NoticeContent:
        return replace(self, pay_url=url)

    @property
    def total(self) -> Money:
        return Money.total(line.open for line in self.lines)

    @property
    def original(self) -> Money:
        return Money.total(line.original for line in self.lines)

    @property
    def paid(self) -> Money:
        return Money.total(line.paid for line in self.lines)

    @property
    def has_several_due_dates(self) -> bool:
        return len({line.due_on for line in self.lines}) > 1

    @property
    def transfer(self) -> CreditTransfer:
        """The payment this notice asks for, as the QR code carries it."""
        return CreditTransfer(self.account_name, self.iban, self.total, self.reference, self.bic)
