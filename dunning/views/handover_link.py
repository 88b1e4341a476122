"""The page behind the owner's signed link: GET shows, POST answers. No log-in; the signature says who it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

from dunning.actions.handover import approve_handover, reject_handover
from dunning.actions.packaging import HandoverStateError, obstacle
from dunning.dossier.approval_link import Asked, LinkClosedError, opened
from dunning.models import Handover
from dunning.models.handovers import HandoverState
from dunning.views.handover import letters_of, stated
from tenants import clock
from tenants.access import public_view
from tenants.context import tenant_context


@never_cache
@public_view
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the handover and take one answer; afterwards the page only says what was answered."""
    try:
        asked = opened(token, now=clock.now())
    except LinkClosedError:
        return TemplateResponse(request, "dunning/handover/closed.html", status=404)
    with tenant_context(asked.tenant.pk):
        if request.method == "POST":
            return _take(request, asked, token)
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        return _page(request, asked)


def _take(request: HttpRequest, asked: Asked, token: str) -> HttpResponse:
    found = _find(asked)
    if found is None:
        return TemplateResponse(request, "dunning/handover/closed.html", status=404).render()
    try:
        if request.POST.get("answer") == "yes":
            approve_handover(asked.tenant, found, now=clock.now(), by=asked.user, through="link")
        elif request.POST.get("answer") == "no":
            why = request.POST.get("why", "")
            reject_handover(asked.tenant, found, why=why, now=clock.now(), by=asked.user, through="link")
    except HandoverStateError as error:
        return _page(request, asked, problem=str(error), status=409)
    return redirect("dunning:handover_answer", token)


def _page(request: HttpRequest, asked: Asked, *, problem: str = "", status: int = 200) -> HttpResponse:
    found = _find(asked)
    if found is None:
        return TemplateResponse(request, "dunning/handover/closed.html", status=404).render()
    balances = stated(asked.tenant, found)
    may_answer = found.state == HandoverState.FLAGGED
    context: dict[str, Any] = {
        "asked": asked,
        "creditor": asked.tenant,
        "handover": found,
        "balances": balances,
        "total": sum((balance.open.amount for balance in balances), Decimal("0.00")),
        "notices": letters_of(asked.tenant, balances),
        "may_answer": may_answer,
        "problem": problem or (obstacle(asked.tenant, found, on=clock.today()) if may_answer else ""),
    }
    return TemplateResponse(request, "dunning/handover/answer.html", context, status=status).render()


def _find(asked: Asked) -> Handover | None:
    rows = asked.tenant.handovers.select_related("customer", "approved_by")
    return rows.filter(pk=asked.handover_id).first()
