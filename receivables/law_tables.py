"""The interest rates in force: the shipped table, and what a platform admin added since (art. 6:119, 6:119a, 6:120 BW).

Nothing is guessed. A rate holds from its first day until the next one, and no longer than somebody confirmed it; at the
first day that nobody confirmed the table ends, whatever is known of later days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from receivables.domain.rates import SHIPPED, RateKind, RateRow, RateTable, days_until_unconfirmed
from receivables.models import StatutoryRate
from tenants.templatetags.voldaan import dagen, datum

WARNS_DAYS = 62  # two months before the last confirmed day
NAMES = {RateKind.CONSUMER: "wettelijke rente", RateKind.COMMERCIAL: "wettelijke handelsrente"}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KnownRate:
    """A rate with the last day on which somebody said that it holds; `is_added` when it does not come with the program."""

    kind: RateKind
    valid_from: date
    percent: Decimal
    confirmed_through: date
    source: str
    is_added: bool = True


def rate_tables() -> Mapping[RateKind, RateTable]:
    """Both tables, by kind. One query for the few added rows; the tables are made again only when a row came."""
    return merged(added_rates())


def added_rates() -> tuple[KnownRate, ...]:
    """What was added to the shipped table, oldest first."""
    rows = StatutoryRate.objects.order_by("pk")
    return tuple(
        KnownRate(RateKind(row.kind), row.valid_from, row.percent, row.confirmed_through, row.source) for row in rows
    )


@lru_cache(maxsize=8)
def merged(added: tuple[KnownRate, ...]) -> Mapping[RateKind, RateTable]:
    """The tables with these rows; of rows with the same first day the last one counts."""
    return MappingProxyType({kind: _table(kind, known_rates(kind, added)) for kind in RateKind})


def known_rates(kind: RateKind, added: Iterable[KnownRate]) -> list[KnownRate]:
    """Every rate of one kind in force, by first day, with the shipped ones; also those that stand behind a gap."""
    by_day = {row.valid_from: row for row in shipped_rates(kind)}
    by_day |= {row.valid_from: row for row in added if row.kind is kind}
    return [by_day[day] for day in sorted(by_day)]


def shipped_rates(kind: RateKind) -> list[KnownRate]:
    table = SHIPPED[kind]
    rows = list(table.rows)
    ends = [*(row.valid_from - DAY for row in rows[1:]), table.confirmed_through]
    return [
        KnownRate(kind, row.valid_from, row.percent, end, row.source, is_added=False)
        for row, end in zip(rows, ends, strict=True)
    ]


def _table(kind: RateKind, rates: list[KnownRate]) -> RateTable:
    counted = list(_until_the_first_gap(rates))
    rows = [RateRow(rate.valid_from, rate.percent, rate.source) for rate in counted]
    return RateTable(kind, rows, confirmed_through=counted[-1].confirmed_through)


def _until_the_first_gap(rates: list[KnownRate]) -> Iterator[KnownRate]:
    covered: date | None = None
    for rate in rates:
        if covered is not None and rate.valid_from > covered + DAY:
            return
        covered = rate.confirmed_through
        yield rate


def rates_warning(on: date) -> str:
    """What staff must know about the tables ending, in Dutch; empty while both are confirmed for two months more."""
    return " ".join(warnings(rate_tables(), on=on))


def warnings(tables: Mapping[RateKind, RateTable], *, on: date) -> list[str]:
    """A sentence for every day on which tables end soon or have ended."""
    ending: dict[date, list[str]] = {}
    for kind, table in tables.items():
        if days_until_unconfirmed(table, on) <= WARNS_DAYS:
            ending.setdefault(table.confirmed_through, []).append(f"de {NAMES[kind]}")
    return [_sentence(names, last, on=on) for last, names in sorted(ending.items())]


def _sentence(names: list[str], last: date, *, on: date) -> str:
    who = " en ".join(names)
    until = f"{who[0].upper()}{who[1:]} {'zijn' if len(names) > 1 else 'is'} bevestigd tot en met {datum(last)}"
    if last < on:
        return f"{until}. Voor latere dagen is geen percentage bekend: daarover wordt geen rente berekend."
    return (
        f"{until}, nog {dagen((last - on).days)}. Daarna wordt geen rente berekend tot iemand het percentage toevoegt."
    )
