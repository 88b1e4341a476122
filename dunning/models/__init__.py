"""How we ask: policies, runs with their decisions, notices with their attempts, holds, call tasks and handovers."""

from dunning.models.arrangements import (
    DebtorMessage,
    Dispute,
    PaymentPlan,
    PlanInstalment,
    PlanLine,
    Promise,
    PromiseLine,
)
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
from dunning.models.service_mails import ServiceMail

__all__ = [
    "AssignmentAgreement",
    "Attempt",
    "CallTask",
    "DebtorMessage",
    "Decision",
    "DeliveryEvent",
    "Dispute",
    "FourteenDayLetter",
    "Handover",
    "HandoverLine",
    "Hold",
    "Interruption",
    "LimitationRelease",
    "Notice",
    "NoticeLine",
    "PaymentPlan",
    "PlanInstalment",
    "PlanLine",
    "Policy",
    "PolicyChoice",
    "PolicyStep",
    "PolicyVersion",
    "Promise",
    "PromiseLine",
    "Run",
    "ServiceMail",
    "Track",
    "WkiOverride",
]
