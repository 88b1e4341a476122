"""The debtor's pages and the PSP's webhook.

A GET reads and nothing more (the database itself refuses writes), so that mail scanners can open every link. Paying
takes a form post; the token in the address is what entitles to it, so a forged post needs the token too and Django's
own token, which `no-referrer` would break, adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from receivables.domain.money import Money
from receivables.models import PayLink, PspAccount, PspPayment
from receivables.models.paying import PspStatus
from receivables.paying import attempts, links, page, settling, tokens
from receivables.paying.accounts import account_of, provider_of
from receivables.paying.tasks import settle_psp_payment
from receivables.paying.texts import amount_in, texts_in
from receivables.views.lists import choose_id
from tenants import clock
from tenants.access import public_view
from tenants.context import tenant_context
from tenants.models import Tenant

P = ParamSpec("P")
CHECKOUTS = ["https://mollie.com", "https://*.mollie.com"]
COOKIE = "betaallink"
COOKIE_PATH = "/betaald/"
COOKIE_AGE = 2 * 60 * 60
NOT_DONE = frozenset({PspStatus.NEW, PspStatus.UNKNOWN, PspStatus.OPEN, PspStatus.PENDING, PspStatus.AUTHORIZED})


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a token that opens a link."""

    tenant: Tenant
    link: PayLink
    token: str
    words: dict[str, str]

    def url(self, name: str, *args: object, **query: object) -> str:
        if self.words["language"] != self.link.customer.language:
            query["taal"] = self.words["language"]
        address = reverse(f"receivables:{name}", args=[self.token, *args])
        return f"{address}?{urlencode(query, doseq=True)}" if query else address

    def in_other_language(self) -> str:
        return f"?{urlencode({'taal': self.words['other_language_code']})}"


View = Callable[..., HttpResponseBase]


