"""Booking interest and collection costs on invoices, and taking costs back that a payment in time made undue.

Each entry carries its own opening-up (`details`), frozen when it was booked. Rules: art. 6:96, 6:119 and 6:119a BW; tariff over the
remainder after a part payment in the term: ECLI:NL:HR:2016:2704 rov. 3.8.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from receivables.actions.ledger import reverse_entry
from receivables.costs import CostRule, CostShare, letter_costs, share_costs
from receivables.debtors import interest_ends_on
from receivables.domain.money import Money
from receivables.interest import Accrual, Tables, accrue, claimed, days_asked, last_basis
from receivables.law_tables import rate_tables
from receivables.models import Invoice, LedgerEntry
from receivables.models.ledger import Component, EntryKind
from tenants.models import Tenant

NOTHING = Money.zero()


def book_costs(tenant: Tenant, given: Mapping[UUID, CostShare], *, source_key: str, on: date, now: datetime) -> None:
    """Book costs and the VAT on them, per invoice, under one source; the same source again books nothing."""
    rows = [
        (invoice_id, component, amount, details)
        for invoice_id, share in given.items()
        for component, amount, details in (
            (Component.COSTS, share.costs, share.details),
            (Component.COSTS_VAT, share.vat, share.vat_details),
        )
        if amount
    ]
    _add(tenant, rows, kind=EntryKind.COSTS, source_key=source_key, on=on, now=now)


def book_interest(
    tenant: Tenant, accruals: Mapping[UUID, Accrual], *, source_key: str, on: date, now: datetime
) -> None:
    """Book interest that was asked for, per invoice; nothing where nothing came on."""
    stated = {pk: (accrual.amount, accrual.as_details()) for pk, accrual in accruals.items() if accrual.amount}
    book_stated_interest(tenant, stated, source_key=source_key, on=on, now=now)


def book_stated_interest(
    tenant: Tenant,
    stated: Mapping[UUID, tuple[Money, dict[str, Any]]],
    *,
    source_key: str,
    on: date,
    now: datetime,
) -> None:
    """Book interest as a letter froze it: amount and details per invoice."""
    rows = [(invoice_id, Component.INTEREST, amount, details) for invoice_id, (amount, details) in stated.items()]
    _add(tenant, rows, kind=EntryKind.INTEREST, source_key=source_key, on=on, now=now)


def continue_interest(
    tenant: Tenant, invoice_ids: Iterable[UUID], *, through: date, source_key: str, now: datetime
) -> None:
    """Bring interest that a letter asked for up to a payment day; where no letter asked, none is booked."""
    tables, accruals = rate_tables(), {}
    ledger = entries_of(tenant, invoice_ids)
    invoices = tenant.invoices.select_related("customer").in_bulk(list(ledger))
    for invoice_id, entries in ledger.items():
        basis = last_basis(entries)
        if basis is not None:
            basis = replace(basis, ends_on=interest_ends_on(invoices[invoice_id].customer))
            accruals[invoice_id] = accrue(entries, basis, through=through, tables=tables)
    book_interest(tenant, accruals, source_key=source_key, on=through, now=now)


def open_on(entries: Iterable[LedgerEntry], day: date) -> Money:
    """What an invoice asked at the end of a day, by the days of its entries."""
    return Money.total(Money.of(entry.amount) for entry in entries if entry.booked_on <= day)


def last_asked_on(entries: Iterable[LedgerEntry], day: date) -> date | None:
    """The last day, up to `day`, through which interest was asked; before the first asking the last day without interest."""
    rows = list(entries)
    basis = last_basis(rows)
    if basis is None:
        return None
    return max((asked for asked in days_asked(rows) if asked <= day), default=basis.free_until)


def rate_of(entries: Iterable[LedgerEntry], tables: Tables, *, on: date) -> Decimal:
    """How onerous a claim is (6:43 lid 2 BW): the rate of the interest that was asked on it; nothing where none was."""
    basis = last_basis(entries)
    return Decimal(0) if basis is None else basis.percent_on(on, tables)


def entries_of(tenant: Tenant, invoice_ids: Iterable[UUID]) -> dict[UUID, list[LedgerEntry]]:
    """The ledger of these invoices, oldest first, in one query."""
    found: dict[UUID, list[LedgerEntry]] = {invoice_id: [] for invoice_id in invoice_ids}
    for entry in tenant.ledger.filter(invoice__in=list(found)).order_by("booked_on", "created_at", "id"):
        found[entry.invoice_id].append(entry)
    return found


# --- costs that a payment in time makes undue -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Letters whose costs must be booked anew, and payments that had settled those costs and are free again."""

    batches: tuple[str, ...] = ()
    payments: tuple[UUID, ...] = ()


