"""The limitation watch: which claims are near their last day, and what a person can do about it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from dunning.actions.limitation import LimitationError, add_interruption, release_limitation
from dunning.forms.limitation import InterruptionForm, ReleaseForm
from dunning.limitation import limitations
from dunning.models.legal import InterruptionKind
from dunning.selectors.limitation import STATES, State, counts, page_of, size_of
from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind
from receivables.selectors.paging import Size
from receivables.views.lists import ListLinks, choose
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now, today
from tenants.permissions import Permission


@tenant_view(Permission.SEE)
def limitation(request: TenantRequest) -> HttpResponse:
    """Open invoices by their last safe day, the nearest first."""
    tenant, on, asked = request.tenant, today(), request.GET
    state = choose(asked.get("stand", ""), State, State.NEAR)
    words = asked.get("q", "").replace("\0", "").strip()[:100]
    page = page_of(tenant, state, on=on, words=words, token=asked.get("na", ""))
    links = ListLinks(request)
    passed, in_two, in_six = counts(tenant, on=on)
    counted = {State.PASSED: passed, State.TWO_MONTHS: in_two, State.SIX_MONTHS: in_six}
    size = size_of(tenant, state, on=on, words=words) if words else Size(counted.get(state, passed + in_two + in_six))
    context = {
        "rows": page.rows,
        "state": state,
        "words": words,
        "states": links.choices("stand", STATES, state, default=State.NEAR),
        "pager": links.pager(page, size, one="factuur", many="facturen"),
        "passed": passed,
        "in_two": in_two,
        "in_six": in_six,
        "has_any": bool(passed or in_two or in_six),
        "nature": tenant.get_claim_nature_display(),
    }
    return render(request, "dunning/limitation.html", context)


@tenant_view(Permission.HOLD)
def interruption_add(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Something outside the ladder that started a new term."""
    invoice = _invoice(request, pk)
    is_posted = request.method == "POST"
    form = InterruptionForm(invoice, request.POST if is_posted else None, on=today())
    if is_posted and form.is_valid() and _interrupt(request, invoice, form):
        return redirect("dunning:invoice", request.tenant.slug, pk)
    return _page(request, invoice, form, title="Stuiting vastleggen", button="Vastleggen", is_posted=is_posted)


@tenant_view(Permission.APPROVE_RUN)
def limitation_release(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Somebody's word that a claim past its date may still be asked for."""
    invoice = _invoice(request, pk)
    is_posted = request.method == "POST"
    form = ReleaseForm(request.POST if is_posted else None)
    if is_posted and form.is_valid() and _release(request, invoice, form):
        return redirect("dunning:invoice", request.tenant.slug, pk)
    return _page(request, invoice, form, title="Toch laten vragen", button="Vrijgeven", is_posted=is_posted)


def _interrupt(request: TenantRequest, invoice: Invoice, form: InterruptionForm) -> bool:
    cleaned = form.cleaned_data
    try:
        add_interruption(
            request.tenant,
            invoice,
            kind=InterruptionKind(cleaned["kind"]),
            received_on=cleaned["received_on"],
            note=cleaned["note"],
            on=today(),
            now=now(),
            by=request.user,
        )
    except LimitationError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "De stuiting is vastgelegd; de termijn is opnieuw berekend.")
    return True


def _release(request: TenantRequest, invoice: Invoice, form: ReleaseForm) -> bool:
    why = form.cleaned_data["why"]
    try:
        release_limitation(request.tenant, invoice, why=why, on=today(), now=now(), by=request.user)
    except LimitationError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"Factuur {invoice.number} mag weer gevraagd worden.")
    return True


def _invoice(request: TenantRequest, pk: UUID) -> Invoice:
    rows = request.tenant.invoices.filter(kind=InvoiceKind.INVOICE).select_related("customer")
    return get_object_or_404(rows, pk=pk)


def _page(
    request: TenantRequest,
    invoice: Invoice,
    form: InterruptionForm | ReleaseForm,
    *,
    title: str,
    button: str,
    is_posted: bool,
) -> HttpResponse:
    context = {
        "invoice": invoice,
        "form": form,
        "title": title,
        "button": button,
        "limitation": limitations(request.tenant, [invoice.pk], on=today())[invoice.pk],
    }
    return render(request, "dunning/limitation_form.html", context, status=422 if is_posted else 200)
