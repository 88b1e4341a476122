"""What a debtor fills in on each page, and where those pages are."""

from __future__ import annotations

from typing import Any

from tests.receivables.paying.world import World

PAGES = {
    "paid": "/al-betaald",
    "question": "/vraag",
    "dispute": "/niet-eens",
    "later": "/later",
    "plan": "/in-delen",
    "wrong_person": "/verkeerde-persoon",
}
READING = ["", "/hulp", "/bekijken", *PAGES.values()]


def filled(world: World, way: str, **other: Any) -> dict[str, Any]:
    """A form as somebody would fill it in, for both invoices."""
    both = [str(world.old.pk), str(world.young.pk)]
    forms: dict[str, dict[str, Any]] = {
        "paid": {"invoices": both, "paid_on": "2026-11-20", "amount": "150,00", "paid_from": "1234"},
        "question": {"text": "Wat is dit?", "from_name": "J. Jansen", "from_email": "jan@klant.example"},
        "dispute": {"invoices": both, "reason": "quality", "text": "De taart was stuk."},
        "later": {"invoices": both, "pay_on": "2026-12-01"},
        "plan": {"invoices": both, "count": "3", "first_on": "2026-12-01", "every": "month"},
        "wrong_person": {
            "text": "Ik werk hier niet meer",
            "forward_name": "P. Smit",
            "forward_email": "smit@klant.example",
        },
    }
    return {**forms[way], **other}


def send(world: World, way: str, *, form: str | None = None, **other: Any) -> Any:
    return world.post(PAGES[way], filled(world, way, **other), form=form)
