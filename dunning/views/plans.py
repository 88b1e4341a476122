"""Payment plans for staff: requests to answer, plans that run, one plan with its instalments, and new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from dunning.actions import plans as actions
from dunning.actions.arrangements import ArrangementError, open_invoices, total_of
from dunning.domain.arrangements import PlanStanding
from dunning.domain.plans import Every, Instalment, PlanError, split
from dunning.forms.arrangements import ChangePlanForm, InstalmentRows, PlanForm, WhyForm
from dunning.models import PaymentPlan
from dunning.selectors.arrangements import PlanRow, living_plans, plan_row
from receivables.domain.money import Money
from receivables.models import Customer
from receivables.selectors.paging import Sort, take
from receivables.views.lists import ListLinks
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

NEWEST = Sort(("ended_at", "id"), is_descending=True)
MOST_SHOWN = 200
STATES = {"": "Alles wat loopt", "aanvraag": "Aanvragen", "gemist": "Gemist of gebroken", "beeindigd": "Beëindigd"}
LATE = (PlanStanding.MISSED, PlanStanding.BROKEN)


@tenant_view(Permission.SEE)
def plans(request: TenantRequest) -> HttpResponse:
    """Requests first, then what is late, then what runs as agreed."""
    asked, tenant, on = request.GET, request.tenant, clock.today()
    state = asked.get("stand", "") if asked.get("stand", "") in STATES else ""
    words = asked.get("q", "").replace("\0", "").strip()[:100]
    links = ListLinks(request)
    context: dict[str, Any] = {}
    if state == "beeindigd":
        ended = tenant.payment_plans.filter(ended_at__isnull=False).select_related("customer", "asked_by", "ended_by")
        page = take(
            ended.filter(customer__name__icontains=words) if words else ended, NEWEST, token=asked.get("na", "")
        )
        context = {"ended": page.rows, "pager": links.pager(page)}
    else:
        found = [row for row in living_plans(tenant, on=on, words=words) if _is_shown(row, state)]
        context = {"rows": found[:MOST_SHOWN], "more": max(0, len(found) - MOST_SHOWN)}
    context |= {"choices": links.choices("stand", STATES, state), "state": state, "words": words, "today": on}
    return TemplateResponse(request, "dunning/arrangements/plans.html", context | {"may": request.may})


@tenant_view(Permission.SEE)
def plan(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One plan: its instalments, what was paid, its invoices, and what can be done."""
    row = plan_row(_plan(request, pk), on=clock.today())
    lines = row.plan.lines.select_related("invoice").order_by("invoice__due_on", "invoice__number")
    context = {"row": row, "plan": row.plan, "lines": lines, "today": clock.today(), "may": request.may}
    return TemplateResponse(request, "dunning/arrangements/plan.html", context)


