"""The books: whether they add up, and what a person books on one invoice: writing off, a discount, and undoing those."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from receivables.actions.ledger import DiscountError, NothingToWriteOffError, grant_discount, write_off
from receivables.actions.undoing import CannotUndoError, bookings_to_undo, reverse_booking, reverse_payment
from receivables.forms.ledger import GiveUp, GiveUpForm, WhyForm
from receivables.ledger_check import check, found_by
from receivables.ledger_check.shown import invariant_rows, trials
from receivables.models import Invoice
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission
from tenants.templatetags.voldaan import eur

EARLIER_CHECKS = 10


@tenant_view(Permission.SEE)
def ledger(request: TenantRequest) -> HttpResponse:
    """The newest check: the six promises, the trial balance, and the checks before it."""
    checks = list(request.tenant.ledger_checks.order_by("-checked_at")[: EARLIER_CHECKS + 1])
    newest = checks[0] if checks else None
    found = found_by(newest) if newest else None
    context = {
        "newest": newest,
        "is_broken": bool(found and found.breaches),
        "rows": invariant_rows(request.tenant, found) if found else [],
        "trials": trials(found.balances) if found else [],
        "earlier": checks[1:],
        "may_check": Permission.REGISTER_PAYMENT in request.may,
    }
    return TemplateResponse(request, "receivables/ledger.html", context)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def ledger_check_now(request: TenantRequest) -> HttpResponse:
    """Look at the books at once; on a breach sending stops, on clean books it goes on."""
    row = check(request.tenant, now=clock.now(), by=request.user)
    if row.breaches:
        messages.error(request, "Het grootboek klopt niet. Er gaat niets uit tot het in orde is.")
    else:
        messages.success(request, "Het grootboek is in orde.")
    return redirect("receivables:ledger", request.tenant.slug)


@tenant_view(Permission.REGISTER_PAYMENT)
def bookings(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Write off an invoice or give a discount, asked twice; and undo what was booked by hand."""
    invoice = get_object_or_404(request.tenant.invoices.select_related("customer"), pk=pk)
    is_posted = request.method == "POST"
    form = GiveUpForm(invoice, request.POST if is_posted else None)
    context = {"invoice": invoice, "form": form, "bookings": bookings_to_undo(request.tenant, invoice)}
    if not is_posted:
        return TemplateResponse(request, "receivables/ledger_bookings.html", context)
    if form.is_answered and _give_up(request, invoice, form):
        return redirect("dunning:invoice", request.tenant.slug, invoice.pk)
    if form.is_valid():
        return TemplateResponse(request, "receivables/ledger_confirm.html", context | {"given_up": form.given_up})
    return TemplateResponse(request, "receivables/ledger_bookings.html", context, status=422)


def _give_up(request: TenantRequest, invoice: Invoice, form: GiveUpForm) -> bool:
    tenant, why = request.tenant, form.cleaned_data["why"]
    on, now, by = clock.today(), clock.now(), request.user
    try:
        if form.cleaned_data["kind"] == GiveUp.DISCOUNT:
            amount = grant_discount(tenant, invoice, amount=form.given_up, why=why, on=on, now=now, by=by)
            messages.success(request, f"{eur(amount)} korting is geboekt op factuur {invoice.number}.")
        else:
            amount = write_off(tenant, invoice, why=why, on=on, now=now, by=by)
            messages.success(request, f"{eur(amount)} van factuur {invoice.number} is afgeboekt.")
    except (DiscountError, NothingToWriteOffError) as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def booking_reverse(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Undo one booking of a person, with a reason."""
    entry = get_object_or_404(request.tenant.ledger, pk=pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Zeg kort waarom u de boeking terugdraait.")
        return redirect("receivables:bookings", request.tenant.slug, entry.invoice_id)
    why, on, now = form.cleaned_data["why"], clock.today(), clock.now()
    try:
        amount = reverse_booking(request.tenant, entry, why=why, on=on, now=now, by=request.user)
    except CannotUndoError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"De boeking van {eur(amount)} is teruggedraaid.")
    return redirect("receivables:bookings", request.tenant.slug, entry.invoice_id)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def payment_reverse(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Undo a payment booked by hand that stands as credit: no invoice shows it, so the list of credits does."""
    payment = get_object_or_404(request.tenant.payments, pk=pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Zeg kort waarom u de betaling terugdraait.")
        return redirect("receivables:unallocated", request.tenant.slug)
    try:
        amount = reverse_payment(
            request.tenant, payment, why=form.cleaned_data["why"], now=clock.now(), by=request.user
        )
    except CannotUndoError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"De betaling van {eur(amount)} is teruggedraaid.")
    return redirect("receivables:unallocated", request.tenant.slug)
