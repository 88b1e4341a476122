"""How amounts, dates and icons look on every screen, letter and mail: Dutch, and the same everywhere."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tenants.clock import today  # noqa: TID251 # the demo bar shows the clock

register = template.Library()

CENT = Decimal("0.01")
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
NO_BREAK = "\u00a0"
SAY_NOTHING = frozenset({"de", "het", "van", "en", "bv", "nv", "vof"})  # in a name's initials; B.V. has no such word


def _dutch_number(amount: Decimal) -> str:
    """1234567.5 -> 1.234.567,50."""
    whole, _, cents = f"{amount:,.2f}".partition(".")
    return f"{whole.replace(',', '.')},{cents}"


@register.filter
def eur(value: Any) -> str:
    """A Money, Decimal, int or numeric text as `€ 1.234,56`; nothing gives nothing."""
    if value is None or value == "":
        return ""
    try:
        amount = Decimal(str(getattr(value, "amount", value))).quantize(CENT, rounding=ROUND_HALF_UP)
    except InvalidOperation:  # what a file said and nobody could read, shown as it stands
        return str(value)
    sign = "-" if amount < 0 else ""
    return f"€{NO_BREAK}{sign}{_dutch_number(abs(amount))}"


@register.filter
def eur_kort(value: Any) -> str:
    """Whole euros for charts and tiles: `€ 1.235`."""
    if value is None or value == "":
        return ""
    amount = Decimal(str(getattr(value, "amount", value))).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    sign = "-" if amount < 0 else ""
    return f"€{NO_BREAK}{sign}{aantal(abs(amount))}"


@register.filter
def aantal(value: Any) -> str:
    """A count with thousand points: 12345 -> 12.345."""
    return "" if value is None or value == "" else f"{int(value):,}".replace(",", ".")


@register.filter
def hoeveel(value: Any, words: str) -> str:
    """A count with its word: `{{ n|hoeveel:'factuur,facturen' }}`."""
    one, _, many = words.partition(",")
    return f"{aantal(value)} {one if int(value or 0) == 1 else many}"


def _day(value: date | datetime) -> date:
    """The civil day in Amsterdam of a moment, or the day itself."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def datum(value: date | datetime | None) -> str:
    """`3 november 2026`."""
    if not value:
        return ""
    day = _day(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@register.filter
def datum_kort(value: date | datetime | None) -> str:
    """`03-11-2026`."""
    return f"{_day(value):%d-%m-%Y}" if value else ""


@register.filter
def weekdag_datum(value: date | datetime | None) -> str:
    """`maandag 23 november`."""
    if not value:
        return ""
    day = _day(value)
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


@register.filter
def tijd(value: datetime | None) -> str:
    """`14:05`, in Amsterdam."""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def datum_tijd(value: datetime | None) -> str:
    """`3 november 2026, 14:05`."""
    return f"{datum(value)}, {tijd(value)}" if value else ""


@register.filter
def iso(value: date | datetime | None) -> str:
    """Machine form for <time datetime> and date inputs."""
    return value.isoformat() if value else ""


@register.filter
def iban(value: str | None) -> str:
    """An IBAN in groups of four."""
    text = (value or "").replace(" ", "")
    return NO_BREAK.join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def initialen(value: Any) -> str:
    """Two letters that stand for a name: `Bakkerij De Korrel` -> `BK`."""
    words = [word for word in re.findall(r"\w{2,}", str(value)) if word.lower() not in SAY_NOTHING]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [re.sub(r"\W", "", "".join(words) or str(value))[:2]]
    return "".join(letters).upper()


@register.filter
def dagen(value: int | None) -> str:
    """`1 dag`, `12 dagen`."""
    if value is None:
        return ""
    return "1 dag" if value == 1 else f"{aantal(value)} dagen"


@lru_cache(maxsize=256)
def _icon(name: str) -> SafeString:
    svg = lucide._render_icon(name, None, aria_hidden="true", focusable="false", **{"class": "icon"})
    return mark_safe(svg)  # noqa: S308 # drawn by the icon package from a fixed name


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon; the words beside it carry the meaning."""
    return _icon(str(name) + "")


@register.simple_tag(takes_context=True)
def current_page(context: dict[str, Any], *prefixes: str) -> SafeString:
    """`aria-current="page"` for a menu entry when the open URL name begins with one of these names."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    name = match.view_name if match else ""
    is_current = any(name == prefix or name.startswith(f"{prefix}_") for prefix in prefixes)
    return SafeString('aria-current="page"' if is_current else "")


@register.simple_tag(takes_context=True)
def nav_link(
    context: dict[str, Any], name: str, *args: Any, label: str, icon: str, count: int = 0, also: str = "", but: str = ""
) -> SafeString:
    """One menu entry; nothing when this person has no such page (the page itself refuses too). `but` names pages of others."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return SafeString("")
    is_others = bool(but) and bool(current_page(context, *but.split()))
    current = SafeString("") if is_others else current_page(context, name, *also.split())
    badge = format_html(' <span class="count">{}</span>', aantal(count)) if count else ""
    return format_html('<li><a href="{}" {}>{}{}{}</a></li>', url, current, _icon(icon), label, badge)


@register.simple_tag
def demo_clock() -> dict[str, Any]:
    """What day it is in the demo, for the bar above every page."""
    return {"today": today()}
