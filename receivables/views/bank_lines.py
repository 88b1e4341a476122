"""What is done with one bank line: agree, another customer, split, set aside, give back, undo."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from receivables.actions.bank_accepting import accept, last_done, undo_last
from receivables.actions.bank_booking import BankLineError, Ground, Share, book_receipt, book_return, set_aside, undo
from receivables.forms.bank_queue import CustomerForm, ReturnForm, SetAsideForm, Split, WhyForm, choices_of
from receivables.models import BankBooking, BankLine
from receivables.models.banking import LineState
from receivables.selectors.bank_booked import numbers_paid
from receivables.selectors.bank_customers import candidates, payable
from receivables.selectors.bank_proposals import proposals_of
from receivables.views.lists import choose_id
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.templatetags.voldaan import eur

KEPT = ("stand", "rekening", "van", "tot", "q", "sorteer", "na")
LONGEST_QUERY = 1000
MOST_TOLD = 3


def back_to_queue(tenant: Tenant, query: str, line: object = "") -> str:
    """The queue with the same filters, with this line opened; only what the queue knows is taken over."""
    asked, kept = QueryDict(query[:LONGEST_QUERY]), QueryDict(mutable=True)
    for name in KEPT:
        if asked.get(name):
            kept[name] = asked[name]
    if line:
        kept["regel"] = str(line)
    url = reverse("receivables:bank_queue", args=[tenant.slug])
    return f"{url}?{kept.urlencode()}{'#regel' if line else ''}" if kept else url


def _line(request: TenantRequest, pk: UUID) -> BankLine:
    return get_object_or_404(request.tenant.bank_lines.select_related("account"), pk=pk)


def _onwards(request: TenantRequest) -> HttpResponse:
    """To the next line of the list that the person came from."""
    following = choose_id(request.POST.get("volgende", "")) or ""
    return HttpResponseRedirect(back_to_queue(request.tenant, request.POST.get("terug", ""), following))


def _stay(request: TenantRequest, line: BankLine, error: BankLineError) -> HttpResponse:
    messages.error(request, str(error))
    return HttpResponseRedirect(back_to_queue(request.tenant, request.POST.get("terug", ""), line.pk))


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def bank_line_accept(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Agree with a proposal as it was shown."""
    line = _line(request, pk)
    try:
        digest = request.POST.get("digest", "")
        accept(request.tenant, line, digest, by=request.user, on=clock.today(), now=clock.now())
    except BankLineError as error:
        return _stay(request, line, error)
    return _onwards(request)


