"""The door of every view: who is this, which tenant or office is asked for, and does the role allow it.

Each view wears exactly one of these decorators (`tests/architecture/test_access.py` walks the URLs and fails on a bare
one). Memberships are read again at every request. A stranger gets 404, so that nobody learns which tenants exist; a
member whose role falls short gets a page that says so. The view runs in one transaction that sees one tenant's rows; a
GET runs READ ONLY, so that a link opened by a mail scanner or a prefetching browser can never change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from typing import Concatenate, Literal, ParamSpec, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django_htmx.http import HttpResponseClientRedirect

from tenants import audit
from tenants.context import reading_context, tenant_context
from tenants.facts import memberships_in, memberships_on, tenants_of
from tenants.models import Membership, Office, Tenant, User
from tenants.models.people import OFFICE_ROLES
from tenants.permissions import May, Permission, granted

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class StaffRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User


class TenantRequest(StaffRequest):
    """A request inside one tenant, as `tenant_view` hands it to the view."""

    tenant: Tenant
    membership: Membership
    may: May


class OfficeRequest(StaffRequest):
    """A request inside one office; `tenants` are those of its tenants that this person may see."""

    office: Office
    tenants: list[Tenant]
    membership: Membership
    may: May


@dataclass(frozen=True, slots=True)
class Access:
    """What a view asks for; hangs on the view as `access`."""

    kind: Literal["tenant", "office", "platform", "login", "public"]
    permission: Permission | None = None
    write: Permission | None = None

    def needed(self, method: str | None) -> Permission | None:
        return self.permission if method in SAFE_METHODS else self.write


class _Undo(Exception):  # noqa: N818 # not an error: it carries a response out of the transaction and rolls that back
    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


def tenant_view(
    permission: Permission, *, write: Permission | None = None
) -> Callable[[Callable[Concatenate[TenantRequest, P], HttpResponseBase]], View]:
    """For `/t/<slug:slug>/...`; the view is called without the slug.

    `write` is what a POST asks for when that differs. A view that only asks SEE takes no POST at all.
    """
    access = Access("tenant", permission, write or _unless_seeing(permission, Permission.SEE))

    def decorate(view: Callable[Concatenate[TenantRequest, P], HttpResponseBase]) -> View:
        def enter(request: HttpRequest, slug: str) -> AbstractContextManager[None]:
            asked = cast(TenantRequest, request)
            tenant = Tenant.objects.select_related("office").filter(slug=slug).first()
            _admit(asked, memberships_on(asked.user, tenant) if tenant else [])
            asked.tenant = cast(Tenant, tenant)
            return tenant_context(asked.tenant.pk)

        return _guard(view, access, enter)

    return decorate


def office_view(
    permission: Permission, *, write: Permission | None = None
) -> Callable[[Callable[Concatenate[OfficeRequest, P], HttpResponseBase]], View]:
    """For `/o/<slug:slug>/...`; the view reads the rows of all tenants this person may see and writes none of them."""
    access = Access("office", permission, write or _unless_seeing(permission, Permission.SEE_OFFICE))

    def decorate(view: Callable[Concatenate[OfficeRequest, P], HttpResponseBase]) -> View:
        def enter(request: HttpRequest, slug: str) -> AbstractContextManager[None]:
            asked = cast(OfficeRequest, request)
            office = Office.objects.filter(slug=slug).first()
            _admit(asked, memberships_in(asked.user, office) if office else [])
            asked.office = cast(Office, office)
            asked.tenants = list(tenants_of(asked.user, asked.office))
            return reading_context(tenant.pk for tenant in asked.tenants)

        return _guard(view, access, enter)

    return decorate


def platform_view(view: Callable[Concatenate[StaffRequest, P], HttpResponseBase]) -> View:
    """For `/beheer/...`: what holds for every tenant. The view sees no tenant's rows; to anybody else there is no such page."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        asked = cast(StaffRequest, request)
        if not asked.user.is_platform_admin:
            raise Http404
        call = partial(view, asked, *args, **kwargs)
        return _second_step_first(asked) or _inside(reading_context([]), call, request)

    return _mark(wrapper, Access("platform"))


