"""What opens behind the link of an invitation. Looking changes nothing; the button does."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tenants import clock
from tenants.access import client_ip, public_view
from tenants.actions import invitations
from tenants.actions.invitations import InvitationClosedError
from tenants.actions.people import Actor, PeopleError
from tenants.forms.people import AcceptForm
from tenants.models import Invitation, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters("password")
@public_view
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found = invitations.opened(token, now=clock.now())
        if isinstance(request.user, User):
            return _as_known(request, request.user, token, found)
        if User.objects.filter(email=found.email).exists():
            return redirect(f"{resolve_url('account_login')}?{urlencode({'next': request.path})}")
        return _as_new(request, token, found)
    except InvitationClosedError:
        return render(request, "tenants/invitation_closed.html", status=410)


def _as_known(request: HttpRequest, user: User, token: str, found: Invitation) -> HttpResponse:
    is_invited = user.email == found.email
    if request.method != "POST" or not is_invited:
        context = {"invitation": found, "place": invitations.place_of(found), "is_invited": is_invited}
        return render(request, "tenants/invitation_known.html", context)
    invitations.accept_as_known(token, by=Actor(user, client_ip(request)), now=clock.now())
    return redirect("tenants:home")


def _as_new(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    form = AcceptForm(found.email, request.POST or None)
    if form.is_valid():
        try:
            user = invitations.accept_as_new(
                token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                ip_address=client_ip(request),
                now=clock.now(),
            )
        except InvitationClosedError:
            raise
        except PeopleError as refused:
            form.add_error(None, str(refused))
        else:
            login(request, user, backend=BACKEND)
            return redirect("tenants:home")
    context = {"form": form, "invitation": found, "place": invitations.place_of(found)}
    return render(request, "tenants/invitation_new.html", context, status=422 if form.errors else 200)
