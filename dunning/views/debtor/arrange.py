"""Not agreeing, paying later, paying in parts: what stops or spreads what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from dunning.actions import disputes, plans, promises
from dunning.actions.arrangements import ArrangementError
from dunning.actions.plans import PlanOffer
from dunning.domain.plans import Every, Instalment
from dunning.forms.debtor import DisputeForm, LaterForm, PlanForm
from dunning.models.arrangements import DisputeReason, Origin, PlanState
from dunning.views.debtor.shared import (
    Outcome,
    choices_of,
    chosen_first,
    form_page,
    nothing_open,
    open_invoices,
    posted,
    take_in,
    way_out,
    words_of,
)
from receivables.models import Customer, Invoice
from receivables.paying.texts import amount_in, day_in
from receivables.views.paying.door import MOST_ADDRESS, Visit, page_of, reading
from tenants import clock

NOTE = "dunning/debtor/note.html"
PLAN = "dunning/debtor/plan.html"
COMPUTE = "bereken"  # the button that only computes


@way_out
def dispute(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Which invoices, why, and which part; one dispute each."""
    everything = open_invoices(visit)
    if not everything:
        return nothing_open(request, visit)
    invoices = _undisputed(visit, everything)
    words = words_of(visit)
    if not invoices:
        text = words["all_disputed"].replace("{tenant}", visit.tenant.name)
        return page_of(request, visit, NOTE, {"words": words, "title": words["dispute_title"], "text": text})
    first = [str(invoices[0].pk)] if len(invoices) == 1 else []
    initial = {"invoices": first}
    form = DisputeForm(words, **posted(request), choices=choices_of(visit, invoices), on=clock.today(), initial=initial)
    if not form.is_valid():
        return form_page(request, visit, "dispute", form)

    def act(customer: Customer) -> Outcome:  # noqa: ARG001 # the invoices know theirs
        said, chosen = form.cleaned_data, [row for row in invoices if row.pk in form.invoice_ids]
        opened = disputes.open_disputes(
            visit.tenant,
            chosen,
            reason=DisputeReason(said["reason"]),
            text=said["text"],
            on=clock.today(),
            now=clock.now(),
            amount=said["amount"],
        )
        until = max(one.resolve_by_on for one in opened)
        return {"invoices": [row.number for row in chosen], "until": until.isoformat()}

    def refused(problem: str) -> HttpResponse:
        return form_page(request, visit, "dispute", form, problem=problem)

    return take_in(request, visit, "dispute", act, refused=refused)


def _undisputed(visit: Visit, invoices: list[Invoice]) -> list[Invoice]:
    with reading(visit.tenant):
        open_now = visit.tenant.disputes.filter(customer=visit.link.customer, resolved_at__isnull=True)
        disputed = set(open_now.values_list("invoice_id", flat=True))
    return [row for row in invoices if row.pk not in disputed]


