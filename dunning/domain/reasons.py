"""Why (not): one code per reason, with the Dutch sentence a bookkeeper reads. Each answer keeps its dates and amounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from receivables.domain.money import Money


class Reason(StrEnum):
    # send, call, hand over
    BEFORE_DUE = "before_due"
    PAST_DUE = "past_due"
    TERM_ENDED = "term_ended"
    FOURTEEN_DAYS_FIRST = "fourteen_days_first"
    # wait
    NOT_DUE = "not_due"
    JUST_DUE = "just_due"
    STEP_TOO_EARLY = "step_too_early"
    TERM_RUNNING = "term_running"
    CONTACT_GAP = "contact_gap"
    REST_DAY = "rest_day"
    NOTICE_PENDING = "notice_pending"
    CALL_OPEN = "call_open"
    HOLD = "hold"
    PROMISE = "promise"
    PLAN = "plan"
    PLAN_RUNNING = "plan_running"
    PLAN_MISSED = "plan_missed"
    PLAN_REQUESTED = "plan_requested"
    FOURTEEN_DAYS_RUNNING = "fourteen_days_running"
    CONTACT_CAP = "contact_cap"
    STOP_PAUSE = "stop_pause"
    # blocked
    NO_POLICY = "no_policy"
    OTHER_CURRENCY = "other_currency"
    HOLD_WITHOUT_END = "hold_without_end"
    DISPUTE = "dispute"
    DISPUTED = "disputed"
    INSOLVENCY = "insolvency"
    NOTICE_AMBIGUOUS = "notice_ambiguous"
    ADDRESS_BOUNCED = "address_bounced"
    HANDOVER_FLAGGED = "handover_flagged"
    HANDOVER_REFUSED = "handover_refused"
    HANDED_OVER = "handed_over"
    LADDER_ENDED = "ladder_ended"
    NO_STEP = "no_step"
    GATE_AMBER = "gate_amber"
    GATE_RED = "gate_red"
    UNALLOCATED_CREDIT = "unallocated_credit"
    BELOW_MINIMUM = "below_minimum"
    NO_CHANNEL = "no_channel"
    STOP_SIGNAL = "stop_signal"
    COSTS_NEED_LETTER = "costs_need_letter"
    TIME_BARRED = "time_barred"
    WKI_CLOSED = "wki_closed"
    CONTENT_CHANGED = "content_changed"


SENTENCES: Final = {
    Reason.BEFORE_DUE: "{step}: de factuur vervalt op {on}.",
    Reason.PAST_DUE: "{step}: de vervaldatum {on} is {days} voorbij.",
    Reason.TERM_ENDED: "{step}: na de {previous} van {on} zijn {days} verstreken.",
    Reason.FOURTEEN_DAYS_FIRST: "{step}: zonder deze brief is een consument geen incassokosten schuldig (art. 6:96 lid 6 BW).",
    Reason.NOT_DUE: "Wacht tot {until}: de factuur vervalt op {on}.",
    Reason.STEP_TOO_EARLY: "Wacht tot {until}: de {step} komt {days} na de {previous} van {on}.",
    Reason.JUST_DUE: "Wacht tot {until}: de {step} komt {days} na de vervaldatum {on}.",
    Reason.TERM_RUNNING: "Wacht tot {until}: de {previous} van {on} geeft {days} om te betalen.",
    Reason.CONTACT_GAP: "Wacht tot {until}: er was op {on} al contact; tussen twee berichten aan één klant zitten {days}.",
    Reason.REST_DAY: "Wacht tot {until}: {on} is een zondag of feestdag.",
    Reason.NOTICE_PENDING: "Wacht: de {previous} van {on} is nog niet verstuurd. De volgende stap telt vanaf de verzending.",
    Reason.CALL_OPEN: "Wacht tot {until}: de {previous} van {on} is nog niet afgerond.",
    Reason.HOLD: "Wacht tot {until}: blokkade op {note}.",
    Reason.PROMISE: "Wacht tot {until}: betaling is toegezegd voor {on}.",
    Reason.PLAN: "Wacht tot {until}: er loopt een betalingsregeling.",
    Reason.PLAN_RUNNING: "Wacht tot {until}: er loopt een regeling; de eerstvolgende termijn is van {on}.",
    Reason.PLAN_MISSED: "Wacht tot {until}: de termijn van {on} is niet betaald, maar kan nog worden ingehaald.",
    Reason.PLAN_REQUESTED: "Wacht tot {until}: de klant vroeg op {on} een regeling aan. Beslis daarover.",
    Reason.FOURTEEN_DAYS_RUNNING: (
        "Wacht tot {until}: de veertiendagenbrief is op {on} ontvangen; betalen zonder kosten kan nog tot en met {note}."
    ),
    Reason.CONTACT_CAP: "Wacht tot {until}: er {note} in {days}; dat is het maximum voor één klant.",
    Reason.STOP_PAUSE: "Wacht tot {until}: {note} tot en met {on}.",
    Reason.NO_POLICY: "Geblokkeerd: voor deze factuur is geen ladder gekozen.",
    Reason.OTHER_CURRENCY: "Geblokkeerd: de factuur is in {note}; aanmanen gaat alleen in euro.",
    Reason.HOLD_WITHOUT_END: "Geblokkeerd op {note}, zonder einddatum.",
    Reason.DISPUTE: "Geblokkeerd: de factuur is betwist. Handel eerst de betwisting af.",
    Reason.DISPUTED: "Geblokkeerd: de factuur is sinds {on} betwist ({note}). Handel eerst de betwisting af.",
    Reason.INSOLVENCY: "Geblokkeerd: {note}. Vraag deze klant niet om betaling.",
    Reason.NOTICE_AMBIGUOUS: "Geblokkeerd: het is niet zeker of de {previous} van {on} is verstuurd. Geef eerst aan of die weg is.",
    Reason.ADDRESS_BOUNCED: "Geblokkeerd: de {previous} kwam op {on} terug als onbestelbaar. Verbeter het adres.",
    Reason.HANDOVER_FLAGGED: "Geblokkeerd: het dossier wacht sinds {on} op akkoord voor overdracht.",
    Reason.HANDOVER_REFUSED: "Geblokkeerd: de overdracht is op {on} afgewezen. De ladder is ten einde.",
    Reason.HANDED_OVER: "Geblokkeerd: het dossier is op {on} overgedragen. De ladder is ten einde.",
    Reason.LADDER_ENDED: "Geblokkeerd: alle stappen zijn geweest; de laatste was de {previous} van {on}.",
    Reason.NO_STEP: "Geblokkeerd: de ladder van deze factuur heeft na de vervaldatum geen stap.",
    Reason.GATE_AMBER: "Geblokkeerd: de cijfers zijn niet vers genoeg voor een {step}. {note}",
    Reason.GATE_RED: "Geblokkeerd: de cijfers zijn te oud om te manen. {note}",
    Reason.UNALLOCATED_CREDIT: "Geblokkeerd: deze klant heeft nog {amount} tegoed. Verreken dat eerst.",
    Reason.BELOW_MINIMUM: "Geblokkeerd: samen {amount}, minder dan het minimum van {minimum} voor een {step}.",
    Reason.NO_CHANNEL: "Geblokkeerd: van deze klant is geen adres bekend waarop een {step} kan worden bezorgd.",
    Reason.STOP_SIGNAL: "Geblokkeerd: {note}.",
    Reason.COSTS_NEED_LETTER: (
        "Geblokkeerd: zonder veertiendagenbrief is een consument geen incassokosten schuldig, en die brief kan nog niet: {note}"
    ),
    Reason.TIME_BARRED: (
        "Geblokkeerd: {on} was de laatste veilige dag voor de verjaring. Een {step} gaat alleen nog uit als u dat zelf besluit."
    ),
    Reason.WKI_CLOSED: "Geblokkeerd: incasso voor een ander bij natuurlijke personen staat dicht. {note}",
    Reason.CONTENT_CHANGED: "Geblokkeerd: deze {step} is intussen juridisch een andere brief. De volgende run maakt een nieuwe.",
}

_MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


@dataclass(frozen=True, slots=True)
class Why:
    """A reason with what it rests on. Which fields are filled follows from the sentence of the reason."""

    reason: Reason
    on: date | None = None
    days: int | None = None
    step: str = ""
    previous: str = ""
    cents: int | None = None
    minimum_cents: int | None = None
    note: str = ""


def explain(why: Why, *, until: date | None = None) -> str:
    """The Dutch sentence for the screen "waarom (niet)?"."""
    sentence = SENTENCES[why.reason].format(
        on=dutch_day(why.on),
        until=dutch_day(until),
        days=_days(why.days),
        step=why.step.lower(),
        previous=why.previous.lower(),
        amount=_euro(why.cents),
        minimum=_euro(why.minimum_cents),
        note=why.note,
    )
    stripped = sentence.strip()
    return stripped[0].upper() + stripped[1:]


def dutch_day(day: date | None) -> str:
    return "" if day is None else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _days(count: int | None) -> str:
    return "" if count is None else f"{count} {'dag' if count == 1 else 'dagen'}"


def _euro(cents: int | None) -> str:
    """As on every screen: € 1.234,56."""
    if cents is None:
        return ""
    whole = f"{Money.from_cents(cents).amount:,.2f}"
    return "€ " + whole.translate(str.maketrans(",.", ".,"))
