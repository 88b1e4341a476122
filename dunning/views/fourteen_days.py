"""When the fourteen days of a letter began, or that they never did: what a person knows better than the rule of the channel."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from dunning.actions.booking import ReceiptError
from dunning.actions.receipts import declare_not_received, establish_receipt
from dunning.forms.fourteen_days import NotReceivedForm, ReceiptForm
from dunning.models import FourteenDayLetter
from dunning.selectors.fourteen_days import panel_of_notice
from receivables.models import Invoice
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now, today
from tenants.permissions import Permission
from tenants.templatetags.voldaan import datum


@tenant_view(Permission.RESOLVE_NOTICE)
def receipt(request: TenantRequest, pk: UUID, letter_pk: UUID) -> HttpResponse:
    """Let the term count from another day."""
    invoice, letter = _find(request, pk, letter_pk)
    is_posted = request.method == "POST"
    form = ReceiptForm(letter, request.POST if is_posted else None, on=today())
    if is_posted and form.is_valid() and _establish(request, letter, form):
        return redirect("dunning:invoice", request.tenant.slug, pk)
    return _page(
        request, invoice, letter, form, title="Dag van ontvangst vastleggen", button="Vastleggen", is_posted=is_posted
    )


@tenant_view(Permission.RESOLVE_NOTICE)
def not_received(request: TenantRequest, pk: UUID, letter_pk: UUID) -> HttpResponse:
    """Declare that the letter did not reach the customer, so that no costs follow from it."""
    invoice, letter = _find(request, pk, letter_pk)
    is_posted = request.method == "POST"
    form = NotReceivedForm(request.POST if is_posted else None)
    if is_posted and form.is_valid() and _void(request, letter, form):
        return redirect("dunning:invoice", request.tenant.slug, pk)
    return _page(
        request, invoice, letter, form, title="Niet ontvangen verklaren", button="Vervallen laten", is_posted=is_posted
    )


def _establish(request: TenantRequest, letter: FourteenDayLetter, form: ReceiptForm) -> bool:
    day = form.cleaned_data["received_on"]
    try:
        changed = establish_receipt(request.tenant, letter, received_on=day, on=today(), now=now(), by=request.user)
    except ReceiptError as error:
        form.add_error(None, str(error))
        return False
    messages.success(
        request, f"Vastgelegd. Kosten kunnen verschuldigd worden vanaf {datum(changed.costs_due_from_on)}."
    )
    return True


def _void(request: TenantRequest, letter: FourteenDayLetter, form: NotReceivedForm) -> bool:
    try:
        declare_not_received(request.tenant, letter, why=form.cleaned_data["why"], now=now(), by=request.user)
    except ReceiptError as error:
        form.add_error(None, str(error))
        return False
    messages.success(
        request,
        "De brief is vervallen. Er worden na deze brief geen kosten gerekend; wat al gerekend was, is teruggenomen.",
    )
    return True


def _find(request: TenantRequest, pk: UUID, letter_pk: UUID) -> tuple[Invoice, FourteenDayLetter]:
    """A letter on which this invoice stands."""
    invoice = get_object_or_404(request.tenant.invoices.select_related("customer"), pk=pk)
    about = request.tenant.notice_lines.filter(invoice=invoice, cancelled_at__isnull=True).values("notice")
    letters = request.tenant.fourteen_day_letters.filter(notice__in=about).select_related("notice")
    return invoice, get_object_or_404(letters, pk=letter_pk)


def _page(
    request: TenantRequest,
    invoice: Invoice,
    letter: FourteenDayLetter,
    form: ReceiptForm | NotReceivedForm,
    *,
    title: str,
    button: str,
    is_posted: bool,
) -> HttpResponse:
    context = {
        "invoice": invoice,
        "panel": panel_of_notice(letter.notice, on=today()),
        "form": form,
        "title": title,
        "button": button,
    }
    return render(request, "dunning/fourteen_day_form.html", context, status=422 if is_posted else 200)
