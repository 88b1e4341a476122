"""The weekly run on screen: the list of runs, the preview with every reason, approval, exclusion, stop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from dunning import comparison, explain
from dunning.actions.approval import RunStateError, approve_run, exclude_notice, stop_run
from dunning.actions.planning import plan_run
from dunning.freshness import freshness
from dunning.models import Decision, Notice, Run
from dunning.models.notices import NoticeState
from dunning.models.runs import Outcome, RunState
from dunning.schedule import next_run_on
from dunning.selectors import runs as selectors
from receivables.actions import books
from receivables.selectors.paging import Page, Sort, take
from receivables.views.lists import ListLinks, choose_id
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission
from tenants.templatetags.voldaan import aantal, eur

NEWEST_FIRST = Sort(("on", "id"), is_descending=True)
RUN_TONES = {
    RunState.PLANNED: "info",
    RunState.APPROVED: "accent",
    RunState.SENDING: "accent",
    RunState.DONE: "good",
    RunState.STOPPED: "bad",
}
NOTICE_TONES = {
    NoticeState.PLANNED: "info",
    NoticeState.READY: "accent",
    NoticeState.CLAIMED: "accent",
    NoticeState.WAITING: "warn",
    NoticeState.ACCEPTED: "good",
    NoticeState.DELIVERED: "good",
    NoticeState.BOUNCED: "bad",
    NoticeState.AMBIGUOUS: "warn",
    NoticeState.REFUSED: "bad",
}
NEEDS_A_PERSON = (NoticeState.AMBIGUOUS, NoticeState.REFUSED, NoticeState.BOUNCED)
SETTLED = (NoticeState.ACCEPTED, NoticeState.DELIVERED, *NEEDS_A_PERSON)
TABS = {
    Outcome.SEND: "Brieven en mails",
    Outcome.CALL: "Belacties",
    Outcome.HAND_OVER: "Overdrachten",
    Outcome.WAIT: "Wachten",
    Outcome.BLOCKED: "Geblokkeerd",
}
EMPTY = {
    Outcome.SEND: "In deze run gaat niets uit. Bij Wachten en Geblokkeerd staat per factuur waarom.",
    Outcome.CALL: "Niemand hoeft gebeld te worden.",
    Outcome.HAND_OVER: "Geen dossier is zo ver dat het overgedragen kan worden.",
    Outcome.WAIT: "Geen factuur wacht.",
    Outcome.BLOCKED: "Niets houdt facturen tegen.",
}


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    note: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int
    note: str

    @property
    def is_done(self) -> bool:
        return self.done >= self.total


@tenant_view(Permission.SEE)
def runs(request: TenantRequest) -> HttpResponse:
    """All runs, newest first, with what each decided."""
    tenant, on = request.tenant, clock.today()
    page = take(tenant.runs.all(), NEWEST_FIRST, token=request.GET.get("na", ""), size=20)
    rows = [_row(run) for run in page.rows]
    context = {
        "page": Page(rows, page.next_token, page.is_first),
        "pager": ListLinks(request).pager(page),
        "today_run": tenant.runs.filter(on=on).exists(),
        "next_on": next_run_on(tenant, now=clock.now()),
        "freshness": freshness(tenant, on=on),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/runs.html", context)


def _row(run: Run) -> dict[str, Any]:
    found = selectors.letters(run)
    return {
        "run": run,
        "tone": RUN_TONES.get(RunState(run.state), ""),
        "tallies": selectors.tallies(run),
        "letters": sum(letters.count for letters in found),
        "amount": selectors.total_of(found),
    }


@tenant_view(Permission.SEE)
def run(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One run: what goes out and why, and why the rest does not."""
    found = get_object_or_404(request.tenant.runs.select_related("approved_by", "stopped_by"), pk=pk)
    outcome = _outcome(request.GET.get("uitkomst", ""))
    tallies = selectors.tallies(found)
    letters = selectors.letters(found)
    context = {
        "run": found,
        "tone": RUN_TONES.get(RunState(found.state), ""),
        "crumbs": [("Weekruns", reverse("dunning:runs", args=[request.tenant.slug])), (f"{found.on:%d-%m-%Y}", "")],
        "tiles": _tiles(tallies, letters),
        "tabs": _tabs(tallies, letters),
        "outcome": outcome.value,
        "outcome_label": TABS[outcome],
        "empty_text": EMPTY[outcome],
        "words": request.GET.get("q", ""),
        "may": request.may,
        "can_exclude": found.state == RunState.PLANNED and Permission.APPROVE_RUN in request.may,
        "can_stop": found.state in (RunState.PLANNED, RunState.APPROVED, RunState.SENDING),
        "problems": found.notices.filter(state__in=NEEDS_A_PERSON).count(),
        "progress": _progress(found),
        "difference": _difference(found),
        "freshness_note": found.totals.get("freshness_note", "") or freshness(request.tenant, on=found.on).note,
        **_approval_question(letters),
        **_list(request, found, outcome),
    }
    return TemplateResponse(request, "dunning/run.html", context)


