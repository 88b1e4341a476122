"""Open invoices by the last day on which they can be enforced: only those old enough to be near it are read.

The list asks PostgreSQL for the day, so that a million invoices stay a page; `dunning.limitation` explains each row. A claim is
past its date at the first gap between two events (due day, letters, payments, established interruptions) that is longer than its
term; a test holds both to the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from dunning.limitation import ARRIVED, LimitationOf, limitations, term_of
from dunning.models.policies import StepKind
from receivables.debtors import consumers
from receivables.domain.debtor import Debtor
from receivables.domain.limitation import LimitationWarning, warning
from receivables.domain.years import add_years
from receivables.models import Invoice
from receivables.models.ledger import EntryKind
from receivables.selectors.invoices import InvoiceFilter, find_invoices
from receivables.selectors.paging import COUNT_LIMIT, PAGE_SIZE, Page, Size, decode, encode
from tenants.models import Tenant

EARLIEST: Final = date(1900, 1, 1)
LONGEST_WARNING: Final = timedelta(days=190)


class State(StrEnum):
    NEAR = "nadert"
    PASSED = "verjaard"
    TWO_MONTHS = "twee-maanden"
    SIX_MONTHS = "zes-maanden"


STATES: Final = {
    State.NEAR: "Alles om op te letten",
    State.PASSED: "Verjaard",
    State.TWO_MONTHS: "Binnen twee maanden",
    State.SIX_MONTHS: "Binnen zes maanden",
}
WARNINGS: Final = {
    State.PASSED: LimitationWarning.PASSED,
    State.TWO_MONTHS: LimitationWarning.TWO_MONTHS,
    State.SIX_MONTHS: LimitationWarning.SIX_MONTHS,
}


@dataclass(frozen=True, slots=True)
class LimitationRow:
    invoice: Invoice
    limitation: LimitationOf


LAST_DAYS = """
WITH candidate AS ({candidates}), event AS (
    SELECT id, years, due_on AS day FROM candidate
    UNION ALL
    SELECT c.id, c.years, n.accepted_on FROM candidate c
    JOIN dunning_noticeline l ON l.tenant_id = %(tenant)s AND l.invoice_id = c.id AND l.cancelled_at IS NULL
    JOIN dunning_notice n ON n.tenant_id = l.tenant_id AND n.id = l.notice_id
    WHERE n.accepted_on <= %(on)s AND n.state = ANY (%(arrived)s) AND n.step_kind <> %(pre_due)s
    UNION ALL
    SELECT c.id, c.years, p.received_on FROM candidate c
    JOIN receivables_ledgerentry e ON e.tenant_id = %(tenant)s AND e.invoice_id = c.id AND e.kind = %(payment)s
    JOIN receivables_payment p ON p.tenant_id = e.tenant_id AND p.id = e.payment_id
    WHERE p.received_on <= %(on)s AND NOT EXISTS (
        SELECT FROM receivables_ledgerentry r WHERE r.tenant_id = e.tenant_id AND r.reverses_id = e.id)
    UNION ALL
    SELECT c.id, c.years, i.received_on FROM candidate c
    JOIN dunning_interruption i ON i.tenant_id = %(tenant)s AND i.invoice_id = c.id
    WHERE i.received_on <= %(on)s
), ending AS (
    SELECT id, (day + make_interval(years => years))::date AS last_day,
           lead(day) OVER (PARTITION BY id ORDER BY day) AS following
    FROM event
), last AS (
    SELECT id, min(last_day) AS last_day FROM ending WHERE following IS NULL OR following > last_day GROUP BY id
)
"""
ROWS = """
SELECT id, last_day FROM last
WHERE last_day BETWEEN %(first)s AND %(final)s AND (last_day, id) > (%(after_day)s, %(after_id)s)
ORDER BY last_day, id LIMIT %(most)s
"""
COUNT = "SELECT count(*) FROM (SELECT FROM last WHERE last_day BETWEEN %(first)s AND %(final)s LIMIT %(most)s) found"
PER_WARNING = """
SELECT count(*) FILTER (WHERE last_day < %(on)s), count(*) FILTER (WHERE last_day BETWEEN %(on)s AND %(two)s),
       count(*) FILTER (WHERE last_day > %(two)s AND last_day <= %(final)s) FROM last
