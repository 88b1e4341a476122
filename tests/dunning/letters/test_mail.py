"""The mail: the same facts as the letter, one link, and headers that no name can change."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from django.core.exceptions import ValidationError

from dunning.letters.content import NoticeContent
from dunning.letters.mail import Attachment, build_message, file_name, message_id, render_mail, wire_bytes
from dunning.letters.paragraphs import Language, StepKind
from tests.dunning.letters.samples import LINES, RECIPIENT, notice

SENT_AT = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)


def wire(content: NoticeContent, *attachments: Attachment, key: str = "0193:0") -> bytes:
    mail = render_mail(content, [attachment.name for attachment in attachments])
    message = build_message(
        content,
        mail,
        to="info@hoekje.example",
        from_address="post@voldaan.example",
        key=key,
        sent_at=SENT_AT,
        attachments=attachments,
    )
    return wire_bytes(message)


def test_text_and_html_state_the_same_facts() -> None:
    mail = render_mail(notice(StepKind.DEMAND), ["aanmaning.pdf"])
    html = re.sub(r"<[^>]+>", " ", mail.html)
    facts = [
        "€ 5.985,00",
        "3 december 2026",
        "NL91 ABNA 0417 1643 00",
        "2202 6000 1230 0045",
        "2026-1134",
        "€ 500,00",
        "aanmaning.pdf",
        "3:317",
    ]
    for body in (mail.text, html):
        plain = " ".join(body.replace("\u00a0", " ").split())
        assert [fact for fact in facts if fact not in plain] == []


def test_the_subject_names_step_invoice_and_sender() -> None:
    mail = render_mail(notice(StepKind.NOTICE_OF_DEFAULT, lines=LINES[:1]))
    assert mail.subject == "Ingebrekestelling: factuur 2026-1130 – Bakkerij De Korrel & Zonen B.V."


def test_the_only_link_is_the_pay_link_and_no_picture_is_loaded() -> None:
    html = render_mail(notice()).html
    assert re.findall(r'(?:href|src|background)="([^"]*)"', html) == [
        "https://voldaan.example/b/k7m2p9q.5f2ZrW8uTqXyK0aB"
    ]
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", html)


def test_without_a_pay_link_there_is_no_button() -> None:
    assert "<a " not in render_mail(notice(pay_url="")).html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "voldaan.example", 'https://x"onload='])
def test_a_pay_link_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        notice(pay_url=address)


def test_the_html_states_its_language() -> None:
    assert '<html lang="en">' in render_mail(notice(language=Language.ENGLISH)).html


def test_the_message_has_both_bodies_and_the_files() -> None:
    message = message_from_bytes(wire(notice(), Attachment("herinnering.pdf", b"%PDF-1.7 x")), policy=default)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    assert [part.get_filename() for part in message.iter_attachments()] == ["herinnering.pdf"]
    assert (message["To"], message["Reply-To"]) == (
        "mevrouw Van den Berg <info@hoekje.example>",
        '"Bakkerij De Korrel & Zonen B.V." <dossier+k7m2p9q@antwoord.example>',
    )


def test_the_same_message_gives_the_same_bytes_and_key() -> None:
    assert wire(notice()) == wire(notice())
    assert message_id("a:0", "post@x.nl") == message_id("a:0", "post@x.nl") != message_id("a:1", "post@x.nl")
    assert b"Message-ID: " + message_id("0193:0", "post@voldaan.example").encode() in wire(notice())


HEADERS = ["Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To", "Message-ID", "Date", "Auto-Submitted"]


@pytest.mark.parametrize(
    "name",
    [
        "Evil\r\nBcc: all@example.com",
        "Evil\nX-Header: 1\n\nbody",
        "Evil\u2028Bcc: all@example.com",
        '"Evil" <boss@bank.example>, other@bank.example',
        "=?utf-8?q?Bcc=3A_x=40y.nl?=",
        "Evil\x00\x0b\x85Cc: x",
        "🧾 رقم \u202edlof",
    ],
)
def test_a_name_adds_no_header_and_no_recipient(name: str) -> None:
    sender = type(notice().sender)(name=name, address_lines=())
    recipient = type(RECIPIENT)(name=name, address_lines=(name,), contact=name)
    message = message_from_bytes(wire(notice(sender=sender, recipient=recipient, lines=LINES[:1])), policy=default)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert [address.addr_spec for address in message["To"].addresses] == ["info@hoekje.example"]
    assert [address.addr_spec for address in message["From"].addresses] == ["post@voldaan.example"]


@pytest.mark.parametrize("address", ["a@b.nl\nBcc: c@d.nl", "a@b.nl, c@d.nl", "geen-adres", ""])
def test_an_impossible_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        build_message(notice(), render_mail(notice()), to=address, from_address="p@v.example", key="k", sent_at=SENT_AT)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("factuur", "2026/0113"), "factuur-2026-0113.pdf"),
        (("../../etc/passwd",), "etc-passwd.pdf"),
        (("Crème brûlée\r\n",), "Creme-brulee.pdf"),
        (("…",), "bijlage.pdf"),
    ],
)
def test_file_names_are_plain(words: tuple[str, ...], name: str) -> None:
    assert file_name(*words) == name
