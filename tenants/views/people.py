"""Who works here: members and invitations of a tenant or of an office. Both pages share everything but their place."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tenants import clock
from tenants.access import OfficeRequest, TenantRequest, client_ip, office_view, tenant_view
from tenants.actions import invitations, people
from tenants.actions.people import Actor, PeopleError
from tenants.facts import office_people, open_invitations, tenant_people
from tenants.forms.people import InviteForm, PostForm
from tenants.models import Membership, Office, Role, Tenant
from tenants.permissions import Permission

PlaceRequest = TenantRequest | OfficeRequest


@dataclass(frozen=True, slots=True)
class Row:
    """A member with the form that gives them another role."""

    membership: Membership
    form: PostForm | None
    is_self: bool


@tenant_view(Permission.SEE)
def tenant_list(request: TenantRequest) -> HttpResponse:
    return _page(request, request.tenant)


@office_view(Permission.SEE_OFFICE)
def office_list(request: OfficeRequest) -> HttpResponse:
    return _page(request, request.office)


@tenant_view(Permission.MANAGE_PEOPLE)
@require_POST
def tenant_invite(request: TenantRequest) -> HttpResponse:
    return _invite(request, request.tenant)


@office_view(Permission.MANAGE_OFFICE)
@require_POST
def office_invite(request: OfficeRequest) -> HttpResponse:
    return _invite(request, request.office)


@tenant_view(Permission.MANAGE_PEOPLE)
@require_POST
def tenant_role(request: TenantRequest, pk: int) -> HttpResponse:
    return _change(request, request.tenant, pk)


@office_view(Permission.MANAGE_OFFICE)
def office_role(request: OfficeRequest, pk: int) -> HttpResponse:
    """On a page of its own: the list of clients may be long."""
    if request.method == "POST":
        return _change(request, request.office, pk)
    member = get_object_or_404(office_people(request.office), pk=pk)
    context = {"member": member, "form": _post_form(request.office, member), "urls": _urls(request.office)}
    return render(request, "tenants/office_member.html", context)


@tenant_view(Permission.MANAGE_PEOPLE)
@require_POST
def tenant_remove(request: TenantRequest, pk: int) -> HttpResponse:
    return _remove(request, request.tenant, pk)


@office_view(Permission.MANAGE_OFFICE)
@require_POST
def office_remove(request: OfficeRequest, pk: int) -> HttpResponse:
    return _remove(request, request.office, pk)


@tenant_view(Permission.MANAGE_PEOPLE)
@require_POST
def tenant_invitation(request: TenantRequest, pk: int) -> HttpResponse:
    return _invitation(request, request.tenant, pk)


@office_view(Permission.MANAGE_OFFICE)
@require_POST
def office_invitation(request: OfficeRequest, pk: int) -> HttpResponse:
    return _invitation(request, request.office, pk)


def _page(request: PlaceRequest, place: Office | Tenant, *, form: InviteForm | None = None) -> HttpResponse:
    is_office = isinstance(place, Office)
    members = office_people(place) if isinstance(place, Office) else tenant_people(place)
    needed = Permission.MANAGE_OFFICE if is_office else Permission.MANAGE_PEOPLE
    now = clock.now()
    context = {
        "place": place,
        "rows": [
            Row(member, None if is_office else _post_form(place, member), member.user_id == request.user.pk)
            for member in members
        ],
        "invitations": [(one, one.expires_at <= now) for one in open_invitations(place).select_related("invited_by")],
        "form": form or InviteForm(place),
        "may_manage": needed in request.may,
        "is_office": is_office,
        "office_staff": _staff_that_reach(place) if isinstance(place, Tenant) else [],
        "urls": _urls(place),
    }
    return render(request, "tenants/people.html", context, status=422 if form else 200)


def _post_form(place: Office | Tenant, member: Membership) -> PostForm:
    initial = {"role": member.role}
    if isinstance(place, Office):
        initial["named_tenants"] = [tenant.pk for tenant in member.named_tenants.all()]  # type: ignore[assignment] # a list of keys is what this field takes
    return PostForm(place, initial=initial, auto_id=f"lid-{member.pk}-%s")


def _staff_that_reach(tenant: Tenant) -> list[Membership]:
    """The people of the office who may open this tenant, so that its owner sees who looks along."""
    if tenant.office is None:
        return []
    return [
        member
        for member in office_people(tenant.office)
        if member.role == Role.OFFICE_ADMIN or member.all_tenants or tenant in member.named_tenants.all()
    ]


def _urls(place: Office | Tenant) -> dict[str, str]:
    prefix = "tenants:office_people" if isinstance(place, Office) else "tenants:people"
    return {"list": reverse(prefix, args=[place.slug]), "invite": reverse(f"{prefix}_invite", args=[place.slug])}


def _invite(request: PlaceRequest, place: Office | Tenant) -> HttpResponse:
    form = InviteForm(place, request.POST)
    if not form.is_valid():
        return _page(request, place, form=form)
    try:
        invitation = invitations.invite(
            place, form.cleaned_data["email"], post=form.post(), by=_actor(request), now=clock.now()
        )
    except PeopleError as refused:
        form.add_error(None, str(refused))
        return _page(request, place, form=form)
    messages.success(request, f"{invitation.email} krijgt een mail met een link.")
    return redirect(_urls(place)["list"])


def _change(request: PlaceRequest, place: Office | Tenant, pk: int) -> HttpResponse:
    membership = get_object_or_404(place.memberships, pk=pk)
    form = PostForm(place, request.POST)
    if not form.is_valid():
        messages.error(request, "Kies een rol uit de lijst.")
        return redirect(_urls(place)["list"])
    try:
        people.change_post(place, membership, post=form.post(), by=_actor(request), now=clock.now())
        messages.success(request, f"{membership.user} is nu {membership.get_role_display().lower()}.")
    except PeopleError as refused:
        messages.error(request, str(refused))
    return redirect(_urls(place)["list"])


def _remove(request: PlaceRequest, place: Office | Tenant, pk: int) -> HttpResponse:
    membership = get_object_or_404(place.memberships, pk=pk)
    try:
        people.remove_member(place, membership, by=_actor(request), now=clock.now())
        messages.success(request, f"{membership.user} heeft geen toegang meer.")
    except PeopleError as refused:
        messages.error(request, str(refused))
    return redirect(_urls(place)["list"])


def _invitation(request: PlaceRequest, place: Office | Tenant, pk: int) -> HttpResponse:
    invitation = get_object_or_404(open_invitations(place), pk=pk)
    if "again" in request.POST:
        invitations.send_again(invitation, by=_actor(request), now=clock.now())
        messages.success(request, f"{invitation.email} krijgt een nieuwe link; de oude werkt niet meer.")
    else:
        invitations.revoke(invitation, by=_actor(request), now=clock.now())
        messages.success(request, f"De uitnodiging van {invitation.email} is ingetrokken.")
    return redirect(_urls(place)["list"])


def _actor(request: PlaceRequest) -> Actor:
    return Actor(request.user, client_ip(request))
