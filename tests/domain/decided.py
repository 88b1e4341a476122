"""Facts of one debtor on the standard ladder, and what is decided about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from dunning.domain.answers import Answer
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.forecast import forecast
from dunning.domain.fourteen_day import FourteenDay, fourteen_day_term
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import ClaimMode, Policy, StepKind
from dunning.domain.reasons import Reason
from dunning.domain.starters import STANDAARD
from receivables.domain.debtor import Debtor
from receivables.domain.default import DueDateBasis

CALENDAR = Calendar.dutch()
CONSUMER = Debtor()
COMPANY = Debtor(is_consumer=False, is_natural_person=False)
TRADER = Debtor(is_consumer=False, is_natural_person=True)
PRE_DUE, REMINDER, DEMAND, CALL, NOTICE, HANDOVER = STANDAARD.steps
SHORT = Policy("kort", 1, (REMINDER, DEMAND, HANDOVER), costs=ClaimMode.CLAIM)
DUE = InvoiceFacts(UUID(int=1), due_on=date(2026, 9, 9), open_cents=10_000, policy=STANDAARD)
AGREED = replace(DUE, basis=DueDateBasis.AGREED)
MONDAY = date(2026, 11, 2)
TENANT = TenantFacts()


def taken_on(key: str, kind: StepKind, on: str, pay_by: str, content: LegalContent | None = None) -> Taken:
    return Taken(key, kind, TakenState.ACCEPTED, date.fromisoformat(on), date.fromisoformat(pay_by), content)


REMINDED = taken_on("herinnering", StepKind.REMINDER, "2026-09-14", "2026-09-21", LegalContent.FRIENDLY)
PUT_IN_DEFAULT = taken_on("aanmaning", StepKind.DEMAND, "2026-09-28", "2026-10-08", LegalContent.DEFAULT_NOTICE)
CALLED = Taken("belactie", StepKind.CALL, TakenState.ACCEPTED, date(2026, 10, 5))
NOTIFIED = taken_on(
    "ingebrekestelling", StepKind.NOTICE_OF_DEFAULT, "2026-10-19", "2026-10-27", LegalContent.LAST_NOTICE
)
BEFORE_HANDOVER = replace(AGREED, taken=(REMINDED, PUT_IN_DEFAULT, CALLED, NOTIFIED))
READY = replace(AGREED, taken=(REMINDED,))
EXPIRED = FourteenDay(fourteen_day_term(date(2026, 10, 12), CALENDAR))  # through 26 October


def decided(
    invoice: InvoiceFacts,
    *,
    on: date = MONDAY,
    tenant: TenantFacts = TENANT,
    debtor: Debtor = CONSUMER,
    **facts: object,
) -> Answer:
    customer = CustomerFacts(UUID(int=9), (invoice,), debtor=debtor, **facts)  # type: ignore[arg-type] # fields by name
    (decision,) = decide(customer, tenant=tenant, calendar=CALENDAR, on=on)
    return decision.answer


def reason_of(answer: Answer) -> Reason:
    return answer.why.reason


def mondays(count: int) -> Iterator[date]:
    return (date(2026, 9, 7) + timedelta(weeks=week) for week in range(count))


def story_of(invoice: InvoiceFacts, debtor: Debtor = CONSUMER, **facts: object) -> list[str]:
    """What goes out on Mondays when nobody pays."""
    customer = CustomerFacts(UUID(int=9), (invoice,), debtor=debtor, **facts)  # type: ignore[arg-type] # fields by name
    coming = forecast(customer, mondays(17), tenant=TENANT, calendar=CALENDAR)
    return [f"{item.on:%m-%d} {item.step.key}: {item.content or '-'}" for item in coming]
