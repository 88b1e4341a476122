"""Looking at what is open, and the click on Pay: all of it, some invoices, or a part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from receivables.domain.money import Money
from receivables.forms.payments import MoneyField
from receivables.models import PspAccount, PspPayment
from receivables.models.paying import PspStatus
from receivables.paying import address, attempts, links, methods, page, settling, tokens
from receivables.paying.accounts import account_of, provider_of
from receivables.paying.parts import MOST_AT_ONCE
from receivables.views.lists import choose_id
from receivables.views.paying.door import MOST_ADDRESS, Visit, debtor_page, page_of, private, reading, without_token
from tenants import clock
from tenants.access import public_view

ALL = "alles"  # in the place of every id
RETURN_COOKIE = "betaallink"
RETURN_PATH = "/betaald/"
RETURN_AGE = 2 * 60 * 60
STATUS_OF = {
    "nothing_open": 409,
    "too_much": 422,
    "too_little": 422,
    "more_than_open": 422,
    "bad_amount": 422,
    "method_refused": 422,
    "too_often": 429,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the debtor asks to pay, and how."""

    chosen: frozenset[UUID]
    amount: Money | None
    method: str


@debtor_page("GET", "POST")
def pay(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The first screen: who claims, what, how much, until when, Pay. The token leaves the address first."""
    if request.method == "POST":
        return _choose(request, visit)
    if visit.is_direct and "direct" not in request.GET:
        return _without_token_in_address(request, visit)
    asked = request.GET.getlist("factuur")
    return show(request, visit, chosen=_ids(asked), is_all=ALL in asked)


def _choose(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Another choice of invoices. It comes in a body, for hundreds of ids do not fit in an address; all of them is one word."""
    chosen = _ids(request.POST.getlist("factuur"))
    with reading(visit.tenant):
        everything = page.open_ids(visit.tenant, visit.link, on=clock.today())
    leads_to = visit.url("pay", factuur=[ALL] if everything <= chosen else sorted(chosen))
    if len(leads_to) > MOST_ADDRESS:
        return show(request, visit, chosen=chosen)
    return HttpResponseRedirect(leads_to, status=303)


def _without_token_in_address(request: HttpRequest, visit: Visit) -> HttpResponse:
    path = reverse("receivables:pay", args=[address.clean_door(visit.tenant.code, visit.link.pk)])
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    response = HttpResponseRedirect(path + query, status=303)
    address.hand_over(
        response, tenant_code=visit.tenant.code, link_id=visit.link.pk, token=visit.token, secure=settings.SECURE
    )
    return response


def _open(request: HttpRequest) -> HttpResponse:
    """For a browser that keeps no cookies: the link, pasted, opens the page with the token in its address."""
    if request.method != "POST":
        return without_token(request, status=200 if request.method in {"GET", "HEAD"} else 405)
    pasted = request.POST.get("link", "").strip().split("?")[0].rstrip("/")
    token = tokens.read(pasted.rpartition("/")[2])
    if token is None:
        return without_token(request, status=422, problem=True)
    return HttpResponseRedirect(f"{reverse('receivables:pay', args=[token.text])}?direct=1", status=303)


pay_open = public_view(csrf_exempt(private(_open)))


@debtor_page("POST")
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The click on Pay: our row, then the PSP's payment, then off to the bank."""
    chosen = _ids(request.POST.getlist("factuur"))
    with reading(visit.tenant):
        account = account_of(visit.tenant)
    if account is None:
        return show(request, visit, chosen=chosen, problem="refused", status=503)
    try:
        wish = Wish(chosen, _amount(request.POST.get("bedrag", "")), methods.known(account, request.POST.get("wijze")))
        leads_to = _to_the_bank(visit, account, wish)
    except attempts.CannotPayError as error:
        return show(request, visit, chosen=chosen, problem=error.reason, status=STATUS_OF.get(error.reason, 503))
    response = HttpResponseRedirect(leads_to, status=303)
    response.set_cookie(
        RETURN_COOKIE,
        visit.token,
        max_age=RETURN_AGE,
        path=RETURN_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )
    return response


def _to_the_bank(visit: Visit, account: PspAccount, wish: Wish) -> str:
    """The checkout of this click. One taken up again is looked at first: it may have been paid or stopped meanwhile."""
    provider = provider_of(account)
    attempt = _reserve(visit, account, wish)
    if attempt.psp_id:
        status = settling.settle(visit.tenant, attempt.pk, clock=moment(), provider=provider)
        if status == PspStatus.PAID:
            return visit.url("pay_return", attempt.pk)
        if status in settling.ENDED:
            attempt = _reserve(visit, account, wish)
    return attempts.open_checkout(
        visit.tenant,
        attempt,
        provider,
        return_url=settings.PUBLIC_URL + reverse("receivables:pay_back", args=[visit.tenant.code, attempt.pk]),
        locale=visit.words["locale"],
    )


def _reserve(visit: Visit, account: PspAccount, wish: Wish) -> PspPayment:
    return attempts.reserve_attempt(
        visit.tenant,
        visit.link,
        chosen=wish.chosen,
        is_test=account.is_test,
        on=clock.today(),
        now=clock.now(),
        amount=wish.amount,
        method=wish.method,
    )


def moment() -> settling.Clock:
    return settling.Clock(now=clock.now(), on=clock.today(), is_real=not settings.DEMO)


def show(
    request: HttpRequest,
    visit: Visit,
    *,
    chosen: frozenset[UUID],
    is_all: bool = False,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The pay page, with what went wrong when something did."""
    with reading(visit.tenant):
        on = clock.today()
        shown = page.build(visit.tenant, visit.link, chosen=chosen, is_all=is_all, on=on, words=visit.words)
        account = account_of(visit.tenant)
    context = {
        "page": shown,
        "account": account,
        "problem": visit.words.get(problem, ""),
        "start_url": visit.url("pay_start"),
        "check_url": visit.url("pay_check"),
        "rows": [(row, visit.url("pay_invoice", row.id)) for row in shown.rows],
        "is_checked": visit.has_passed_check,
        "first_method": methods.first(account),
        "other_methods": methods.others(account, visit.words),
        "part_amount": request.POST.get("bedrag", "")[:20],
        "qr": page.qr_of(links.address_of(visit.token)) if shown.has_claims else "",
    }
    return page_of(request, visit, "receivables/paying/pay.html", context, status=status)


def _amount(text: str) -> Money | None:
    """A part as somebody typed it; nothing typed is all of it."""
    try:
        amount: Money | None = MoneyField(required=False, max_length=20).clean(text)
    except ValidationError as error:
        raise attempts.CannotPayError("bad_amount") from error
    return amount


def _ids(values: Iterable[str]) -> frozenset[UUID]:
    """The invoices somebody chose; what is no id is not an invoice."""
    return frozenset(filter(None, map(choose_id, list(values)[:MOST_AT_ONCE])))
