"""The five answers the ladder knows: every open invoice gets exactly one of them, and each says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import Channel, Step
from dunning.domain.reasons import Why, explain


@dataclass(frozen=True, slots=True)
class Send:
    step: Step
    channel: Channel
    why: Why
    content: LegalContent = LegalContent.FRIENDLY


@dataclass(frozen=True, slots=True)
class Call:
    step: Step
    why: Why


@dataclass(frozen=True, slots=True)
class HandOver:
    step: Step
    why: Why


@dataclass(frozen=True, slots=True)
class Wait:
    until: date
    why: Why


@dataclass(frozen=True, slots=True)
class Blocked:
    why: Why


NotNow: TypeAlias = Wait | Blocked
Answer: TypeAlias = Send | Call | HandOver | Wait | Blocked


@dataclass(frozen=True, slots=True)
class Decision:
    invoice_id: UUID
    answer: Answer


def say(answer: Answer) -> str:
    """The answer as a Dutch sentence."""
    return explain(answer.why, until=answer.until if isinstance(answer, Wait) else None)