def _with_link(view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]) -> View:
    """Open the link of the token in the address, or say that it does not work (any more)."""

    @wraps(view)
    def wrapper(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = tokens.read(token)
        tenant = Tenant.objects.filter(code=found.tenant_code).first() if found else None
        with _reading(tenant) as readable:
            link = links.find(tenant, found) if tenant and found and readable else None
        if tenant is None or link is None or found is None:
            words = texts_in(request.GET.get("taal", "nl"))
            return render(request, "receivables/paying/unknown.html", _frame(words), status=404)
        words = texts_in(request.GET.get("taal") or link.customer.language)
        if not links.is_usable(link, now=clock.now()):
            gone = {"text": words["gone"].format(tenant=tenant.name)}
            return render(request, "receivables/paying/gone.html", _frame(words, tenant) | gone, status=410)
        return view(request, Visit(tenant=tenant, link=link, token=found.text, words=words), *args, **kwargs)

    return wrapper


def _private(view: View) -> View:
    """What stands on these pages is for one person: not stored, not referred, not indexed.

    A form may lead to the bank, for browsers hold a redirect after a post against the policy as well.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        psp = urlsplit(settings.PSP_URL)
        may_lead_to = [SELF, *CHECKOUTS, f"{psp.scheme}://{psp.netloc}"]
        policy = csp_replace({"form-action": may_lead_to, "script-src": [NONE], "connect-src": [NONE]})
        response = policy(view)(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper


def _debtor_page(view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]) -> View:
    """All that a page for debtors wears."""
    return public_view(csrf_exempt(_private(_with_link(view))))


@_debtor_page
def pay(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The first screen: who claims, what, how much, until when, Pay."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    return _show(request, visit, chosen=_ids(request.GET.getlist("factuur")))


@_debtor_page
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The click on Pay: our row, then the PSP's payment, then off to the bank."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    chosen = _ids(request.POST.getlist("factuur"))
    with _reading(visit.tenant):
        account = account_of(visit.tenant)
    if account is None:
        return _show(request, visit, chosen=chosen, problem="refused", status=503)
    try:
        leads_to = _to_the_bank(visit, account, chosen)
    except attempts.CannotPayError as error:
        status = {"too_often": 429, "nothing_open": 409, "too_much": 422}.get(error.reason, 503)
        return _show(request, visit, chosen=chosen, problem=error.reason, status=status)
    response = HttpResponseRedirect(leads_to, status=303)
    response.set_cookie(
        COOKIE, visit.token, max_age=COOKIE_AGE, path=COOKIE_PATH, httponly=True, samesite="Lax", secure=settings.SECURE
    )
    return response


def _to_the_bank(visit: Visit, account: PspAccount, chosen: frozenset[UUID]) -> str:
    """The checkout of this click. One taken up again is looked at first: it may have been paid or stopped meanwhile."""
    provider = provider_of(account)
    attempt = _reserve(visit, account, chosen)
    if attempt.psp_id:
        status = settling.settle(visit.tenant, attempt.pk, clock=_clock(), provider=provider)
        if status == PspStatus.PAID:
            return visit.url("pay_return", attempt.pk)
        if status in settling.ENDED:
            attempt = _reserve(visit, account, chosen)
    return attempts.open_checkout(
        visit.tenant,
        attempt,
        provider,
        return_url=settings.PUBLIC_URL + reverse("receivables:pay_back", args=[visit.tenant.code, attempt.pk]),
        locale=visit.words["locale"],
    )


def _reserve(visit: Visit, account: PspAccount, chosen: frozenset[UUID]) -> PspPayment:
    return attempts.reserve_attempt(
        visit.tenant, visit.link, chosen=chosen, is_test=account.is_test, on=clock.today(), now=clock.now()
    )


def _clock() -> settling.Clock:
    return settling.Clock(now=clock.now(), on=clock.today(), is_real=not settings.DEMO)


@_debtor_page
def returned(request: HttpRequest, visit: Visit, attempt: UUID) -> HttpResponse:
    """Back from the bank: what the PSP says now. Booking is the worker's, so that this page only reads."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    with _reading(visit.tenant):
        found = visit.tenant.psp_payments.filter(pk=attempt, pay_link=visit.link).first()
        numbers = list(found.lines.values_list("invoice__number", flat=True)) if found else []
        account = account_of(visit.tenant)
    if found is None:
        return render(request, "receivables/paying/unknown.html", _frame(visit.words, visit.tenant), status=404)
    status = _state_now(visit.tenant, found, account)
    return render(request, "receivables/paying/returned.html", _outcome(visit, found, status, numbers))


def _back(request: HttpRequest, code: str, attempt: UUID) -> HttpResponse:
    """Where the bank sends the debtor: an address without the token, for the PSP must not know that.

    The browser that clicked carries the token in a cookie and goes on to the page above; any other (a bank's app may
    open one) hears how it ended, and nothing else.
    """
    tenant = Tenant.objects.filter(code=code.lower()).first()
    token = tokens.read(request.COOKIES.get(COOKIE, ""))
    with _reading(tenant) as readable:
        found = (
            tenant.psp_payments.filter(pk=attempt).select_related("customer").first() if tenant and readable else None
        )
        link = links.find(tenant, token) if tenant and token and found else None
        account = account_of(tenant) if tenant and found else None
    if tenant is None or found is None:
        return render(request, "receivables/paying/unknown.html", _frame(texts_in("nl")), status=404)
    if token and link and link.pk == found.pay_link_id:
        return HttpResponseRedirect(reverse("receivables:pay_return", args=[token.text, found.pk]), status=303)
    words = texts_in(found.customer.language)
    context = _ending(words, tenant, found, _state_now(tenant, found, account))
    return render(request, "receivables/paying/returned.html", context)


pay_back = public_view(_private(require_safe(_back)))


@_debtor_page
def invoice_pdf(request: HttpRequest, visit: Visit, invoice: UUID) -> HttpResponse:
    """The invoice itself, of this customer only."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    with _reading(visit.tenant):
        found = visit.tenant.invoices.filter(pk=invoice, customer=visit.link.customer, pdf_file__isnull=False)
        row = found.select_related("pdf_file").first()
        content = bytes(row.pdf_file.content) if row and row.pdf_file else b""
    if row is None or not content.startswith(b"%PDF-"):
        return render(request, "receivables/paying/unknown.html", _frame(visit.words, visit.tenant), status=404)
    response = HttpResponse(content, content_type="application/pdf")
    name = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in row.number)
    response.headers["Content-Disposition"] = f'inline; filename="factuur-{name}.pdf"'
    return response


@public_view
@csrf_exempt
@require_POST
def psp_webhook(request: HttpRequest, code: str) -> HttpResponse:
    """The PSP says that something happened to a payment. Only the id counts, and only as a reason to look.

    Always 200: an unknown id must not tell anything, nor be repeated for a day. 5xx only when writing it down failed.
    """
    tenant = Tenant.objects.filter(code=code.lower()).first()
    if tenant is not None:
        for attempt_id in settling.note_hint(tenant, request.POST.get("id", ""), now=clock.now()):
            _hint(tenant, attempt_id)
    return HttpResponse("ok", content_type="text/plain")


def _show(
    request: HttpRequest, visit: Visit, *, chosen: frozenset[UUID], problem: str = "", status: int = 200
) -> HttpResponse:
    with _reading(visit.tenant):
        shown = page.build(visit.tenant, visit.link, chosen=chosen, on=clock.today(), words=visit.words)
        account = account_of(visit.tenant)
    context = _frame(visit.words, visit.tenant) | {
        "page": shown,
        "customer": visit.link.customer,
        "account": account,
        "problem": visit.words.get(problem, ""),
        "pay_url": visit.url("pay"),
        "start_url": visit.url("pay_start"),
        "other_language_url": visit.in_other_language(),
        "rows": [(row, visit.url("pay_invoice", row.id)) for row in shown.rows],
        "is_default_language": visit.words["language"] == visit.link.customer.language,
    }
    return render(request, "receivables/paying/pay.html", context, status=status)


def _outcome(visit: Visit, attempt: PspPayment, status: PspStatus, numbers: list[str]) -> dict[str, object]:
    paid_for = visit.words["paid_for"].format(invoices=", ".join(numbers)) if status == PspStatus.PAID else ""
    return _ending(visit.words, visit.tenant, attempt, status) | {
        "paid_for": paid_for,
        "pay_url": visit.url("pay"),
        "refresh_url": visit.url("pay_return", attempt.pk),
    }


def _ending(words: dict[str, str], tenant: Tenant, attempt: PspPayment, status: PspStatus) -> dict[str, object]:
    """How a payment ended, without a word about what it was for."""
    kind = "paid" if status == PspStatus.PAID else "busy" if status in NOT_DONE else "failed"
    amount = amount_in(words, Money.of(attempt.amount))
    return _frame(words, tenant) | {
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
        _hint(tenant, attempt.pk)
    return said


def _hint(tenant: Tenant, attempt_id: UUID) -> None:
    """Have a worker look now; without a broker the poll finds it from the database."""
    with suppress(OperationalError, OSError):
        settle_psp_payment.delay(tenant_id=tenant.pk, attempt_id=str(attempt_id))


@contextmanager
def _reading(tenant: Tenant | None) -> Iterator[bool]:
    """The rows of one tenant in a transaction that cannot write."""
    if tenant is None:
        yield False
        return
    with tenant_context(tenant.pk):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield True


def _frame(words: dict[str, str], tenant: Tenant | None = None) -> dict[str, object]:
    """What every debtor page shows around its content."""
    return {
        "words": words,
        "page_language": words["language"],
        "creditor": tenant,
        "logo": page.logo_of(tenant) if tenant else "",
        "wrong": words["wrong"].format(tenant=tenant.name) if tenant else "",
        "doubt": words["doubt"].format(tenant=tenant.name) if tenant else "",
        "transfer_how": words["transfer_how"].format(tenant=tenant.name) if tenant else "",
        "served": words["served"].format(tenant=tenant.name) if tenant else "",
        "nothing": words["nothing"].format(tenant=tenant.name) if tenant else "",
    }


def _ids(values: Iterable[str]) -> frozenset[UUID]:
    """The invoices somebody chose; what is no id is not an invoice."""
    return frozenset(filter(None, map(choose_id, list(values)[:500])))
