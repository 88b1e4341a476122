"""What the law engine reads from rows one by one: the days of a fourteen-day letter, and what stops a customer's ladder."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from dunning.domain.fourteen_day import Term
from dunning.domain.stop_signals import REPRESENTED, StopKind, StopSignal
from receivables.models import Customer
from receivables.models.customers import Insolvency


def cost_batch(letter_id: UUID) -> str:
    """Under which name the costs after a fourteen-day letter stand in the ledger."""
    return f"letter:{letter_id}"


def as_term(received_on: date, last_on: date, due_from_on: date) -> Term:
    """The stored days of a fourteen-day letter."""
    day = timedelta(days=1)
    return Term(received_on, received_on + day, last_on, last_on + day, due_from_on - day, due_from_on)


def is_represented(customer: Customer) -> bool:
    """Do letters go to a bewindvoerder or curator who is known (1:438 BW)?"""
    signal = stop_signal(customer)
    return signal is not None and signal.kind in REPRESENTED and signal.representative_known


def stop_signal(customer: Customer) -> StopSignal | None:
    """What somebody entered about insolvency, debt help or death."""
    if customer.insolvency == Insolvency.NONE:
        return None
    is_reachable = customer.representative_email or (
        customer.representative_street and (customer.representative_postcode or customer.representative_city)
    )
    return StopSignal(
        StopKind(customer.insolvency),
        since=customer.insolvency_on,
        until=customer.insolvency_until,
        representative_known=bool(customer.representative_name and is_reachable),
    )
