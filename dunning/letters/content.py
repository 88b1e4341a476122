"""What a notice says: plain values for the letter and the mail (rules of content per step: art. 6:82, 6:96, 3:317 BW).

A value that the law forbids cannot be made: costs that a consumer does not owe yet, a fourteen-day letter without the exact
costs, VAT without the creditor's statement.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from dunning.letters.paragraphs import Language, LegalContent, NoticeText, StepKind, Tone, When
from receivables.domain.money import Money
from receivables.domain.parameters import BIK
from receivables.domain.references import CreditTransfer

if TYPE_CHECKING:
    from collections.abc import Iterable

_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # may make an amount read otherwise
NOTHING = Money.zero()
_CHECK = {
    Language.DUTCH: "Is dit bericht echt? Controleer het op {url} met code {code}.",
    Language.ENGLISH: "Is this message genuine? Check it at {url} with code {code}.",
}
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def one_line(text: str) -> str:
    """Make any text safe for one printed line and one mail header: no control signs, no hidden change of direction."""
    visible = _BIDI_CONTROLS.sub("", text)
    return " ".join(
        "".join(" " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else sign for sign in visible).split()
    )


class UnlawfulCostsError(ValueError):
    """The letter would ask or announce costs in a way the law does not allow; the message says why, in Dutch."""


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
    """One invoice as it stands on the day of the notice: `open` is principal, the rest is asked on top of it."""

    number: str
    issued_on: date
    due_on: date
    original: Money
    paid: Money
    open: Money
    interest: Money = NOTHING
    costs: Money = NOTHING
    costs_vat: Money = NOTHING


@dataclass(frozen=True, slots=True)
class SpecLine(_OneLiners):
    """One line of the unfolded specification: the same that every screen shows."""

    label: str
    detail: str = ""
    article: str = ""
    amount: Money | None = None


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
    register_lines: tuple[str, ...] = ()  # who asks, with its number in the Wki register
    own_text: NoticeText | None = None  # the tenant's, in place of the standard text
    legal: LegalContent = LegalContent.FRIENDLY
    interest_stated: Money | None = None  # named, and not part of what is asked
    announced_costs: Money | None = None  # of a fourteen-day letter: due when the term runs out, never in its total
    announced_costs_vat: Money | None = None
    vat_statement: bool = False  # the creditor cannot set off the VAT over the costs (art. 2 lid 3 BIK)
    vat_percent: str = str(BIK.vat_percent)
    claim_lines: tuple[SpecLine, ...] = ()
    stated_lines: tuple[SpecLine, ...] = ()  # how interest came about that is named and not asked
    term_formula: bool = False  # the term in words, without a day
    safe_last_on: date | None = None  # the last day of that term on the careful side; never printed
    collector: Sender | None = None  # who asks on behalf of the creditor
    basis: str = ""  # of the claim; empty is the delivery that the invoices name
    complaint_lines: tuple[str, ...] = ()
    privacy_lines: tuple[str, ...] = ()
    check_code: str = ""  # proves creditor, day and amount on the page `check_url`
    check_url: str = ""

    def __post_init__(self) -> None:
        _OneLiners.__post_init__(self)
        if not self.lines:
            raise ValueError("a notice asks for at least one invoice")
        if self.pay_url and not _WEB_ADDRESS.fullmatch(self.pay_url):
            raise ValueError("a pay link is a web address")
        self._refuse_unlawful_costs()

    def _refuse_unlawful_costs(self) -> None:
        """Art. 6:96 lid 6 BW and art. 2 lid 3 BIK, whoever composed this."""
        if self.recipient.is_consumer and self.costs + self.costs_vat and self.legal is not LegalContent.COSTS_DUE:
            raise UnlawfulCostsError(
                "Een consument betaalt pas incassokosten nadat een veertiendagenbrief is verlopen (art. 6:96 lid 6 BW)."
            )
        if self.is_fourteen_day and not self.announced_costs:
            raise UnlawfulCostsError(
                "Een veertiendagenbrief noemt het precieze bedrag van de kosten (art. 6:96 lid 6 BW)."
            )
        if self.is_fourteen_day and self.costs + self.costs_vat:
            raise UnlawfulCostsError(
                "Een veertiendagenbrief vraagt zelf geen kosten; hij kondigt ze aan (art. 6:96 lid 6 BW)."
            )
        if not self.is_fourteen_day and (self.announced_costs or self.announced_costs_vat):
            raise UnlawfulCostsError("Alleen een veertiendagenbrief kondigt incassokosten aan.")
        if self.has_vat and not self.vat_statement:
            raise UnlawfulCostsError(
                "Btw over de kosten vraagt de verklaring dat u haar niet kunt verrekenen (art. 2 lid 3 BIK)."
            )

    def with_pay_url(self, url: str) -> NoticeContent:
        return replace(self, pay_url=url)

    def with_check(self, *, code: str, url: str) -> NoticeContent:
        return replace(self, check_code=code, check_url=url)

    @property
    def check_line(self) -> str:
        """Where a doubtful reader can ask whether this message is genuine; empty without a code."""
        url = self.check_url.removeprefix("https://")
        return _CHECK[self.language].format(url=url, code=self.check_code) if self.check_code else ""

    @property
    def is_fourteen_day(self) -> bool:
        return self.legal is LegalContent.FOURTEEN_DAY

    @property
    def prints_formula(self) -> bool:
        """A day on a fourteen-day letter may come too early and would void it (HR 25-11-2016); so it never has one."""
        return self.term_formula or self.is_fourteen_day

    @property
    def total(self) -> Money:
        """What is asked now: the one amount of letter, mail, pay link and QR code."""
        return self.principal + self.interest + self.costs + self.costs_vat

    @property
    def principal(self) -> Money:
        return Money.total(line.open for line in self.lines)

    @property
    def interest(self) -> Money:
        return Money.total(line.interest for line in self.lines)

    @property
    def costs(self) -> Money:
        return Money.total(line.costs for line in self.lines)

    @property
    def costs_vat(self) -> Money:
        return Money.total(line.costs_vat for line in self.lines)

    @property
    def vat(self) -> Money:
        """The VAT over the costs that this notice asks, or else announces."""
        return self.costs_vat or self.announced_costs_vat or NOTHING

    @property
    def total_with_costs(self) -> Money:
        """The later scenario of a fourteen-day letter."""
        return self.total + (self.announced_costs or NOTHING) + (self.announced_costs_vat or NOTHING)

    @property
    def claims_more(self) -> bool:
        """Whether it asks more than the principal."""
        return self.total != self.principal

    @property
    def has_vat(self) -> bool:
        return bool(self.vat)

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
    def circumstances(self) -> frozenset[When]:
        """Every condition of a paragraph that holds for this notice."""
        is_consumer = self.recipient.is_consumer
        holds = {
            When.ALWAYS: True,
            When.ASKED_BEFORE: self.previous_on is not None,
            When.FIRST_TIME: self.previous_on is None,
            When.CONSUMER: is_consumer,
            When.BUSINESS: not is_consumer,
            When.NATURAL_PERSON: self.recipient.is_natural_person,
            When.ONE_DUE_DATE: not self.has_several_due_dates,
            When.SEVERAL_DUE_DATES: self.has_several_due_dates,
            When.INTEREST: bool(self.interest),
            When.INTEREST_STATED: bool(self.interest_stated),
            When.COSTS: bool(self.costs),
            When.NO_COSTS: not self.costs,
            When.VAT: self.has_vat,
        }
        return frozenset(when for when, is_so in holds.items() if is_so)

    @property
    def transfer(self) -> CreditTransfer:
        """The payment this notice asks for, as the QR code carries it."""
        return CreditTransfer(self.account_name, self.iban, self.total, self.reference, self.bic)