@way_out
def later(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A day on which it will be paid, as far ahead as the creditor lets a debtor choose."""
    invoices = open_invoices(visit)
    if not invoices:
        return nothing_open(request, visit)
    words, on = words_of(visit), clock.today()
    last_on = promises.latest_promise_day(visit.tenant, on=on)
    if last_on <= on:
        text = words["later_closed"].replace("{tenant}", visit.tenant.name)
        return page_of(request, visit, NOTE, {"words": words, "title": words["later_title"], "text": text})
    form = LaterForm(
        words,
        **posted(request),
        choices=choices_of(visit, invoices),
        on=on,
        last_on=last_on,
        initial={"invoices": chosen_first(invoices)},
    )
    more = {
        "intro": words["later_intro"].replace("{last}", day_in(words, last_on)),
        "extra": words["later_waits"].replace("{days}", _days(words, visit.tenant.arrangement_grace_days)),
        "button": words["promise_button"],
    }
    if not form.is_valid():
        return form_page(request, visit, "later", form, **more)

    def act(customer: Customer) -> Outcome:
        promise = promises.make_promise(
            visit.tenant,
            customer,
            invoice_ids=form.invoice_ids,
            pay_on=form.cleaned_data["pay_on"],
            origin=Origin.DEBTOR,
            on=on,
            now=clock.now(),
            note=form.cleaned_data["note"],
        )
        return {
            "amount": str(promise.amount),
            "pay_on": promise.pay_on.isoformat(),
            "until": promise.grace_on.isoformat(),
        }

    def refused(problem: str) -> HttpResponse:
        return form_page(request, visit, "later", form, problem=problem, **more)

    return take_in(request, visit, "later", act, refused=refused)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a debtor would pay, and whether that may start at once."""

    instalments: tuple[Instalment, ...]
    starts_at_once: bool


@way_out
def plan(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Choose and compute, look at the instalments, then agree or ask.

    To compute is a POST that leads to a GET, for hundreds of ids do not fit in an address: all invoices are none there.
    """
    invoices = open_invoices(visit)
    if not invoices:
        return nothing_open(request, visit)
    words, on = words_of(visit), clock.today()
    is_post = request.method == "POST"
    is_looking = not is_post or COMPUTE in request.POST
    asked = _asked(request, invoices)
    initial = {"invoices": [str(row.pk) for row in invoices], "count": 3, "every": Every.MONTH.value, "first_on": on}
    form = PlanForm(words, asked, choices=choices_of(visit, invoices), on=on, initial=initial)
    try:
        proposal = _proposal(visit, form) if form.is_valid() else None
    except ArrangementError as error:
        return _plan_page(request, visit, form, problem=words.get(f"error_{error.code}", words["error_other"]))
    if proposal is None or is_looking:
        shown = _address(visit, form, invoices) if proposal and is_post else ""
        if shown and len(shown) <= MOST_ADDRESS:
            return HttpResponseRedirect(shown, status=303)
        return _plan_page(request, visit, form, proposal=proposal)
    if not proposal.starts_at_once and not form.cleaned_data["reason"].strip():
        form.add_error("reason", words["plan_needs_person"].replace("{tenant}", visit.tenant.name))
        return _plan_page(request, visit, form, proposal=proposal)

    def act(customer: Customer) -> Outcome:
        said = form.cleaned_data
        made = plans.ask_plan(
            visit.tenant,
            customer,
            invoice_ids=form.invoice_ids,
            count=said["count"],
            first_on=said["first_on"],
            every=Every(said["every"]),
            reason=said["reason"],
            on=on,
            now=clock.now(),
            origin=Origin.DEBTOR,
        )
        if made.state != PlanState.RUNNING:
            return {"state": made.state, "until": made.decide_by_on.isoformat() if made.decide_by_on else ""}
        first = proposal.instalments[0]
        until = first.due_on.isoformat()
        return {"state": made.state, "count": said["count"], "amount": str(first.amount), "until": until}

    def refused(problem: str) -> HttpResponse:
        return _plan_page(request, visit, form, proposal=proposal, problem=problem)

    return take_in(request, visit, "plan", act, refused=refused)


def _asked(request: HttpRequest, invoices: list[Invoice]) -> QueryDict | None:
    """What the form is filled with; None when the page is opened for the first time."""
    asked = request.POST if request.method == "POST" else request.GET
    if "count" not in asked:
        return asked if request.method == "POST" else None
    filled = asked.copy()
    if not filled.getlist("invoices"):
        filled.setlist("invoices", [str(row.pk) for row in invoices])
    return filled


def _address(visit: Visit, form: PlanForm, invoices: list[Invoice]) -> str:
    """The page that shows these instalments."""
    said, ids = form.cleaned_data, [str(pk) for pk in form.invoice_ids]
    chosen = {"invoices": ids} if len(ids) < len(invoices) else {}
    query = {"count": said["count"], "first_on": said["first_on"].isoformat(), "every": said["every"]}
    return visit.url("dunning:debtor_plan", **chosen, **query)


def _proposal(visit: Visit, form: PlanForm) -> Proposal:
    said = form.cleaned_data
    with reading(visit.tenant):
        offered = plans.offer(visit.tenant, visit.link.customer, invoice_ids=form.invoice_ids, on=clock.today())
    instalments = plans.preview(offered, count=said["count"], first_on=said["first_on"], every=Every(said["every"]))
    return Proposal(instalments, _starts_at_once(offered, instalments))


def _starts_at_once(offered: PlanOffer, instalments: tuple[Instalment, ...]) -> bool:
    """What the action will decide again, said beforehand."""
    return (
        offered.is_allowed
        and len(instalments) <= offered.most_instalments
        and min(one.amount for one in instalments) >= offered.least_instalment
        and instalments[0].due_on <= offered.first_by_on
    )


def _plan_page(
    request: HttpRequest, visit: Visit, form: PlanForm, *, proposal: Proposal | None = None, problem: str = ""
) -> HttpResponse:
    words, on = words_of(visit), clock.today()
    form.fields["reason"].required = proposal is not None and not proposal.starts_at_once
    try:
        with reading(visit.tenant):
            every = [row.pk for row in open_invoices(visit)]
            offered = plans.offer(visit.tenant, visit.link.customer, invoice_ids=every, on=on)
    except ArrangementError:  # paid while the form was looked at: the page says so
        return HttpResponseRedirect(visit.url("dunning:debtor_plan"), status=303)
    by_person = "plan_handed_over" if offered.why == "handed_over" else "plan_by_person"
    limits = words[by_person].replace("{tenant}", visit.tenant.name)
    if offered.is_allowed:
        limits = words["plan_at_once"].format(
            most=offered.most_instalments, least=amount_in(words, offered.least_instalment)
        )
    more: dict[str, Any] = {
        "intro": words["plan_intro"].format(total=amount_in(words, offered.total)),
        "extra": limits,
        "compute": COMPUTE,
        "proposal": proposal,
        "instalments": _printed(proposal, words) if proposal else (),
        "needs_person": words["plan_needs_person"].replace("{tenant}", visit.tenant.name),
    }
    return form_page(request, visit, "plan", form, problem=problem, template=PLAN, **more)


def _printed(proposal: Proposal, words: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (
            words["plan_instalment"].format(number=one.number),
            words["deal_due"].format(day=day_in(words, one.due_on)),
            amount_in(words, one.amount),
        )
        for one in proposal.instalments
    ]


def _days(words: dict[str, str], count: int) -> str:
    return words["one_day"] if count == 1 else words["many_days"].format(count=count)
