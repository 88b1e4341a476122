"""Already paid, a question, the wrong person: messages that a person looks at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from dunning.actions import messages
from dunning.debtor import proof
from dunning.forms.debtor import PaidForm, QuestionForm, WrongPersonForm
from dunning.models import DebtorMessage
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
from receivables.models import Customer
from receivables.views.paying.door import Visit
from tenants import clock


@way_out
def paid(request: HttpRequest, visit: Visit) -> HttpResponse:
    """When, how much, from where, with proof if there is any."""
    invoices = open_invoices(visit)
    if not invoices:
        return nothing_open(request, visit)
    form = PaidForm(
        words_of(visit),
        **posted(request),
        choices=choices_of(visit, invoices),
        on=clock.today(),
        initial={"invoices": chosen_first(invoices)},
    )
    if not form.is_valid():
        return form_page(request, visit, "paid", form, has_file=True)

    def act(customer: Customer) -> Outcome:
        said = form.cleaned_data
        message = messages.claim_paid(
            visit.tenant,
            customer,
            paid_on=said["paid_on"],
            amount=said["amount"],
            paid_from=said["paid_from"],
            text=said["text"],
            proof=proof.keep(visit.tenant, said["proof"]) if said["proof"] else None,
            invoice_ids=form.invoice_ids,
            on=clock.today(),
            now=clock.now(),
        )
        return _until(message)

    def refused(problem: str) -> HttpResponse:
        return form_page(request, visit, "paid", form, problem=problem, has_file=True)

    return take_in(request, visit, "paid", act, refused=refused)


@way_out
def question(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask something; what is owed and when stays the same."""
    form = QuestionForm(words_of(visit), **posted(request), on=clock.today())
    if not form.is_valid():
        return form_page(request, visit, "question", form)

    def act(customer: Customer) -> Outcome:
        messages.leave_question(
            visit.tenant,
            customer,
            text=form.cleaned_data["text"],
            from_name=form.cleaned_data["from_name"],
            from_email=form.cleaned_data["from_email"],
            invoice_ids=[],
            on=clock.today(),
            now=clock.now(),
        )
        return {}

    def refused(problem: str) -> HttpResponse:
        return form_page(request, visit, "question", form, problem=problem)

    return take_in(request, visit, "question", act, refused=refused)


@way_out
def wrong_person(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say so, and who it should have been. Nothing is forwarded until a person agrees: that would tell on somebody."""
    form = WrongPersonForm(words_of(visit), **posted(request), on=clock.today())
    if not form.is_valid():
        return form_page(request, visit, "wrong_person", form)

    def act(customer: Customer) -> Outcome:
        said = form.cleaned_data
        message = messages.report_wrong_person(
            visit.tenant,
            customer,
            text=said["text"],
            from_name=said["from_name"],
            forward_name=said["forward_name"],
            forward_email=said["forward_email"],
            on=clock.today(),
            now=clock.now(),
        )
        return _until(message)

    def refused(problem: str) -> HttpResponse:
        return form_page(request, visit, "wrong_person", form, problem=problem)

    return take_in(request, visit, "wrong_person", act, refused=refused)


def _until(message: DebtorMessage) -> Outcome:
    """Until when nothing is asked, when the message holds something."""
    until_on = message.hold.until_on if message.hold else None
    return {"until": until_on.isoformat()} if until_on else {}
