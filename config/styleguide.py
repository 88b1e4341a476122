"""The style guide at /stijl, only with DEBUG or DEMO: every component once, with made-up figures, to look at and to test."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace as Sample
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.access import public_view


class SampleForm(forms.Form):
    """One field of each sort, some of them wrong."""

    name = forms.CharField(label="Naam", help_text="Zoals het op de brief staat.")
    email = forms.EmailField(label="E-mailadres", required=False)
    tone = forms.ChoiceField(label="Toon", choices=[("mild", "Mild"), ("standaard", "Standaard"), ("streng", "Streng")])
    reason = forms.ChoiceField(
        label="Reden", choices=[("a", "Betwisting"), ("b", "Betaaltoezegging")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Notitie", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    automatic = forms.BooleanField(
        label="Automatisch goedkeuren", required=False, help_text="Runs gaan dan zonder knop uit."
    )


@public_view
def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "styleguide.html", _samples())


def _samples() -> dict[str, Any]:
    at = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    return {
        "tenant": Sample(
            pk=1,
            name="Bakkerij De Gouden Korrel BV",
            slug="korrel",
            office_id=1,
            office=Sample(name="Kantoor Van Dijk & Partners", slug="van-dijk"),
        ),
        "form": SampleForm({"name": "", "email": "info@", "tone": "mild"}),
        "invoices": _invoices(),
        "ageing": Sample(
            bars=[
                Sample(
                    label="Nog niet vervallen", css="age-0", width="200", count=214, amount=Decimal("84210.55"), url="#"
                ),
                Sample(label="1 t/m 30 dagen", css="age-1", width="86", count=61, amount=Decimal("36190.00"), url="#"),
                Sample(label="31 t/m 60 dagen", css="age-2", width="41", count=22, amount=Decimal("17306.42"), url="#"),
                Sample(label="61 t/m 90 dagen", css="age-3", width="15", count=9, amount=Decimal("6120.10"), url="#"),
                Sample(
                    label="Meer dan 90 dagen", css="age-4", width="26", count=12, amount=Decimal("11020.00"), url="#"
                ),
            ]
        ),
        "entries": [
            Sample(
                at=at,
                icon="mail",
                tone="info",
                title="Aanmaning verzonden",
                text="Naar admin@jansen.example, 2 facturen, € 1.815,00",
                who="weekrun",
                url="#",
            ),
            Sample(
                at=at,
                icon="phone",
                tone="",
                title="Niet bereikt",
                text="Voicemail ingesproken.",
                who="Fatima El Idrissi",
                url="",
            ),
            Sample(
                at=at,
                icon="banknote",
                tone="good",
                title="Betaling ontvangen",
                text="€ 605,00 via betaallink, factuur 2026-0118",
                who="",
                url="#",
            ),
            Sample(
                at=at,
                icon="circle-pause",
                tone="warn",
                title="Blokkade geplaatst",
                text="Betwisting, tot 1 december 2026",
                who="Fatima El Idrissi",
                url="",
            ),
        ],
        "steps": [
            Sample(label="Vooraankondiging", state="done", on=date(2026, 10, 1), note=""),
            Sample(label="Herinnering", state="done", on=date(2026, 10, 8), note=""),
            Sample(label="Aanmaning", state="next", on=None, note="maandag"),
            Sample(label="Belactie", state="", on=None, note=""),
            Sample(label="Ingebrekestelling", state="", on=None, note=""),
            Sample(label="Overdracht", state="", on=None, note=""),
        ],
        "whys": [
            Sample(
                tone="send",
                answer="Krijgt maandag een aanmaning",
                reason="Herinnering geaccepteerd op 12 november; 10 dagen verstreken.",
                on=date(2026, 11, 23),
            ),
            Sample(
                tone="blocked",
                answer="Krijgt niets: blokkade",
                reason="Betwisting op deze factuur, tot 1 december 2026 (Fatima El Idrissi).",
                on=date(2026, 11, 23),
            ),
            Sample(
                tone="wait",
                answer="Wacht tot 3 december 2026",
                reason="De gestelde termijn loopt nog.",
                on=date(2026, 11, 23),
            ),
        ],
        "parts": [
            Sample(label="Hoofdsom", amount=Decimal("1210.00"), note="factuur 2026-0117"),
            Sample(label="Rente", amount=Decimal("11.42"), note="10,40 % over 33 dagen, art. 6:119a BW"),
            Sample(label="Incassokosten", amount=Decimal("181.50"), note="15 % over € 1.210,00, BIK art. 2"),
        ],
        "total": Decimal("1402.92"),
        "crumbs": [("Klanten", "#"), ("Jansen Installaties VOF", "#"), ("2026-0117", "")],
    }


def _invoices() -> list[Sample]:
    return [
        Sample(
            number="2026-0117",
            customer="Jansen Installaties VOF",
            due_on=date(2026, 10, 5),
            total=Decimal("1210.00"),
            open=Decimal("1210.00"),
            days=48,
            tone="bad",
            state="48 dagen te laat",
        ),
        Sample(
            number="2026-0118",
            customer="Stichting Buurthuis De Vlinder",
            due_on=date(2026, 10, 28),
            total=Decimal("605.00"),
            open=Decimal("300.00"),
            days=25,
            tone="warn",
            state="25 dagen te laat",
        ),
        Sample(
            number="2026-0131",
            customer="Van den Heuvel Logistiek BV",
            due_on=date(2026, 12, 2),
            total=Decimal("18450.75"),
            open=Decimal("18450.75"),
            days=0,
            tone="",
            state="Nog niet vervallen",
        ),
        Sample(
            number="C2026-004",
            customer="M. Özdemir",
            due_on=date(2026, 11, 3),
            total=Decimal("-121.00"),
            open=Decimal("-121.00"),
            days=0,
            tone="info",
            state="Creditnota",
        ),
    ]
