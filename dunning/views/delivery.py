"""What sending leaves to a person: sent or not, refused or bounced mail, and letters to print and post."""

from __future__ import annotations

import io
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST
from pypdf import PdfWriter

from dunning.actions import delivery as actions
from dunning.models.notices import AttemptResult, Channel, NoticeState
from dunning.service_mail.outbox import not_arrived
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

MOST_SHOWN = 200
DONE = {
    "opnieuw": (actions.release_notice, "Het bericht gaat opnieuw uit, na alle controles."),
    "verzonden": (actions.close_as_sent, "Vastgelegd als verzonden. De volgende stap telt vanaf vandaag."),
    "vervallen": (actions.close_as_not_sent, "Vervallen. De volgende run beslist opnieuw over deze facturen."),
}


@tenant_view(Permission.SEE)
def notices_unsure(request: TenantRequest) -> HttpResponse:
    """Every message that waits for a person, the oldest first."""
    notices = request.tenant.notices.select_related("customer", "run").prefetch_related("lines__invoice")
    unsettled = notices.filter(state__in=actions.SENT_OR_NOT).order_by("created_at", "pk")[:MOST_SHOWN]
    paper = request.tenant.notices.filter(channel=Channel.PRINT)
    context = {
        "unsure": [notice for notice in unsettled if notice.state == NoticeState.AMBIGUOUS],
        "undelivered": [notice for notice in unsettled if notice.state != NoticeState.AMBIGUOUS],
        "waiting": notices.filter(state=NoticeState.WAITING).order_by("try_after_at")[:MOST_SHOWN],
        "troubled": notices.filter(state=NoticeState.READY).exclude(problem="").order_by("pk")[:MOST_SHOWN],
        "service_mails": not_arrived(request.tenant, now=clock.now()),
        "to_print": paper.filter(state=NoticeState.READY).count(),
        "most_in_a_batch": actions.MOST_IN_A_BATCH,
        "batches": _open_batches(request),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/delivery.html", context)


def _open_batches(request: TenantRequest) -> list[dict[str, object]]:
    attempts = request.tenant.attempts.filter(
        result=AttemptResult.PENDING, notice__channel=Channel.PRINT, notice__state=NoticeState.CLAIMED
    )
    names = sorted(set(attempts.values_list("provider_id", flat=True)))
    return [{"name": _short(name), "letters": actions.letters_of_batch(request.tenant, name)} for name in names]


def _short(batch: str) -> str:
    return batch.removeprefix("print:")


@require_POST
@tenant_view(Permission.RESOLVE_NOTICE)
def notice_resolve(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Send again, close as sent, or let it lapse."""
    notice = get_object_or_404(request.tenant.notices, pk=pk)
    if request.POST.get("keuze") not in DONE:
        raise Http404
    act, done = DONE[request.POST["keuze"]]
    try:
        act(request.tenant, notice, now=clock.now(), by=request.user)
    except actions.NoticeStateError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("dunning:notices_unsure", request.tenant.slug)


@require_POST
@tenant_view(Permission.RESOLVE_NOTICE)
def print_batch_new(request: TenantRequest) -> HttpResponse:
    """Write the next letters for paper."""
    batch = actions.make_print_batch(request.tenant, now=clock.now(), by=request.user)
    if batch is None:
        messages.info(request, "Er is niets te printen: de brieven die klaarstonden zijn vervallen.")
    else:
        messages.success(request, "De brieven staan klaar. Print ze, en meld daarna dat ze op de post zijn.")
    return redirect("dunning:notices_unsure", request.tenant.slug)


@tenant_view(Permission.SEE)
def print_batch(request: TenantRequest, batch: UUID) -> HttpResponse:
    """All letters of a batch as one PDF."""
    letters = actions.letters_of_batch(request.tenant, f"print:{batch}")
    if not letters:
        raise Http404
    merged = PdfWriter()
    for notice in letters:
        if notice.pdf_file is not None:
            merged.append(io.BytesIO(bytes(notice.pdf_file.content)))
    content = io.BytesIO()
    merged.write(content)
    response = HttpResponse(content.getvalue(), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="brieven.pdf"'
    return response


@require_POST
@tenant_view(Permission.RESOLVE_NOTICE)
def print_batch_close(request: TenantRequest, batch: UUID) -> HttpResponse:
    """The letters of a batch were posted, or not."""
    name, now = f"print:{batch}", clock.now()
    if not actions.letters_of_batch(request.tenant, name):
        raise Http404
    if request.POST.get("keuze") == "gepost":
        count = actions.mark_posted(request.tenant, name, now=now, by=request.user)
        messages.success(request, f"{count} brieven vastgelegd als gepost. De termijnen lopen vanaf vandaag.")
    else:
        count = actions.take_back_batch(request.tenant, name, now=now, by=request.user)
        messages.success(request, f"{count} brieven staan weer klaar om te printen.")
    return redirect("dunning:notices_unsure", request.tenant.slug)
