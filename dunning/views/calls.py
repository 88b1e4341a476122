"""Call tasks: whom to phone, what is open, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from dunning.actions.calls import CallClosedError, close_call
from dunning.forms.holds import CallForm
from dunning.models import CallTask
from dunning.models.runs import CallOutcome
from receivables.models import Customer
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.models import Tenant
from tenants.permissions import Permission

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class CallRow:
    """One customer to phone, for all its invoices that ask for it."""

    task: CallTask
    customer: Customer
    tasks: list[CallTask]
    amount: Decimal


@tenant_view(Permission.SEE)
def calls(request: TenantRequest) -> HttpResponse:
    """Who is to be called, oldest first, and the last calls made."""
    open_tasks = _open(request.tenant).order_by("planned_on", "customer__name_key", "pk")[:MOST_SHOWN]
    by_customer: dict[UUID, list[CallTask]] = defaultdict(list)
    for task in open_tasks:
        by_customer[task.customer_id].append(task)
    rows = [
        CallRow(tasks[0], tasks[0].customer, tasks, sum((task.invoice.open_amount for task in tasks), Decimal("0.00")))
        for tasks in by_customer.values()
    ]
    done = request.tenant.call_tasks.filter(closed_at__isnull=False).select_related("customer", "invoice", "closed_by")
    context = {"rows": rows, "done": done.order_by("-closed_at")[:20], "today": clock.today(), "may": request.may}
    return TemplateResponse(request, "dunning/calls.html", context)


def _open(tenant: Tenant):  # type: ignore[no-untyped-def] # a queryset of this tenant's tasks
    rows = tenant.call_tasks.filter(closed_at__isnull=True, cancelled_at__isnull=True, invoice__open_amount__gt=0)
    return rows.select_related("customer", "invoice")


@tenant_view(Permission.CALL)
def call(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One call: the number, what is open, and the form for its outcome."""
    task = get_object_or_404(request.tenant.call_tasks.select_related("customer"), pk=pk)
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_call(
                request.tenant,
                task,
                outcome=CallOutcome(form.cleaned_data["outcome"]),
                on=clock.today(),
                now=clock.now(),
                by=request.user,
                note=form.cleaned_data["note"],
                promised_on=form.cleaned_data["promised_on"],
            )
        except CallClosedError as error:
            messages.warning(request, str(error))
            return redirect("dunning:calls", request.tenant.slug)
        except ValueError as error:
            form.add_error("promised_on", str(error))
        else:
            messages.success(request, f"Het gesprek met {task.customer.name} is vastgelegd.")
            return redirect("dunning:calls", request.tenant.slug)
    tasks = list(_open(request.tenant).filter(customer=task.customer_id).order_by("invoice__due_on"))
    context = {
        "task": task,
        "customer": task.customer,
        "tasks": tasks,
        "amount": sum((row.invoice.open_amount for row in tasks), Decimal("0.00")),
        "contacts": [contact for contact in task.customer.contacts.all() if contact.phone],
        "form": form,
        "today": clock.today(),
        "crumbs": [("Belacties", reverse("dunning:calls", args=[request.tenant.slug])), (task.customer.name, "")],
    }
    return TemplateResponse(request, "dunning/call.html", context, status=422 if form.errors else 200)
