"""How a dispute, a promise or a payment plan stands on a day. Derived from its days and from the money since, never stored.

So nothing has to be counted off or reset: a promise that was not kept and a plan that was missed stop holding the ladder by
themselves, and a payment that turns out to have come in time mends them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from dunning.domain.plans import Instalment
from receivables.domain.money import Money

NOTHING: Final = Money.zero()


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in on a day since the arrangement; negative when it went back."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Dispute:
    """An open dispute of one invoice. It holds that invoice whole, also when only a part is contested."""

    opened_on: date
    about: str  # the Dutch words of its reason


class PromiseStanding(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """So much by such a day; `grace_on` is the last day on which it may still come in."""

    pay_on: date
    grace_on: date
    amount: Money
    received: tuple[Received, ...] = ()
    lowered: Money = NOTHING  # credited or written off since

    def standing(self, on: date) -> PromiseStanding:
        """Kept by what came in on time; broken once the days of grace have gone by."""
        if _until(self.received, min(on, self.grace_on)) >= self.amount - self.lowered:
            return PromiseStanding.KEPT
        return PromiseStanding.OPEN if on <= self.grace_on else PromiseStanding.BROKEN


class PlanStanding(StrEnum):
    KEPT = "kept"  # nothing is due
    DUE = "due"  # an instalment's day has come; the money may be on its way
    MISSED = "missed"  # its grace is over, but it can still be caught up
    BROKEN = "broken"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment, and how much of it was paid."""

    instalment: Instalment
    paid: Money

    @property
    def left(self) -> Money:
        return self.instalment.amount - self.paid


@dataclass(frozen=True, slots=True)
class Progress:
    """How a plan stands on a day. `next` is the oldest instalment that is not paid, or the one that broke the plan."""

    standing: PlanStanding
    parts: tuple[Part, ...]
    next: Part | None = None
    grace_on: date | None = None  # of `next`: until then nothing is said
    catch_up_on: date | None = None  # of `next`: the last day before the ladder goes on

    @property
    def paid(self) -> Money:
        return Money.total(part.paid for part in self.parts)

    @property
    def left(self) -> Money:
        return Money.total(part.left for part in self.parts)

    @property
    def holds(self) -> bool:
        """Does the ladder wait for it?"""
        return self.standing in (PlanStanding.KEPT, PlanStanding.DUE, PlanStanding.MISSED)


@dataclass(frozen=True, slots=True)
class Request:
    """A plan that was asked for and waits for a person. It holds the ladder until `decide_by_on`, when it does at all."""

    asked_on: date
    decide_by_on: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was agreed, and what came in for it since."""

    instalments: tuple[Instalment, ...]
    grace_days: int
    warning_days: int
    received: tuple[Received, ...] = ()
    lowered: Money = NOTHING  # credited or written off since: off the last instalments

    def progress(self, on: date) -> Progress:
        """Money fills the oldest instalment first. One that was not there by its last day broke the plan, whatever came later."""
        asked = tuple(self._asked())
        parts = tuple(_filled(asked, _until(self.received, on)))
        open_parts = [part for part in parts if part.left]
        if not open_parts:
            return Progress(PlanStanding.DONE, parts)
        broken = self._broken(asked, parts, on)
        found = broken or open_parts[0]
        due_on = found.instalment.due_on
        grace_on = due_on + timedelta(days=self.grace_days)
        catch_up_on = grace_on + timedelta(days=self.warning_days)
        if broken is not None:
            standing = PlanStanding.BROKEN
        elif on > grace_on:
            standing = PlanStanding.MISSED
        else:
            standing = PlanStanding.DUE if on >= due_on else PlanStanding.KEPT
        return Progress(standing, parts, found, grace_on, catch_up_on)

    def _asked(self) -> Iterator[Instalment]:
        """The instalments after what was credited: that comes off the end."""
        lowered, kept = self.lowered, []
        for one in reversed(self.instalments):
            off = min(lowered, one.amount)
            lowered -= off
            if one.amount > off:
                kept.append(Instalment(one.number, one.due_on, one.amount - off))
        return reversed(kept)

    def _broken(self, asked: tuple[Instalment, ...], parts: tuple[Part, ...], on: date) -> Part | None:
        """The first instalment that was not there on its last day, or is there no more."""
        due = Money.zero()
        for one, part in zip(asked, parts, strict=True):
            due += one.amount
            last_on = one.due_on + timedelta(days=self.grace_days + self.warning_days)
            if last_on >= on:
                return None
            if part.left or _until(self.received, last_on) < due:
                return part
        return None


Arrangement: TypeAlias = Dispute | Promise | Request | Plan


def _filled(asked: tuple[Instalment, ...], received: Money) -> Iterator[Part]:
    left = max(received, Money.zero())
    for one in asked:
        paid = min(left, one.amount)
        left -= paid
        yield Part(one, paid)


def _until(received: tuple[Received, ...], on: date) -> Money:
    return Money.total(one.amount for one in received if one.on <= on)
