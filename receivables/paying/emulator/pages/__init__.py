"""The demo bank's pages: plain HTML without script, every word of a payment escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

from receivables.paying.emulator.store import Resource

HERE = Path(__file__).parent
FRAME = Template((HERE / "frame.html").read_text())
CSS = (HERE / "bank.css").read_bytes()

DUTCH = {
    "warning": "Nagebootste bank voor demo en test: er gaat geen echt geld over.",
    "title": "Betaling goedkeuren",
    "for": "Omschrijving",
    "from": "Van rekening",
    "reference": "Kenmerk",
    "account": "Betaalrekening NL13 TEST 0123 4567 89",
    "pay": "Betalen",
    "cancel": "Annuleren",
    "other": "Andere afloop uitproberen",
    "expire": "Laten verlopen",
    "fail": "Laten mislukken",
    "back": "Terug naar de ontvanger",
    "paid": "Deze betaling is gelukt",
    "canceled": "Deze betaling is geannuleerd",
    "expired": "Deze betaling is verlopen",
    "failed": "Deze betaling is mislukt",
    "open": "Deze betaling staat nog open",
}
ENGLISH = {
    "warning": "Imitation bank for demos and tests: no real money moves.",
    "title": "Approve payment",
    "for": "Description",
    "from": "From account",
    "reference": "Reference",
    "account": "Current account NL13 TEST 0123 4567 89",
    "pay": "Pay",
    "cancel": "Cancel",
    "other": "Try another outcome",
    "expire": "Let it expire",
    "fail": "Let it fail",
    "back": "Back to the payee",
    "paid": "This payment has succeeded",
    "canceled": "This payment was cancelled",
    "expired": "This payment has expired",
    "failed": "This payment has failed",
    "open": "This payment is still open",
}


def approve(payment: Resource, *, secret: str) -> str:
    """The page on which the demo user pays, cancels, or lets it end otherwise."""
    words = _words(payment)
    return _frame(
        words,
        title=words["title"],
        body=f"""<div class="card"><h1>{words["title"]}</h1>
<p class="amount">{_amount(payment)}</p>
<dl><div><dt>{words["for"]}</dt><dd>{escape(payment["description"])}</dd></div>
<div><dt>{words["from"]}</dt><dd>{words["account"]}</dd></div>
<div><dt>{words["reference"]}</dt><dd>{escape(payment["id"])}</dd></div></dl>
<form method="post" action="/pay/{escape(secret)}">
<button class="pay" name="outcome" value="paid">{words["pay"]}</button>
<button name="outcome" value="canceled">{words["cancel"]}</button>
<div class="other"><p>{words["other"]}</p><div class="pair">
<button name="outcome" value="expired">{words["expire"]}</button>
<button name="outcome" value="failed">{words["fail"]}</button></div></div>
</form></div>""",
    )


def ended(payment: Resource) -> str:
    """What the bank says when the payment has already ended."""
    words = _words(payment)
    said = words.get(payment["status"], words["open"])
    return _frame(
        words,
        title=said,
        body=f"""<div class="card"><h1>{said}</h1><p class="amount">{_amount(payment)}</p>
<dl><div><dt>{words["for"]}</dt><dd>{escape(payment["description"])}</dd></div></dl>
<a class="button" href="{escape(payment["redirectUrl"])}">{words["back"]}</a></div>""",
    )


def overview(payments: Iterable[Resource]) -> str:
    """All payments, newest first, for whoever runs the demo."""
    rows = "".join(
        f"""<tr><td>{escape(payment["createdAt"][:19].replace("T", " "))}</td><td>{escape(payment["id"])}</td>
<td class="text">{escape(payment["description"])}</td><td class="num">{_amount(payment)}</td>
<td class="{escape(payment["status"])}">{escape(payment["status"])}</td></tr>"""
        for payment in payments
    )
    table = f"""<div class="scroll"><table><thead><tr><th>Gemaakt (UTC)</th><th>Kenmerk</th><th>Omschrijving</th>
<th class="num">Bedrag</th><th>Stand</th></tr></thead><tbody>{rows}</tbody></table></div>"""
    body = f'<div class="card"><h1>Betalingen bij de nagebootste PSP</h1>{table if rows else "<p>Nog geen.</p>"}</div>'
    return _frame(DUTCH, title="Betalingen", body=body, width="wide")


def _frame(words: dict[str, str], *, title: str, body: str, width: str = "") -> str:
    lang = "en" if words is ENGLISH else "nl"
    return FRAME.substitute(lang=lang, title=title, warning=words["warning"], body=body, width=width)


def _words(payment: Resource) -> dict[str, str]:
    return ENGLISH if str(payment.get("locale") or "").startswith("en") else DUTCH


def _amount(payment: Resource) -> str:
    whole, cents = payment["amount"]["value"].split(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    sign = "€" if payment["amount"]["currency"] == "EUR" else escape(payment["amount"]["currency"])
    return f"{sign}&nbsp;{grouped},{cents}"
