"""A link in the wrong hands is shut: by forwarding, or by the button on the customer's page. And mails to addresses of nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from dunning.actions import messages
from dunning.actions.arrangements import ArrangementError
from dunning.models.service_mails import ServiceMailKind as Kind
from dunning.service_mail.outbox import queue_mail
from dunning.service_mail.render import words_of
from receivables.models.customers import Insolvency
from receivables.paying import links
from receivables.paying.links import known_url
from tenants.context import tenant_context
from tenants.events import describe
from tenants.models import User
from tests.dunning.debtor.forms import send
from tests.receivables.paying.rows import TODAY, now
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def forward(world: World) -> None:
    with tenant_context(world.tenant.pk):
        messages.forward(world.tenant, world.tenant.debtor_messages.get(), now=now())


def test_forwarding_shuts_out_the_wrong_person_and_its_mail_brings_a_new_link(world: World) -> None:
    send(world, "wrong_person")
    assert world.get("").status_code == 200  # until a person agrees
    forward(world)
    assert world.get("").status_code == 410
    with tenant_context(world.tenant.pk):
        mail = world.tenant.service_mails.get(kind="forwarded")
        fresh = words_of(mail, tenant=world.tenant, now=now()).pay_url
    assert fresh != world.url
    world.url = fresh
    assert world.get("").status_code == 200


def test_whom_forwarding_replaces_stays_in_the_log(world: World) -> None:
    tenant = world.tenant
    with tenant_context(tenant.pk):
        for number in (1, 2):
            tenant.contacts.create(customer=world.customer, role="reminder", email=f"c{number}@klant.example")
    send(world, "wrong_person")
    forward(world)
    with tenant_context(tenant.pk):
        assert list(tenant.contacts.values_list("email", flat=True)) == ["smit@klant.example"]
        event = tenant.events.get(verb="customer.reminders_redirected")
    assert event.details == {"from": "c1@klant.example, c2@klant.example", "to": "smit@klant.example"}
    assert describe(event).title == "Herinneringen gaan naar een ander adres"


def test_what_waited_for_the_old_address_goes_to_the_new_one(world: World) -> None:
    tenant = world.tenant
    with tenant_context(tenant.pk):
        tenant.contacts.create(customer=world.customer, role="reminder", email="oud@klant.example")
        facts = {"amount": "10.00", "pay_on": "2026-12-01", "invoices": ["2026-1"]}
        for key, address in {"waits": "", "to another": "ander@klant.example"}.items():
            queue_mail(
                tenant, world.customer, kind=Kind.PROMISE_MADE, key=key, context=facts, now=now(), to_email=address
            )
    send(world, "wrong_person")
    forward(world)
    with tenant_context(tenant.pk):
        found = dict(tenant.service_mails.filter(kind=Kind.PROMISE_MADE).values_list("key", "to_email"))
    assert found == {"waits": "smit@klant.example", "to another": "ander@klant.example"}


def test_a_new_link_keeps_the_last_day_that_the_letter_set(world: World) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.pay_links.update(pay_before_on=TODAY + timedelta(days=3))
        fresh = links.renew(world.tenant, world.customer, now=now())
        assert fresh.pay_before_on == TODAY + timedelta(days=3)


def test_the_button_on_the_customers_page_makes_another_link(world: World, client: Client, bookkeeper: User) -> None:
    client.force_login(bookkeeper)
    page = reverse("dunning:customer", args=[world.tenant.slug, world.customer.pk])
    assert "Nieuwe betaallink maken?" in client.get(page).content.decode()
    url = reverse("receivables:pay_link_renew", args=[world.tenant.slug, world.customer.pk])
    assert client.get(url).status_code == 405
    assert client.post(url)["Location"] == page
    assert world.get("").status_code == 410
    with tenant_context(world.tenant.pk):
        world.url = known_url(world.tenant, world.customer, now=now())
        event = world.tenant.events.get(verb="pay_link.revoked")
    assert event.by == bookkeeper
    assert world.get("").status_code == 200


def test_who_only_looks_sees_no_button(world: World, client: Client, viewer: User) -> None:
    client.force_login(viewer)
    page = client.get(reverse("dunning:customer", args=[world.tenant.slug, world.customer.pk]))
    assert "Nieuwe betaallink" not in page.content.decode()


def test_a_link_that_was_shut_during_a_payment_still_says_how_that_ended(world: World) -> None:
    world.click(world.old)
    attempt = world.attempt()
    world.at_bank("paid")
    with tenant_context(world.tenant.pk):
        links.renew(world.tenant, world.customer, now=now())
    answer = world.client.get(f"/betaald/{world.tenant.code}/{attempt.pk}")
    assert answer.status_code == 200
    assert "100,00" in answer.content.decode()


# --- answers and confirmations -------------------------------------------------------------------------------------------


def test_an_answer_that_cannot_be_mailed_closes_nothing(world: World) -> None:
    tenant = world.tenant
    send(world, "question", from_email="")
    with tenant_context(tenant.pk):
        message = tenant.debtor_messages.get()
        with pytest.raises(ArrangementError, match="geen e-mailadres"):
            messages.handle(tenant, message, note="", answer="Ja hoor", now=now())
        tenant.customers.update(email="jansen@klant.example", insolvency=Insolvency.DECEASED)
        with pytest.raises(ArrangementError, match="niet worden aangeschreven"):
            messages.handle(tenant, message, note="", answer="Ja hoor", now=now())
        message.refresh_from_db()
        assert message.handled_at is None
        messages.handle(tenant, message, note="Gebeld", now=now())  # without an answer it can be closed


def test_an_answer_with_an_address_is_mailed(world: World) -> None:
    """The control."""
    tenant = world.tenant
    send(world, "question", from_email="jan@klant.example")
    with tenant_context(tenant.pk):
        messages.handle(tenant, tenant.debtor_messages.get(), note="", answer="Ja hoor", now=now())
        assert tenant.service_mails.get(key__startswith="answer:").to_email == "jan@klant.example"


def test_an_address_of_nobody_hears_no_name_and_once_a_day(world: World) -> None:
    tenant = world.tenant
    for _ in range(2):
        send(world, "question", from_email="Vreemde@elders.example")
    with tenant_context(tenant.pk):
        mail = tenant.service_mails.get()
        words = words_of(mail, tenant=tenant, now=now())
        assert words.salutation == "Goedendag,"
        assert world.customer.name not in " ".join([words.subject, *words.paragraphs])
        tenant.service_mails.update(created_at=now() - timedelta(days=1, minutes=1))
    send(world, "question", from_email="vreemde@elders.example")
    with tenant_context(tenant.pk):
        assert tenant.service_mails.count() == 2


def test_an_address_that_we_knew_is_greeted_by_name_each_time(world: World) -> None:
    """The control."""
    tenant = world.tenant
    with tenant_context(tenant.pk):
        tenant.contacts.create(customer=world.customer, role="invoice", email="Jan@klant.example")
    for _ in range(2):
        send(world, "question", from_email="jan@klant.example")
    with tenant_context(tenant.pk):
        mails = list(tenant.service_mails.all())
        greetings = [words_of(mail, tenant=tenant, now=now()).salutation for mail in mails]
    assert greetings == ["Beste Jansen Interieur,"] * 2
