"""The tenant's account at the payment service provider: connect a key, never show one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from receivables.forms.psp import PspKeyForm
from receivables.paying.accounts import BadKeyError, account_of, connect_psp
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission


@sensitive_post_parameters("key")
@tenant_view(Permission.EDIT_SECRETS)
def psp_account(request: TenantRequest) -> HttpResponse:
    """Which account the pay button uses; a new key replaces the old one."""
    form = PspKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            connect_psp(request.tenant, form.cleaned_data["key"], now=clock.now(), by=request.user)
        except BadKeyError as error:
            form.add_error("key", str(error))
        else:
            messages.success(request, "De sleutel is opgeslagen. De betaalknop gebruikt hem vanaf nu.")
            return redirect("receivables:psp_account", request.tenant.slug)
    settings_url = reverse("tenants:settings", args=[request.tenant.slug])
    context = {
        "form": form,
        "account": account_of(request.tenant),
        "crumbs": [("Instellingen", settings_url), ("Betaallink", "")],
    }
    return TemplateResponse(request, "receivables/psp_account.html", context, status=422 if form.errors else 200)
