"""Decisions as rows and back: the stored answer of a run, said in Dutch on the screen "waarom (niet)?"."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from dunning.domain.answers import Answer, Blocked, Call, HandOver, Send
from dunning.domain.reasons import Reason, Why, explain
from dunning.models import Decision
from dunning.models.runs import Outcome

_PARAMETERS = tuple(spec.name for spec in fields(Why) if spec.name != "reason")


def outcome_of(answer: Answer) -> Outcome:
    match answer:
        case Send():
            return Outcome.SEND
        case Call():
            return Outcome.CALL
        case HandOver():
            return Outcome.HAND_OVER
        case Blocked():
            return Outcome.BLOCKED
        case _:
            return Outcome.WAIT


def as_params(why: Why) -> dict[str, Any]:
    """What the reason rests on, as plain JSON; empty values are left out."""
    params: dict[str, Any] = {}
    for name in _PARAMETERS:
        value = getattr(why, name)
        if value not in (None, ""):
            params[name] = value.isoformat() if isinstance(value, date) else value
    return params


def why_of(decision: Decision) -> Why:
    params = dict(decision.params)
    if "on" in params:
        params["on"] = date.fromisoformat(params["on"])
    return Why(Reason(decision.reason), **params)


def sentence(decision: Decision) -> str:
    """The stored answer in Dutch, with its dates and amounts."""
    return explain(why_of(decision), until=decision.until_on)