def take_back_costs(
    tenant: Tenant, invoice_ids: Iterable[UUID], *, received_on: date, now: datetime, cause: str = ""
) -> TakenBack:
    """Reverse costs that were booked as due although this payment came before that day.

    Otherwise a payment that was imported late would go to costs that its own day forbids (6:96 lid 6 BW). `cause` names it.
    """
    batches = tuple(dict.fromkeys(entry.details["batch"] for entry in _undue(tenant, invoice_ids, received_on)))
    return reverse_batches(tenant, batches, why="Betaald binnen de termijn", on=received_on, now=now, cause=cause)


def taken_back_by(tenant: Tenant, cause: str, *, customer_id: UUID | None) -> tuple[str, ...]:
    """The letters whose costs were taken back because of this."""
    rows = tenant.ledger.filter(invoice__customer=customer_id, kind=EntryKind.REVERSAL, details__cause=cause)
    batches = rows.order_by("created_at", "id").values_list("reverses__details__batch", flat=True)
    return tuple(dict.fromkeys(batch for batch in batches if batch))


def reverse_batches(
    tenant: Tenant, batches: tuple[str, ...], *, why: str, on: date, now: datetime, cause: str = ""
) -> TakenBack:
    """Take the costs of these letters off, to be booked anew."""
    freed: dict[UUID, None] = {}
    for batch in batches:
        freed |= dict.fromkeys(reverse_batch(tenant, batch, why=why, on=on, now=now, cause=cause))
    return TakenBack(batches, tuple(freed))


def reverse_batch(tenant: Tenant, batch: str, *, why: str, on: date, now: datetime, cause: str = "") -> list[UUID]:
    """Take the costs of one letter off its invoices; first what payments gave to them. Returns those payments.

    What a credit note, a write-off or a list settled of them stays settled: no more is taken back than is open then. A reversal
    is never dated before what it reverses.
    """
    entries = list(_of_batch(tenant, batch))
    freed: dict[UUID, None] = {}
    for settled in _settling(tenant, {entry.invoice_id for entry in entries}):
        if settled.payment_id:
            freed[settled.payment_id] = None
        reverse_entry(tenant, settled, why=why, on=max(on, settled.booked_on), now=now)
    for entry in entries:
        left = tenant.ledger.filter(invoice=entry.invoice_id, component=entry.component).aggregate(open=Sum("amount"))
        amount = min(entry.amount, max(left["open"], Decimal(0)))
        day = max(on, entry.booked_on)
        reverse_entry(tenant, entry, why=why, on=day, now=now, amount=amount, cause=cause)
    return list(freed)


def _settling(tenant: Tenant, invoice_ids: Collection[UUID]) -> Iterable[LedgerEntry]:
    """What payments gave to costs of these invoices."""
    rows = tenant.ledger.filter(invoice__in=invoice_ids, kind=EntryKind.PAYMENT, reversed_by__isnull=True)
    return list(rows.filter(component__in=(Component.COSTS, Component.COSTS_VAT)).order_by("created_at", "id"))


def rebook_costs(tenant: Tenant, batches: Sequence[str], *, source_key: str, now: datetime) -> None:
    """Book the costs of these letters anew, over what was unpaid on the last day of the term."""
    for batch in batches:
        first = tenant.ledger.filter(details__batch=batch, kind=EntryKind.COSTS).order_by("created_at", "id").first()
        if first is None:
            continue
        stated = first.details
        due_from = date.fromisoformat(stated["due_from"])
        alive = _alive(tenant, [UUID(pk) for pk in stated["principals"]])
        principals = principals_on(tenant, alive, on=due_from - timedelta(days=1))
        already = _claimed_costs(tenant, principals) if stated.get("less_booked") else NOTHING
        rule = CostRule(stated["rule"])
        whole = letter_costs(principals.values(), rule=rule, with_vat=stated["with_vat"], on=due_from, already=already)
        if whole.costs > Money.of(stated["most"]):
            continue  # never more than the letter announced
        given = share_costs(whole, principals, batch=batch, due_from=due_from, less_booked=bool(already))
        book_costs(tenant, given, source_key=f"{batch}:{source_key}", on=due_from, now=now)


