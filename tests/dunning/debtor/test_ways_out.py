"""Each way out: what it writes, once, and what the debtor reads afterwards."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from dunning.models.arrangements import MessageKind, PlanState
from tenants.context import tenant_context
from tests.accessibility import faults
from tests.dunning.debtor.forms import PAGES, READING, filled, send
from tests.receivables.paying.rows import TODAY, now
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def rows(world: World) -> dict[str, int]:
    """How many of each the debtor left."""
    tenant = world.tenant
    with tenant_context(tenant.pk):
        return {
            "messages": tenant.debtor_messages.count(),
            "disputes": tenant.disputes.count(),
            "promises": tenant.promises.count(),
            "plans": tenant.payment_plans.count(),
        }


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_opens_reads_well_and_is_accessible(world: World, language: str) -> None:
    for path in READING:
        page = world.get(f"{path}?taal={language}")
        assert page.status_code == 200, path
        assert faults(page.content) == [], path
        assert f'<html lang="{language}">' in page.content.decode()
        assert "{" not in page.content.decode().partition("<main")[2], path  # a value that was forgotten


@pytest.mark.parametrize(
    ("way", "made"),
    [
        ("paid", {"messages": 1}),
        ("question", {"messages": 1}),
        ("dispute", {"disputes": 2}),
        ("later", {"promises": 1}),
        ("plan", {"plans": 1}),
        ("wrong_person", {"messages": 1}),
    ],
)
def test_a_form_writes_once_however_often_it_is_sent(world: World, way: str, made: dict[str, int]) -> None:
    form = world.form()
    first, second = send(world, way, form=form), send(world, way, form=form)
    assert (first.status_code, first["Location"]) == (303, second["Location"])
    nothing = {"messages": 0, "disputes": 0, "promises": 0, "plans": 0}
    assert rows(world) == nothing | made
    done = world.client.get(first["Location"])
    assert done.status_code == 200
    assert faults(done.content) == []


def test_already_paid_holds_the_invoices_and_says_until_when(world: World) -> None:
    done = world.client.get(send(world, "paid")["Location"]).content.decode()
    with tenant_context(world.tenant.pk):
        message = world.tenant.debtor_messages.get()
        held = set(world.tenant.holds.values_list("invoice_id", "until_on"))
    assert (message.kind, str(message.paid_amount), message.paid_on) == ("already_paid", "150.00", date(2026, 11, 20))
    until = TODAY + timedelta(days=7)
    assert held == {(world.old.pk, until), (world.young.pk, until)}
    assert f"{until.day}\xa0november\xa02026" in done


def test_a_payment_of_tomorrow_was_not_made_yet(world: World) -> None:
    answer = send(world, "paid", paid_on="2026-11-24")
    assert (answer.status_code, "Die dag moet nog komen" in answer.content.decode()) == (422, True)
    assert rows(world)["messages"] == 0


def test_a_question_leaves_everything_as_it_is(world: World) -> None:
    send(world, "question")
    with tenant_context(world.tenant.pk):
        message = world.tenant.debtor_messages.get()
        assert world.tenant.holds.count() == 0
        mail = world.tenant.service_mails.get()
    assert (message.kind, message.from_email) == (MessageKind.QUESTION, "jan@klant.example")
    assert mail.to_email == "jan@klant.example"


def test_a_part_of_one_invoice_can_be_disputed_and_of_two_not(world: World) -> None:
    assert send(world, "dispute", amount="20,00").status_code == 422
    assert rows(world)["disputes"] == 0
    one = send(world, "dispute", invoices=[str(world.old.pk)], amount="20,00")
    assert one.status_code == 303
    with tenant_context(world.tenant.pk):
        dispute = world.tenant.disputes.get()
    assert (dispute.invoice_id, str(dispute.amount), dispute.origin) == (world.old.pk, "20.00", "debtor")
    page = world.get("/niet-eens").content.decode()
    assert "2026-1," not in page  # what is disputed is no longer offered
    assert "2026-2," in page


@pytest.mark.parametrize("day", ["2026-12-08", "2026-11-22", "onzin"])
def test_a_day_outside_the_creditors_limit_is_refused(world: World, day: str) -> None:
    assert send(world, "later", pay_on=day).status_code == 422
    assert rows(world)["promises"] == 0


def test_the_last_day_of_the_limit_is_still_possible(world: World) -> None:
    assert send(world, "later", pay_on="2026-12-07").status_code == 303
    second = send(world, "later", pay_on="2026-12-07")
    assert (second.status_code, "al een dag toegezegd" in second.content.decode()) == (422, True)


def test_later_is_closed_where_the_creditor_allows_no_day(world: World) -> None:
    world.tenant.promise_most_days = 0
    world.tenant.save(update_fields=["promise_most_days"])
    page = world.get("/later").content.decode()
    assert "kan hier niet zelf" in page
    assert "<form" not in page


def test_a_plan_is_shown_first_and_starts_within_the_limits(world: World) -> None:
    query = "&".join(f"invoices={pk}" for pk in (world.old.pk, world.young.pk))
    shown = world.get(f"/in-delen?{query}&count=3&first_on=2026-12-01&every=month").content.decode()
    assert shown.count("€\xa050,00") >= 3
    assert "1\xa0februari\xa02027" in shown
    assert rows(world)["plans"] == 0  # looking is not agreeing
    send(world, "plan")
    with tenant_context(world.tenant.pk):
        plan = world.tenant.payment_plans.get()
        amounts = [str(amount) for amount in plan.instalments.order_by("number").values_list("amount", flat=True)]
    assert (plan.state, amounts) == (PlanState.RUNNING, ["50.00", "50.00", "50.00"])


def test_a_longer_plan_needs_a_reason_and_a_person(world: World) -> None:
    assert send(world, "plan", count="6").status_code == 422
    assert rows(world)["plans"] == 0
    done = send(world, "plan", count="6", reason="Ik ben ziek geweest")
    with tenant_context(world.tenant.pk):
        plan = world.tenant.payment_plans.get()
    assert (plan.state, plan.note) == (PlanState.REQUESTED, "Ik ben ziek geweest")
    assert "kijkt of deze regeling kan" in world.client.get(done["Location"]).content.decode()


def test_a_running_plan_is_on_the_pay_page_and_its_next_instalment_is_the_button(world: World) -> None:
    send(world, "plan")
    page = world.get().content.decode()
    assert "Betaal termijn 1: €\xa050,00" in page
    world.click(world.old, world.young, bedrag="50.00")
    assert str(world.attempt().amount) == "50.00"
    world.at_bank("paid")
    world.settle()
    assert "Betaal termijn 2: €\xa050,00" in world.get().content.decode()


def test_the_wrong_person_names_another_and_nothing_is_sent_to_them(world: World) -> None:
    send(world, "wrong_person")
    with tenant_context(world.tenant.pk):
        message = world.tenant.debtor_messages.get()
        mails = list(world.tenant.service_mails.values_list("to_email", flat=True))
        assert world.tenant.contacts.count() == 0
    assert message.forward_email == "smit@klant.example"
    assert "smit@klant.example" not in mails


def picture(kind: str) -> bytes:
    found = io.BytesIO()
    Image.new("RGB", (8, 8)).save(found, kind)
    return found.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("afschrift.pdf", b"%PDF-1.7\n1 0 obj\n%%EOF\n", "application/pdf"),
        ("foto.JPG", picture("JPEG"), "image/jpeg"),
        ("bewijs.exe", picture("PNG"), "image/png"),  # the name says nothing
    ],
)
def test_a_proof_is_kept_by_its_content(world: World, name: str, content: bytes, media_type: str) -> None:
    assert send(world, "paid", proof=SimpleUploadedFile(name, content)).status_code == 303
    with tenant_context(world.tenant.pk):
        proof = world.tenant.debtor_messages.get().proof
    assert proof is not None
    assert (bytes(proof.content), proof.media_type) == (content, media_type)
    assert proof.name.startswith("bewijs-van-debiteur.")


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90 program",
        b"<svg onload=alert(1)>",
        b"%PDF-1.7 without an end",
        picture("GIF"),
        picture("PNG")[:40],
        b"",
        b"%PDF-" + b"x" * (5 * 1024 * 1024) + b"%%EOF",
    ],
)
def test_a_file_that_is_no_proof_is_refused(world: World, content: bytes) -> None:
    answer = send(world, "paid", proof=SimpleUploadedFile("afschrift.pdf", content))
    if content:
        assert (answer.status_code, rows(world)["messages"]) == (422, 0)
    with tenant_context(world.tenant.pk):
        assert world.tenant.files.count() == 0


def test_a_hostile_text_is_shown_as_text(world: World) -> None:
    answer = send(world, "paid", paid_on="onzin", text="<script>alert(1)</script>", paid_from='"><img src=x>')
    assert answer.status_code == 422
    assert b"<script>alert" not in answer.content
    assert b"<img src=x" not in answer.content


def test_another_customers_invoice_cannot_be_named(world: World) -> None:
    from tests.receivables.paying.rows import make_customer, make_invoice  # noqa: PLC0415 # only here

    with tenant_context(world.tenant.pk):
        theirs = make_invoice(make_customer(world.tenant, "Buurman"), "GEHEIM-1", "75.00")
    for way in ("paid", "dispute", "later", "plan"):
        assert send(world, way, invoices=[str(theirs.pk)]).status_code in (200, 422)
    assert set(rows(world).values()) == {0}


def test_nothing_open_offers_nothing(world: World) -> None:
    world.click(world.old, world.young)
    world.at_bank("paid")
    world.settle()
    for way in ("paid", "dispute", "later", "plan"):
        page = world.get(PAGES[way])
        assert (page.status_code, "niets meer open" in page.content.decode()) == (200, True)
        assert b"<form" not in page.content


def test_a_person_who_stops_halfway_keeps_what_was_typed(world: World) -> None:
    fields: dict[str, Any] = filled(world, "dispute", reason="")
    answer = world.post(PAGES["dispute"], fields)
    assert (answer.status_code, "De taart was stuk." in answer.content.decode()) == (422, True)


def test_the_confirmation_is_of_that_link_only(world: World) -> None:
    from receivables.paying import links  # noqa: PLC0415 # only here
    from tests.receivables.paying.rows import make_customer  # noqa: PLC0415 # only here

    done = send(world, "question")["Location"].rpartition("/")[2]
    with tenant_context(world.tenant.pk):
        other = links.pay_url(world.tenant, make_customer(world.tenant, "Buurman"), now=now())
    world.url = other
    assert world.get(f"/ontvangen/{done}").status_code == 404
