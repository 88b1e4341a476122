"""The inbox: what debtors left on the pay page, the oldest first, each to be answered or settled with one click."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from dunning.actions import messages as actions
from dunning.actions.arrangements import ArrangementError
from dunning.forms.arrangements import HandleForm
from dunning.models import DebtorMessage
from dunning.models.arrangements import MessageKind
from dunning.selectors.messages import inbox as find_messages
from dunning.selectors.messages import opened
from receivables.selectors.paging import Sort, take
from receivables.views.lists import ListLinks
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

OLDEST = Sort(("left_at", "id"))
NEWEST = Sort(("handled_at", "id"), is_descending=True)
STATES = {"": "Te beantwoorden", "afgehandeld": "Afgehandeld"}


@tenant_view(Permission.SEE)
def inbox(request: TenantRequest) -> HttpResponse:
    """Who waits longest, first."""
    asked = request.GET
    state = "afgehandeld" if asked.get("stand") == "afgehandeld" else ""
    kind = asked.get("soort", "") if asked.get("soort", "") in MessageKind.values else ""
    words = asked.get("q", "").replace("\0", "").strip()[:100]
    rows = find_messages(request.tenant, kind=kind, is_handled=bool(state), words=words)
    page, links = take(rows, NEWEST if state else OLDEST, token=asked.get("na", "")), ListLinks(request)
    context = {
        "rows": page.rows,
        "choices": links.choices("stand", STATES, state),
        "kinds": MessageKind.choices,
        "kind": kind,
        "state": state,
        "words": words,
        "pager": links.pager(page),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/arrangements/messages.html", context)


@tenant_view(Permission.SEE, write=Permission.HOLD)
def message(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One message, and the answer to it."""
    found = _message(request, pk)
    is_posted = request.method == "POST"
    form = HandleForm(request.POST if is_posted else None)
    if is_posted and form.is_valid() and _handle(request, found, form):
        return redirect("dunning:messages", request.tenant.slug)
    context = {"found": opened(request.tenant, found), "message": found, "form": form, "may": request.may}
    context["kinds"] = MessageKind
    return TemplateResponse(request, "dunning/arrangements/message.html", context, status=422 if is_posted else 200)


@require_POST
@tenant_view(Permission.HOLD)
def message_forward(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Write to the right person from now on, beginning with the pay link."""
    try:
        contact = actions.forward(request.tenant, _message(request, pk), now=clock.now(), by=request.user)
        messages.success(request, f"Doorgestuurd naar {contact}. Herinneringen gaan voortaan daarheen.")
    except ArrangementError as error:
        messages.error(request, str(error))
    return redirect("dunning:messages", request.tenant.slug)


def _message(request: TenantRequest, pk: UUID) -> DebtorMessage:
    rows = request.tenant.debtor_messages.select_related("customer", "hold", "handled_by")
    return get_object_or_404(rows, pk=pk)


def _handle(request: TenantRequest, found: DebtorMessage, form: HandleForm) -> bool:
    cleaned = form.cleaned_data
    try:
        actions.handle(
            request.tenant,
            found,
            note=cleaned["note"],
            answer=cleaned["answer"],
            lifts_hold=cleaned["lifts_hold"],
            now=clock.now(),
            by=request.user,
        )
    except ArrangementError as error:
        form.add_error(None, str(error))
        return False
    sent = " Uw antwoord gaat per mail uit." if cleaned["answer"] else ""
    messages.success(request, f"Het bericht van {found.customer.name} is afgehandeld.{sent}")
    return True
