"""What the debtor's pages show of the ladder and its agreements; `receivables` itself knows neither."""

from __future__ import annotations

from typing import Any

from django import template

from dunning.debtor import on_page
from dunning.debtor.texts import with_ways_out

register = template.Library()
WAYS = (
    ("paid", "badge-check"),
    ("plan", "split"),
    ("later", "calendar-days"),
    ("dispute", "message-square-x"),
    ("question", "circle-question-mark"),
    ("wrong_person", "user-x"),
    ("help", "life-buoy"),
)


@register.simple_tag(takes_context=True)
def arrangements_on_page(context: dict[str, Any]) -> on_page.OnPage:
    """What was agreed with the customer of this page; nothing on a page that shows no customer."""
    customer = context.get("customer")
    if customer is None:
        return on_page.OnPage()
    words = with_ways_out(context["words"])
    return on_page.build(context["creditor"], customer, on=context["on"], words=words)


@register.simple_tag(takes_context=True)
def ways_out(context: dict[str, Any]) -> list[dict[str, str]]:
    """The other things a debtor can do: address, words and icon."""
    visit, words = context["visit"], with_ways_out(context["words"])
    return [
        {"url": visit.url(f"dunning:debtor_{name}"), "label": words[f"way_{name}"], "icon": icon} for name, icon in WAYS
    ]


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str) -> str:
    """A sentence of the ways out, in the language of this page and with the creditor's name."""
    text = with_ways_out(context["words"])[key]
    creditor = context.get("creditor")
    return text.replace("{tenant}", creditor.name if creditor else "")
