"""How old the open amounts are: five buckets by days after the due date, in one query; credit notes stand apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Aggregate, Count, Q, QuerySet, Sum

from receivables.models import Invoice

CHART_WIDTH = Decimal(200)
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Open invoices whose due date lies between `first` and `last` days ago (negative is still to come)."""

    key: str
    label: str
    first: int | None
    last: int | None

    def condition(self, on: date) -> Q:
        condition = Q()
        if self.first is not None:
            condition &= Q(due_on__lte=on - timedelta(days=self.first))
        if self.last is not None:
            condition &= Q(due_on__gte=on - timedelta(days=self.last))
        return condition


BUCKETS = (
    Bucket("niet-vervallen", "Nog niet vervallen", None, 0),
    Bucket("1-30", "1 t/m 30 dagen", 1, 30),
    Bucket("31-60", "31 t/m 60 dagen", 31, 60),
    Bucket("61-90", "61 t/m 90 dagen", 61, 90),
    Bucket("90-plus", "Meer dan 90 dagen", 91, None),
)
BY_KEY = {bucket.key: bucket for bucket in BUCKETS}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bucket as it is drawn: `width` is its part of the chart, `css` its colour."""

    label: str
    count: int
    amount: Decimal
    width: str
    css: str
    url: str


@dataclass(frozen=True, slots=True)
class Ageing:
    bars: list[Bar]
    open_amount: Decimal
    open_count: int
    overdue_amount: Decimal
    overdue_count: int
    oldest: Bar
    credit_amount: Decimal

    @property
    def overdue_share(self) -> int:
        """Whole percents of the open amount that are late."""
        return round(self.overdue_amount * 100 / self.open_amount) if self.open_amount else 0


def ageing(invoices: QuerySet[Invoice], *, on: date, url: Callable[[str], str] = lambda _key: "") -> Ageing:
    """The buckets of these invoices on a day; `url` gives the list behind a bucket."""
    positive = Q(open_amount__gt=0)
    figures: dict[str, Aggregate] = {"credit": Sum("open_amount", filter=Q(open_amount__lt=0), default=ZERO)}
    for position, bucket in enumerate(BUCKETS):
        matching = positive & bucket.condition(on)
        figures[f"sum_{position}"] = Sum("open_amount", filter=matching, default=ZERO)
        figures[f"count_{position}"] = Count("pk", filter=matching)
    found = invoices.exclude(open_amount=0).aggregate(**figures)
    amounts = [found[f"sum_{position}"] for position in range(len(BUCKETS))]
    counts = [found[f"count_{position}"] for position in range(len(BUCKETS))]
    largest = max(amounts) or Decimal(1)
    bars = [
        Bar(
            bucket.label,
            counts[i],
            amounts[i],
            f"{amounts[i] / largest * CHART_WIDTH:.1f}",
            f"age-{i}",
            url(bucket.key),
        )
        for i, bucket in enumerate(BUCKETS)
    ]
    return Ageing(
        bars=bars,
        open_amount=sum(amounts, ZERO),
        open_count=sum(counts),
        overdue_amount=sum(amounts[1:], ZERO),
        overdue_count=sum(counts[1:]),
        oldest=bars[-1],
        credit_amount=-found["credit"],
    )
