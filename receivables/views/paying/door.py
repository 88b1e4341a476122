"""The door of every page for debtors: the token in the address or in a cookie entitles; a form needs an id of ours as well.

Django's own token adds nothing here and would break (`no-referrer` makes browsers send `Origin: null`): the cookie is never
sent with a form from elsewhere (SameSite), and the form's id is signed for this link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from receivables.models import PayLink
from receivables.paying import address, links, page
from receivables.paying.address import Door
from receivables.paying.texts import texts_in
from tenants import clock
from tenants.access import client_ip, public_view
from tenants.context import tenant_context
from tenants.models import Tenant

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
CHECKOUTS = ["https://mollie.com", "https://*.mollie.com"]
FORM_FIELD = "formulier"
PROOF_FIELD = "gezien"
MOST_ADDRESS = 4_000  # of an address that we lead to; what is longer is shown at once
MOST_BODY = 6 * 1024 * 1024  # a proof of five, and the form around it
UNKNOWN = "receivables/paying/unknown.html"
SENTENCES = ("wrong", "doubt", "transfer_how", "served", "nothing")  # of the texts that name the creditor


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a token that opens a link. `form` is the id of the form that was sent, if any."""

    tenant: Tenant
    link: PayLink
    token: str
    words: dict[str, str]
    is_direct: bool
    proof: str = ""
    form: UUID | None = None
    ip: str = ""

    @property
    def has_passed_check(self) -> bool:
        return address.is_proof(self.proof, self.link.pk)

    @property
    def door(self) -> str:
        return self.token if self.is_direct else address.clean_door(self.tenant.code, self.link.pk)

    @property
    def kept(self) -> dict[str, str]:
        """What every address of this visit must carry along: a chosen language, and what a cookie could not hold."""
        kept = {}
        if self.words["language"] != self.link.customer.language:
            kept["taal"] = self.words["language"]
        if self.is_direct:
            kept["direct"] = "1"
            if self.has_passed_check:
                kept[PROOF_FIELD] = self.proof
        return kept

    def url(self, name: str, *args: object, **query: object) -> str:
        name = name if ":" in name else f"receivables:{name}"
        found = self.kept | query
        path = reverse(name, args=[self.door, *args])
        return f"{path}?{urlencode(found, doseq=True)}" if found else path

    def in_other_language(self) -> str:
        return f"?{urlencode(self.kept | {'taal': self.words['other_language_code']})}"


def debtor_page(*methods: str) -> Callable[[Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]], View]:
    """All that a page for debtors wears; `methods` are what it takes, HEAD with GET."""
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]) -> View:
        return public_view(csrf_exempt(private(_with_link(view, allowed))))

    return decorate


def private(view: View) -> View:
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


def _with_link(
    view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse], allowed: tuple[str, ...]
) -> Callable[..., HttpResponse]:
    """Open the link of the token, or say that it does not work (any more)."""

    @wraps(view)
    def wrapper(request: HttpRequest, door: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in allowed:
            return HttpResponse(status=405, headers={"Allow": ", ".join(allowed)})
        if _length(request) > MOST_BODY:
            return HttpResponse(status=413)
        came_by = address.door_of(request, door)
        tenant, link = _opened(came_by)
        if came_by.token is None and not came_by.is_direct:
            return without_token(request)
        if tenant is None or link is None or came_by.token is None:
            return render(request, UNKNOWN, frame(texts_in(request.GET.get("taal", "nl"))), status=404)
        words = texts_in(request.GET.get("taal") or link.customer.language)
        with translation.override(words["language"]):
            if not links.is_usable(link, now=clock.now()):
                return _gone(request, tenant, words)
            visit = Visit(
                tenant=tenant,
                link=link,
                token=came_by.token.text,
                words=words,
                is_direct=came_by.is_direct,
                proof=request.COOKIES.get(address.proof_cookie(link.pk)) or request.GET.get(PROOF_FIELD, ""),
                form=address.read_form(request.POST.get(FORM_FIELD, ""), link.pk) if request.method == "POST" else None,
                ip=client_ip(request) or "",
            )
            if request.method == "POST" and visit.form is None:
                return page_of(request, visit, "receivables/paying/no_form.html", status=400)
            return view(request, visit, *args, **kwargs)

    return wrapper


def _length(request: HttpRequest) -> int:
    """How much is being sent, before any of it is read."""
    sent = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(sent) if sent.isascii() and sent.isdigit() else MOST_BODY + 1


def _opened(door: Door) -> tuple[Tenant | None, PayLink | None]:
    """The tenant and link of a token; a cookie of one link opens no other."""
    if door.token is None:
        return None, None
    tenant = Tenant.objects.filter(code=door.token.tenant_code).first()
    with reading(tenant) as readable:
        link = links.find(tenant, door.token) if tenant and readable else None
    if link is None or (not door.is_direct and (link.pk, door.token.tenant_code) != (door.link_id, door.tenant_code)):
        return tenant, None
    return tenant, link


def without_token(request: HttpRequest, *, status: int = 403, problem: bool = False) -> HttpResponse:
    """The address is right but this browser has no token: ask for the link from the message."""
    words = texts_in(request.GET.get("taal", "nl"))
    other = f"?{urlencode({'taal': words['other_language_code']})}"
    more = {"problem": problem, "open_url": reverse("receivables:pay_open"), "other_language_url": other}
    return render(request, "receivables/paying/no_cookie.html", frame(words) | more, status=status)


def _gone(request: HttpRequest, tenant: Tenant, words: dict[str, str]) -> HttpResponse:
    gone = {"text": words["gone"].format(tenant=tenant.name)}
    return render(request, "receivables/paying/gone.html", frame(words, tenant) | gone, status=410)


def page_of(
    request: HttpRequest, visit: Visit, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of this visit, made in a transaction that sees the tenant's rows and cannot write."""
    with reading(visit.tenant):
        around = frame(visit.words, visit.tenant) | {
            "visit": visit,
            "customer": visit.link.customer,
            "on": clock.today(),
            "pay_url": visit.url("pay"),
            "form_field": FORM_FIELD,
            "form_id": address.new_form(visit.link.pk),
            "other_language_url": visit.in_other_language() if request.method != "POST" else "",
        }
        return render(request, template, around | (context or {}), status=status)


def not_found(request: HttpRequest, visit: Visit) -> HttpResponse:
    return page_of(request, visit, UNKNOWN, status=404)


def creditor_of(code: str) -> Tenant | None:
    """The tenant of a public code in an address; what cannot be one is not looked up."""
    return Tenant.objects.filter(code=code.lower()).first() if code.isascii() and code.isalnum() else None


@contextmanager
def reading(tenant: Tenant | None) -> Iterator[bool]:
    """The rows of one tenant in a transaction that cannot write."""
    if tenant is None:
        yield False
        return
    with tenant_context(tenant.pk):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield True


def frame(words: dict[str, str], tenant: Tenant | None = None) -> dict[str, object]:
    """What every debtor page shows around its content."""
    named = {key: words[key].format(tenant=tenant.name) if tenant else "" for key in SENTENCES}
    return named | {
        "words": words,
        "page_language": words["language"],
        "creditor": tenant,
        "logo": page.logo_of(tenant) if tenant else "",
    }
