"""Who gets in, how often, and what a machine can do that opens and posts everything it finds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from dunning.debtor import taking
from dunning.debtor.texts import TEXTS
from receivables.paying import address, links, texts
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.architecture.world import fingerprint
from tests.dunning.debtor.forms import PAGES, READING, filled, send
from tests.receivables.paying.rows import make_customer, make_invoice, now
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)
FORM = re.compile(r'<form method="post" action="([^"]+)".*?</form>', re.DOTALL)
FIELD = re.compile(r'<(?:input|button)[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


def test_opening_every_page_changes_nothing(world: World) -> None:
    send(world, "question")
    world.pass_check()
    done = world.post(PAGES["later"], filled(world, "later"))["Location"]
    before = fingerprint(world.tenant)
    for path in [world.path, f"{world.path}/", f"{world.path}?direct=1", done, "/echt/", f"/echt/{world.tenant.code}/"]:
        for method in (world.client.get, world.client.head):
            assert method(path).status_code in (200, 303), path
    for door in (world.door, world.path):
        for path in [*READING, f"/factuur/{world.old.pk}", "/betalen"]:
            for name in ("GET", "HEAD", "OPTIONS"):
                assert world.client.generic(name, door + path).status_code in (200, 303, 404, 405), path
    assert fingerprint(world.tenant) == before


def scanner(world: World, *, keeps: bool) -> int:
    """A machine that opens every page and posts each form with what stands in it, but for the hidden id unless it `keeps` it."""
    posted = 0
    for path in READING:
        page = world.get(path).content.decode()
        for form in FORM.finditer(page):
            fields = dict(FIELD.findall(form[0])) | {"text": "x", "reason": "other", "invoices": str(world.old.pk)}
            if not keeps:
                fields.pop("formulier", None)
            answer = world.client.post(form[1].replace("&amp;", "&"), fields)
            assert keeps or answer.status_code == 400, form[1]
            posted += 1
    return posted


def test_a_scanner_that_posts_every_form_pays_and_disputes_nothing(world: World) -> None:
    world.get()
    before = fingerprint(world.tenant)
    assert scanner(world, keeps=False) > 6
    assert fingerprint(world.tenant) == before
    assert world.emulator.store.rows("payment") == []


def test_the_hidden_id_is_what_stopped_it(world: World) -> None:
    """The negative control: the same machine with the id gets through."""
    world.get()
    before = fingerprint(world.tenant)
    scanner(world, keeps=True)
    assert fingerprint(world.tenant) != before


@pytest.mark.parametrize("form", ["", "onzin", "other link", "old"])
def test_a_form_id_of_another_link_or_another_week_is_not_taken(
    world: World, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(world.tenant.pk):
        other = links.link_for(world.tenant, make_customer(world.tenant, "Buurman"), now=now())
    sent = {"other link": address.new_form(other.pk), "old": world.form()}.get(form, form)
    if form == "old":
        monkeypatch.setattr(address, "FORM_AGE", -1)
    world.get()
    before = fingerprint(world.tenant)
    answer = world.client.post(world.door + PAGES["question"], filled(world, "question") | {"formulier": sent})
    assert (answer.status_code, "Er is niets veranderd" in answer.content.decode()) == (400, True)
    assert fingerprint(world.tenant) == before


def test_the_token_leaves_the_address_and_every_page(world: World) -> None:
    opened = world.client.get(world.path + "?taal=en")
    token = world.path.removeprefix("/b/")
    assert (opened.status_code, opened["Location"]) == (303, f"{world.door}?taal=en")
    cookie = next(iter(world.client.cookies.values()))
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", world.door)
    for path in READING:
        assert token not in world.client.get(world.door + path).content.decode()


def test_a_copied_address_shows_nothing(world: World) -> None:
    for path in READING:
        page = Client().get(world.door + path)
        assert page.status_code == 403
        for secret in ("Jansen", "2026-1", "100,00", world.tenant.name):
            assert secret not in page.content.decode()
    assert Client().post(f"{world.door}/betalen", {"formulier": world.form()}).status_code == 403


def test_two_links_in_one_browser_do_not_mix(world: World) -> None:
    with tenant_context(world.tenant.pk):
        neighbour = make_customer(world.tenant, "Buurman")
        make_invoice(neighbour, "B-1", "75.00")
        second = World(
            world.tenant, neighbour, world.old, world.young, links.pay_url(world.tenant, neighbour, now=now()),
            world.emulator, client=world.client,
        )  # fmt: skip
    assert "Jansen" in world.get().content.decode()
    assert "Buurman" in second.get().content.decode()
    assert "Jansen" in world.client.get(world.door).content.decode()
    mine = world.client.cookies[f"betaallink-{world.link.pk.hex}"].value
    thief = Client()
    thief.cookies[f"betaallink-{second.link.pk.hex}"] = mine  # our token under the other link's name
    assert thief.get(second.door).status_code == 403


def test_another_tenants_code_does_not_open_the_link(world: World, stranger_tenant: Tenant) -> None:
    world.get()
    client = Client()
    client.cookies[f"betaallink-{world.link.pk.hex}"] = world.client.cookies[f"betaallink-{world.link.pk.hex}"].value
    assert client.get(world.door).status_code == 200
    assert client.get(world.door.replace(world.tenant.code, stranger_tenant.code)).status_code == 404


def test_without_cookies_the_direct_way_goes_all_along(world: World) -> None:
    page = Client().get(f"{world.path}?direct=1").content.decode()
    addresses = set(re.findall(r'(?:href|action)="(/b/[^"]+)"', page))
    assert addresses
    for found in addresses:
        assert found.startswith(world.path)
        assert Client().get(found.replace("&amp;", "&")).status_code in (200, 405), found
    pasted = Client().post("/b/openen", {"link": f" {world.url}?utm=1 "})
    assert pasted["Location"] == f"{world.path}?direct=1"
    assert Client().post("/b/openen", {"link": "https://elders.example/"}).status_code == 422
    answer = Client().post(
        world.path + PAGES["question"] + "?direct=1", filled(world, "question") | {"formulier": world.form()}
    )
    assert Client().get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("end", ["expires_at", "revoked_at"])
def test_an_ended_link_opens_no_way_out(world: World, end: str) -> None:
    world.get()
    door = world.door
    with tenant_context(world.tenant.pk):
        world.tenant.pay_links.update(**{end: now() - timedelta(seconds=1)})
    before = fingerprint(world.tenant)
    for path in READING:
        page = world.client.get(door + path)
        assert (page.status_code, "werkt niet meer" in page.content.decode()) == (410, True)
    for way, path in PAGES.items():
        sent = filled(world, way) | {"formulier": world.form()}
        assert world.client.post(door + path, sent).status_code == 410
    assert fingerprint(world.tenant) == before


def test_five_forms_an_hour_and_then_a_pause(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(taking.MOST_PER_HOUR):
        assert send(world, "question").status_code == 303
    stopped = send(world, "question")
    assert (stopped.status_code, "probeer het over een uur" in stopped.content.decode()) == (429, True)
    with tenant_context(world.tenant.pk):
        assert world.tenant.debtor_messages.count() == taking.MOST_PER_HOUR

    def later() -> datetime:
        return now() + timedelta(minutes=61)

    monkeypatch.setattr("tenants.clock.now", later)
    assert send(world, "question").status_code == 303


def test_without_the_limit_a_sixth_form_is_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(taking, "MOST_PER_HOUR", 100)
    assert {send(world, "question").status_code for _ in range(6)} == {303}


def test_one_place_cannot_flood_many_links(world: World) -> None:
    cache.set("limit:debtor:127.0.0.1", 20, 3600)
    assert send(world, "question").status_code == 429


def test_without_redis_forms_are_still_taken_and_checks_are_not(world: World, settings: Settings) -> None:
    """The limit per link stands in the database; the others are brakes."""
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert send(world, "question").status_code == 303
    assert world.post("/bekijken", {"antwoord": "2026-1"}).status_code == 429


def test_the_second_check_has_five_tries(world: World) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.customers.filter(pk=world.customer.pk).update(postcode="1234 AB")
        world.tenant.invoices.update(lines=[{"description": "Taart", "quantity": "1", "amount": "82.64"}])
    assert "Taart" not in world.get().content.decode()
    for wrong in ("2026-1", "4321", "", "12345"):
        assert world.post("/bekijken", {"antwoord": wrong}).status_code == 422
    assert world.post("/bekijken", {"antwoord": "1234ab"}).status_code == 303
    assert "Taart" in world.get().content.decode()
    assert world.post("/bekijken", {"antwoord": "1234"}).status_code == 429
    another = Client()
    another.get(world.path)
    assert "Taart" not in another.get(world.door).content.decode()


def test_both_languages_have_the_same_words() -> None:
    dutch, english = TEXTS["nl"], TEXTS["en"]
    assert dutch.keys() == english.keys()
    assert dutch.keys() & texts.DUTCH.keys() <= {"bad_amount", "nothing_title"}
    for key, text in dutch.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    world.get()
    answer = world.client.post(
        world.door + PAGES["paid"],
        b"x" * 100,
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="90000000",
    )
    assert answer.status_code == 413
