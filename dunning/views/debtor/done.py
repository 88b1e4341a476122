"""What happens now, after a form was taken; and where there is help with debts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from dunning.debtor.taking import taken
from dunning.views.debtor.shared import words_of
from receivables.domain.money import Money
from receivables.paying.texts import amount_in, day_in
from receivables.views.paying.door import Visit, debtor_page, not_found, page_of, reading
from tenants import clock

HELP = ("geldfit", "municipality", "nvvk", "creditor")


@debtor_page("GET")
def done(request: HttpRequest, visit: Visit, form: UUID) -> HttpResponse:
    """The confirmation of one form, told from what was written down; open to the same link only."""
    with reading(visit.tenant):
        event = taken(visit.tenant, visit.link, form, now=clock.now())
    if event is None:
        return not_found(request, visit)
    words, details = words_of(visit), event.details
    kind = "request" if details["kind"] == "plan" and details.get("state") != "running" else details["kind"]
    said = _said(details, words) | {"tenant": visit.tenant.name}
    texts = [words[f"done_{kind}"].format_map(said)]
    if more := words.get(f"done_{kind}_until") if details.get("until") else None:
        texts.append(more.format_map(said))
    context = {"words": words, "title": words[f"done_{kind}_title"], "texts": texts}
    return page_of(request, visit, "dunning/debtor/done.html", context)


def _said(details: dict[str, Any], words: dict[str, str]) -> dict[str, str]:
    """The values of the sentences, written in the language of the page."""
    said = {name: str(value) for name, value in details.items() if not isinstance(value, list)}
    said["invoices"] = ", ".join(details.get("invoices", []))
    for name in ("until", "pay_on"):
        if details.get(name):
            said[name] = day_in(words, date.fromisoformat(details[name]))
    if details.get("amount"):
        said["amount"] = amount_in(words, Money.of(details["amount"]))
    return said


@debtor_page("GET")
def help_with_debts(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Public services, and the creditor itself. Static, and without a link to elsewhere."""
    words = words_of(visit)
    parts = [(words[f"help_{name}_title"], words[f"help_{name}"]) for name in HELP]
    named = [tuple(text.replace("{tenant}", visit.tenant.name) for text in part) for part in parts]
    context = {
        "words": words,
        "title": words["help_title"],
        "parts": named,
        "question_url": visit.url("dunning:debtor_question"),
        "plan_url": visit.url("dunning:debtor_plan"),
    }
    return page_of(request, visit, "dunning/debtor/help.html", context)