def login_view(view: Callable[Concatenate[StaffRequest, P], HttpResponseBase]) -> View:
    """For pages of a person rather than of a tenant."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        with _origin_known(request):
            return view(cast(StaffRequest, request), *args, **kwargs)

    return _mark(wrapper, Access("login"))


def public_view(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> View:
    """For debtors, webhooks and invitations: the view itself checks a token or signature."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with _origin_known(request):
            return view(request, *args, **kwargs)

    return _mark(wrapper, Access("public"))


def access_of(view: Callable[..., object]) -> Access | None:
    """What a view asks for, or nothing when it wears no decorator."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None


def _guard(view: View, access: Access, enter: Callable[[HttpRequest, str], AbstractContextManager[None]]) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, slug: str, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        if "%00" in request.META.get("QUERY_STRING", ""):  # PostgreSQL has no such text, so no search can mean it
            return HttpResponseBadRequest()
        context = enter(request, slug)
        return _refusal(request, access) or _inside(context, lambda: view(request, **kwargs), request)

    return _mark(wrapper, access)


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined] # read back by access_of
    return view


def _unless_seeing(permission: Permission, seeing: Permission) -> Permission | None:
    return None if permission is seeing else permission


def _admit(request: TenantRequest | OfficeRequest, memberships: list[Membership]) -> None:
    if not memberships:
        raise Http404
    request.membership = memberships[0]
    request.may = granted(membership.role for membership in memberships)


def _refusal(request: HttpRequest, access: Access) -> HttpResponseBase | None:
    asked = cast(TenantRequest, request)
    needed = access.needed(request.method)
    if needed is None:
        return HttpResponseNotAllowed(SAFE_METHODS)
    if asked.membership.role in OFFICE_ROLES and (answer := _second_step_first(asked)):
        return answer
    if needed not in asked.may:
        explanation = f"Uw rol ({asked.membership.get_role_display()}) laat niet toe: {needed.value}. Vraag het aan een beheerder."
        return TemplateResponse(request, "tenants/forbidden.html", {"explanation": explanation}, status=403).render()
    return None


def _second_step_first(request: StaffRequest) -> HttpResponseBase | None:
    """Who reaches many tenants logs in in two steps."""
    if not settings.REQUIRE_OFFICE_MFA or is_mfa_enabled(request.user):
        return None
    messages.warning(request, "Uw rol vraagt inloggen in twee stappen. Zet dat eerst aan.")
    return HttpResponseRedirect(resolve_url("mfa_index"))


def _inside(
    context: AbstractContextManager[None], call: Callable[[], HttpResponseBase], request: HttpRequest
) -> HttpResponseBase:
    """Run the view and render its template while the rows are visible; a 5xx answer leaves nothing behind."""
    try:
        with _origin_known(request), context:
            if request.method in SAFE_METHODS:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
            response = _rendered(call())
            if response.status_code >= 500:
                raise _Undo(response)
            return response
    except _Undo as undo:
        return undo.response


@contextmanager
def _origin_known(request: HttpRequest) -> Iterator[None]:
    """Events that are recorded meanwhile say from where."""
    token = audit.origin.set(client_ip(request))
    try:
        yield
    finally:
        audit.origin.reset(token)


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, SimpleTemplateResponse):
        return response.render()
    if response.streaming and not isinstance(response, FileResponse):
        raise TypeError("A streamed response is made after the transaction, where no row is visible: build it here.")
    return response


def _to_log_in(request: HttpRequest) -> HttpResponseBase:
    is_fragment = request.headers.get("HX-Request") == "true"
    back = request.headers.get("HX-Current-URL", "/") if is_fragment else request.get_full_path()
    url = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(url) if is_fragment else HttpResponseRedirect(url)


def client_ip(request: HttpRequest) -> str | None:
    """Where this request comes from, past the trusted proxies; for the audit trail."""
    try:
        address: str = get_adapter().get_client_ip(request)
    except PermissionDenied:  # the proxies do not tell
        return None
    return address or None
