"""Back from the bank: what the PSP says now, and what that leaves. Booking is the worker's, so that these pages only read."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from receivables.balance import balance_of_customer
from receivables.domain.money import Money
from receivables.models import PspAccount, PspPayment
from receivables.models.paying import PspStatus
from receivables.paying import address, links, settling, tokens
from receivables.paying.accounts import account_of
from receivables.paying.tasks import settle_psp_payment
from receivables.paying.texts import amount_in, texts_in
from receivables.views.paying.door import (
    UNKNOWN,
    Visit,
    creditor_of,
    debtor_page,
    frame,
    not_found,
    page_of,
    private,
    reading,
)
from receivables.views.paying.pay import RETURN_COOKIE
from tenants import clock
from tenants.access import public_view
from tenants.models import Tenant

RETURNED = "receivables/paying/returned.html"
NOT_DONE = frozenset({PspStatus.NEW, PspStatus.UNKNOWN, PspStatus.OPEN, PspStatus.PENDING, PspStatus.AUTHORIZED})


@debtor_page("GET")
def returned(request: HttpRequest, visit: Visit, attempt: UUID) -> HttpResponse:
    """How the payment ended; when it is done, the receipt."""
    with reading(visit.tenant):
        found = visit.tenant.psp_payments.filter(pk=attempt, pay_link=visit.link).first()
        lines = list(found.lines.values_list("invoice__number", "amount")) if found else []
        account = account_of(visit.tenant)
    if found is None:
        return not_found(request, visit)
    status = _state_now(visit.tenant, found, account)
    context = _ending(visit.words, visit.tenant, found, status) | {
        "lines": [(number, amount_in(visit.words, Money.of(amount))) for number, amount in lines],
        "refresh_url": visit.url("pay_return", found.pk),
    }
    if status == PspStatus.PAID:
        context["left"] = _left(visit, found)
    return page_of(request, visit, RETURNED, context)


def _left(visit: Visit, attempt: PspPayment) -> str:
    """What stays open, also when the worker has not booked this payment yet."""
    with reading(visit.tenant):
        owed = balance_of_customer(visit.tenant, visit.link.customer, on=clock.today()).owed
    left = owed if attempt.payment_id else owed - Money.of(attempt.amount)
    words, name = visit.words, visit.tenant.name
    if left <= Money.zero():
        return words["left_nothing"].format(tenant=name)
    return words["left_some"].format(tenant=name, amount=amount_in(words, left))


def _back(request: HttpRequest, code: str, attempt: UUID) -> HttpResponse:
    """Where the bank sends the debtor: an address without the token, for the PSP must not know that.

    The browser that clicked carries the token in a cookie and goes on to the page above; any other (a bank's app may
    open one) hears how it ended, and nothing else.
    """
    tenant = creditor_of(code)
    token = tokens.read(request.COOKIES.get(RETURN_COOKIE, ""))
    with reading(tenant) as readable:
        found = (
            tenant.psp_payments.filter(pk=attempt).select_related("customer").first() if tenant and readable else None
        )
        link = links.find(tenant, token) if tenant and token and found else None
        account = account_of(tenant) if tenant and found else None
    if tenant is None or found is None:
        return render(request, UNKNOWN, frame(texts_in("nl")), status=404)
    if token and link and link.pk == found.pay_link_id and links.is_usable(link, now=clock.now()):
        door = address.clean_door(tenant.code, link.pk)
        response = HttpResponseRedirect(reverse("receivables:pay_return", args=[door, found.pk]), status=303)
        address.hand_over(response, tenant_code=tenant.code, link_id=link.pk, token=token.text, secure=settings.SECURE)
        return response
    context = _ending(texts_in(found.customer.language), tenant, found, _state_now(tenant, found, account))
    return render(request, RETURNED, context)


pay_back = public_view(private(require_safe(_back)))


def _ending(words: dict[str, str], tenant: Tenant, attempt: PspPayment, status: PspStatus) -> dict[str, object]:
    """How a payment ended, without a word about what it was for."""
    kind = "paid" if status == PspStatus.PAID else "busy" if status in NOT_DONE else "failed"
    amount = amount_in(words, Money.of(attempt.amount))
    return frame(words, tenant) | {
        "kind": kind,
        "title": words[f"{kind}_title"],
        "text": words[status.value if kind == "failed" else kind].format(amount=amount, tenant=tenant.name),
        "amount": amount,
        "refresh_url": reverse("receivables:pay_back", args=[tenant.code, attempt.pk]),
        "is_test": attempt.is_test,
    }


def _state_now(tenant: Tenant, attempt: PspPayment, account: PspAccount | None) -> PspStatus:
    """What stands in our row once it is final; otherwise what the PSP says, and a hint to the worker to book it."""
    status = PspStatus(attempt.status)
    if status == PspStatus.PAID or account is None or not attempt.psp_id:
        return status
    said = settling.look(account, attempt)
    if said != status:
        hint(tenant, attempt.pk)
    return said


def hint(tenant: Tenant, attempt_id: UUID) -> None:
    """Have a worker look now; without a broker the poll finds it from the database."""
    with suppress(OperationalError, OSError):
        settle_psp_payment.delay(tenant_id=tenant.pk, attempt_id=str(attempt_id))
