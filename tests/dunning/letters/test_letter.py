"""The letter as it is printed: facts on the page, structure in the file, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dunning.letters.content import NoticeContent
from dunning.letters.paragraphs import Language, StepKind, Tone
from dunning.letters.render import logo_picture, render_pdf
from receivables.domain.references import rf_reference
from tests.dunning.letters import pdf
from tests.dunning.letters.samples import CONSUMER, LINES, SENDER, line, notice, picture


def test_the_letter_states_who_what_when_and_how_to_pay() -> None:
    text = pdf.text_of(render_pdf(notice(StepKind.DEMAND)))
    facts = [
        "Aanmaning: 5 facturen",
        "Eetcafé ’t Hoekje B.V.",
        "Lange Nieuwstraat 48-bis",
        "3512 PK UTRECHT",
        "23 november 2026",
        "€ 5.985,00",
        "3 december 2026",
        "NL91 ABNA 0417 1643 00",
        "2202 6000 1230 0045",
        "https://voldaan.example/b/k7m2p9q.5f2ZrW8uTqXyK0aB",
        "KvK 30123456",
        "artikel 3:317 lid 1 BW",
        "2026-1131 10-09-2026 10-10-2026 € 1.253,50 € 500,00 € 753,50",
        "Totaal € 6.485,00 € 500,00 € 5.985,00",
    ]
    assert [fact for fact in facts if fact not in text] == []


@pytest.mark.parametrize("step", StepKind)
@pytest.mark.parametrize(
    ("language", "tone"),
    [(Language.DUTCH, Tone.FORMAL), (Language.DUTCH, Tone.INFORMAL), (Language.ENGLISH, Tone.FORMAL)],
)
def test_every_letter_with_five_invoices_fits_on_one_page(step: StepKind, language: Language, tone: Tone) -> None:
    content = notice(step, language=language, tone=tone, recipient=CONSUMER, register_lines=("Wki-register 1234.",))
    assert len(pdf.reader(render_pdf(content)).pages) == 1


def test_a_long_letter_repeats_its_table_head_and_footer() -> None:
    content = notice(lines=tuple(line(f"F{number:03}") for number in range(60)))
    pages = [page.extract_text() for page in pdf.reader(render_pdf(content)).pages]
    assert len(pages) == 3
    assert ["Vervaldatum" in page for page in pages] == ["F0" in page for page in pages]
    assert ["KvK 30123456" in page for page in pages] == [True, True, True]


@pytest.mark.parametrize("reference", ["2202600012300045", rf_reference("2026-1130"), "2026-1130"])
def test_a_banking_app_reads_the_exact_payment_from_the_printed_page(reference: str, tmp_path: Path) -> None:
    content = notice(reference=reference)
    (page,) = pdf.pages_as_pictures(render_pdf(content), tmp_path)
    assert pdf.codes_on(page) == [content.transfer.epc_payload()]
    assert "EUR5985.00" in content.transfer.epc_payload()


def test_the_address_stands_in_the_window_whatever_way_the_sheet_slides(tmp_path: Path) -> None:
    address = _without_all_but_the_address(notice())
    (page,) = pdf.pages_as_pictures(render_pdf(address), tmp_path, dots=100)
    window = (25, 51, 115, 79)  # millimetres; see templates/letters/notice.css
    assert _ink(page, (20, 39, 130, 90)) == _ink(page, window) > 0


def test_the_fonts_are_embedded_and_our_own() -> None:
    assert pdf.fonts_of(render_pdf(notice(recipient=CONSUMER))) == {
        "Voldaan-Serif": True,
        "Voldaan-Serif-Semi-Bold": True,
        "Voldaan-Sans": True,
    }


def test_the_file_is_tagged_and_speaks_its_language() -> None:
    letter = render_pdf(notice(language=Language.ENGLISH))
    root = pdf.catalogue(letter)
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    assert {"/H1", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= pdf.tags_of(letter)
    assert pdf.reader(letter).metadata.title == "Payment reminder: 5 invoices"  # type: ignore[union-attr]  # written above
    assert b"pdfuaid:part" in letter or "/Metadata" in root


def test_the_same_notice_gives_the_same_bytes() -> None:
    assert render_pdf(notice()) == render_pdf(notice())


def test_another_notice_gives_other_bytes() -> None:
    assert render_pdf(notice()) != render_pdf(notice(lines=LINES[:4]))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_stands_in_the_letterhead(kind: str) -> None:
    with_logo = _with_logo(picture(kind))
    assert (
        len(pdf.reader(render_pdf(with_logo)).pages[0].images)
        == len(pdf.reader(render_pdf(notice())).pages[0].images) + 1
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"\x89PNG\r\n",
        picture(size=(3000, 3000)),
    ],
    ids=["empty", "svg", "broken", "huge"],
)
def test_anything_but_a_sane_picture_is_left_out(content: bytes) -> None:
    assert logo_picture(content) is None
    assert render_pdf(_with_logo(content)) == render_pdf(notice())


def _with_logo(content: bytes) -> NoticeContent:
    fields = {name: getattr(SENDER, name) for name in SENDER.__dataclass_fields__}
    return notice(sender=type(SENDER)(**{**fields, "logo": content}))


def _without_all_but_the_address(content: NoticeContent) -> NoticeContent:
    """Nothing else than address and return line stands near the window."""
    recipient = type(content.recipient)(
        name="N" * 30, address_lines=("Straat 1", "Gebouw 2", "1234 AB  DORP", "BELGIË"), contact="C"
    )
    return notice(recipient=recipient)


def _ink(page: Image.Image, box: tuple[int, int, int, int]) -> int:
    left, top, right, bottom = (round(side * page.width / 210) for side in box)
    return sum(
        page.crop((left, top, right, bottom))
        .convert("L")
        .point(lambda level: 255 if level < 128 else 0)
        .histogram()[255:]
    )
