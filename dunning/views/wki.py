"""The page of the Wki: is the gate open, who decided otherwise, the agreement with the creditor, and what the law asks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from dunning.actions.wki import WkiRefusedError, keep_agreement, record_override, withdraw_override
from dunning.forms.wki import AgreementForm, OverrideForm
from dunning.wki import override_on, wki_note
from dunning.wki_duties import duties
from tenants import clock
from tenants.access import TenantRequest, client_ip, tenant_view
from tenants.actions.people import Actor
from tenants.permissions import Permission
from tenants.registration import registration_problem, registration_warning


@tenant_view(Permission.SEE)
def wki(request: TenantRequest) -> HttpResponse:
    return _page(request, OverrideForm(), AgreementForm())


@tenant_view(Permission.MANAGE_OFFICE)
@require_POST
def wki_override(request: TenantRequest) -> HttpResponse:
    """The office answers for this, so who manages the office decides it."""
    form, by, now, on = OverrideForm(request.POST), _actor(request), clock.now(), clock.today()
    if "intrekken" in request.POST:
        withdrawn = withdraw_override(request.tenant, by=by, now=now, on=on)
        messages.success(request, "De uitzondering is ingetrokken." if withdrawn else "Er was geen uitzondering.")
        return redirect("dunning:wki", request.tenant.slug)
    if form.is_valid():
        try:
            record_override(request.tenant, **form.cleaned_data, by=by, now=now, on=on)
            messages.success(request, "De uitzondering is vastgelegd.")
            return redirect("dunning:wki", request.tenant.slug)
        except WkiRefusedError as refused:
            form.add_error(refused.field, str(refused))
    return _page(request, form, AgreementForm())


@tenant_view(Permission.EDIT_TENANT)
@require_POST
def wki_agreement(request: TenantRequest) -> HttpResponse:
    form = AgreementForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            keep_agreement(
                request.tenant,
                file.read(),
                name=file.name,
                signed_by=form.cleaned_data["signed_by"],
                signed_on=form.cleaned_data["signed_on"],
                by=_actor(request),
                now=clock.now(),
                on=clock.today(),
            )
            messages.success(request, "De opdracht is bewaard.")
            return redirect("dunning:wki", request.tenant.slug)
        except WkiRefusedError as refused:
            form.add_error(refused.field, str(refused))
    return _page(request, OverrideForm(), form)


def _page(request: TenantRequest, override_form: OverrideForm, agreement_form: AgreementForm) -> HttpResponse:
    tenant, on = request.tenant, clock.today()
    context = {
        "note": wki_note(tenant, on=on),
        "registration": registration_problem(tenant.office, on=on) if tenant.office else "",
        "warning": registration_warning(tenant.office, on=on) if tenant.office else "",
        "override": override_on(tenant, on=on),
        "overrides": tenant.wki_overrides.select_related("by").order_by("-at", "-pk"),
        "agreements": tenant.assignment_agreements.select_related("by", "file")
        .defer("file__content")
        .order_by("-signed_on", "-pk"),
        "duties": duties(tenant, on=on),
        "override_form": override_form,
        "agreement_form": agreement_form,
        "crumbs": [("Instellingen", reverse("tenants:settings", args=[tenant.slug])), ("Wki", "")],
    }
    status = 422 if override_form.errors or agreement_form.errors else 200
    return TemplateResponse(request, "dunning/wki.html", context, status=status)


def _actor(request: TenantRequest) -> Actor:
    return Actor(request.user, client_ip(request))
