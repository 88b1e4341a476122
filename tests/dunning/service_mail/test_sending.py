"""From a row to the mail server: once per key, in the contact window, and never again on a guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dunning import tasks
from dunning.delivery.answers import Answer
from dunning.delivery.providers import Outgoing, Provider
from dunning.delivery.providers.esp import EspProvider
from dunning.delivery.providers.smtp import SmtpProvider
from dunning.models import ServiceMail
from dunning.models.service_mails import ServiceMailKind as Kind
from dunning.service_mail import outbox, sending
from dunning.service_mail.outbox import queue_mail, recent
from dunning.service_mail.receipts import queue_receipts
from receivables.actions.payments import record_payment
from receivables.models import Customer
from receivables.models.customers import ContactRole, Insolvency
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.dunning.service_mail.test_words import CONTEXTS
from tests.faults.fakes import EspFake, Fault, Faults, SmtpFake
from tests.receivables.paying.rows import TODAY, make_customer, make_invoice, receipt

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday at ten in Amsterdam
EVENING = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def customer(tenant: Tenant) -> Customer:
    with tenant_context(tenant.pk):
        found = make_customer(tenant, "Jansen Interieur", email="jansen@klant.example")
        make_invoice(found, "2026-1", "100.00")
    return found


def queue(customer: Customer, kind: Kind = Kind.RECEIPT, *, key: str = "k", **more: Any) -> ServiceMail | None:
    with tenant_context(customer.tenant_id):
        return queue_mail(customer.tenant, customer, kind=kind, key=key, context=CONTEXTS[kind], now=NOW, **more)


def send(tenant: Tenant, provider: Provider, *, at: datetime = NOW) -> int:
    return sending.send_due(tenant, provider=provider, clock=lambda: at)


def get(tenant: Tenant, key: str = "k") -> ServiceMail:
    with tenant_context(tenant.pk):
        return tenant.service_mails.get(key=key)


def change(tenant: Tenant, **fields: Any) -> None:
    with tenant_context(tenant.pk):
        tenant.service_mails.update(**fields)


def test_a_mail_is_asked_for_once_and_sent_once(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    first, second = queue(customer), queue(customer)
    assert first is not None
    assert second is not None
    assert first.pk == second.pk
    assert (send(tenant, over_smtp), send(tenant, over_smtp)) == (1, 0)
    mail = get(tenant)
    assert (mail.state, mail.accepted_at, mail.attempts, mail.first_unknown_at) == ("accepted", NOW, 1, None)
    assert len(smtp.log.accepted) == 1
    with tenant_context(tenant.pk):
        assert recent(tenant, customer) == [mail]
        assert tenant.files.get(pk=mail.context["file"]).sha256 == smtp.log.accepted[0]["sha256"]


def test_it_goes_to_the_contact_for_reminders_in_the_customers_language(tenant: Tenant, customer: Customer) -> None:
    with tenant_context(tenant.pk):
        tenant.customers.update(language="en")
        customer.refresh_from_db()
        tenant.contacts.create(customer=customer, role=ContactRole.INVOICE, email="facturen@klant.example")
        tenant.contacts.create(customer=customer, role=ContactRole.REMINDER, email="betalen@klant.example")
    mail = queue(customer)
    assert mail is not None
    assert (mail.to_email, mail.language) == ("betalen@klant.example", "en")
    other = queue(customer, key="other", to_email="ander@klant.example")
    assert other is not None
    assert other.to_email == "ander@klant.example"


@pytest.mark.parametrize("signal", [one for one in Insolvency if one is not Insolvency.NONE])
def test_nobody_is_written_under_a_stop_signal(tenant: Tenant, customer: Customer, signal: Insolvency) -> None:
    customer.insolvency = signal
    assert queue(customer) is None


def test_without_an_address_there_is_no_mail(tenant: Tenant, customer: Customer) -> None:
    customer.email = ""
    assert queue(customer) is None
    assert queue(customer, to_email="geen adres") is None


@pytest.mark.parametrize("change_to", [{"sending_frozen": True}, {"books_broken_at": NOW}])
def test_what_was_ready_or_came_meanwhile_waits_for_the_stop_to_end(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, change_to: dict[str, Any]
) -> None:
    queue(customer)
    Tenant.objects.filter(pk=tenant.pk).update(**change_to)
    customer.tenant.refresh_from_db()
    queue(customer, key="meanwhile")  # somebody paid while the emergency stop was on
    assert send(tenant, over_smtp) == 0
    Tenant.objects.filter(pk=tenant.pk).update(sending_frozen=False, books_broken_at=None)
    assert send(tenant, over_smtp) == 2


@pytest.mark.parametrize(("days", "leaves"), [(14, 1), (15, 0)])
def test_what_waited_for_weeks_is_outdated(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, days: int, leaves: int
) -> None:
    queue(customer)
    with tenant_context(tenant.pk):
        tenant.service_mails.update(created_at=NOW - timedelta(days=days))
    assert send(tenant, over_smtp) == leaves
    assert get(tenant).state == ("accepted" if leaves else "cancelled")


def test_a_stop_signal_that_came_meanwhile_cancels(tenant: Tenant, customer: Customer, over_smtp: SmtpProvider) -> None:
    queue(customer)
    with tenant_context(tenant.pk):
        tenant.customers.update(insolvency=Insolvency.DECEASED)
    assert send(tenant, over_smtp) == 0
    assert get(tenant).state == "cancelled"


def test_what_writes_by_itself_waits_for_the_contact_window_and_a_receipt_does_not(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    queue(customer, Kind.RECEIPT, key="receipt")
    queue(customer, Kind.FORWARDED, key="forwarded")
    assert send(tenant, over_smtp, at=EVENING) == 1
    assert (get(tenant, "receipt").state, get(tenant, "forwarded").state) == ("accepted", "ready")
    assert get(tenant, "forwarded").try_after_at == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # seven in Amsterdam
    assert send(tenant, over_smtp, at=EVENING + timedelta(hours=9, minutes=31)) == 1


def test_every_kind_has_its_hours() -> None:
    """Negative control of the window: what is not an answer to the debtor's own doing never leaves in the evening."""
    assert not sending.AT_ONCE & {Kind.INSTALMENT_DUE, Kind.INSTALMENT_MISSED, Kind.PLAN_ENDED, Kind.FORWARDED}