def _outcome(asked: str) -> Outcome:
    return Outcome(asked) if asked in Outcome.values else Outcome.SEND


def _list(request: TenantRequest, found: Run, outcome: Outcome) -> dict[str, Any]:
    words, token = request.GET.get("q", "").strip(), request.GET.get("na", "")
    name = "stap" if outcome is Outcome.SEND else "reden"
    chosen = request.GET.get(name, "")
    page: Page[Notice] | Page[Decision]
    options: Iterable[object]
    if outcome is Outcome.SEND:
        page = selectors.notices_page(found, kind=chosen, words=words, token=token)
        for notice in page.rows:
            notice.tone = NOTICE_TONES.get(NoticeState(notice.state), "")  # type: ignore[attr-defined] # for the template
        options = [{"key": row.kind, "label": row.label, "count": row.count} for row in selectors.letters(found)]
    else:
        page = selectors.decisions_page(found, outcome.value, reason=chosen, words=words, token=token)
        for decision in page.rows:
            decision.sentence = explain.sentence(decision)  # type: ignore[attr-defined] # for the template
        options = selectors.reasons(found, outcome.value)
    return {
        "page": page,
        "pager": ListLinks(request).pager(page),
        "options": options,
        "option_name": name,
        "option_value": chosen,
        "option_label": "Stap" if outcome is Outcome.SEND else "Reden",
    }


def _tiles(tallies: dict[str, selectors.Tally], letters: list[selectors.Letters]) -> list[Tile]:
    sent = sum(row.count for row in letters)
    parts = ", ".join(row.words for row in letters)
    return [
        Tile("Brieven en mails", aantal(sent), parts or "geen", "?uitkomst=send"),
        Tile("Gevraagd bedrag", eur(selectors.total_of(letters)), "hoofdsom van deze brieven", "?uitkomst=send"),
        Tile("Belacties", aantal(tallies["call"].count), eur(tallies["call"].amount), "?uitkomst=call"),
        Tile(
            "Overdrachten", aantal(tallies["hand_over"].count), eur(tallies["hand_over"].amount), "?uitkomst=hand_over"
        ),
        Tile("Wachten", aantal(tallies["wait"].count), eur(tallies["wait"].amount), "?uitkomst=wait"),
        Tile(
            "Geblokkeerd",
            aantal(tallies["blocked"].count),
            eur(tallies["blocked"].amount),
            "?uitkomst=blocked",
            "warn" if tallies["blocked"].count else "",
        ),
    ]


def _difference(found: Run) -> dict[str, Any] | None:
    """What is new, gone, stuck and loose since the run before; counted when this one was planned."""
    counted = found.totals.get("difference") or {}
    if not counted:
        return None
    changes = [
        {"label": label, "count": counted[key]["count"], "amount": Decimal(counted[key]["amount"])}
        for key, label in comparison.LABELS.items()
    ]
    return {"against": date.fromisoformat(counted["against"]), "changes": changes}


def _tabs(tallies: dict[str, selectors.Tally], letters: list[selectors.Letters]) -> list[dict[str, object]]:
    counts = {key: tally.count for key, tally in tallies.items()} | {"send": sum(row.count for row in letters)}
    return [{"key": outcome.value, "label": label, "count": counts[outcome.value]} for outcome, label in TABS.items()]


