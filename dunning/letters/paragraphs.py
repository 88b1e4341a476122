"""The shape of a notice's text: paragraphs with a condition, per step, language and tone. A tenant's own text has it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dunning.letters.content import NoticeContent


class StepKind(StrEnum):
    """The four letters of the ladder, in order; the values are those of the policy's steps."""

    PRE_DUE_NOTICE = "pre_due_notice"
    REMINDER = "reminder"
    DEMAND = "demand"
    NOTICE_OF_DEFAULT = "notice_of_default"


class Tone(StrEnum):
    FORMAL = "formal"
    INFORMAL = "informal"  # je instead of u


class Language(StrEnum):
    DUTCH = "nl"
    ENGLISH = "en"


class When(StrEnum):
    """For whom, or in which state, a paragraph is meant."""

    ALWAYS = "always"
    ASKED_BEFORE = "asked_before"
    FIRST_TIME = "first_time"
    CONSUMER = "consumer"
    BUSINESS = "business"
    NATURAL_PERSON = "natural_person"
    ONE_DUE_DATE = "one_due_date"
    SEVERAL_DUE_DATES = "several_due_dates"

    def holds(self, content: NoticeContent) -> bool:
        return {
            When.ALWAYS: True,
            When.ASKED_BEFORE: content.previous_on is not None,
            When.FIRST_TIME: content.previous_on is None,
            When.CONSUMER: content.recipient.is_consumer,
            When.BUSINESS: not content.recipient.is_consumer,
            When.NATURAL_PERSON: content.recipient.is_natural_person,
            When.ONE_DUE_DATE: not content.has_several_due_dates,
            When.SEVERAL_DUE_DATES: content.has_several_due_dates,
        }[self]


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    when: When = When.ALWAYS


def P(text: str, when: When = When.ALWAYS) -> Paragraph:  # noqa: N802  # reads as mark-up in the tables of texts
    return Paragraph(text, when)


@dataclass(frozen=True, slots=True)
class NoticeText:
    """One step in one language: its name, subject, and what stands before and after the invoices."""

    name: str
    subject: str
    opening: tuple[Paragraph, ...]
    closing: tuple[Paragraph, ...]

    def with_own(self, own: Mapping[str, Any]) -> NoticeText:
        """Lay a tenant's own subject, opening and closing over this text; what is left empty stays the standard."""
        changes: dict[str, Any] = {}
        if own.get("subject"):
            changes["subject"] = str(own["subject"])
        for part in ("opening", "closing"):
            if own.get(part):
                changes[part] = tuple(_paragraph(item) for item in own[part])
        return replace(self, **changes)


def _paragraph(item: object) -> Paragraph:
    if isinstance(item, Mapping):
        return Paragraph(str(item["text"]), When(item.get("when", When.ALWAYS)))
    return Paragraph(str(item))
