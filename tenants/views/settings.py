"""Settings of a tenant: everybody of the tenant may read them, some may change them."""

from __future__ import annotations

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tenants import clock
from tenants.access import TenantRequest, client_ip, tenant_view
from tenants.actions.people import Actor
from tenants.actions.settings import edit_tenant, freeze_sending, set_logo
from tenants.forms.settings import ARRANGEMENTS, LogoForm, TenantForm
from tenants.logo import LogoError
from tenants.models import Tenant
from tenants.permissions import Permission

PARTS = {
    "Afzender": ("name", "street", "postcode", "city", "kvk_number", "vat_number", "email", "phone", "website"),
    "Rekening": ("iban", "iban_name", "password"),
    "Weekrun": ("run_weekday", "run_hour", "approves_automatically"),
    "Versheid van de cijfers": ("fresh_amber_days", "fresh_red_days"),
    "Bank": ("match_threshold",),
    "Wat klanten zelf mogen afspreken": ARRANGEMENTS,
}


@sensitive_post_parameters("password")
@tenant_view(Permission.SEE, write=Permission.EDIT_TENANT)
def settings(request: TenantRequest) -> HttpResponse:
    form = TenantForm(request.user, request.POST or None, instance=Tenant.objects.get(pk=request.tenant.pk))
    if request.method == "POST" and form.is_valid():
        changed = edit_tenant(request.tenant, form.cleaned_data, by=_actor(request), now=clock.now())
        messages.success(request, "Opgeslagen." if changed else "Er was niets gewijzigd.")
        return redirect("tenants:settings", request.tenant.slug)
    return _page(request, form, LogoForm())


@tenant_view(Permission.EDIT_TENANT)
@require_POST
def logo_upload(request: TenantRequest) -> HttpResponse:
    form = LogoForm(request.POST, request.FILES)
    if "remove" in request.POST:
        set_logo(request.tenant, None, by=_actor(request), now=clock.now())
        messages.success(request, "Het logo is weg.")
        return redirect("tenants:settings", request.tenant.slug)
    if form.is_valid():
        try:
            set_logo(request.tenant, form.cleaned_data["logo"].read(), by=_actor(request), now=clock.now())
            messages.success(request, "Het logo staat voortaan op de brieven.")
            return redirect("tenants:settings", request.tenant.slug)
        except LogoError as refused:
            form.add_error("logo", str(refused))
    return _page(request, TenantForm(request.user, instance=request.tenant), form)


@tenant_view(Permission.SEE)
def logo(request: TenantRequest) -> HttpResponse:
    if not request.tenant.logo:
        raise Http404
    return HttpResponse(bytes(request.tenant.logo), content_type=request.tenant.logo_media_type)


@tenant_view(Permission.STOP_RUN)
@require_POST
def freeze(request: TenantRequest) -> HttpResponse:
    frozen = request.POST.get("frozen") == "1"
    freeze_sending(request.tenant, frozen=frozen, by=_actor(request), now=clock.now())
    messages.success(request, "De noodstop staat aan: er gaat niets uit." if frozen else "De noodstop is uit.")
    return redirect("tenants:settings", request.tenant.slug)


def _page(request: TenantRequest, form: TenantForm, logo_form: LogoForm) -> HttpResponse:
    may_edit = Permission.EDIT_TENANT in request.may
    if not may_edit:
        del form.fields["password"]
    parts = [
        (title, [(form[name], shown(form[name])) for name in names if name in form.fields])
        for title, names in PARTS.items()
    ]
    context = {"form": form, "parts": parts, "logo_form": logo_form, "may_edit": may_edit}
    failed = form.errors or logo_form.errors
    return render(request, "tenants/settings.html", context, status=422 if failed else 200)


def shown(field: BoundField) -> str:
    """The stored value as somebody reads it who may not change it."""
    value = field.value()
    if isinstance(value, bool):
        return "ja" if value else "nee"
    choices = dict(getattr(field.field, "choices", ()))
    return str(choices.get(value, value) or "-")


def _actor(request: TenantRequest) -> Actor:
    return Actor(request.user, client_ip(request))
