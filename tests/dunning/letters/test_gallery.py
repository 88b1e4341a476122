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
