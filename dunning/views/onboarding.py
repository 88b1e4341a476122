"""An office opens the books of a new client."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from dunning.actions.onboarding import open_tenant
from dunning.forms.onboarding import TenantForm
from tenants import clock
from tenants.access import OfficeRequest, office_view
from tenants.permissions import Permission


@office_view(Permission.MANAGE_OFFICE)
def tenant_new(request: OfficeRequest) -> HttpResponse:
    """The form; afterwards one goes on to import."""
    form = TenantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {**form.cleaned_data, "iban_name": form.cleaned_data["iban_name"] or form.cleaned_data["name"][:70]}
        tenant = open_tenant(request.office, fields.pop("name"), now=clock.now(), by=request.user, **fields)
        messages.success(request, f"{tenant.name} staat klaar, met drie ladders. Lees nu de facturen in.")
        return redirect("receivables:imports", tenant.slug)
    crumbs = [("Administraties", reverse("dunning:office", args=[request.office.slug])), ("Nieuwe administratie", "")]
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "dunning/tenant_new.html", {"form": form, "crumbs": crumbs}, status=status)
