"""Debtors with hundreds of invoices, photos as phones make them, and input that nobody should have to expect."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from gunicorn.config import Config
from gunicorn.http.errors import LimitRequestLine
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from PIL import Image

from config import web
from dunning.service_mail.render import words_of
from dunning.views.debtor import arrange, shared
from receivables.actions.payments import record_payment
from receivables.models import Invoice
from receivables.views.paying.door import MOST_ADDRESS, Visit
from tenants.context import tenant_context
from tests.accessibility import faults
from tests.dunning.debtor.forms import filled, send
from tests.receivables.paying.rows import TODAY, make_invoice, now, receipt
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TERMS = {"count": "3", "first_on": "2026-12-01", "every": "month"}


def more_invoices(world: World, count: int) -> list[Invoice]:
    with tenant_context(world.tenant.pk):
        return [make_invoice(world.customer, f"X{number}", "10.00") for number in range(count)]


def ids(*invoices: Invoice) -> list[str]:
    return [str(invoice.pk) for invoice in invoices]


def ticked(page: str, name: str) -> set[str]:
    boxes: list[str] = re.findall(rf'<input type="checkbox" name="{name}"[^>]*>', page)
    return {found[1] for box in boxes if "checked" in box and (found := re.search(r'value="([^"]+)"', box))}


def request_line(path: str, *, most: int) -> str:
    """What gunicorn makes of it."""
    config = Config()
    config.set("limit_request_line", most)
    raw = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    return str(Request(config, IterUnreader([raw]), ("127.0.0.1", 1)).path)


# --- many invoices -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_one_form_over_many_invoices_is_one_mail_that_names_them(world: World, language: str) -> None:
    tenant = world.tenant
    with tenant_context(tenant.pk):
        tenant.customers.update(email="a@klant.example", language=language)
    rows = more_invoices(world, 5)
    assert send(world, "dispute", invoices=ids(*rows)).status_code == 303
    with tenant_context(tenant.pk):
        assert tenant.disputes.count() == 5
        words = words_of(tenant.service_mails.get(), tenant=tenant, now=now())
    assert words.subject == {"nl": "Uw bezwaar tegen 5 facturen", "en": "Your objection to 5 invoices"}[language]
    assert all(row.number in words.paragraphs[0] for row in rows)
    assert len(words.paragraphs) == 3


def test_one_invoice_is_named_in_the_subject(world: World) -> None:
    tenant = world.tenant
    with tenant_context(tenant.pk):
        tenant.customers.update(email="a@klant.example")
    send(world, "dispute", invoices=ids(world.old))
    with tenant_context(tenant.pk):
        words = words_of(tenant.service_mails.get(), tenant=tenant, now=now())
    assert words.subject == "Uw bezwaar tegen factuur 2026-1"


def test_a_plan_over_all_of_many_invoices_has_a_short_address(world: World) -> None:
    every = ids(world.old, world.young, *more_invoices(world, 198))
    answer = world.post("/in-delen", {"invoices": every, "bereken": "1", **TERMS})
    assert (answer.status_code, "invoices" in answer["Location"]) == (303, False)
    assert request_line(answer["Location"], most=web.limit_request_line)
    page = world.client.get(answer["Location"]).content.decode()
    assert ticked(page, "invoices") == set(every)
    assert "Dit betaalt u dan" in page
    assert faults(page.encode()) == []


def test_a_plan_over_some_of_them_names_those(world: World) -> None:
    some = ids(*more_invoices(world, 3))
    answer = world.post("/in-delen", {"invoices": some, "bereken": "1", **TERMS})
    page = world.client.get(answer["Location"]).content.decode()
    assert ticked(page, "invoices") == set(some)


def test_a_choice_that_fits_in_no_address_is_shown_at_once(world: World) -> None:
    some = ids(*more_invoices(world, 120))
    answer = world.post("/in-delen", {"invoices": some, "bereken": "1", **TERMS})
    assert (answer.status_code, ticked(answer.content.decode(), "invoices")) == (200, set(some))
    paying = world.post("", {"factuur": some})
    assert (paying.status_code, ticked(paying.content.decode(), "factuur")) == (200, set(some))
    with tenant_context(world.tenant.pk):
        assert world.tenant.payment_plans.count() == 0  # looking is not agreeing


def test_as_an_address_that_choice_would_not_arrive(world: World) -> None:
    """Negative control: what a form that sends its ids in the address would ask of the server."""
    some = [("invoices", pk) for pk in ids(*more_invoices(world, 200))]
    with pytest.raises(LimitRequestLine):
        request_line(f"{world.door}/in-delen?{urlencode(some)}", most=web.limit_request_line)
    assert web.limit_request_line > MOST_ADDRESS


def test_another_choice_to_pay_leads_to_an_address_of_its_own(world: World) -> None:
    every = ids(world.old, world.young)
    one = world.post("", {"factuur": ids(world.young)})
    assert (one.status_code, ticked(world.client.get(one["Location"]).content.decode(), "factuur")) == (
        303,
        set(ids(world.young)),
    )
    both = world.post("", {"factuur": every})
    assert both["Location"] == f"{world.door}?factuur=alles"
    assert ticked(world.client.get(both["Location"]).content.decode(), "factuur") == set(every)


def test_what_the_button_asks_is_what_goes_to_the_bank(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("receivables.paying.page.MOST_AT_ONCE", 3)
    monkeypatch.setattr("receivables.views.paying.pay.MOST_AT_ONCE", 3)
    more_invoices(world, 4)  # with the oldest one five are overdue
    page = world.get("").content.decode()
    button = re.findall(r"Betaal €\xa0([\d,.]+)", page)[0]
    chosen = set(re.findall(r'type="hidden" name="factuur" value="([^"]+)"', page))
    assert (len(chosen), button) == (3, "120,00")
    world.post("/betalen", {"factuur": list(chosen)})
    assert str(world.attempt().amount) == "120.00"


def test_a_plan_refused_because_all_was_paid_leads_to_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paid between the first look at what is open and the plan."""
    look = shared.open_invoices

    def looks_and_pays(visit: Visit) -> list[Invoice]:
        found = look(visit)
        monkeypatch.setattr(arrange, "open_invoices", look)
        with tenant_context(world.tenant.pk):
            named = [world.old.pk, world.young.pk]
            record_payment(world.tenant, world.customer, receipt=receipt("150.00"), now=now(), designated=named)
        return found

    monkeypatch.setattr(arrange, "open_invoices", looks_and_pays)
    answer = world.post("/in-delen", filled(world, "plan"))
    assert (answer.status_code, answer["Location"]) == (303, f"{world.door}/in-delen")
    assert "niets meer open" in world.client.get(answer["Location"]).content.decode()


