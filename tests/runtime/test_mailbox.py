"""The mailbox shows what was sent, and cannot be hurt by it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from config.runtime.mailbox import page
from config.runtime.mailbox.store import CaughtMail, MailStore, content_of


@pytest.fixture
def store(tmp_path: Path) -> MailStore:
    return MailStore(tmp_path)


def _catch(store: MailStore, *, subject: str = "Aanmaning", html: str = "<p>Hallo</p>") -> CaughtMail:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Bakker <post@bakker.example>", "klant@klant.example"
    mail.set_content("Betaal op https://voldaan.example/b/abc. Dank.")
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(b"%PDF-1.7 brief", maintype="application", subtype="pdf", filename="brief.pdf")
    store.add(mail.as_bytes(), ["klant@klant.example"])
    (caught, *_) = store.newest()
    return caught


def test_a_mail_is_kept_byte_for_byte(store: MailStore) -> None:
    raw = b"Subject: x\r\n\r\n.\r\nregel\r\n"
    store.add(raw, ["a@b.example"])
    (caught,) = store.newest()
    assert caught.raw == raw


def test_the_page_of_a_mail_shows_text_html_and_attachments(store: MailStore) -> None:
    mail = _catch(store)
    shown = page.mail_page(mail)
    assert 'href="https://voldaan.example/b/abc"' in shown
    assert f"/bericht/{mail.id}/html" in shown
    assert "brief.pdf" in shown
    assert [content_of(part) for part in mail.attachments()] == [b"%PDF-1.7 brief"]


def test_a_hostile_subject_stays_text(store: MailStore) -> None:
    mail = _catch(store, subject="<script>alert(1)</script>")
    assert "<script>" not in page.list_page(store)
    assert "<script>" not in page.mail_page(mail)


def test_embedded_pictures_come_from_the_mailbox(store: MailStore) -> None:
    mail = _catch(store, html='<img src="cid:logo@x">')
    assert f"/bericht/{mail.id}/beeld/logo@x" in page.html_of(mail)


@pytest.mark.parametrize("identifier", ["../../etc/passwd", "1", "1795346797544-zzzzzzzz"])
def test_only_identifiers_of_mails_are_looked_up(store: MailStore, identifier: str) -> None:
    _catch(store)
    assert store.get(identifier) is None
