"""The buttons of the demo bar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from config.demo import clock
from config.demo.tasks import advance
from tenants.access import public_view

LONGEST_JUMP = 31


@public_view
def move_clock(request: HttpRequest) -> HttpResponse:
    """POST moves the clock; GET shows how far it is and goes back when it stands still."""
    back = _back(request)
    if request.method != "POST":
        left = clock.days_left()
        return render(request, "demo/clock.html", {"left": left}) if left else redirect(back)
    days = request.POST.get("days", "")
    if days.isdigit() and 1 <= int(days) <= LONGEST_JUMP and not clock.days_left():
        clock.announce(int(days))
        advance.delay(int(days))
    return redirect(f"{reverse('demo:clock')}?{urlencode({'next': back})}")


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"
