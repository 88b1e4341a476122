"""What the ways out share: choices of invoices, taking a form in, and the answers when that cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from dunning.actions.arrangements import ArrangementError
from dunning.debtor.taking import Form, TooOftenError, take, taken
from dunning.debtor.texts import with_ways_out
from dunning.forms.debtor import DebtorForm
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from receivables.models.invoices import InvoiceKind
from receivables.paying import limits
from receivables.paying.texts import amount_in
from receivables.views.paying.door import Visit, debtor_page, page_of, reading
from tenants import clock

MOST_FROM_ONE_PLACE = 20  # forms an hour; an office may share an address
PAGE = "dunning/debtor/form.html"
TEXT_KEYS = {"paid": "paid_form"}  # the pay page has a "paid" of its own
Outcome = dict[str, Any]


def way_out(view: Callable[[HttpRequest, Visit], HttpResponse]) -> Callable[..., Any]:
    """A page with one form. Who sends that form again is led to what came of it the first time."""

    @wraps(view)
    def once(request: HttpRequest, visit: Visit) -> HttpResponse:
        if visit.form is not None:
            with reading(visit.tenant):
                event = taken(visit.tenant, visit.link, visit.form, now=clock.now())
            if event is not None:
                return _to_confirmation(visit)
        return view(request, visit)

    return debtor_page("GET", "POST")(once)


def words_of(visit: Visit) -> dict[str, str]:
    return with_ways_out(visit.words)


def open_invoices(visit: Visit) -> list[Invoice]:
    """What this customer can say something about, oldest due first."""
    with reading(visit.tenant):
        rows = visit.tenant.invoices.filter(
            customer=visit.link.customer, kind=InvoiceKind.INVOICE, open_amount__gt=0, currency="EUR"
        )
        return list(rows.order_by("due_on", "number")[:500])


def choices_of(visit: Visit, invoices: list[Invoice]) -> list[tuple[str, str]]:
    words = visit.words
    return [
        (str(row.pk), f"{words['invoice']} {row.number}, {amount_in(words, Money.of(row.open_amount))}")
        for row in invoices
    ]


def chosen_first(invoices: list[Invoice]) -> list[str]:
    """What is ticked when the page opens: what is overdue, else everything."""
    overdue = [str(row.pk) for row in invoices if row.due_on < clock.today()]
    return overdue or [str(row.pk) for row in invoices]


def form_page(
    request: HttpRequest,
    visit: Visit,
    way: str,
    form: DebtorForm,
    *,
    problem: str = "",
    template: str = PAGE,
    **more: Any,
) -> HttpResponse:
    """The page of one way out: title, intro and form, and why it was not taken when it was not."""
    words = words_of(visit)
    key = TEXT_KEYS.get(way, way)
    around = {
        "words": words,
        "title": words[f"{key}_title"],
        "intro": words[f"{key}_intro"].replace("{tenant}", visit.tenant.name),
        "button": words["send"],
        "post_url": visit.url(f"dunning:debtor_{way}"),
        "form": form,
        "problem": problem or (words["fix_fields"] if form.errors else ""),
    }
    return page_of(request, visit, template, around | more, status=422 if around["problem"] else 200)


def nothing_open(request: HttpRequest, visit: Visit) -> HttpResponse:
    words = words_of(visit)
    context = {
        "words": words,
        "title": words["nothing_title"],
        "text": visit.words["nothing"].format(tenant=visit.tenant.name),
    }
    return page_of(request, visit, "dunning/debtor/note.html", context)


def take_in(
    request: HttpRequest,
    visit: Visit,
    kind: str,
    act: Callable[[Customer], Outcome],
    *,
    refused: Callable[[str], HttpResponse],
) -> HttpResponse:
    """Take the form once and lead to its confirmation; `refused` shows the form again with a reason."""
    assert visit.form is not None  # noqa: S101 # the door refuses a post without one
    if not limits.is_place_allowed("debtor", visit.ip, most=MOST_FROM_ONE_PLACE, when_away=True):
        return too_often(request, visit)
    try:
        take(visit.tenant, Form(visit.form, kind, visit.link), act, now=clock.now())
    except TooOftenError:
        return too_often(request, visit)
    except ArrangementError as error:
        words = words_of(visit)
        return refused(words.get(f"error_{error.code}", words["error_other"]))
    return _to_confirmation(visit)


def _to_confirmation(visit: Visit) -> HttpResponse:
    return HttpResponseRedirect(visit.url("dunning:debtor_done", visit.form), status=303)


def too_often(request: HttpRequest, visit: Visit) -> HttpResponse:
    words = words_of(visit)
    text = words["too_often_forms"].replace("{tenant}", visit.tenant.name)
    context = {"words": words, "title": words["too_often_title"], "text": text}
    return page_of(request, visit, "dunning/debtor/note.html", context, status=429)


def posted(request: HttpRequest) -> dict[str, Any]:
    """What a form is bound to: nothing on a GET."""
    return {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
