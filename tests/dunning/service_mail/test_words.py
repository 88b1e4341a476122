"""What the mails say: every kind, both languages, nothing missing and nothing in between."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime
from email.policy import default
from typing import Any

import pytest

from dunning.models import ServiceMail
from dunning.models.service_mails import ServiceMailKind as Kind
from dunning.service_mail import texts_en, texts_nl
from dunning.service_mail.outbox import queue_mail
from dunning.service_mail.render import render, words_of
from dunning.service_mail.texts import PLACEHOLDER
from receivables.models import Customer
from tenants.models import Tenant
from tests.receivables.paying.rows import make_customer, make_invoice

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INSTALMENTS = [
    {"number": 1, "due_on": "2026-12-01", "amount": "50.00"},
    {"number": 2, "due_on": "2027-01-01", "amount": "50.00"},
]
CONTEXTS: dict[Kind, dict[str, Any]] = {
    Kind.RECEIPT: {"amount": "60.00", "paid_on": "2026-11-23", "invoices": ["2026-1"], "left": "40.00"},
    Kind.MESSAGE_RECEIVED: {"about": "already_paid", "until_on": "2026-11-30", "question": "koop nu pillen"},
    Kind.DISPUTE_OPENED: {"invoice": "2026-1", "resolve_by_on": "2026-12-07"},
    Kind.DISPUTE_RESOLVED: {"invoice": "2026-1", "outcome": "partly", "note": "Er komt een creditnota."},
    Kind.PROMISE_MADE: {"amount": "100.00", "pay_on": "2026-12-01", "invoices": ["2026-1"]},
    Kind.PLAN_REQUESTED: {"total": "100.00", "decide_by_on": "2026-12-07"},
    Kind.PLAN_STARTED: {"total": "100.00", "instalments": INSTALMENTS},
    Kind.PLAN_REJECTED: {"note": "Zes termijnen is te lang."},
    Kind.INSTALMENT_DUE: {"number": 2, "count": 3, "amount": "50.00", "due_on": "2026-12-01"},
    Kind.INSTALMENT_MISSED: {"number": 2, "amount": "50.00", "due_on": "2026-12-01", "until_on": "2026-12-08"},
    Kind.PLAN_ENDED: {"why": "Een termijn is niet betaald.", "left": "100.00"},
    Kind.FORWARDED: {"name": "P. Smit", "from_name": "J. Jansen", "total": "100.00"},
}


@pytest.fixture
def customer(inside: Tenant) -> Customer:
    found = make_customer(inside, "Jansen Interieur", email="jansen@klant.example")
    make_invoice(found, "2026-1", "100.00")
    return found


def mail_of(customer: Customer, kind: Kind, *, language: str = "nl", **other: Any) -> ServiceMail:
    customer.language = language
    context = {**CONTEXTS[kind], **other}
    found = queue_mail(
        customer.tenant, customer, kind=kind, key=f"{kind}:{language}:{len(other)}", context=context, now=NOW
    )
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", Kind)
def test_every_mail_is_whole(customer: Customer, kind: Kind, language: str) -> None:
    content = render(mail_of(customer, kind, language=language), tenant=customer.tenant, now=NOW)
    message = email.message_from_bytes(content, policy=default)
    body = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert body is not None
    assert html is not None
    for text in (str(message["Subject"]), body.get_content(), html.get_content().partition("</style>")[2]):
        assert not re.search(r"[{}]|None|\[\]", text)
    assert f'lang="{language}"' in html.get_content()
    assert "KORREL2-" in body.get_content()
    assert "/echt/" in body.get_content()
    assert (message["To"], message["Auto-Submitted"]) == ("jansen@klant.example", "auto-generated")
    assert not re.search(r"<(img|script|link|iframe)", html.get_content())


def test_both_languages_say_the_same_things() -> None:
    assert set(texts_nl.TEXTS) == set(texts_en.TEXTS) == set(Kind)
    assert texts_nl.LABELS.keys() == texts_en.LABELS.keys()
    for kind, dutch in texts_nl.TEXTS.items():
        english = texts_en.TEXTS[kind]
        assert [set(PLACEHOLDER.findall(text)) for text in dutch.paragraphs] == [
            set(PLACEHOLDER.findall(text)) for text in english.paragraphs
        ], kind
        assert bool(dutch.button) == bool(english.button)


def test_a_value_that_is_not_known_takes_its_line_with_it(customer: Customer) -> None:
    words = words_of(mail_of(customer, Kind.PLAN_REQUESTED, decide_by_on=None), tenant=customer.tenant, now=NOW)
    assert len(words.paragraphs) == 1


def test_a_receipt_of_everything_says_so(customer: Customer) -> None:
    words = words_of(mail_of(customer, Kind.RECEIPT, left="0.00"), tenant=customer.tenant, now=NOW)
    assert "Er staat niets meer open." in words.paragraphs
    assert words.pay_url == ""


def test_a_confirmation_never_repeats_what_a_stranger_typed(customer: Customer) -> None:
    """Otherwise the page would be a way to mail anything to anybody in the creditor's name."""
    words = words_of(mail_of(customer, Kind.MESSAGE_RECEIVED), tenant=customer.tenant, now=NOW)
    assert "pillen" not in " ".join(words.paragraphs)
    answered = words_of(
        mail_of(customer, Kind.MESSAGE_RECEIVED, answer="Ja,\ndat kan."), tenant=customer.tenant, now=NOW
    )
    assert "Ja,\ndat kan." in answered.paragraphs
    assert "pillen" in " ".join(answered.paragraphs)


@pytest.mark.parametrize("hostile", ["Evil\r\nBcc: all@example.com", "{tenant}{pay_url}", "<script>alert(1)</script>"])
def test_a_hostile_value_stays_a_value(customer: Customer, hostile: str) -> None:
    customer.name = hostile
    mail = mail_of(customer, Kind.DISPUTE_RESOLVED, invoice=hostile, note=hostile)
    mail.customer.name = hostile
    content = render(mail, tenant=customer.tenant, now=NOW)
    message = email.message_from_bytes(content, policy=default)
    assert message["Bcc"] is None
    html = message.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert content == render(mail, tenant=customer.tenant, now=NOW)  # and the same bytes again