def _alive(tenant: Tenant, invoice_ids: Sequence[UUID]) -> list[UUID]:
    """Those that are open, or that payments closed; what was written off or credited bears no new costs."""
    paid = tenant.ledger.filter(invoice__in=invoice_ids, kind=EntryKind.PAYMENT).values("invoice")
    found = tenant.invoices.filter(pk__in=invoice_ids).filter(Q(open_amount__gt=0) | Q(pk__in=paid))
    return list(found.order_by("pk").values_list("pk", flat=True))


def _claimed_costs(tenant: Tenant, invoice_ids: Iterable[UUID]) -> Money:
    return Money.total(claimed(rows, Component.COSTS) for rows in entries_of(tenant, invoice_ids).values())


def drop_claims(tenant: Tenant, invoice: Invoice, *, why: str, on: date, now: datetime, key: str = "") -> None:
    """Take what is open of costs, VAT and interest off an invoice that turned out to be no claim at all.

    `key` names the settlement that says so, so that it can be found again.
    """
    sums = tenant.ledger.filter(invoice=invoice).exclude(component=Component.PRINCIPAL).order_by()
    for component, amount in sums.values_list("component").annotate(open=Sum("amount")):
        if amount > 0:
            tenant.ledger.create(
                invoice=invoice,
                component=component,
                kind=EntryKind.CORRECTION,
                amount=-amount,
                booked_on=on,
                source_key=f"dropped:{invoice.pk}:{key or invoice.entries.count()}:{component}",
                description=why[:300],
                created_at=now,
            )


def principals_on(tenant: Tenant, invoice_ids: Iterable[UUID], *, on: date) -> dict[UUID, Money]:
    """What was open of the principal at the end of a day, by the days of the entries; nothing below zero."""
    sums: dict[UUID, Money] = defaultdict(Money.zero)
    wanted = list(invoice_ids)
    rows = tenant.ledger.filter(invoice__in=wanted, component=Component.PRINCIPAL, booked_on__lte=on)
    for invoice_id, amount in rows.values_list("invoice_id", "amount"):
        sums[invoice_id] += Money.of(amount)
    return {invoice_id: sums[invoice_id] for invoice_id in wanted if sums[invoice_id] > NOTHING}


def _undue(tenant: Tenant, invoice_ids: Iterable[UUID], received_on: date) -> Iterable[LedgerEntry]:
    entries = tenant.ledger.filter(invoice__in=list(invoice_ids), kind=EntryKind.COSTS, reversed_by__isnull=True)
    for entry in entries.order_by("created_at", "id"):
        if entry.details.get("due_from") and received_on < date.fromisoformat(entry.details["due_from"]):
            yield entry


def _of_batch(tenant: Tenant, batch: str) -> Iterable[LedgerEntry]:
    rows = tenant.ledger.filter(details__batch=batch, kind=EntryKind.COSTS, reversed_by__isnull=True)
    return rows.order_by("invoice_id", "created_at", "id")


def _add(
    tenant: Tenant,
    rows: Iterable[tuple[UUID, Component, Money, dict[str, Any]]],
    *,
    kind: EntryKind,
    source_key: str,
    on: date,
    now: datetime,
) -> None:
    entries = [
        LedgerEntry(
            tenant=tenant,
            invoice_id=invoice_id,
            component=component,
            kind=kind,
            amount=amount.amount,
            booked_on=on,
            source_key=f"{source_key}:{invoice_id}:{component}",
            details=details,
            created_at=now,
        )
        for invoice_id, component, amount, details in rows
    ]
    LedgerEntry.across_tenants.bulk_create(entries, ignore_conflicts=True)
