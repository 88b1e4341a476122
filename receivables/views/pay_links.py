"""Pay links from the staff's side: a new one, when an old one is in the wrong hands."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from receivables.actions.ledger import lock_customer
from receivables.paying import links
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def pay_link_renew(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Whoever has an old link of this customer gets in no more."""
    found = get_object_or_404(request.tenant.customers, pk=pk)
    customer = lock_customer(request.tenant, found.pk)
    links.renew(request.tenant, customer, now=clock.now(), by=request.user)
    messages.success(request, "De oude betaallink werkt niet meer. De volgende brief of mail brengt de nieuwe.")
    return redirect("dunning:customer", request.tenant.slug, pk)
