"""From rows to letter: amounts through the balance, the whole term, the right reader, and what is missing said plainly."""

from __future__ import annotations

import email
from datetime import date, timedelta
from email.policy import default

import pytest

from dunning.letters.compose import CannotComposeError, compose
from dunning.letters.reply import addressee, reply_address
from dunning.models import Notice
from dunning.models.notices import Channel
from receivables.files import store
from receivables.models.customers import ContactRole, LegalForm
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.letters import pdf
from tests.dunning.planning.world import Books, at

MONDAY = date(2026, 9, 14)
NOW = at(MONDAY)


@pytest.fixture
def books(tenant: Tenant) -> Books:
    return Books(tenant)


def notice_of(books: Books, on: str = "2026-09-14") -> Notice:
    (notice,) = books.notices(books.plan(on))
    return notice


def test_letter_and_mail_state_what_the_ledger_says(books: Books) -> None:
    bakker = books.customer("Bakker", street="Kade 1", postcode="1111 AA", city="Dorp", number="77")
    books.invoice(bakker, "F1", due="2026-09-01", amount="121.00")
    second = books.invoice(bakker, "F2", due="2026-09-02", amount="1000.00")
    books.pays(bakker, "400.00", on="2026-09-10", invoice=second)
    notice = notice_of(books)
    with tenant_context(books.tenant.pk):
        made = compose(notice, now=NOW)
    text = pdf.text_of(made.pdf)

    assert [
        row
        for row in (
            "F1 02-08-2026 01-09-2026 € 121,00 € 121,00",
            "F2 03-08-2026 02-09-2026 € 1.000,00 € 400,00 € 600,00",
        )
        if row not in text
    ] == []
    assert (str(made.content.total), made.to) == ("721.00", "bakker@klant.example")
    message = email.message_from_bytes(made.mail, policy=default)
    assert message["To"].addresses[0].addr_spec == "bakker@klant.example"
    assert [part.get_filename() for part in message.iter_attachments()] == [f"herinnering-{notice.pk.hex[-10:]}.pdf"]
    body = message.get_body(("plain",))
    assert body is not None
    assert made.content.pay_url in body.get_content()


def test_the_same_notice_at_the_same_moment_gives_the_same_bytes(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    notice = notice_of(books)
    with tenant_context(books.tenant.pk):
        first, second = compose(notice, now=NOW), compose(notice, now=NOW)
    assert (first.pdf, first.mail) == (second.pdf, second.mail)


def test_a_preview_writes_nothing(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    notice = notice_of(books)
    with tenant_context(books.tenant.pk):
        made = compose(notice, now=NOW, is_preview=True)
        assert not books.tenant.pay_links.exists()
    assert made.pdf.startswith(b"%PDF")


def test_a_letter_that_leaves_later_still_gives_the_whole_term(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    notice = notice_of(books)
    with tenant_context(books.tenant.pk):
        step = books.tenant.policy_steps.get(key="herinnering", version__policy__is_default=True)
        late = compose(notice, now=NOW + timedelta(days=4))
    assert late.pay_by == MONDAY + timedelta(days=4 + step.term_days)
    assert late.content.sent_on == MONDAY + timedelta(days=4)


def test_the_aanmaning_names_the_day_of_the_reminder(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    books.week("2026-09-14")
    notice = notice_of(books, "2026-09-28")
    with tenant_context(books.tenant.pk):
        made = compose(notice, now=at(date(2026, 9, 28)))
    assert made.content.previous_on == MONDAY
    assert "Op 14 september 2026 vroegen wij u" in pdf.text_of(made.pdf)


def test_reminders_go_to_their_contact_and_invoices_go_along(books: Books) -> None:
    bakker = books.customer("Bakker", language="en", legal_form=LegalForm.PRIVATE_COMPANY)
    invoice = books.invoice(bakker, "F/1", due="2026-09-01")
    notice = notice_of(books)
    with tenant_context(books.tenant.pk):
        books.tenant.contacts.create(customer=bakker, role=ContactRole.INVOICE, name="Inbox", email="in@klant.example")
        books.tenant.contacts.create(
            customer=bakker, role=ContactRole.REMINDER, name="Ms Vos", email="vos@klant.example"
        )
        invoice.pdf_file = store(books.tenant, content=b"%PDF-1.7 factuur", media_type="application/pdf", name="x.pdf")
        invoice.save(update_fields=["pdf_file"])
        books.tenant.notices.filter(pk=notice.pk).update(language="en")
        notice = books.tenant.notices.get(pk=notice.pk)
        made = compose(notice, now=NOW)
    message = email.message_from_bytes(made.mail, policy=default)
    assert made.to == "vos@klant.example"
    assert [part.get_filename() for part in message.iter_attachments()][1:] == ["factuur-F-1.pdf"]
    assert "Dear Ms Vos," in pdf.text_of(made.pdf)
    assert not made.content.recipient.is_consumer


def test_without_an_address_for_mail_the_bookkeeper_reads_what_to_do(books: Books) -> None:
    bakker = books.customer("Bakker")
    books.invoice(bakker, "F1", due="2026-09-01")
    notice = notice_of(books)
    with tenant_context(books.tenant.pk):
        books.tenant.customers.update(email="")
        books.tenant.notices.update(channel=Channel.EMAIL)
        notice = books.tenant.notices.get(pk=notice.pk)
        with pytest.raises(CannotComposeError, match="Bakker heeft geen e-mailadres"):
            compose(notice, now=NOW)
        books.tenant.notices.update(channel=Channel.PRINT)
        paper = compose(books.tenant.notices.get(pk=notice.pk), now=NOW)
    assert (paper.to, paper.mail) == ("", b"")
    assert paper.pdf.startswith(b"%PDF")


def test_without_an_account_number_nothing_is_asked(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    notice = notice_of(books)
    notice.tenant.iban = ""
    with tenant_context(books.tenant.pk), pytest.raises(CannotComposeError, match="IBAN"):
        compose(notice, now=NOW)


def test_a_tenants_own_text_is_used(books: Books) -> None:
    with tenant_context(books.tenant.pk):
        default = books.tenant.policy_steps.filter(version__policy__is_default=True)
        default.filter(key="herinnering").update(texts={"nl": {"subject": "Even over {facturen}"}})
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    notice = notice_of(books)
    with tenant_context(books.tenant.pk):
        assert compose(notice, now=NOW).subject.startswith("Even over factuur F1 –")


def test_an_answer_finds_its_file_by_the_address_alone(books: Books) -> None:
    bakker = books.customer("Bakker")
    books.tenant.reply_domain = "antwoord.example"
    address = reply_address(books.tenant, bakker)
    found = addressee(address.upper())
    assert found is not None
    assert (found.tenant_code, found.customer_id) == (books.tenant.code, bakker.pk)
    assert len(address.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "address", ["info@klant.example", "korrel2-@x.nl", "korrel2-aaaa@x.nl", "korrel2-0189@x.nl", ""]
)
def test_another_address_is_nobodys(address: str) -> None:
    assert addressee(address) is None
