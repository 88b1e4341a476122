"""Handovers on screen: what waits for the owner's answer, the dossier, and the moment it goes to the agency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from dunning.actions import handover as actions
from dunning.actions.packaging import HandoverStateError, obstacle
from dunning.dossier.collect import LEFT
from dunning.models import Handover, Notice
from dunning.models.handovers import HandoverState
from receivables.balance import InvoiceBalance, balance_of_invoices
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.models import Tenant
from tenants.permissions import Permission

DONE_SHOWN = 50
TONES = {
    HandoverState.FLAGGED: "warn",
    HandoverState.APPROVED: "info",
    HandoverState.PACKAGED: "warn",
    HandoverState.HANDED_OVER: "good",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One handover in the list."""

    handover: Handover
    count: int
    amount: Decimal
    tone: str


@tenant_view(Permission.SEE)
def handovers(request: TenantRequest) -> HttpResponse:
    """What waits, oldest first; then what is finished, newest first."""
    rows = request.tenant.handovers.select_related("customer", "approved_by").annotate(
        count=Count("lines", filter=_counted(), distinct=True), amount=Sum("lines__open_amount", filter=_counted())
    )
    waiting = rows.filter(state__in=actions.WAITING).order_by("flagged_at", "pk")
    done = rows.exclude(state__in=actions.WAITING).order_by("-flagged_at", "-pk")[:DONE_SHOWN]
    context = {"waiting": _rows(waiting), "done": _rows(done), "may": request.may}
    return TemplateResponse(request, "dunning/handover/list.html", context)


def _counted() -> Q:
    """A rejected or withdrawn handover keeps showing what it was about."""
    live = Q(lines__cancelled_at__isnull=True)
    return live | Q(state__in=(HandoverState.REJECTED, HandoverState.WITHDRAWN))


def _rows(found: object) -> list[Row]:
    return [
        Row(row, row.count, row.amount or Decimal("0.00"), TONES.get(HandoverState(row.state), ""))
        for row in found  # type: ignore[attr-defined] # an annotated queryset, which mypy cannot name
    ]


@tenant_view(Permission.SEE)
def handover(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One handover: what it is about, what was sent, and the next thing to do."""
    found = _find(request.tenant, pk)
    balances = stated(request.tenant, found)
    is_waiting = found.state in actions.WAITING
    context = {
        "handover": found,
        "customer": found.customer,
        "tone": TONES.get(HandoverState(found.state), ""),
        "balances": balances,
        "total": sum((balance.open.amount for balance in balances), Decimal("0.00")),
        "notices": letters_of(request.tenant, balances),
        "is_waiting": is_waiting,
        "obstacle": obstacle(request.tenant, found, on=clock.today()) if is_waiting else "",
        "is_out_of_date": found.state == HandoverState.PACKAGED and actions.is_out_of_date(found),
        "may": request.may,
        "crumbs": [
            ("Overdrachten", reverse("dunning:handovers", args=[request.tenant.slug])),
            (found.customer.name, ""),
        ],
    }
    return TemplateResponse(request, "dunning/handover/one.html", context)


def stated(tenant: Tenant, found: Handover) -> list[InvoiceBalance]:
    """The invoices of a handover as they stand today."""
    lines = found.lines.select_related("invoice").order_by("invoice__due_on", "invoice__number")
    if found.state not in (HandoverState.REJECTED, HandoverState.WITHDRAWN):
        lines = lines.filter(cancelled_at__isnull=True)
    invoices = [line.invoice for line in lines]
    balances = balance_of_invoices(tenant, invoices, on=clock.today())
    return [balances[invoice.pk] for invoice in invoices]


def letters_of(tenant: Tenant, balances: list[InvoiceBalance]) -> list[Notice]:
    ids = tenant.notice_lines.filter(invoice__in=[balance.invoice for balance in balances]).values("notice_id")
    notices = tenant.notices.filter(pk__in=ids, state__in=LEFT).select_related("run")
    return list(notices.order_by("created_at", "pk"))


@require_POST
@tenant_view(Permission.APPROVE_HANDOVER)
def approve(request: TenantRequest, pk: UUID) -> HttpResponse:
    def decide(found: Handover) -> str:
        after = actions.approve_handover(request.tenant, found, now=clock.now(), by=request.user)
        if after.state == HandoverState.WITHDRAWN:
            return "Alles is inmiddels betaald. Er valt niets over te dragen."
        return "Akkoord vastgelegd. Het dossier wordt nu gemaakt."

    return _do(request, pk, decide)


@require_POST
@tenant_view(Permission.APPROVE_HANDOVER)
def reject(request: TenantRequest, pk: UUID) -> HttpResponse:
    why = request.POST.get("why", "").strip()

    def decide(found: Handover) -> str:
        actions.reject_handover(request.tenant, found, why=why, now=clock.now(), by=request.user)
        return "Vastgelegd: dit dossier wordt niet overgedragen."

    return _do(request, pk, decide)


@require_POST
@tenant_view(Permission.HAND_OVER)
def ask(request: TenantRequest, pk: UUID) -> HttpResponse:
    def decide(found: Handover) -> str:
        actions.ask_soon(request.tenant, found)
        return "De ondernemer krijgt een mail met een eigen link."

    return _do(request, pk, decide)


@require_POST
@tenant_view(Permission.HAND_OVER)
def withdraw(request: TenantRequest, pk: UUID) -> HttpResponse:
    why = request.POST.get("why", "").strip()

    def decide(found: Handover) -> str:
        actions.withdraw_handover(request.tenant, found, why=why, now=clock.now(), by=request.user)
        return "De overdracht is ingetrokken."

    return _do(request, pk, decide)


@require_POST
@tenant_view(Permission.HAND_OVER)
def rebuild(request: TenantRequest, pk: UUID) -> HttpResponse:
    def decide(found: Handover) -> str:
        actions.rebuild_dossier(request.tenant, found)
        return "Het dossier wordt opnieuw gemaakt."

    return _do(request, pk, decide)


@require_POST
@tenant_view(Permission.HAND_OVER)
def mark(request: TenantRequest, pk: UUID) -> HttpResponse:
    agency = request.POST.get("agency_name", "").strip()

    def decide(found: Handover) -> str:
        if not agency:
            raise HandoverStateError("Vul de naam van het incassobureau in.")
        actions.mark_handed_over(request.tenant, found, agency_name=agency, now=clock.now(), by=request.user)
        return f"Overgedragen aan {agency}. De ladder is voor deze facturen klaar."

    return _do(request, pk, decide)


@tenant_view(Permission.HAND_OVER)
def dossier(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The zip itself."""
    found = get_object_or_404(request.tenant.handovers.select_related("dossier_file"), pk=pk)
    if found.dossier_file is None:
        raise Http404
    name = found.dossier_file.name
    return HttpResponse(
        bytes(found.dossier_file.content),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _find(tenant: Tenant, pk: UUID) -> Handover:
    related = ("customer", "run", "approved_by", "handed_over_by")
    rows = tenant.handovers.select_related(*related, "dossier_file").defer("dossier_file__content")
    return get_object_or_404(rows, pk=pk)


def _do(request: TenantRequest, pk: UUID, decide: Callable[[Handover], str]) -> HttpResponse:
    found = get_object_or_404(request.tenant.handovers, pk=pk)
    try:
        messages.success(request, decide(found))
    except HandoverStateError as error:
        messages.error(request, str(error))
    return redirect("dunning:handover", request.tenant.slug, pk)
