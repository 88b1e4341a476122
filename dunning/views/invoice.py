"""The page of one invoice: its ledger to the cent, its letters, and every answer the runs gave."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from dunning.claims import interest_until
from dunning.forms.limitation import InterruptionForm
from dunning.limitation import limitations
from dunning.selectors.arrangements import of_invoice
from dunning.selectors.fourteen_days import panel_of_invoice
from dunning.selectors.steps import steps_of
from dunning.selectors.why import NOT_YET, answers_over_time
from dunning.stated import asked_lines
from receivables.balance import balance_of_invoices
from receivables.selectors.standing import standing
from tenants.access import TenantRequest, tenant_view
from tenants.clock import today
from tenants.permissions import Permission


@tenant_view(Permission.SEE)
def invoice(request: TenantRequest, pk: UUID) -> HttpResponse:
    tenant, on = request.tenant, today()
    found = get_object_or_404(tenant.invoices.select_related("customer"), pk=pk)
    answers = answers_over_time(tenant, found)
    lines = tenant.notice_lines.filter(invoice=found).select_related("notice").order_by("-notice__created_at")
    context = {
        "invoice": found,
        "balance": balance_of_invoices(tenant, [found], on=on)[found.pk],
        "standing": standing(found, on=on),
        "why": answers[0] if answers else NOT_YET,
        "earlier": answers[1:],
        "steps": steps_of(tenant, found),
        "running": interest_until(tenant, found, on=on) if found.open_amount > 0 else None,
        "fourteen_day": panel_of_invoice(tenant, found, on=on),
        "notice_lines": asked_lines(lines),
        "holds": list(tenant.holds.filter(invoice=found, ended_at__isnull=True).select_related("owner")),
        "concerning": of_invoice(tenant, found, on=on),
        "today": on,
        "limitation": limitations(tenant, [found.pk], on=on)[found.pk] if found.open_amount > 0 else None,
        "interruption_form": InterruptionForm(found, on=on),
        "revisions": list(found.revisions.filter(decided_at__isnull=True)),
    }
    return render(request, "dunning/invoice.html", context)
