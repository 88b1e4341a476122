"""Decisions per second on one core: `python -m tests.bench.bench_decide`. Aim: 50,000."""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta
from uuid import UUID

from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.policy import Step
from dunning.domain.starters import STANDAARD

ON = date(2026, 11, 23)
INVOICES_PER_CUSTOMER = 4


def _taken(step: Step, on: date) -> Taken:
    pay_by = on + timedelta(days=step.term_days) if step.is_letter else None
    return Taken(key=step.key, kind=step.kind, state=TakenState.ACCEPTED, on=on, pay_by=pay_by)


def _invoice(number: int) -> InvoiceFacts:
    """Spread over the ladder: from not due to nearly handed over."""
    rung = number % (len(STANDAARD.steps) - 1)
    due_on = ON - timedelta(days=12 * rung - number % 11)
    taken = tuple(
        _taken(step, due_on + timedelta(days=11 * place)) for place, step in enumerate(STANDAARD.steps[:rung])
    )
    return InvoiceFacts(UUID(int=number), due_on=due_on, open_cents=10_000 + number, policy=STANDAARD, taken=taken)


def customers(count: int) -> list[CustomerFacts]:
    return [
        CustomerFacts(
            customer_id=UUID(int=number),
            invoices=tuple(_invoice(number * INVOICES_PER_CUSTOMER + place) for place in range(INVOICES_PER_CUSTOMER)),
        )
        for number in range(count)
    ]


def main(invoices: int = 100_000) -> float:
    portfolio = customers(invoices // INVOICES_PER_CUSTOMER)
    calendar, tenant = Calendar.dutch(), TenantFacts()
    started = time.process_time()
    decided = sum(len(decide(customer, tenant=tenant, calendar=calendar, on=ON)) for customer in portfolio)
    rate = decided / (time.process_time() - started)
    sys.stdout.write(f"decide: {decided:,} decisions, {rate:,.0f} decisions/s of CPU on one core\n")
    return rate


if __name__ == "__main__":
    main()
