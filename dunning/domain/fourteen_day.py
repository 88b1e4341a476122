"""The fourteen-day letter to a consumer: art. 6:96 lid 6 BW, as explained in ECLI:NL:HR:2016:2704.

The fourteen days start the day after receipt; costs are due from the day after the last one, if still unpaid. Whether a term that
ends in a weekend or on a holiday is extended (Algemene termijnenwet art. 1) is not settled, so costs are claimed from the extended
day only: `safe_last_on` and `safe_due_from_on`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dunning.domain.calendar import ONE_DAY, Calendar
from dunning.domain.reasons import dutch_day

TERM_DAYS: Final = 14
POST_DELIVERY_DAYS: Final = 2  # experience rule of rov. 3.5 for ordinary post
SAME_DAY: Final = frozenset({"email", "bailiff"})  # every other way counts as post, the safe side
NEEDS_PROOF: Final = frozenset({"portal"})  # what waits in a mailbox of ours reaches nobody before a visit


@dataclass(frozen=True, slots=True)
class Term:
    """The days of one letter. `last_on` is what the law asks; `safe_last_on` is what we keep to."""

    received_on: date
    first_on: date
    last_on: date
    due_from_on: date
    safe_last_on: date
    safe_due_from_on: date


def receipt_on(
    channel: str,
    sent_on: date,
    calendar: Calendar,
    *,
    proven_on: date | None = None,
    bounced: bool = False,
    extra_days: int = 0,
) -> date | None:
    """The day the letter reached the debtor (art. 3:37 lid 3 BW); None when it did not, so that no term runs.

    `extra_days` are delivery days on top of the two of the experience rule, for post that has become slower.
    """
    if bounced:
        return None
    if proven_on is not None:
        return proven_on
    if channel in NEEDS_PROOF:
        return None
    if channel in SAME_DAY:
        return sent_on
    return calendar.add_delivery_days(sent_on, POST_DELIVERY_DAYS + extra_days)


def fourteen_day_term(received_on: date, calendar: Calendar, *, margin_days: int = 0) -> Term:
    """The term that a letter received on this day gives; `margin_days` moves only the safe days."""
    last_on = received_on + timedelta(days=TERM_DAYS)
    safe_last_on = calendar.next_working_day(last_on + timedelta(days=margin_days))
    return Term(
        received_on=received_on,
        first_on=received_on + ONE_DAY,
        last_on=last_on,
        due_from_on=last_on + ONE_DAY,
        safe_last_on=safe_last_on,
        safe_due_from_on=safe_last_on + ONE_DAY,
    )


# --- the words ----------------------------------------------------------------------------------------------------------


_LETTER: Final = r"(?:deze|dit) (?:\w+ )?(?:brief|e-?mail|mail|bericht|aanmaning)"
_REACHED: Final = (
    rf"(?:{_LETTER} bij (?:u|je|jou) (?:is )?bezorgd(?: is)?|(?:u|je|jij) {_LETTER} (?:hebt|heeft) ontvangen)"
)
_THIS: Final = r"this (?:letter|e-?mail|message|notice)"
_DELIVERED: Final = rf"(?:{_THIS} (?:was|is|has been) delivered to you|you received {_THIS})"
_ACCEPTED: Final = re.compile(
    rf"binnen (?:veertien|14) dagen vanaf de dag nadat {_REACHED}"
    rf"|binnen (?:vijftien|15) dagen nadat {_REACHED}"
    rf"|within (?:fourteen|14) days from the day after {_DELIVERED}"
    rf"|within (?:fifteen|15) days after {_DELIVERED}"
)
_FROM: Final = r"(?:na|vanaf|sinds|van af|te rekenen van|met ingang van)"
_SENT: Final = r"(?:verzonden|verstuurd|gepost|gedagtekend|gedateerd)"
_OWN_DAY: Final = (
    r"(?:heden|vandaag|nu|dagtekening|verzending|verzenddatum|verzenddag|briefdatum|postdatum|bovenstaande datum"
    rf"|bovengenoemde datum|datum|{_LETTER}\b)(?! van (?:de|uw|onze) factuur)"
)
_VOID: Final = re.compile(
    rf"\b{_FROM} (?:de |het )?(?:dag van )?(?:de )?{_OWN_DAY}"
    rf"|\bnadat (?:wij |we )?{_LETTER}(?: \w+)? (?:hebben |is |zijn )?{_SENT}"
    r"|\b(?:from|after|of|following|since) (?:the )?(?:date (?:of this|on this|above)|dispatch|sending|posting|mailing|today|now)\b"
    rf"|\b(?:from|after|of|since) {_THIS}(?! (?:was|is|has been) delivered to you)"
)
_COUNTS: Final = re.compile(r"\b(?:dag|dagen|week|weken|termijn|loopt|begint|days?|weeks?|runs|begins)\b")


def is_valid_wording(text: str) -> bool:
    """Does this text give the fourteen days as the Hoge Raad wants them, and nowhere count from the letter's own day?

    A term "na heden", "na dagtekening" or "na verzending" voids the letter, and an extra week later does not mend it.
    """
    plain = " ".join(text.lower().split())
    return _ACCEPTED.search(plain) is not None and not any(map(_counts_from_own_day, _SENTENCE_END.split(plain)))


_SENTENCE_END: Final = re.compile(r"[.!?;] ")


def _counts_from_own_day(sentence: str) -> bool:
    return _COUNTS.search(sentence) is not None and _VOID.search(sentence) is not None


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """What a printed last day is worth, and which days could have been printed."""

    earliest_valid_on: date | None
    safe_on: date | None
    is_valid: bool
    reason: str = ""  # in Dutch, when void


def judge_printed_day(term: Term | None, printed_on: date) -> PrintedDay:
    """A printed day earlier than the full fourteen days voids the letter, even beside a correct wording (rov. 3.6)."""
    if term is None:
        return PrintedDay(
            None, None, is_valid=False, reason="De brief heeft de klant niet bereikt; er loopt geen termijn."
        )
    if printed_on >= term.last_on:
        return PrintedDay(term.last_on, term.safe_last_on, is_valid=True)
    reason = (
        f"De brief noemt {dutch_day(printed_on)} als laatste dag, maar de veertien dagen na ontvangst op "
        f"{dutch_day(term.received_on)} lopen tot en met {dutch_day(term.last_on)}. Alleen een nieuwe brief herstelt dit."
    )
    return PrintedDay(term.last_on, term.safe_last_on, is_valid=False, reason=reason)


# --- how far it is ------------------------------------------------------------------------------------------------------


class LetterState(StrEnum):
    """The legal state of the fourteen-day letter of one invoice."""

    NONE = "none"
    RUNNING = "running"
    EXPIRED_UNPAID = "expired_unpaid"
    VOID = "void"
    PAID = "paid"


def state_of(term: Term | None, *, on: date, is_void: bool = False, is_paid: bool = False) -> LetterState:
    """Expired only from the safe day on; a letter on its way is running."""
    if is_void:
        return LetterState.VOID
    if is_paid:
        return LetterState.PAID
    if term is None:
        return LetterState.NONE
    return LetterState.RUNNING if on <= term.safe_last_on else LetterState.EXPIRED_UNPAID


@dataclass(frozen=True, slots=True)
class FourteenDay:
    """The newest fourteen-day letter of an invoice. Without a term it never reached the debtor, so it is void."""

    term: Term | None
    is_void: bool = False  # wrong words, too early a day, returned, or sent before default
    is_paid: bool = False

    def state(self, on: date) -> LetterState:
        return state_of(self.term, on=on, is_void=self.is_void or self.term is None, is_paid=self.is_paid)
