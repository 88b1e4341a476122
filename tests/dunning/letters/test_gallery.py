"""The gallery: every example can be made, in the tenant's own house style, and nothing is written."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dunning.letters.paragraphs import StepKind
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.dunning.letters import pdf


@pytest.fixture
def screen(client: Client, viewer: User) -> Client:
    client.force_login(viewer)
    return client


def url(name: str) -> str:
    return reverse(f"dunning:{name}", args=["korrel"])


@pytest.mark.parametrize("step", StepKind)
@pytest.mark.parametrize(("reader", "form"), [("bedrijf", "u"), ("consument", "je"), ("bedrijf", "en")])
def test_every_example_can_be_made(screen: Client, tenant: Tenant, step: StepKind, reader: str, form: str) -> None:
    asked = {"stap": step.value, "aan": reader, "vorm": form}
    letter = pdf.text_of(screen.get(url("letters_pdf"), asked).content)
    mail = screen.get(url("letters_mail"), asked)

    assert [fact for fact in (tenant.name, "VB-001", "505", "NL91 ABNA 0417 1643 00") if fact not in letter] == []
    assert "VB-002" in mail.content.decode()
    assert "script-src 'none'" in mail["Content-Security-Policy"]


def test_the_page_shows_letter_and_mail(screen: Client, tenant: Tenant) -> None:
    page = screen.get(url("letters"), {"stap": "demand"}).content.decode()
    assert "Aanmaning: 2 facturen" in page
    assert faults(page) == []
    assert screen.get(url("letters_page")).content.startswith(b"\x89PNG")


@pytest.mark.parametrize("asked", [{"stap": "handover"}, {"aan": "iedereen"}, {"vorm": "latijn"}])
def test_an_unknown_example_does_not_exist(screen: Client, tenant: Tenant, asked: dict[str, str]) -> None:
    assert screen.get(url("letters"), asked).status_code == 404


def test_without_an_account_number_the_page_says_so(screen: Client, tenant: Tenant) -> None:
    tenant.iban = ""
    tenant.save(update_fields=["iban"])
    assert "Zonder IBAN gaat er geen brief uit" in screen.get(url("letters")).content.decode()


def test_all_letters_stand_on_one_page_and_chips_choose(screen: Client, tenant: Tenant) -> None:
    everything = screen.get(url("letters")).content.decode()
    chosen = screen.get(url("letters"), {"staat": "fourteen_day", "vorm": "u"}).content.decode()
    nothing = screen.get(url("letters"), {"stap": "reminder", "staat": "fourteen_day"}).content.decode()

    assert (everything.count("maat=klein"), everything.count('loading="lazy"')) == (48, 48)
    assert chosen.count("maat=klein") == 2
    assert "Deze brief bestaat niet" in nothing
    assert [faults(page) for page in (everything, chosen, nothing)] == [[], [], []]


def test_a_picture_is_sent_once(screen: Client, tenant: Tenant) -> None:
    asked = {"stap": "demand", "staat": "fourteen_day", "aan": "consument", "vorm": "u", "maat": "klein"}
    first = screen.get(url("letters_page"), asked)
    again = screen.get(url("letters_page"), asked, headers={"If-None-Match": first["ETag"]})
    tenant.name = "Bakkerij Nieuw B.V."
    tenant.save(update_fields=["name"])
    changed = screen.get(url("letters_page"), asked, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)
    assert screen.get(url("letters_page"), {**asked, "pagina": "9"}).status_code == 404


def test_one_letter_shows_its_pages_and_its_mail(screen: Client, tenant: Tenant) -> None:
    asked = {"stap": "notice_of_default", "staat": "costs_due", "aan": "consument", "vorm": "u", "btw": "met"}
    page = screen.get(url("letters_one"), asked).content.decode()
    letter = pdf.text_of(screen.get(url("letters_pdf"), asked).content)

    assert faults(page) == []
    assert page.count("pagina=") == 2
    assert "Btw over incassokosten (21 %)" in letter
    assert screen.get(url("letters_one"), {"aan": "bedrijf", "staat": "costs_due"}).status_code == 404
