"""What a machine can see of WCAG 2.2 AA on a rendered page: names, labels, headings, landmarks, and no inline code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from lxml import html

NAMELESS_INPUTS = {"hidden", "submit", "button"}
INLINE_CODE = "//script[not(@src) and normalize-space()] | //style | //*[@style]"


def faults(page: str | bytes) -> list[str]:
    """Everything that is wrong with a page; empty is good."""
    tree = html.document_fromstring(page if isinstance(page, str) else page.decode())
    checks = (_document, _headings, _ids, _references, _controls, _buttons_and_links, _pictures, _tables, _code)
    return [fault for check in checks for fault in check(tree)]


def _document(tree: html.HtmlElement) -> Iterator[str]:
    if not tree.get("lang"):
        yield "the page has no language"
    if not "".join(tree.xpath("//title//text()")).strip():
        yield "the page has no title"
    if len(tree.xpath("//main")) != 1:
        yield "the page needs exactly one main landmark"
    if not tree.xpath("//a[contains(@class, 'skip')][@href='#inhoud']") or not tree.xpath("//main[@id='inhoud']"):
        yield "there is no skip link to the main landmark"
    for nav in tree.xpath("//nav[not(@aria-label) and not(@aria-labelledby)]"):
        yield f"a nav has no name: {_short(nav)}"


def _headings(tree: html.HtmlElement) -> Iterator[str]:
    levels = [int(heading.tag[1]) for heading in tree.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    if levels.count(1) != 1:
        yield f"the page needs exactly one h1, not {levels.count(1)}"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"an h{after} follows an h{before}"


def _ids(tree: html.HtmlElement) -> Iterator[str]:
    for name, times in Counter(tree.xpath("//@id")).items():
        if times > 1:
            yield f"the id {name} stands {times} times"


def _references(tree: html.HtmlElement) -> Iterator[str]:
    ids = set(tree.xpath("//@id"))
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "form"):
        for value in tree.xpath(f"//@{attribute}"):
            for name in value.split():
                if name not in ids:
                    yield f"{attribute}={name} points at nothing"


def _controls(tree: html.HtmlElement) -> Iterator[str]:
    labelled = set(tree.xpath("//label/@for"))
    for control in tree.xpath("//input | //select | //textarea"):
        if control.get("type") in NAMELESS_INPUTS:
            continue
        inside = control.xpath("ancestor::label")
        if not (control.get("id") in labelled or inside or control.get("aria-label") or control.get("aria-labelledby")):
            yield f"a control has no label: {_short(control)}"


def _buttons_and_links(tree: html.HtmlElement) -> Iterator[str]:
    for element in tree.xpath("//button | //a[@href] | //summary"):
        if not (element.text_content().strip() or element.get("aria-label")):
            yield f"a button or link has no name: {_short(element)}"
    for element in tree.xpath("//*[@tabindex > 0]"):
        yield f"the tab order is changed: {_short(element)}"


def _pictures(tree: html.HtmlElement) -> Iterator[str]:
    for picture in tree.xpath("//img[not(@alt)]"):
        yield f"a picture has no alt: {_short(picture)}"
    for drawing in tree.xpath("//svg[not(@aria-hidden='true') and not(@role='img')]"):
        yield f"a drawing is neither hidden nor named: {_short(drawing)}"


def _tables(tree: html.HtmlElement) -> Iterator[str]:
    for heading in tree.xpath("//th[not(@scope)]"):
        yield f"a heading cell has no scope: {heading.text_content().strip()}"


def _code(tree: html.HtmlElement) -> Iterator[str]:
    for element in tree.xpath(INLINE_CODE):
        yield f"inline script or style: {_short(element)}"
    for name in tree.xpath("//@*[starts-with(name(), 'on')]"):
        yield f"an inline handler: {name}"


def _short(element: html.HtmlElement) -> str:
    return str(html.tostring(element, encoding="unicode"))[:120]
