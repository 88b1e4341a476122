"""Reading back what a page shows of how amounts came about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import html

from receivables.domain.unfold import Unfolded
from tenants.templatetags.voldaan import eur


@dataclass(frozen=True, slots=True)
class Block:
    """One amount as a page opened it."""

    title: str
    article: str
    rule: str
    lines: tuple[tuple[str, str, str], ...]  # label, what stands below it, amount
    total: str
    note: str
    language: str = ""

    @property
    def adds_up(self) -> bool:
        return sum(cents(amount) for *_, amount in self.lines) == cents(self.total)


def blocks_of(page: bytes | str) -> list[Block]:
    """Every opened amount on a page, in its order."""
    tree: html.HtmlElement = html.document_fromstring(page if isinstance(page, str) else page.decode())
    return [_block(found) for found in tree.xpath("//*[@class='opened']")]


def expected(unfolded: Unfolded) -> Block:
    """What a Dutch page must show of it, word for word."""
    lines = []
    for line in unfolded.lines:
        article = line.article if line.article != unfolded.article else ""
        below = " · ".join(part for part in (line.detail, article, line.rounding) if part)
        lines.append((plain(line.label), plain(below), plain(eur(line.amount))))
    return Block(
        title=unfolded.title,
        article=unfolded.article,
        rule=plain(unfolded.rule),
        lines=tuple(lines),
        total=plain(eur(unfolded.amount)),
        note=plain(unfolded.note),
    )


def cents(printed: str) -> int:
    """`€ -1.234,56` and `-€1,234.56` alike."""
    assert re.search(r"[.,]\d\d$", printed), printed
    value = int(re.sub(r"\D", "", printed))
    return -value if "-" in printed else value


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _block(found: html.HtmlElement) -> Block:
    head, rule, *notes = found.xpath("./p")
    *rows, total = found.xpath(".//tbody/tr")
    return Block(
        title=_text(head, "./strong"),
        article=_text(head, "./span"),
        rule=plain(str(rule.text_content())),
        lines=tuple((_text(row, "./th/text()"), _text(row, "./th/span"), _text(row, "./td")) for row in rows),
        total=_text(total, "./td"),
        note=" ".join(plain(str(note.text_content())) for note in notes),
        language=found.get("lang", ""),
    )


def _text(found: html.HtmlElement, path: str) -> str:
    parts = found.xpath(path)
    return plain(" ".join(str(part if isinstance(part, str) else part.text_content()) for part in parts))
