"""How we ask: policies, runs with their decisions, notices with their attempts, holds, call tasks and handovers."""

from dunning.models.handovers import Handover, HandoverLine
from dunning.models.holds import Hold
from dunning.models.notices import Attempt, DeliveryEvent, Notice, NoticeLine
from dunning.models.policies import Policy, PolicyChoice, PolicyStep, PolicyVersion, Track
from dunning.models.runs import CallTask, Decision, Run

__all__ = [
    "Attempt",
    "CallTask",
    "Decision",
    "DeliveryEvent",
    "Handover",
    "HandoverLine",
    "Hold",
    "Notice",
    "NoticeLine",
    "Policy",
    "PolicyChoice",
    "PolicyStep",
    "PolicyVersion",
    "Run",
    "Track",
]
