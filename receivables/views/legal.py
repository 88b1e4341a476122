"""What the law asks a creditor to choose, in groups, with what each group rests on. Here because the figures live in this app."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from receivables.domain.parameters import LEGAL_STATE_ON, RETENTION
from receivables.law_tables import rates_warning
from receivables.legal_sources import large_company, sources
from tenants import clock
from tenants.access import TenantRequest, client_ip, tenant_view
from tenants.actions.legal import edit_legal
from tenants.actions.people import Actor
from tenants.forms.legal import LegalForm
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.views.settings import shown


@dataclass(frozen=True, slots=True)
class Part:
    """A group of settings: the article, what it means, and what was not found in the text of the law."""

    title: str
    article: str
    text: str
    names: tuple[str, ...]
    doubt: str = ""


PARTS = (
    Part(
        "Uw onderneming",
        "art. 6:119a lid 5 en 6 BW",
        "Een grote klant mag een kleinere ondernemer niet langer dan dertig dagen laten wachten. Bent u zelf groot, dan geldt "
        "die grens voor u niet.",
        ("is_large",),
        large_company(),
    ),
    Part(
        "Incassokosten en btw",
        "art. 6:96 BW, art. 2 lid 3 BIK",
        "Kan uw bedrijf btw verrekenen, dan komt er geen btw op incassokosten. Zo niet, dan mag het alleen met uw verklaring in "
        "de brief.",
        ("can_deduct_vat", "term_margin_days"),
        "Of de veertien dagen langer worden als de laatste op een weekend of feestdag valt, is niet beslist. Voldaan rekent die "
        "verlenging mee, en uw extra dagen erbij.",
    ),
    Part(
        "Rente",
        "art. 6:119, 6:119a en 6:119b BW",
        "Een afgesproken rente komt bij bedrijven in plaats van de wettelijke, ook als zij lager is. Bij consumenten en de "
        "overheid telt alleen een hogere afspraak; die legt u vast bij de klant.",
        ("interest_day_count", "business_interest_percent", "business_interest_compounds"),
        "De wet zegt niet hoeveel dagen een rentejaar heeft. Beide manieren komen voor; een vol jaar is met de werkelijke lengte "
        "nooit meer dan het jaarpercentage. Rente op een afgesproken rente: alleen als dat is afgesproken (eigen uitleg).",
    ),
    Part(
        "Hoe vaak u iemand benadert",
        "Wki",
        "Wie aanmaant, doet dat met mate. Boven deze grens wacht een bericht tot er weer ruimte is.",
        ("contact_cap", "contact_cap_days"),
        "Een grens in cijfers is in de wet niet gevonden, wel dat contact passend en evenredig moet zijn.",
    ),
    Part(
        "Verjaring",
        "art. 3:307, 7:28 en 8:1711 BW",
        "Na vijf jaar kan een vordering verjaren; bij spullen voor consumenten na twee jaar, bij vervoer na één jaar. Voldaan "
        "waarschuwt op tijd. Een brief met een voorbehoud begint de termijn opnieuw.",
        ("claim_nature",),
        "De twee jaar voor consumenten staan in een tekst van 2017; aangenomen is dat zij daarna gelijk zijn gebleven.",
    ),
    Part(
        "Btw op oninbare facturen",
        "art. 29 Wet OB",
        "Uiterlijk een jaar na de vervaldatum is de btw terug te vragen, in de aangifte van die periode.",
        ("vat_period",),
        "De huidige tekst van artikel 29 is niet zelf gelezen; dit rust op de toelichting en op vakbladen.",
    ),
    Part(
        "Klachten",
        "Wki",
        "Een debiteur moet weten waar hij met een klacht of een bezwaar terechtkan. Dit staat in brieven.",
        ("complaints_email", "complaints_url"),
    ),
    Part(
        "Privacy en bewaren",
        "art. 13 en 14 AVG, art. 5.1 Bki, art. 52 lid 4 AWR",
        f"De boekhouding bewaart u {RETENTION.fiscal_years} jaar; dat staat vast. Het dossier van een gesloten vordering bewaart u "
        "ten minste twee jaar. De eerste brief zegt wie de gegevens gebruikt, waarvoor, hoe lang, en wat de debiteur mag vragen.",
        ("privacy_url", "privacy_email", "file_retention_years"),
        "Op welke grond u gegevens gebruikt (overeenkomst en gerechtvaardigd belang) is eigen uitleg; uw privacyverklaring gaat voor.",
    ),
)


@tenant_view(Permission.SEE, write=Permission.EDIT_TENANT)
def legal(request: TenantRequest) -> HttpResponse:
    form = LegalForm(request.POST or None, instance=Tenant.objects.get(pk=request.tenant.pk))
    if request.method == "POST" and form.is_valid():
        by = Actor(request.user, client_ip(request))
        changed = edit_legal(request.tenant, form.cleaned_data, by=by, now=clock.now())
        messages.success(request, "Opgeslagen." if changed else "Er was niets gewijzigd.")
        return redirect("receivables:legal", request.tenant.slug)
    context = {
        "form": form,
        "parts": [(part, [_field(form, name) for name in part.names]) for part in PARTS],
        "may_edit": Permission.EDIT_TENANT in request.may,
        "sources": sources(),
        "legal_state_on": LEGAL_STATE_ON,
        "rates_warning": rates_warning(clock.today()),
        "crumbs": [("Instellingen", reverse("tenants:settings", args=[request.tenant.slug])), ("Recht", "")],
    }
    return TemplateResponse(request, "receivables/legal.html", context, status=422 if form.errors else 200)


def _field(form: LegalForm, name: str) -> tuple[BoundField, str]:
    return form[name], shown(form[name])
