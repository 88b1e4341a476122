"""Made-up notices in the tenant's own house style, so that one sees every letter and mail before the first one leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from dunning.letters.compose import sender_of
from dunning.letters.content import InvoiceLine, NoticeContent, Recipient, SpecLine
from dunning.letters.paragraphs import Language, LegalContent, NoticeText, StepKind, Tone
from dunning.letters.texts import ALWAYS_STANDARD
from receivables.domain.collection_costs import CollectionCosts, collection_costs, fixed_sum, shares
from receivables.domain.interest import interest
from receivables.domain.money import Money
from receivables.domain.parameters import BIK
from receivables.domain.rates import SHIPPED, RateKind, RateUnknownError
from receivables.domain.statement import Segment, Terms
from tenants.models import Tenant

NO_ACCOUNT: Final = "NL00 VUL UW IBAN IN"
CONSUMER: Final = Recipient(
    name="Mevrouw A. Voorbeeld", address_lines=("Voorbeeldstraat 1", "1234 AB  VOORBEELDSTAD"), customer_number="10001"
)
BUSINESS: Final = Recipient(
    name="Voorbeeld Handel B.V.",
    address_lines=("Voorbeeldstraat 1", "1234 AB  VOORBEELDSTAD"),
    contact="de heer Voorbeeld",
    customer_number="10001",
    is_consumer=False,
    is_natural_person=False,
)
WORDS: Final = {
    Language.DUTCH: {
        "invoice": "Factuur",
        "interest": "Rente over factuur",
        "costs": "Incassokosten",
        "vat": "Btw",
        "through": "t/m",
        "days": "dagen",
        "comma": ",",
    },
    Language.ENGLISH: {
        "invoice": "Invoice",
        "interest": "Interest on invoice",
        "costs": "Collection costs",
        "vat": "VAT",
        "through": "to",
        "days": "days",
        "comma": ".",
    },
}
WITH_INTEREST: Final = frozenset(LegalContent) - {LegalContent.FRIENDLY, LegalContent.DEFAULT_NOTICE}


@dataclass(frozen=True, slots=True)
class Example:
    """Which letter, to whom, in which words, and whether the creditor asks interest, costs and VAT."""

    step: StepKind
    legal: LegalContent | None = None
    language: Language = Language.DUTCH
    tone: Tone = Tone.FORMAL
    for_consumer: bool = True
    with_interest: bool = True
    with_costs: bool = True
    with_vat: bool = False

    @property
    def content(self) -> LegalContent:
        return self.legal or ALWAYS_STANDARD[self.step]


def example(
    tenant: Tenant, asked: Example, *, on: date, pay_url: str, own_text: NoticeText | None = None
) -> NoticeContent:
    """Two invoices, one partly paid, to a debtor who does not exist."""
    is_before = asked.step is StepKind.PRE_DUE_NOTICE
    first_due = on + timedelta(days=3) if is_before else on - timedelta(days=24)
    plain = NoticeContent(
        step=asked.step,
        sent_on=on,
        pay_by=first_due if is_before else on + timedelta(days=10),
        sender=sender_of(tenant),
        recipient=CONSUMER if asked.for_consumer else BUSINESS,
        lines=(
            _line("VB-001", first_due, "484.00", "100.00"),
            _line("VB-002", first_due + timedelta(days=7), "121.00", "0.00"),
        ),
        iban=tenant.iban or NO_ACCOUNT,
        account_name=tenant.iban_name or tenant.name,
        reference="VB-001 VB-002",
        pay_url=pay_url,
        reply_to=tenant.email,
        our_reference="VOORBEELD",
        previous_on=None if is_before else on - timedelta(days=14),
        language=asked.language,
        tone=asked.tone,
        own_text=own_text,
    )
    return replace(plain, **_claimed(plain.lines, asked, on=on), legal=asked.content)


def _line(number: str, due_on: date, original: str, paid: str) -> InvoiceLine:
    whole, part = Money.of(original), Money.of(paid)
    return InvoiceLine(number, due_on - timedelta(days=30), due_on, whole, part, whole - part)


def _claimed(lines: tuple[InvoiceLine, ...], asked: Example, *, on: date) -> dict[str, Any]:
    """What this letter asks on top of the principal, and what it announces, as the law computes it."""
    tariff = collection_costs([line.open for line in lines], with_vat=asked.with_vat)
    segments = {line.number: _interest(line, asked, on=on) for line in lines}
    costs, vat = _costs(asked, tariff, on=on)
    principals = {line.number: line.open for line in lines}
    cost_of, vat_of = shares(costs, principals), shares(vat, principals)
    is_announced = asked.content is LegalContent.FOURTEEN_DAY
    return {
        "lines": tuple(
            replace(
                line,
                interest=Money.total(segment.interest for segment in segments[line.number]),
                costs=cost_of[line.number],
                costs_vat=vat_of[line.number],
            )
            for line in lines
        ),
        "claim_lines": _specification(lines, asked, segments, costs, vat),
        "vat_statement": asked.with_vat,
        "announced_costs": tariff.costs if is_announced else None,
        "announced_costs_vat": tariff.vat if is_announced and asked.with_vat else None,
        "term_formula": is_announced,
    }


def _interest(line: InvoiceLine, asked: Example, *, on: date) -> tuple[Segment, ...]:
    """From the day after the due date; nothing while the rate of today is not known."""
    if not asked.with_interest or asked.content not in WITH_INTEREST:
        return ()
    kind = RateKind.CONSUMER if asked.for_consumer else RateKind.COMMERCIAL
    terms = Terms.statutory(kind, SHIPPED[kind])
    try:
        return interest(line.open, terms, free_until=line.due_on, through=on).segments
    except RateUnknownError:
        return ()


def _costs(asked: Example, tariff: CollectionCosts, *, on: date) -> tuple[Money, Money]:
    """Collection costs and the VAT over them, as far as this letter may ask them."""
    if asked.with_costs and not asked.for_consumer and asked.content is LegalContent.DEMAND:
        return fixed_sum(on), Money.zero()
    is_due = asked.content is (LegalContent.COSTS_DUE if asked.for_consumer else LegalContent.LAST_NOTICE)
    return (tariff.costs, tariff.vat) if asked.with_costs and is_due else (Money.zero(), Money.zero())


def _specification(
    lines: tuple[InvoiceLine, ...], asked: Example, segments: dict[str, tuple[Segment, ...]], costs: Money, vat: Money
) -> tuple[SpecLine, ...]:
    """The lines as a real letter takes them from the ledger."""
    if not costs and not any(segments.values()):
        return ()
    words = WORDS[asked.language]
    found = [SpecLine(f"{words['invoice']} {line.number}", amount=line.open) for line in lines]
    article = "art. 6:119 BW" if asked.for_consumer else "art. 6:119a BW"
    for number, parts in segments.items():
        found += [
            SpecLine(f"{words['interest']} {number}", _period(part, words), article, part.interest) for part in parts
        ]
    if costs:
        is_fixed = asked.content is LegalContent.DEMAND
        found.append(SpecLine(words["costs"], "", "art. 6:96 lid 4 BW" if is_fixed else "art. 2 BIK", costs))
    if vat:
        found.append(SpecLine(f"{words['vat']} ({BIK.vat_percent} %)", "", "art. 2 lid 3 BIK", vat))
    return tuple(found)


def _period(part: Segment, words: dict[str, str]) -> str:
    return (
        f"{part.first:%d-%m-%Y} {words['through']} {part.last:%d-%m-%Y}: {part.days} {words['days']}, "
        f"{part.percent.normalize():f} %".replace(".", words["comma"])
    )
