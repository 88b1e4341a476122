"""The shape of a notice's text: paragraphs with a condition, per step, legal content, reader, language and tone.

A tenant's own text has the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from dunning.domain.legal_content import LegalContent as LegalContent


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
    """For whom, or in which state, a paragraph is meant. `NoticeContent.circumstances` says which of them hold."""

    ALWAYS = "always"
    ASKED_BEFORE = "asked_before"
    FIRST_TIME = "first_time"
    CONSUMER = "consumer"
    BUSINESS = "business"
    NATURAL_PERSON = "natural_person"
    ONE_DUE_DATE = "one_due_date"
    SEVERAL_DUE_DATES = "several_due_dates"
    INTEREST = "interest"  # interest is part of what is asked
    INTEREST_STATED = "interest_stated"  # interest is named, and not asked
    COSTS = "costs"  # collection costs are part of what is asked
    NO_COSTS = "no_costs"
    VAT = "vat"  # with VAT over the costs, asked or announced (art. 2 lid 3 BIK)


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    when: When = When.ALWAYS
    runs_on: bool = False  # behind the paragraph before it, when that one is there


def P(text: str, when: When = When.ALWAYS) -> Paragraph:  # noqa: N802  # reads as mark-up in the tables of texts
    return Paragraph(text, when)


def Also(text: str, when: When = When.ALWAYS) -> Paragraph:  # noqa: N802  # as above
    return Paragraph(text, when, runs_on=True)


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

    def as_own(self) -> dict[str, Any]:
        """The same text as a tenant's own, as it is kept with the step."""
        parts = {"opening": self.opening, "closing": self.closing}
        return {"subject": self.subject} | {name: [_item(part) for part in part_of] for name, part_of in parts.items()}


def _paragraph(item: object) -> Paragraph:
    if isinstance(item, Mapping):
        return Paragraph(str(item["text"]), When(item.get("when", When.ALWAYS)), bool(item.get("runs_on")))
    return Paragraph(str(item))


def _item(paragraph: Paragraph) -> str | dict[str, str | bool]:
    if paragraph == Paragraph(paragraph.text):
        return paragraph.text
    return {"text": paragraph.text, "when": paragraph.when.value, "runs_on": paragraph.runs_on}
