"""How an amount came about, as a debtor reads it: the frozen lines in Dutch, or English made from the same numbers.

What has no English is shown in Dutch as a whole, and says so to a screen reader, so that no explanation is half translated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from receivables.domain.money import Money
from receivables.domain.unfold import Line, Unfolded
from receivables.paying.texts import DUTCH, ENGLISH, amount_in, day_in
from receivables.paying.texts_opened import ARTICLES, BOUNDS, DETAILS, FOR_DEBTORS, FROM_WHEN, LABELS, RULES, TITLES

VAT_ARTICLE = "art. 2 lid 3 BIK"
ROUNDED = "to the cent, half up"


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """One line as printed."""

    label: str
    amount: str
    detail: str = ""
    article: str = ""
    rounding: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The same as `Unfolded`, in words; `language` is what it is written in when that is not the page's."""

    title: str
    amount: str
    rule: str
    article: str
    lines: tuple[OpenedLine, ...]
    note: str = ""
    language: str = ""


def open_in(words: dict[str, str], unfolded: Unfolded) -> Opened:
    """Write it out in the language of the page."""
    if words["language"] != "en":
        return _in_dutch(unfolded)
    try:
        return _in_english(unfolded)
    except KeyError:  # text of another version of the program
        return replace(_in_dutch(unfolded), language=DUTCH["language"])


def _in_dutch(unfolded: Unfolded) -> Opened:
    note = FOR_DEBTORS[unfolded.note][0] if unfolded.note in FOR_DEBTORS else unfolded.note
    lines = tuple(
        OpenedLine(line.label, amount_in(DUTCH, line.amount), line.detail, line.article, line.rounding)
        for line in unfolded.lines
    )
    return Opened(unfolded.title, amount_in(DUTCH, unfolded.amount), unfolded.rule, unfolded.article, lines, note)


# --- English --------------------------------------------------------------------------------------------------------------


def _in_english(unfolded: Unfolded) -> Opened:
    lines: list[OpenedLine] = []
    so_far = Money.zero()
    for line in unfolded.lines:
        so_far += line.amount
        lines.append(_line(line, so_far=so_far, is_first=not lines))
    return Opened(
        title=TITLES[unfolded.title],
        amount=amount_in(ENGLISH, unfolded.amount),
        rule=RULES[unfolded.rule],
        article=ARTICLES.get(unfolded.article, unfolded.article),
        lines=tuple(lines),
        note=_note(unfolded),
    )


def _line(line: Line, *, so_far: Money, is_first: bool) -> OpenedLine:
    label, detail = _words(line, so_far=so_far, is_first=is_first)
    article = ARTICLES.get(line.article, line.article)
    return OpenedLine(label, amount_in(ENGLISH, line.amount), detail, article, ROUNDED if line.rounding else "")


def _words(line: Line, *, so_far: Money, is_first: bool) -> tuple[str, str]:
    """Label and detail, from the numbers of the line where it has them."""
    if line.percent is not None and line.base is not None:
        rate, base = _percent(line.percent), amount_in(ENGLISH, line.base)
        if line.first and line.last:
            return _period(line.first, line.last), f"{rate} of {base}, {_days(line.days or 0)} of {line.year_days}"
        if line.article == VAT_ARTICLE:
            return f"VAT at {rate} on collection costs", f"{rate} of {base}"
        return f"{rate} of {base if is_first else f'the next {base}'}", ""
    if line.label in BOUNDS:
        return BOUNDS[line.label], amount_in(ENGLISH, so_far)  # what the lines come to with this one
    return LABELS[line.label], DETAILS[line.detail] if line.detail else ""


def _note(unfolded: Unfolded) -> str:
    if not unfolded.note:
        return ""
    if unfolded.note in FOR_DEBTORS:
        return FOR_DEBTORS[unfolded.note][1]
    return FROM_WHEN[unfolded.article.rpartition("art. ")[2]]


def _period(first: date, last: date) -> str:
    return f"{day_in(ENGLISH, first)} to {day_in(ENGLISH, last)}"


def _percent(value: Decimal) -> str:
    """`10.4%`, without zeros that say nothing."""
    text = f"{value:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
