"""A creditor, a debtor and a notice about five invoices, one of them partly paid."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from dunning.letters.content import InvoiceLine, NoticeContent, Recipient, Sender, SpecLine
from dunning.letters.paragraphs import Language, LegalContent, StepKind, Tone
from dunning.letters.texts import combinations
from receivables.domain.money import Money

SENDER = Sender(
    name="Bakkerij De Korrel & Zonen B.V.",
    address_lines=("Oudegracht 112", "3511 AW  Utrecht"),
    email="administratie@dekorrel.example",
    phone="030 231 45 67",
    website="www.dekorrel.example",
    kvk_number="30123456",
    vat_number="NL001234567B89",
    signatory="M. de Vries",
    colour="#1f4e5f",
)
RECIPIENT = Recipient(
    name="Eetcafé ’t Hoekje B.V.",
    address_lines=("Lange Nieuwstraat 48-bis", "3512 PK  UTRECHT"),
    contact="mevrouw Van den Berg",
    customer_number="10045",
    is_consumer=False,
    is_natural_person=False,
)
CONSUMER = Recipient(name="J.W. Şahin-Kovačević", address_lines=("Laan 1", "1234 AB  DORP"))


def line(number: str = "2026-1130", *, original: str = "1210.00", paid: str = "0.00", week: int = 0) -> InvoiceLine:
    issued_on = date(2026, 9, 3) + timedelta(weeks=week)
    amounts = Money.of(original), Money.of(paid)
    return InvoiceLine(number, issued_on, issued_on + timedelta(days=30), *amounts, amounts[0] - amounts[1])


LINES = (
    line("2026-1130"),
    line("2026-1131", original="1253.50", paid="500.00", week=1),
    line("2026-1132", original="1297.00", week=2),
    line("2026-1133", original="1340.50", week=3),
    line("2026-1134", original="1384.00", week=4),
)


def notice(step: StepKind = StepKind.REMINDER, **changes: Any) -> NoticeContent:
    content = NoticeContent(
        step=step,
        sent_on=date(2026, 11, 23),
        pay_by=date(2026, 12, 3),
        previous_on=date(2026, 11, 9),
        sender=SENDER,
        recipient=RECIPIENT,
        lines=LINES,
        iban="NL91ABNA0417164300",
        account_name="Bakkerij De Korrel & Zonen B.V.",
        reference="2202600012300045",
        pay_url="https://voldaan.example/b/k7m2p9q.5f2ZrW8uTqXyK0aB",
        reply_to="dossier+k7m2p9q@antwoord.example",
    )
    return replace(content, **changes)


OFFICE = Sender(
    name="Kantoor Van Dijk",
    address_lines=("Maliebaan 4", "3581 CN  Utrecht"),
    email="post@vandijk.example",
    phone="030 9",
)
INTEREST, COSTS, COSTS_VAT, ANNOUNCED, ANNOUNCED_VAT = (
    Money.of(amount) for amount in ("41.17", "674.25", "141.59", "674.25", "141.59")
)  # 15 % of 2 500.00, 10 % of 2 500.00 and 5 % of 985.00 (art. 2 BIK); 21 %


def claimed(
    step: StepKind,
    legal: LegalContent,
    *,
    for_consumer: bool,
    language: Language = Language.DUTCH,
    tone: Tone = Tone.FORMAL,
    with_interest: bool = True,
    with_vat: bool = True,
) -> NoticeContent:
    """A notice that asks and announces all that its legal content allows."""
    with_costs = legal is (LegalContent.COSTS_DUE if for_consumer else LegalContent.LAST_NOTICE)
    is_announced = legal is LegalContent.FOURTEEN_DAY
    first = replace(
        LINES[0],
        interest=INTEREST if with_interest and legal is not LegalContent.FRIENDLY else Money.zero(),
        costs=COSTS if with_costs else Money.zero(),
        costs_vat=COSTS_VAT if with_costs and with_vat else Money.zero(),
    )
    return notice(
        step,
        legal=legal,
        recipient=CONSUMER if for_consumer else RECIPIENT,
        language=language,
        tone=tone,
        lines=(first, *LINES[1:]),
        announced_costs=ANNOUNCED if is_announced else None,
        announced_costs_vat=ANNOUNCED_VAT if is_announced and with_vat else None,
        vat_statement=with_vat,
        claim_lines=(SpecLine("Rente over 2026-1130", "51 dagen, 4 %", "art. 6:119 BW", INTEREST),)
        if first.interest
        else (),
        collector=OFFICE,
        register_lines=("Wki-register 1234.",),
        complaint_lines=("Klachten: klachten@vandijk.example.",),
        privacy_lines=("Privacy: www.vandijk.example/privacy.",),
    )


EVERY = [
    pytest.param(step, legal, for_consumer, language, tone, id=f"{step}-{legal}-{for_consumer}-{language}-{tone}")
    for (step, legal), for_consumer, language, tone in combinations()
]


def picture(kind: str = "PNG", size: tuple[int, int] = (480, 120)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "#1f4e5f").save(content, kind)
    return content.getvalue()
