"""Forgetting an account from which a customer was thought to pay."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from receivables.actions.known_ibans import forget_iban
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission
from tenants.templatetags.voldaan import iban


@require_POST
@tenant_view(Permission.EDIT_CUSTOMER)
def known_iban_forget(request: TenantRequest, pk: UUID) -> HttpResponse:
    """From now on this account says nothing about who pays."""
    known = get_object_or_404(request.tenant.known_ibans, pk=pk)
    if forget_iban(request.tenant, known, now=clock.now(), by=request.user):
        messages.success(request, f"Rekening {iban(known.iban)} wordt niet meer aan deze klant gekoppeld.")
    return redirect("dunning:customer", request.tenant.slug, known.customer_id)