@tenant_view(Permission.REGISTER_PAYMENT)
def bank_line_customer(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Choose for which customer a receipt is, and for which of its invoices."""
    line, on = _line(request, pk), clock.today()
    form = CustomerForm(request.tenant, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _receive(request, line, [form.share(line)])
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    chosen = choose_id(request.POST.get("customer", "") or request.GET.get("klant", ""))
    customer = get_object_or_404(request.tenant.customers, pk=chosen) if chosen else None
    invoices = payable(request.tenant, customer) if customer else []
    context = {
        "line": line,
        "form": form,
        "words": words,
        "customer": customer,
        "invoices": invoices,
        "ticked": next((invoice.pk for invoice in invoices if invoice.open_amount == line.amount), None),
        "found": [] if customer else candidates(request.tenant, line, words, on=on),
        **_way_back(request, line),
    }
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "receivables/banking/queue_customer.html", context, status=status)


@tenant_view(Permission.REGISTER_PAYMENT)
def bank_line_split(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Divide a receipt over customers and invoices, to the cent."""
    line = _line(request, pk)
    proposals = proposals_of(request.tenant, line, on=clock.today()) if line.state == LineState.OPEN else []
    asks_row = "erbij" in request.POST
    if request.method == "POST":
        count = request.POST.get("rijen", "")
        rows = int(count) if count.isdecimal() and len(count) < 3 else 0
        split = Split.of(request.tenant, line, request.POST, rows=rows + asks_row)
        if not asks_row and split.is_valid():
            return _receive(request, line, split.shares())
    else:
        parts = [
            (part.invoice.number, str(part.amount).replace(".", ","))
            for shown in proposals[:1]
            for part in shown.parts
            if part.amount.cents > 0
        ]
        split = Split.beginning_with(request.tenant, line, parts)
    customers = {shown.customer.pk: shown.customer for shown in proposals}
    context = {
        "line": line,
        "split": split,
        "offered": choices_of(request.tenant, customers.values()),
        "was_sent": request.method == "POST" and not asks_row,
        **_way_back(request, line),
    }
    status = 422 if context["was_sent"] else 200
    return TemplateResponse(request, "receivables/banking/queue_split.html", context, status=status)


def _way_back(request: TenantRequest, line: BankLine) -> dict[str, object]:
    query = request.POST.get("terug", "") or request.GET.get("terug", "")
    following = choose_id(request.POST.get("volgende", "") or request.GET.get("volgende", ""))
    return {
        "query": query[:LONGEST_QUERY],
        "query_quoted": quote(query[:LONGEST_QUERY]),
        "next_pk": following or "",
        "back_url": back_to_queue(request.tenant, query, line.pk),
        "tab": "queue",
    }


def _receive(request: TenantRequest, line: BankLine, shares: Sequence[Share]) -> HttpResponse:
    ground = Ground(by=request.user, why=("Met de hand gekozen",))
    try:
        book_receipt(request.tenant, line, shares, ground=ground, on=clock.today(), now=clock.now())
    except BankLineError as error:
        return _stay(request, line, error)
    return _onwards(request)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def bank_line_set_aside(request: TenantRequest, pk: UUID) -> HttpResponse:
    """This is no receipt of a customer."""
    line, form = _line(request, pk), SetAsideForm(request.POST)
    if not form.is_valid():
        return _stay(request, line, BankLineError("Schrijf op wat het is, dan gaat de regel van de lijst."))
    try:
        set_aside(request.tenant, line, why=form.cleaned_data["why"], by=request.user, now=clock.now())
    except BankLineError as error:
        return _stay(request, line, error)
    if line.amount > 0:
        return _onwards(request)
    messages.success(request, f"{eur(line.amount)} is apart gelegd: {form.cleaned_data['why']}.")
    return _after_debit(request)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def bank_line_return(request: TenantRequest, pk: UUID) -> HttpResponse:
    """This debit gives a payment back; what it had paid is open again."""
    line, form = _line(request, pk), ReturnForm(request.POST)
    asked = form.cleaned_data["payment"] if form.is_valid() else None
    payment = get_object_or_404(request.tenant.payments.select_related("customer"), pk=asked)
    why = form.cleaned_data["why"] or "Teruggeboekt op de bank"
    try:
        book_return(request.tenant, line, payment, why=why, by=request.user, now=clock.now())
    except BankLineError as error:
        messages.error(request, str(error))
    else:
        whom = payment.customer.name if payment.customer else ""
        messages.success(request, f"{eur(-line.amount)} is teruggeboekt bij {whom}. De facturen staan weer open.")
    return _after_debit(request)


def _after_debit(request: TenantRequest) -> HttpResponse:
    return redirect("receivables:bank_debits", request.tenant.slug)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def bank_line_undo(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Take a booking back; the line stands in the queue again."""
    line, form = _line(request, pk), WhyForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else "Vergissing"
    try:
        undo(request.tenant, line, why=why, by=request.user, now=clock.now())
    except BankLineError as error:
        messages.error(request, str(error))
        return redirect("receivables:bank_booked", request.tenant.slug)
    messages.success(request, f"Ongedaan gemaakt: {eur(line.amount)} wacht weer om verwerkt te worden.")
    if line.amount < 0:
        return _after_debit(request)
    return HttpResponseRedirect(back_to_queue(request.tenant, "", line.pk))


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def bank_queue_undo(request: TenantRequest) -> HttpResponse:
    """Take back the last thing this person did, when it still is what the page showed."""
    done = last_done(request.tenant, request.user, now=clock.now())
    if done is None or request.POST.get("van", "") != done.at.isoformat():
        messages.error(request, "Dat is al ongedaan gemaakt, of u deed daarna nog iets anders.")
        return HttpResponseRedirect(back_to_queue(request.tenant, request.POST.get("terug", "")))
    try:
        lines = undo_last(request.tenant, done, by=request.user, now=clock.now())
    except BankLineError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(back_to_queue(request.tenant, request.POST.get("terug", "")))
    what = eur(lines[0].amount) if len(lines) == 1 else f"{len(lines)} ontvangsten"
    messages.success(request, f"Ongedaan gemaakt: {what}.")
    return HttpResponseRedirect(back_to_queue(request.tenant, request.POST.get("terug", ""), lines[0].pk))


def told(tenant: Tenant, bookings: Sequence[BankBooking]) -> str:
    """What was done, for a person: who got how much, for which invoices, and what stays over."""
    payments = [booking.payment_id for booking in bookings if booking.payment_id]
    paid = numbers_paid(tenant, payments)
    left = dict(tenant.payments.filter(pk__in=payments).values_list("pk", "unallocated"))
    parts = [_told(booking, paid, left) for booking in bookings[:MOST_TOLD]]
    more = len(bookings) - len(parts)
    return "; ".join(parts) + (f"; en nog {more}." if more else ".")


def _told(booking: BankBooking, paid: dict[UUID, list[str]], left: dict[UUID, Decimal]) -> str:
    if booking.customer is None or booking.payment_id is None:
        return f"{eur(booking.amount)} apart gelegd: {' '.join(booking.why)}"
    numbers = ", ".join(paid.get(booking.payment_id, ()))
    credit = left.get(booking.payment_id)
    rest = f", {eur(credit)} blijft als tegoed staan" if credit else ""
    return f"{eur(booking.amount)} geboekt bij {booking.customer.name}{f' voor {numbers}' if numbers else ''}{rest}"
