"""What a run decided, counted and listed for the screen; the rows were frozen when it was planned."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from dunning.domain.reasons import Reason
from dunning.models import Decision, Notice, Run
from dunning.models.notices import NoticeState
from dunning.models.policies import StepKind
from dunning.models.runs import Outcome
from receivables.domain.money import Money
from receivables.selectors.paging import Page, Sort, take
from tenants.models import Tenant
from tenants.templatetags.voldaan import aantal

ZERO = Decimal("0.00")
BY_CUSTOMER = Sort(("customer__name_key", "id"))
ORDER = {kind.value: place for place, kind in enumerate(StepKind)}
PLURALS = {
    StepKind.PRE_DUE_NOTICE: "vooraankondigingen",
    StepKind.REMINDER: "herinneringen",
    StepKind.DEMAND: "aanmaningen",
    StepKind.NOTICE_OF_DEFAULT: "ingebrekestellingen",
}
REASON_TITLES = {
    Reason.NOT_DUE: "Nog niet vervallen",
    Reason.JUST_DUE: "Net vervallen",
    Reason.STEP_TOO_EARLY: "Volgende stap is nog niet aan de beurt",
    Reason.TERM_RUNNING: "De termijn van de vorige brief loopt nog",
    Reason.CONTACT_GAP: "Kort geleden al contact",
    Reason.REST_DAY: "Zondag of feestdag",
    Reason.NOTICE_PENDING: "Vorige brief nog niet verzonden",
    Reason.CALL_OPEN: "Belactie staat nog open",
    Reason.HOLD: "Blokkade met einddatum",
    Reason.PROMISE: "Betaling toegezegd",
    Reason.PLAN: "Betalingsregeling loopt",
    Reason.PLAN_RUNNING: "Betalingsregeling loopt",
    Reason.PLAN_MISSED: "Termijn gemist, nog in te halen",
    Reason.PLAN_REQUESTED: "Regeling aangevraagd",
    Reason.NO_POLICY: "Geen ladder gekozen",
    Reason.OTHER_CURRENCY: "Andere valuta",
    Reason.HOLD_WITHOUT_END: "Blokkade tot nader order",
    Reason.DISPUTE: "Betwist",
    Reason.DISPUTED: "Betwist",
    Reason.INSOLVENCY: "Insolventie of schuldhulp",
    Reason.NOTICE_AMBIGUOUS: "Onzeker of de vorige brief weg is",
    Reason.ADDRESS_BOUNCED: "Adres onbestelbaar",
    Reason.HANDOVER_FLAGGED: "Wacht op akkoord voor overdracht",
    Reason.HANDOVER_REFUSED: "Overdracht afgewezen",
    Reason.HANDED_OVER: "Overgedragen",
    Reason.LADDER_ENDED: "Ladder ten einde",
    Reason.NO_STEP: "Ladder zonder volgende stap",
    Reason.GATE_AMBER: "Cijfers niet vers genoeg voor een formele stap",
    Reason.GATE_RED: "Cijfers te oud om te manen",
    Reason.UNALLOCATED_CREDIT: "Er staat nog een tegoed open",
    Reason.BELOW_MINIMUM: "Onder het minimumbedrag",
    Reason.NO_CHANNEL: "Geen e-mail- of postadres",
}
TITLES_BY_CODE = {reason.value: title for reason, title in REASON_TITLES.items()}


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of the summary: how many, and how much is open on them."""

    key: str
    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of one step kind in a run."""

    kind: str
    label: str
    count: int
    amount: Decimal

    @property
    def words(self) -> str:
        """As in a sentence: `1 aanmaning`, `12 herinneringen`."""
        noun = self.label.lower() if self.count == 1 else PLURALS[StepKind(self.kind)]
        return f"{aantal(self.count)} {noun}"


def tallies(run: Run) -> dict[str, Tally]:
    """Per outcome: invoices and open amount, in one query; every outcome is there."""
    found = {
        row["outcome"]: row
        for row in run.decisions.filter(excluded_at__isnull=True)
        .order_by()
        .values("outcome")
        .annotate(count=Count("pk"), amount=Sum("open_amount"))
    }
    return {
        outcome.value: Tally(
            outcome.value,
            str(outcome.label),
            found[outcome.value]["count"] if outcome.value in found else 0,
            found[outcome.value]["amount"] if outcome.value in found else ZERO,
        )
        for outcome in Outcome
    }


def letters(run: Run) -> list[Letters]:
    """Per step kind how many letters this run has, in the order of the ladder."""
    rows = (
        run.notices.exclude(state=NoticeState.CANCELLED)
        .order_by()
        .values("step_kind")
        .annotate(count=Count("pk"), amount=Sum("total_amount"))
    )
    found = [
        Letters(row["step_kind"], str(StepKind(row["step_kind"]).label), row["count"], row["amount"]) for row in rows
    ]
    return sorted(found, key=lambda letters: ORDER[letters.kind])


def notices_page(run: Run, *, kind: str = "", state: str = "", words: str = "", token: str = "") -> Page[Notice]:
    """One page of letters by customer name."""
    rows = run.notices.select_related("customer").annotate(line_count=Count("lines"))
    if kind:
        rows = rows.filter(step_kind=kind)
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(customer__name__icontains=words)
    return take(rows, BY_CUSTOMER, token=token)


def reasons(run: Run, outcome: str) -> list[Tally]:
    """Why invoices wait or are blocked, most common first."""
    rows = (
        run.decisions.filter(outcome=outcome)
        .order_by()
        .values("reason")
        .annotate(count=Count("pk"), amount=Sum("open_amount"))
        .order_by("-count")
    )
    return [Tally(row["reason"], reason_title(row["reason"]), row["count"], row["amount"]) for row in rows]


def decisions_page(run: Run, outcome: str, *, reason: str = "", words: str = "", token: str = "") -> Page[Decision]:
    """One page of decisions with their invoices, by customer name."""
    rows = run.decisions.filter(outcome=outcome).select_related("customer", "invoice")
    if reason:
        rows = rows.filter(reason=reason)
    if words:
        rows = _search(rows, words)
    return take(rows, BY_CUSTOMER, token=token)


def _search(rows: QuerySet[Decision], words: str) -> QuerySet[Decision]:
    number = "".join(words.split()).upper()
    return rows.filter(customer__name__icontains=words) | rows.filter(invoice__number_key__startswith=number)


def reason_title(reason: str) -> str:
    """A reason as a heading; one that this version does not know is shown as it is stored."""
    return TITLES_BY_CODE.get(reason, reason)


def latest(tenant: Tenant) -> Run | None:
    return tenant.runs.order_by("-on").first()


def total_of(found: list[Letters]) -> Money:
    return Money.total(Money.of(letters.amount) for letters in found)
