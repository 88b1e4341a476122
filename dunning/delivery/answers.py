"""What a provider answered, and what follows from it. An unknown outcome is never guessed (docs/sending.md, step 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dunning.models.notices import AttemptResult, NoticeState

BACK_OFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
REPEAT_AFTER: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))
MOST_ATTEMPTS: Final = 16  # about two days of back-off; then a person looks


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one call, as far as it is certain."""

    result: AttemptResult
    text: str = ""
    provider_id: str = ""
    is_unreachable: bool = False  # nobody answered at all: the next notice would fail the same way

    @classmethod
    def accepted(cls, text: str, *, provider_id: str = "") -> Answer:
        return cls(AttemptResult.ACCEPTED, text, provider_id)

    @classmethod
    def not_accepted(cls, text: str, *, is_unreachable: bool = False) -> Answer:
        return cls(AttemptResult.NOT_ACCEPTED, text, is_unreachable=is_unreachable)

    @classmethod
    def refused(cls, text: str) -> Answer:
        return cls(AttemptResult.REFUSED, text)

    @classmethod
    def unknown(cls, text: str) -> Answer:
        return cls(AttemptResult.UNKNOWN, text)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Attempts of this generation of which nobody knows whether they were accepted."""

    first_at: datetime
    count: int

    def may_repeat(self, *, key_lifetime: timedelta | None, now: datetime) -> bool:
        """May the same bytes go out again under the same key? Only while the provider still knows that key."""
        return key_lifetime is not None and now < self.first_at + key_lifetime


@dataclass(frozen=True, slots=True)
class Next:
    """The state a notice gets, and how long it rests there."""

    state: NoticeState
    rest: timedelta = timedelta(0)


def after(answer: Answer, *, attempts: int, doubt: Doubt | None, may_repeat: bool) -> Next:
    """Decide what follows; `doubt` counts the attempts before this one, and this one too when its outcome is unknown."""
    if answer.result == AttemptResult.ACCEPTED:
        return Next(NoticeState.ACCEPTED)
    if doubt is not None:  # a later refusal says nothing about the earlier attempt
        return _resolve(doubt, may_repeat=may_repeat)
    if answer.result == AttemptResult.REFUSED or attempts >= MOST_ATTEMPTS:
        return Next(NoticeState.REFUSED)
    return Next(NoticeState.WAITING, BACK_OFF[min(attempts, len(BACK_OFF)) - 1])


def _resolve(doubt: Doubt, *, may_repeat: bool) -> Next:
    if not may_repeat:
        return Next(NoticeState.AMBIGUOUS)
    return Next(NoticeState.CLAIMED, REPEAT_AFTER[min(doubt.count, len(REPEAT_AFTER)) - 1])
