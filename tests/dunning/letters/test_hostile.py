"""Hostile names and texts are shown as they are; nothing is fetched, opened or run while a letter is made (S5, T12)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from weasyprint import HTML

from dunning.letters.content import InvoiceLine, NoticeContent
from dunning.letters.mail import render_mail
from dunning.letters.paragraphs import Language, StepKind
from dunning.letters.render import FONTS, STYLES, OwnFonts, OwnPictures, RefusedAddressError, render_pdf, write_pdf
from dunning.letters.texts import standard_text
from dunning.letters.wording import UnknownPlaceholderError
from tests.dunning.letters import pdf
from tests.dunning.letters.samples import LINES, notice

HOSTILE = [
    "{{7*7}}",
    "{% load static %}",
    "{totaal}",
    "<script>alert(1)</script>",
    '<img src="file:///etc/passwd">',
    '<link rel=attachment href="file:///etc/passwd">',
    "</title></style><style>@import url(http://127.0.0.1:9/x)</style>",
    '"><svg onload=alert(1)>',
    "&lt;b&gt;",
    "'; DROP TABLE tenants;--",
    "=HYPERLINK(1)",
]
_watching: list[list[str]] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if not _watching:
        return
    if event.startswith("socket."):
        _watching[-1].append(event)
    elif event == "open" and not _is_our_own(str(arguments[0])):
        _watching[-1].append(f"open {arguments[0]}")


def _is_our_own(path: str) -> bool:
    """Packaged assets, the interpreter's own modules and the system's fonts."""
    allowed = (
        str(FONTS),
        str(STYLES),
        str(STYLES.parent),
        sys.prefix,
        sys.base_prefix,
        "/usr/share/fonts",
        "/usr/lib",
        "/etc/fonts",
    )
    return path.startswith(allowed) or path.isdigit()


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What the code inside opened or connected to, beyond the packaged assets."""
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.pop()


def everywhere(text: str) -> NoticeContent:
    """A notice with this text in every field a tenant or debtor can fill."""
    base = notice()
    sender = type(base.sender)(
        name=text,
        address_lines=(text,),
        email=text,
        phone=text,
        website=text,
        kvk_number=text,
        vat_number=text,
        signatory=text,
        colour=text,
    )
    recipient = type(base.recipient)(name=text, address_lines=(text, text), contact=text, customer_number=text)
    first = LINES[0]
    line = InvoiceLine(text, first.issued_on, first.due_on, first.original, first.paid, first.open)
    return notice(
        sender=sender, recipient=recipient, lines=(line,), account_name=text, reference=text, register_lines=(text,)
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_printed_literally_and_nothing_is_fetched(text: str) -> None:
    render_pdf(notice())  # templates, fonts and styles are read once
    with watched() as seen:
        letter = render_pdf(everywhere(text))
    assert seen == []
    assert pdf.text_of(letter).replace(" ", "").count(text.replace(" ", "")) >= 3


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_the_mail(text: str) -> None:
    mail = render_mail(everywhere(text))
    assert text in mail.text
    for dangerous in ("<script", "<img", "<svg", "<link", "@import url"):
        assert (
            dangerous not in mail.html.split("</style>", 1)[1].replace("&lt;", "[").replace("&quot;", "'")
            or dangerous[0] != "<"
        )


def test_a_tenants_own_text_is_text() -> None:
    own = standard_text(StepKind.REMINDER, Language.DUTCH).with_own({"opening": ["<b>{klant}</b> &amp; {x|y}"]})
    assert "<b>Eetcafé ’t Hoekje B.V.</b> &amp; y" in pdf.text_of(render_pdf(notice(own_text=own)))


@pytest.mark.parametrize("text", ["{% now 'Y' %}", "{{7*7}}", "{bedrag}"])
def test_a_tenants_own_text_with_something_unknown_is_never_sent(text: str) -> None:
    own = standard_text(StepKind.REMINDER, Language.DUTCH).with_own({"opening": [text]})
    with pytest.raises(UnknownPlaceholderError):
        render_pdf(notice(own_text=own))


def test_hidden_direction_signs_cannot_turn_an_amount_around() -> None:
    letter = render_pdf(everywhere("Jansen \u202e00,1 \u2066x"))
    assert "Jansen 00,1 x" in pdf.text_of(letter)


@pytest.mark.parametrize("name", ["🧾 Bon & Co", "مخبز الحبوب", "山田商店", "e\u0301te\u0301", "\x00\x07nul"])
def test_any_script_is_laid_out(name: str) -> None:
    assert len(pdf.reader(render_pdf(everywhere(name))).pages) == 1


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/",
        "https://voldaan.example/logo.png",
        "ftp://x/",
        "data:image/png;base64,AAAA",
        "voldaan:../../config/settings.py",
        "voldaan:other",
        "VOLDAAN:qr/../x",
    ],
)
def test_every_address_but_our_own_pictures_is_refused(address: str) -> None:
    with watched() as seen, pytest.raises(RefusedAddressError):
        OwnPictures({"qr": ("image/png", b"")}).fetch(address)
    assert seen == []


@pytest.mark.parametrize("name", ["../css/voldaan.css", "notice.css", "/etc/passwd", ""])
def test_the_styles_may_name_packaged_fonts_only(name: str) -> None:
    with pytest.raises(RefusedAddressError):
        OwnFonts().fetch(f"voldaan:{name}")


BAIT = '<html lang="nl"><head><title>x</title><link rel="attachment" href="file://{path}"></head><body><img src="file://{path}" alt="x">x</body></html>'


def test_a_document_that_names_a_local_file_does_not_get_it(tmp_path: Path) -> None:
    bait = _bait(tmp_path)
    with watched() as seen:
        document = write_pdf(BAIT.format(path=bait), style_name="notice.css")
    assert seen == []
    assert "/EmbeddedFiles" not in pdf.catalogue(document).get("/Names", {})


def test_without_our_guard_the_same_document_does_get_it(tmp_path: Path) -> None:
    """Negative control: the bait works, so the test above proves something."""
    bait = _bait(tmp_path)
    with watched() as seen:
        document = HTML(string=BAIT.format(path=bait)).write_pdf()
    assert f"open {bait}" in seen
    assert "/EmbeddedFiles" in pdf.catalogue(document)["/Names"]


def _bait(folder: Path) -> Path:
    bait = folder / "secret.txt"
    bait.write_text("secret")
    return bait