@tenant_view(Permission.HOLD)
def plan_new(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Instalments that a person agrees: proposed by number and day, then changed one by one as needed."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    is_posted = request.method == "POST"
    form, rows = PlanForm(customer, request.POST if is_posted else None, initial={"every": Every.MONTH}), None
    if is_posted and form.is_valid():
        total = total_of(form.cleaned_data["invoices"])
        rows = _rows(request, form, total)
        if "bewaar" in request.POST and (made := _start(request, customer, form, rows)):
            messages.success(request, f"De regeling met {customer.name} loopt.")
            return redirect("dunning:plan", request.tenant.slug, made.pk)
    context = {
        "form": form,
        "rows": rows,
        "customer": customer,
        "title": "Regeling afspreken",
        "total": total_of(form.cleaned_data["invoices"]) if rows else None,
        "has_invoices": form.fields["invoices"].queryset.exists(),  # type: ignore[attr-defined] # a field of rows
    }
    is_wrong = bool(form.errors or (rows and rows.error))
    return TemplateResponse(request, "dunning/arrangements/plan_form.html", context, status=422 if is_wrong else 200)


@tenant_view(Permission.HOLD)
def plan_change(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Other instalments for what is left; also another answer to a request."""
    found = _plan(request, pk)
    try:
        ids = list(found.lines.values_list("invoice_id", flat=True))
        total = total_of(open_invoices(request.tenant, found.customer, ids))
    except ArrangementError as error:
        messages.info(request, str(error))
        return redirect("dunning:plan", request.tenant.slug, pk)
    is_posted = request.method == "POST"
    form, rows = ChangePlanForm(request.POST if is_posted else None, initial={"every": Every.MONTH}), None
    if is_posted and form.is_valid():
        rows = _rows(request, form, total)
        if "bewaar" in request.POST and (made := _change(request, found, form, rows)):
            messages.success(request, "De nieuwe termijnen gelden vanaf nu.")
            return redirect("dunning:plan", request.tenant.slug, made.pk)
    context = {
        "form": form,
        "rows": rows,
        "customer": found.customer,
        "plan": found,
        "title": "Andere termijnen",
        "total": total,
        "has_invoices": True,
    }
    is_wrong = bool(form.errors or (rows and rows.error))
    return TemplateResponse(request, "dunning/arrangements/plan_form.html", context, status=422 if is_wrong else 200)


@require_POST
@tenant_view(Permission.HOLD)
def plan_accept(request: TenantRequest, pk: UUID) -> HttpResponse:
    try:
        actions.accept_plan(request.tenant, _plan(request, pk), on=clock.today(), now=clock.now(), by=request.user)
        messages.success(request, "De regeling loopt. De klant krijgt bericht.")
    except ArrangementError as error:
        messages.error(request, str(error))
    return redirect("dunning:plan", request.tenant.slug, pk)


@require_POST
@tenant_view(Permission.HOLD)
def plan_reject(request: TenantRequest, pk: UUID) -> HttpResponse:
    return _say_no(request, pk, actions.reject_plan, "De aanvraag is afgewezen. De volgende run beslist opnieuw.")


@require_POST
@tenant_view(Permission.HOLD)
def plan_end(request: TenantRequest, pk: UUID) -> HttpResponse:
    return _say_no(request, pk, actions.end_plan, "De regeling is beëindigd. De volgende run beslist opnieuw.")


def _say_no(request: TenantRequest, pk: UUID, action: Any, done: str) -> HttpResponse:
    """Reject or end, with the reason that the debtor gets."""
    found, form = _plan(request, pk), WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Schrijf op waarom; de klant krijgt die reden.")
        return redirect("dunning:plan", request.tenant.slug, pk)
    try:
        action(request.tenant, found, why=form.cleaned_data["why"], now=clock.now(), by=request.user)
        messages.success(request, done)
    except ArrangementError as error:
        messages.error(request, str(error))
    return redirect("dunning:plan", request.tenant.slug, pk)


def _plan(request: TenantRequest, pk: UUID) -> PaymentPlan:
    return get_object_or_404(request.tenant.payment_plans.select_related("customer", "tenant"), pk=pk)


def _is_shown(row: PlanRow, state: str) -> bool:
    if state == "aanvraag":
        return row.is_requested
    return state == "" or (not row.is_requested and row.progress.standing in LATE)


def _rows(request: TenantRequest, form: forms.Form, total: Money) -> InstalmentRows:
    """What was typed, or the proposal that follows from number, day and how often."""
    if "bewaar" in request.POST and "dag" in request.POST:
        return InstalmentRows.posted(request.POST)
    cleaned = form.cleaned_data
    try:
        return InstalmentRows.shown(
            split(total, cleaned["count"], first_on=cleaned["first_on"], every=Every(cleaned["every"]))
        )
    except PlanError as error:
        form.add_error("count", str(error))
        return InstalmentRows([])


def _read(rows: InstalmentRows) -> Sequence[Instalment]:
    try:
        return rows.instalments()
    except forms.ValidationError as error:
        rows.error = f"Kijk de dagen en bedragen na. {' '.join(error.messages)}"
        return ()


def _start(request: TenantRequest, customer: Customer, form: forms.Form, rows: InstalmentRows) -> PaymentPlan | None:
    cleaned, instalments = form.cleaned_data, _read(rows)
    if rows.error:
        return None
    try:
        return actions.start_plan(
            request.tenant,
            customer,
            invoice_ids=[invoice.pk for invoice in cleaned["invoices"]],
            instalments=instalments,
            note=cleaned["note"],
            on=clock.today(),
            now=clock.now(),
            by=request.user,
        )
    except ArrangementError as error:
        rows.error = str(error)
        return None


def _change(request: TenantRequest, found: PaymentPlan, form: forms.Form, rows: InstalmentRows) -> PaymentPlan | None:
    instalments = _read(rows)
    if rows.error:
        return None
    note, on, now = form.cleaned_data["note"], clock.today(), clock.now()
    try:
        return actions.change_plan(
            request.tenant, found, instalments=instalments, note=note, on=on, now=now, by=request.user
        )
    except ArrangementError as error:
        rows.error = str(error)
        return None
