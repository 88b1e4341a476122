"""A made-up notice in the tenant's own house style, so that one sees every letter and mail before the first one leaves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from dunning.letters.compose import sender_of
from dunning.letters.content import InvoiceLine, NoticeContent, Recipient
from dunning.letters.paragraphs import Language, StepKind, Tone
from receivables.domain.money import Money
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


def example(
    tenant: Tenant, step: StepKind, *, on: date, language: Language, tone: Tone, for_consumer: bool, pay_url: str
) -> NoticeContent:
    """Two invoices, one partly paid, to a debtor who does not exist."""
    first_due = on + timedelta(days=3) if step is StepKind.PRE_DUE_NOTICE else on - timedelta(days=24)
    return NoticeContent(
        step=step,
        sent_on=on,
        pay_by=first_due if step is StepKind.PRE_DUE_NOTICE else on + timedelta(days=10),
        sender=sender_of(tenant),
        recipient=CONSUMER if for_consumer else BUSINESS,
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
        previous_on=on - timedelta(days=14),
        language=language,
        tone=tone,
    )


def _line(number: str, due_on: date, original: str, paid: str) -> InvoiceLine:
    whole, part = Money.of(original), Money.of(paid)
    return InvoiceLine(number, due_on - timedelta(days=30), due_on, whole, part, whole - part)