def test_an_instalment_that_was_paid_or_is_past_is_not_asked_for(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider
) -> None:
    queue(customer, Kind.INSTALMENT_DUE)
    assert send(tenant, over_smtp, at=NOW + timedelta(days=9)) == 0
    assert get(tenant).state == "cancelled"
    queue(customer, Kind.INSTALMENT_MISSED, key="missed")
    with tenant_context(tenant.pk):
        record_payment(tenant, customer, receipt=receipt("100.00"), now=NOW)
    assert send(tenant, over_smtp) == 0
    assert get(tenant, "missed").problem == "Er staat niets meer open."


def test_what_was_surely_not_taken_is_tried_again(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    queue(customer)
    smtp.faults = Faults([Fault.BUSY])
    send(tenant, over_smtp)
    assert (get(tenant).state, get(tenant).first_unknown_at) == ("waiting", None)
    assert send(tenant, over_smtp) == 0
    assert send(tenant, over_smtp, at=NOW + timedelta(minutes=2)) == 1
    assert (get(tenant).state, len(smtp.log.accepted)) == ("accepted", 1)


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER, Fault.LOST])
def test_an_unknown_outcome_without_a_key_is_never_repeated(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, smtp: SmtpFake, fault: Fault
) -> None:
    queue(customer)
    smtp.faults = Faults([fault])
    send(tenant, over_smtp)
    assert get(tenant).state == "ambiguous"
    before = len(smtp.log.accepted)
    for hours in (1, 30, 300):
        assert send(tenant, over_smtp, at=NOW + timedelta(hours=hours)) == 0
    assert len(smtp.log.accepted) == before


def test_with_a_key_the_very_same_mail_is_repeated(
    tenant: Tenant, customer: Customer, over_esp: EspProvider, esp: EspFake
) -> None:
    queue(customer)
    esp.faults = Faults([Fault.ERROR_AFTER])
    send(tenant, over_esp)
    assert get(tenant).state == "claimed"
    change(tenant, lease_until=PAST)
    with tenant_context(tenant.pk):
        tenant.customers.update(name="Heel anders")  # the bytes stay what they were
    assert send(tenant, over_esp, at=NOW + timedelta(minutes=1)) == 1
    assert get(tenant).state == "accepted"
    assert len(esp.log.accepted) == 1


def test_past_the_life_of_the_key_a_person_looks(
    tenant: Tenant, customer: Customer, over_esp: EspProvider, esp: EspFake
) -> None:
    queue(customer)
    esp.faults = Faults([Fault.ERROR_AFTER])
    send(tenant, over_esp)
    change(tenant, lease_until=PAST)
    assert send(tenant, over_esp, at=NOW + timedelta(hours=24)) == 0
    assert get(tenant).state == "ambiguous"


class Dies(Exception):  # noqa: N818 # a process that is killed
    pass


class Killed:
    """A provider during whose call the worker dies."""

    name = "smtp"
    key_lifetime: timedelta | None = None

    def send(self, outgoing: Outgoing, *, deadline: float) -> Answer:
        raise Dies

    def close(self) -> None:
        """Nothing is open."""


