"""How we ask: policies, runs with their decisions, notices with their attempts, holds, call tasks and handovers."""

from dunning.models.handovers import Handover, HandoverLine
from dunning.models.holds import Hold
from dunning.models.legal import (
    AssignmentAgreement,
    FourteenDayLetter,
    Interruption,
    LimitationRelease,
    WkiOverride,
)
from dunning.models.notices import Attempt, DeliveryEvent, Notice, NoticeLine
from dunning.models.policies import Policy, PolicyChoice, PolicyStep, PolicyVersion, Track
from dunning.models.runs import CallTask, Decision, Run

__all__ = [
    "AssignmentAgreement",
    "Attempt",
    "CallTask",
    "Decision",
    "DeliveryEvent",
    "FourteenDayLetter",
    "Handover",
    "HandoverLine",
    "Hold",
    "Interruption",
    "LimitationRelease",
    "Notice",
    "NoticeLine",
    "Policy",
    "PolicyChoice",
    "PolicyStep",
    "PolicyVersion",
    "Run",
    "Track",
    "WkiOverride",
]
