"""What a letter asks and announces, opened up out of what it froze: the one reading for screen and dossier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dunning.models import Notice, NoticeLine
from dunning.models.notices import LegalContent
from receivables.costs import LetterCosts
from receivables.domain.money import Money
from receivables.domain.unfold import Unfolded

NOTHING: Final = Money.zero()
ARTICLES: Final = {  # a demand and a last letter start nothing by themselves; the name of a notice of default has its own
    LegalContent.FOURTEEN_DAY: "art. 6:96 lid 6 BW",
    LegalContent.COSTS_DUE: "art. 6:96 lid 6 BW",
}


@dataclass(frozen=True, slots=True)
class InLaw:
    """What a letter is in law; both empty for one that is older than its legal content."""

    label: str = ""
    article: str = ""

    def __str__(self) -> str:
        return f"{self.label} ({self.article})" if self.article else self.label


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One invoice on a letter: what was booked already, and what the letter adds to it."""

    line: NoticeLine
    booked: Money
    added: tuple[Unfolded, ...]

    @property
    def total(self) -> Money:
        return self.booked + Money.total(part.amount for part in self.added)


@dataclass(frozen=True, slots=True)
class Named:
    """What a letter names without asking it: costs that come when its term runs out, and interest or costs that it only states."""

    announced: tuple[Unfolded, ...] = ()
    stated: tuple[Unfolded, ...] = ()
    interest: Money = NOTHING
    interest_parts: tuple[Unfolded, ...] = ()  # they add up to `interest`


def asked_lines(lines: Iterable[NoticeLine]) -> tuple[AskedLine, ...]:
    """Every line opened up; its parts add up to what the letter asks for that invoice."""
    return tuple(AskedLine(line, Money.of(line.open_amount), _added(line)) for line in lines)


def named_by(notice: Notice) -> Named:
    stated = notice.stated
    return Named(
        announced=_opened(stated["announced"]) if "announced" in stated else (),
        stated=_opened(stated["costs"]) if "costs" in stated else (),
        interest=Money.of(stated.get("interest", "0")),
        interest_parts=tuple(Unfolded.from_json(part) for part in stated.get("interest_unfolded", ())),
    )


def in_law(notice: Notice) -> InLaw:
    """What the letter is in law, with the article that makes it so."""
    if not notice.legal_content:
        return InLaw()
    content = LegalContent(notice.legal_content)
    return InLaw(str(content.label), ARTICLES.get(content, ""))


def _added(line: NoticeLine) -> tuple[Unfolded, ...]:
    interest, costs = line.details.get("interest"), line.details.get("costs", {})
    stored = [part["unfolded"] for part in (interest, costs.get("details"), costs.get("vat_details")) if part]
    return tuple(Unfolded.from_json(one) for one in stored)


def _opened(stored: dict[str, object]) -> tuple[Unfolded, ...]:
    costs = LetterCosts.from_json(stored)
    return tuple(part for part in (costs.unfolded, costs.vat_unfolded) if part is not None)