def test_a_worker_that_died_during_the_call_leaves_it_to_a_person(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    queue(customer)
    with pytest.raises(Dies):
        send(tenant, Killed())
    assert send(tenant, over_smtp) == 0  # the lease runs
    change(tenant, lease_until=PAST)
    assert send(tenant, over_smtp, at=NOW + timedelta(minutes=5)) == 0
    assert (get(tenant).state, len(smtp.log.accepted)) == ("ambiguous", 0)


def test_without_the_memory_of_the_claim_it_would_go_twice(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    """The negative control: forget that a call may have been made, and the mail goes out again."""
    queue(customer)
    smtp.faults = Faults([Fault.ERROR_AFTER])
    send(tenant, over_smtp)
    change(tenant, state="ready", first_unknown_at=None)
    send(tenant, over_smtp, at=NOW + timedelta(minutes=5))
    assert len(smtp.log.accepted) == 2


def test_a_second_worker_gets_nothing(tenant: Tenant, customer: Customer, over_smtp: SmtpProvider) -> None:
    mail = queue(customer)
    assert mail is not None
    assert sending.claim(mail.pk, tenant=tenant, provider=over_smtp, now=NOW) is not None
    assert sending.claim(mail.pk, tenant=tenant, provider=over_smtp, now=NOW) is None


def test_a_late_answer_that_it_was_taken_still_counts(
    tenant: Tenant, customer: Customer, over_smtp: SmtpProvider
) -> None:
    mail = queue(customer)
    assert mail is not None
    claimed = sending.claim(mail.pk, tenant=tenant, provider=over_smtp, now=NOW)
    assert claimed is not None
    change(tenant, state="ambiguous")
    sending.record(claimed, Answer.accepted("ok", provider_id="7"), key_lifetime=None, now=NOW)
    assert (get(tenant).state, get(tenant).message_id) == ("accepted", "7")


# --- receipts ------------------------------------------------------------------------------------------------------------


def book_online(tenant: Tenant, customer: Customer, amount: str, *, paid_at: datetime = NOW) -> UUID:
    with tenant_context(tenant.pk):
        payment = record_payment(tenant, customer, receipt=receipt(amount, key=f"mollie:{amount}"), now=NOW)
        attempt = tenant.psp_payments.create(
            customer=customer, amount=amount, status="paid", payment=payment, paid_at=paid_at, created_at=NOW
        )
        tenant.psp_payment_lines.create(psp_payment=attempt, invoice=tenant.invoices.get(), amount=amount)
    return payment.pk


def test_every_booked_online_payment_gets_one_receipt(tenant: Tenant, customer: Customer) -> None:
    payment = book_online(tenant, customer, "60.00")
    assert (queue_receipts(tenant, now=NOW), queue_receipts(tenant, now=NOW)) == (1, 0)
    mail = get(tenant, f"receipt:{payment}")
    expected = {"amount": "60.00", "paid_on": TODAY.isoformat(), "invoices": ["2026-1"], "left": "40.00"}
    assert (mail.kind, mail.context) == ("receipt", expected)


def test_an_old_payment_gets_no_receipt_any_more(tenant: Tenant, customer: Customer) -> None:
    book_online(tenant, customer, "60.00", paid_at=NOW - timedelta(days=3))
    assert queue_receipts(tenant, now=NOW) == 0


def test_the_sweep_finds_who_has_something_to_do(
    tenant: Tenant, stranger_tenant: Tenant, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.clock.now", lambda: NOW)
    assert tasks.tenants_with_service_mails() == []
    book_online(tenant, customer, "60.00")
    assert tasks.tenants_with_service_mails() == [tenant.pk]
    queue_receipts(tenant, now=NOW)
    assert tasks.tenants_with_service_mails() == [tenant.pk]  # now there is a mail to send
    Tenant.objects.filter(pk=tenant.pk).update(sending_frozen=True)
    assert tasks.tenants_with_service_mails() == []


def test_what_did_not_surely_arrive_stands_on_the_page_of_sending(
    tenant: Tenant, customer: Customer, client: Client, bookkeeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.clock.now", lambda: NOW)
    client.force_login(bookkeeper)
    page = reverse("dunning:notices_unsure", args=[tenant.slug])
    queue(customer)
    for state, is_shown in {"accepted": False, "cancelled": False, "refused": True, "ambiguous": True}.items():
        change(tenant, state=state, problem="Onbekende mailbox")
        answer = client.get(page)
        assert ("Betaalbevestiging aan jansen@klant.example · Onbekende mailbox" in answer.text) is is_shown
        assert faults(answer.content) == []
    change(tenant, created_at=NOW - timedelta(days=31))
    assert "Betaalbevestiging" not in client.get(page).text


def test_no_address_is_no_mail_address() -> None:
    assert [text for text in ("", "x", "a@b", "a@b.nl\nBcc: c@d.nl") if outbox.is_address(text)] == []
