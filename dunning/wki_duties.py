"""What the Wki asks of who collects for somebody else, and where each duty is met (law/rules.md 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from dunning.wki import complaints_at
from receivables.domain.parameters import CONTACT_WINDOW
from tenants.models import Tenant
from tenants.registration import registration_problem


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty; `is_met` is None where only people can tell."""

    title: str
    article: str
    text: str
    is_met: bool | None = True
    url: str = ""


def duties(tenant: Tenant, *, on: date) -> tuple[Duty, ...]:
    """The whole list, in the order in which a new office meets them."""
    return (*_before(tenant, on=on), *_while_asking(tenant), *_afterwards(tenant))


def _before(tenant: Tenant, *, on: date) -> Iterator[Duty]:
    if tenant.office:
        problem = registration_problem(tenant.office, on=on)
        text = problem or "Het kantoor staat in het register van Justis. Het nummer staat in brieven."
        yield Duty(
            "Registratie", "Wki", text, not problem, reverse("tenants:office_settings", args=[tenant.office.slug])
        )
        has_one = tenant.assignment_agreements.exists()
        text = (
            "De ondertekende opdracht is bewaard op deze pagina."
            if has_one
            else "Bewaar de ondertekende opdracht van deze klant."
        )
        yield Duty("Opdracht van de schuldeiser", "art. 5.1 Bki", text, has_one)
        yield Duty(
            "Verklaring omtrent het gedrag, rollen en werkwijze",
            "Wki, art. 5.3 Bki",
            "Dit regelt u zelf buiten Voldaan. Wie wat mag staat onder Mensen; wie wat deed in het logboek.",
            None,
            reverse("tenants:people", args=[tenant.slug]),
        )


def _while_asking(tenant: Tenant) -> Iterator[Duty]:
    window = CONTACT_WINDOW
    yield Duty(
        "Contacttijden",
        "art. 4.2 Bki",
        f"Berichten gaan alleen tussen {window.opens:%H:%M} en {window.closes:%H:%M}, nooit op zondagen en feestdagen.",
    )
    cap = tenant.contact_cap
    text = f"Hoogstens {cap} in {tenant.contact_cap_days} dagen." if cap else "Er is geen hoogste aantal ingesteld."
    yield Duty("Met mate", "Wki", text, True if cap else None, reverse("receivables:legal", args=[tenant.slug]))
    yield Duty(
        "Duidelijke taal en uitleg per bedrag",
        "art. 1 Rki, Bki",
        "Brieven zijn in eenvoudig Nederlands en noemen schuldeiser, kantoor, grondslag, hoofdsom, rente en kosten apart.",
        url=reverse("dunning:letters", args=[tenant.slug]),
    )
    yield Duty(
        "Rekening houden met wie niet kan betalen",
        "Wki",
        "Brieven aan privépersonen wijzen op schuldhulp van de gemeente. Een betwisting, regeling of schuldhulp stopt de ladder.",
        url=reverse("dunning:holds", args=[tenant.slug]),
    )


def _afterwards(tenant: Tenant) -> Iterator[Duty]:
    mail, url = complaints_at(tenant)
    text = (
        f"In brieven staat: {' en '.join(way for way in (mail, url) if way)}."
        if mail or url
        else "Er is geen adres bekend."
    )
    yield Duty("Klachten", "Wki", text, bool(mail or url), reverse("receivables:legal", args=[tenant.slug]))
    yield Duty(
        "Dossier bewaren",
        "art. 5.1 Bki",
        f"Factuur, brieven, afspraken en logboek blijven ten minste {tenant.file_retention_years} jaar na sluiting bewaard.",
        url=reverse("receivables:legal", args=[tenant.slug]),
    )
    yield Duty("Geld van anderen", "geen plicht gevonden", "Betalingen gaan naar de eigen rekening van de schuldeiser.")