def _approval_question(letters: list[selectors.Letters]) -> dict[str, str]:
    count = sum(row.count for row in letters)
    parts = ", ".join(row.words for row in letters)
    if not count:
        return {
            "approve_title": "Akkoord met deze run?",
            "approve_text": "Er gaan geen brieven uit; belacties en overdrachten worden klaargezet.",
        }
    noun = "bericht" if count == 1 else "berichten"
    return {
        "approve_title": f"{aantal(count)} {noun} versturen?",
        "approve_text": f"U geeft akkoord voor {parts}: samen {eur(selectors.total_of(letters))}. "
        "Vlak voor verzending wordt elk bericht nog eens gecontroleerd; wat intussen betaald is, gaat niet uit.",
    }


def _progress(found: Run) -> Progress | None:
    if found.state not in (RunState.APPROVED, RunState.SENDING):
        return None
    notices = found.notices.exclude(state=NoticeState.CANCELLED)
    total, done = notices.count(), notices.filter(state__in=SETTLED).count()
    return Progress(done, total, "Deze pagina ververst zichzelf." if done < total else "")


@require_POST
@tenant_view(Permission.PLAN_RUN)
def plan(request: TenantRequest) -> HttpResponse:
    """Prepare today's run now; the day's run exists at most once."""
    planned = plan_run(request.tenant, on=clock.today(), now=clock.now(), by=request.user)
    messages.success(request, "De run staat klaar. Bekijk wat er uitgaat en geef daarna akkoord.")
    return redirect("dunning:run", request.tenant.slug, planned.pk)


@require_POST
@tenant_view(Permission.APPROVE_RUN)
def approve(request: TenantRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(request.tenant.runs, pk=pk)
    try:
        approve_run(request.tenant, found, by=request.user, now=clock.now())
    except RunStateError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Akkoord vastgelegd. De berichten gaan nu uit, binnen de toegestane uren.")
    return redirect("dunning:run", request.tenant.slug, pk)


@require_POST
@tenant_view(Permission.STOP_RUN)
def stop(request: TenantRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(request.tenant.runs, pk=pk)
    stopped = stop_run(request.tenant, found, by=request.user, now=clock.now())
    messages.success(request, f"De run is gestopt; {count_of(stopped)} niet uit.")
    return redirect("dunning:run", request.tenant.slug, pk)


def count_of(stopped: int) -> str:
    return "1 bericht gaat" if stopped == 1 else f"{aantal(stopped)} berichten gaan"


@require_POST
@tenant_view(Permission.APPROVE_RUN)
def exclude(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Leave letters out of this run; the next run looks at their invoices again."""
    tenant, now = request.tenant, clock.now()
    found = get_object_or_404(tenant.runs, pk=pk)
    why = request.POST.get("reden", "").strip()[:180] or "overgeslagen"
    chosen = list(found.notices.filter(pk__in=filter(None, map(choose_id, request.POST.getlist("bericht")))))
    try:
        with transaction.atomic():
            for letter in chosen:
                exclude_notice(tenant, letter, why=why, now=now, by=request.user)
    except RunStateError as error:
        messages.error(request, str(error))
    else:
        _say_excluded(request, len(chosen))
    return redirect("dunning:run", tenant.slug, pk)


def _say_excluded(request: TenantRequest, count: int) -> None:
    if count:
        messages.success(request, f"{count} {'bericht' if count == 1 else 'berichten'} overgeslagen in deze run.")
    else:
        messages.warning(request, "Kies eerst welke berichten u wilt overslaan.")


@require_POST
@tenant_view(Permission.IMPORT)
def confirm_books(request: TenantRequest) -> HttpResponse:
    """Somebody says that all receipts up to today are known."""
    books.confirm(request.tenant, up_to_on=clock.today(), by=request.user, now=clock.now())
    messages.success(request, "Vastgelegd: de betalingen zijn bijgewerkt tot en met vandaag.")
    return redirect("dunning:runs", request.tenant.slug)