"""


def page_of(
    tenant: Tenant, state: State, *, on: date, words: str = "", token: str = "", size: int = PAGE_SIZE
) -> Page[LimitationRow]:
    """One page, the nearest day first, each row with its explanation."""
    values = decode(token, 2) if token else None
    after = values if values and _is_place(values) else None
    place = {"after_day": after[0] if after else EARLIEST, "after_id": after[1] if after else str(UUID(int=0))}
    found = _ask(ROWS, tenant, state, on=on, words=words, most=size + 1, **place)
    more, found = len(found) > size, found[:size]
    ids = [invoice_id for invoice_id, _ in found]
    invoices = tenant.invoices.select_related("customer").in_bulk(ids)
    explained = limitations(tenant, ids, on=on)
    rows = [LimitationRow(invoices[pk], explained[pk]) for pk in ids]
    token = encode([found[-1][1].isoformat(), str(found[-1][0])]) if more else ""
    return Page(rows, token, after is None)


def size_of(tenant: Tenant, state: State, *, on: date, words: str = "") -> Size:
    """How many there are; above the limit nobody counts on."""
    return Size(_ask(COUNT, tenant, state, on=on, words=words, most=COUNT_LIMIT + 1)[0][0])


def counts(tenant: Tenant, *, on: date) -> tuple[int, int, int]:
    """How many are past their day, within two months of it and within six."""
    two = _days(State.TWO_MONTHS, on)[1]
    passed, in_two, in_six = _ask(PER_WARNING, tenant, State.NEAR, on=on, words="", two=two)[0]
    return passed, in_two, in_six


def _ask(sql: str, tenant: Tenant, state: State, *, on: date, words: str, **values: object) -> list[Any]:
    first, final = _days(state, on)
    query = _candidates(tenant, final=final, on=on, words=words).query
    candidates, given = query.get_compiler(
        DEFAULT_DB_ALIAS, elide_empty=False
    ).as_sql()  # nobody found is an answer too
    names = {f"given_{place}": value for place, value in enumerate(given)}
    named = candidates % tuple(f"%({name})s" for name in names)
    parameters: dict[str, Any] = {
        "tenant": tenant.pk,
        "on": on,
        "arrived": [str(state.value) for state in ARRIVED],
        "pre_due": StepKind.PRE_DUE_NOTICE.value,
        "payment": EntryKind.PAYMENT.value,
        "first": first,
        "final": final,
        **names,
        **values,
    }
    with connection.cursor() as cursor:
        cursor.execute(LAST_DAYS.format(candidates=named) + sql, parameters)
        return list(cursor.fetchall())


def _candidates(tenant: Tenant, *, final: date, on: date, words: str) -> QuerySet[Invoice, Any]:
    """Open invoices whose first term ends by then: the index of open invoices by due date stops there."""
    short = term_of(tenant.claim_nature, Debtor(is_consumer=True)).years
    long = term_of(tenant.claim_nature, Debtor(is_consumer=False)).years
    due_by = {years: add_years(final, -years) + timedelta(days=1) for years in (short, long)}  # 29 February
    rows = find_invoices(tenant, InvoiceFilter(words=words), on=on).filter(due_on__lte=due_by[short])
    years = Value(short)
    if short != long:
        is_consumer = consumers("customer__")
        rows = rows.filter(Q(due_on__lte=due_by[long]) | is_consumer)
        years = Case(When(is_consumer, then=Value(short)), default=Value(long), output_field=IntegerField())  # type: ignore[assignment] # an expression too
    return rows.order_by().annotate(years=years).values("id", "due_on", "years")


def _days(state: State, on: date) -> tuple[date, date]:
    """Between which last days a state lies, as the law engine's own warning says."""
    days = [on + timedelta(days=ahead) for ahead in range(LONGEST_WARNING.days)]
    if state is State.PASSED:
        return EARLIEST, on - timedelta(days=1)
    wanted = {WARNINGS[state]} if state in WARNINGS else set(WARNINGS.values())
    warned = [day for day in days if warning(day, on) in wanted]
    return (EARLIEST if state is State.NEAR else warned[0]), warned[-1]


def _is_place(values: Sequence[str]) -> bool:
    try:
        date.fromisoformat(values[0])
        UUID(values[1])
    except ValueError:
        return False
    return True