# --- a file with the agency ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "said"), [("nl", "bij het incassobureau"), ("en", "with the collection agency")])
def test_what_is_with_the_agency_is_said_on_the_pages(world: World, language: str, said: str) -> None:
    tenant = world.tenant
    with tenant_context(tenant.pk):
        tenant.customers.update(language=language)
        handover = tenant.handovers.create(customer=world.customer, state="handed_over", flagged_at=now())
        tenant.handover_lines.create(handover=handover, invoice=world.old, step_key="handover", open_amount=100)
    assert said in world.get("/in-delen").content.decode()
    answer = send(world, "later")
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert send(world, "later", invoices=ids(world.young)).status_code == 303


# --- photos and odd input ------------------------------------------------------------------------------------------------


def test_a_photo_with_more_pictures_in_it_is_a_photo(world: World) -> None:
    content = io.BytesIO()
    small = Image.new("RGB", (64, 48), "red")
    Image.new("RGB", (640, 480)).save(content, "MPO", save_all=True, append_images=[small])
    photo = SimpleUploadedFile("IMG_1.jpg", content.getvalue(), content_type="image/jpeg")
    assert send(world, "paid", proof=photo).status_code == 303
    with tenant_context(world.tenant.pk):
        assert world.tenant.files.get().media_type == "image/jpeg"


@pytest.mark.parametrize("every", ["month", "week"])
@pytest.mark.parametrize("first_on", ["9999-12-31", "2027-11-24"])
def test_a_plan_far_ahead_is_refused(world: World, every: str, first_on: str) -> None:
    query = urlencode({"invoices": world.old.pk, "count": 12, "first_on": first_on, "every": every})
    page = world.get(f"/in-delen?{query}")
    assert (page.status_code, "binnen een jaar" in page.content.decode()) == (422, True)


def test_a_plan_may_begin_within_a_year(world: World) -> None:
    last = (TODAY + timedelta(days=365)).isoformat()
    query = urlencode({"invoices": world.old.pk, "count": 2, "first_on": last, "every": "month"})
    assert world.get(f"/in-delen?{query}").status_code == 200


def test_a_form_without_its_fields_is_refused(world: World) -> None:
    assert world.post("/in-delen", MultiValueDict()).status_code == 422
