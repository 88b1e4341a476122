"""Add an interest rate for everybody (art. 6:119, 6:119a, 6:120 BW). Rows are never changed: a correction is a newer row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from receivables.domain.rates import RateTable, half_year_end
from receivables.law_tables import DAY, KnownRate, added_rates, known_rates, merged
from receivables.models import StatutoryRate
from tenants.models import User
from tenants.templatetags.voldaan import datum


class RateRefusedError(ValueError):
    """This rate cannot be added; `field` is what to change, the message is Dutch."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Piece:
    """Some days with the rate that counts now and the one that would; nothing where none is known."""

    first: date
    last: date
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class RateChange:
    """What an addition does to its table."""

    rate: KnownRate
    pieces: tuple[Piece, ...]
    confirmed_before: date
    confirmed_after: date

    @property
    def is_correction(self) -> bool:
        """Another percentage for days that had one already."""
        return any(piece.before is not None and piece.before != piece.after for piece in self.pieces)


def change_of(rate: KnownRate, *, on: date) -> RateChange:
    """What adding this rate would change. Refuses one that leaves a gap, that nobody can know yet, or that takes days away."""
    added = added_rates()
    before, after = merged(added)[rate.kind], merged((*added, rate))[rate.kind]
    _refuse(rate, added, before, after, on=on)
    last = _last_day(rate, (*added, rate))
    return RateChange(
        rate, tuple(_pieces(rate, before, after, last=last)), before.confirmed_through, after.confirmed_through
    )


def add_rate(rate: KnownRate, *, by: User, now: datetime, on: date) -> StatutoryRate:
    """Keep this rate; from now on every sum uses it. What was booked or sent before stays as it is."""
    change_of(rate, on=on)
    return StatutoryRate.objects.create(
        kind=rate.kind.value,
        valid_from=rate.valid_from,
        percent=rate.percent,
        confirmed_through=rate.confirmed_through,
        source=rate.source,
        by=by,
        at=now,
    )


def _refuse(rate: KnownRate, added: tuple[KnownRate, ...], before: RateTable, after: RateTable, *, on: date) -> None:
    furthest = half_year_end(max(rate.valid_from, on))
    if rate.valid_from > before.confirmed_through + DAY:
        missing = f"{datum(before.confirmed_through + DAY)} tot en met {datum(rate.valid_from - DAY)}"
        raise RateRefusedError("valid_from", f"Van {missing} is dan geen percentage bekend. Voeg dat eerst toe.")
    if rate.valid_from < before.known_from:
        raise RateRefusedError("valid_from", f"De tabel begint op {datum(before.known_from)}.")
    if rate.confirmed_through > furthest:
        raise RateRefusedError(
            "confirmed_through", f"Verder dan {datum(furthest)} kan niemand het weten: dan begint een nieuw halfjaar."
        )
    if after.confirmed_through < before.confirmed_through and not _is_again(rate, added):
        raise RateRefusedError(
            "confirmed_through",
            f"De tabel is al bevestigd tot en met {datum(before.confirmed_through)}. Houd die dag aan, of de dag voor het volgende percentage.",
        )


def _is_again(rate: KnownRate, added: tuple[KnownRate, ...]) -> bool:
    """A correction of an addition with the same first day, the last of its table: that one may have been too bold."""
    newest = known_rates(rate.kind, added)[-1]
    return newest.is_added and newest.valid_from == rate.valid_from


def _last_day(rate: KnownRate, added: tuple[KnownRate, ...]) -> date:
    later = [known.valid_from for known in known_rates(rate.kind, added) if known.valid_from > rate.valid_from]
    return min([rate.confirmed_through, *(day - DAY for day in later)])


def _pieces(rate: KnownRate, before: RateTable, after: RateTable, *, last: date) -> list[Piece]:
    known = min(last, before.confirmed_through)
    if rate.valid_from > known:
        return [Piece(rate.valid_from, last, None, rate.percent)]
    found = [
        Piece(start, end, percent, after.on(start)) for start, end, percent in before.pieces(rate.valid_from, known)
    ]
    return [*found, Piece(known + DAY, last, None, rate.percent)] if known < last else found
