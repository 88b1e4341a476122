"""The first page of a tenant: what is open, what is late, what asks for a human, and what goes out next."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dunning.freshness import freshness
from dunning.models.runs import RunState
from dunning.selectors.dashboard import next_run_on, tasks_of
from dunning.selectors.runs import latest, tallies
from dunning.wki import wki_note
from receivables.law_tables import rates_warning
from receivables.paying.accounts import account_of
from receivables.selectors.ageing import ageing
from receivables.selectors.customers import OVERDUE, CustomerFilter, State, page_by_amount
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now, today
from tenants.permissions import Permission

SHOWN_CUSTOMERS = 6
SHOWN_PAYMENTS = 6


@tenant_view(Permission.SEE)
def dashboard(request: TenantRequest) -> HttpResponse:
    tenant, on = request.tenant, today()
    invoices_url = reverse("receivables:invoices", args=[tenant.slug])
    run, account = latest(tenant), account_of(tenant)
    late = page_by_amount(tenant, CustomerFilter(state=State.OVERDUE), on=on, by=OVERDUE, size=SHOWN_CUSTOMERS)
    ages = ageing(tenant.invoices.all(), on=on, url=lambda key: f"{invoices_url}?ouderdom={key}")
    tasks, waits = tasks_of(tenant, on=on), run is not None and run.state == RunState.PLANNED
    context = {
        "ageing": ages,
        "tasks": tasks,
        "human_count": tasks.total + int(waits),
        "freshness": freshness(tenant, on=on),
        "wki_note": wki_note(tenant, on=on),
        "rates_warning": rates_warning(on),
        "pays_in_test": account is not None and account.is_test,
        "run": run,
        "waits_for_approval": waits,
        "tallies": tallies(run) if run else None,
        "next_run_on": next_run_on(tenant, now=now(), last_on=run.on if run else None),
        "customers": late.rows,
        "payments": list(tenant.payments.select_related("customer").order_by("-created_at")[:SHOWN_PAYMENTS]),
        "has_invoices": ages.open_count > 0 or tenant.invoices.exists(),
    }
    return render(request, "dunning/dashboard.html", context)
