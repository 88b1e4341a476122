"""How an event reads in Dutch. A verb that is not in the table is shown as it is, so that nothing stays hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenants.models import Event

SUBJECTS = {
    "member": "Mensen",
    "invitation": "Uitnodigingen",
    "tenant": "Instellingen",
    "sending": "Noodstop",
    "import": "Importen",
    "customer": "Klanten",
    "invoice": "Facturen",
    "payment": "Betalingen",
    "hold": "Blokkades",
    "policy": "Ladders",
    "run": "Weekruns",
    "notice": "Brieven en mails",
    "call": "Belacties",
    "handover": "Overdrachten",
    "pay_link": "Betaallinks",
    "psp_payment": "Online betalingen",
    "psp_account": "Betaalkoppeling",
}

VERBS = {
    "member.added": "Toegang gegeven",
    "member.changed": "Rol gewijzigd",
    "member.removed": "Toegang afgenomen",
    "invitation.sent": "Uitnodiging gestuurd",
    "invitation.revoked": "Uitnodiging ingetrokken",
    "tenant.edited": "Instellingen gewijzigd",
    "tenant.logo_set": "Logo gewijzigd",
    "tenant.opened": "Administratie aangemaakt",
    "sending.frozen": "Noodstop aangezet",
    "sending.resumed": "Noodstop uitgezet",
    "import.started": "Import gestart",
    "import.applied": "Import verwerkt",
    "import.cancelled": "Import geannuleerd",
    "import.refused": "Import geweigerd",
    "call.closed": "Belactie afgehandeld",
    "run.planned": "Weekrun voorbereid",
    "run.approved": "Weekrun goedgekeurd",
    "run.stopped": "Weekrun gestopt",
    "run.excluded": "Uit de weekrun gehaald",
    "policy.published": "Ladder gepubliceerd",
    "policy.renamed": "Ladder hernoemd",
    "policy.made_default": "Standaardladder gekozen",
    "policy.files_moved": "Lopende dossiers naar nieuwe ladder",
    "pay_link.revoked": "Betaallink ingetrokken",
    "psp_payment.started": "Online betaling gestart",
    "psp_account.connected": "Betaalkoppeling ingesteld",
}

DETAILS = {
    "email": "E-mailadres",
    "role": "Rol",
    "role_before": "Rol daarvoor",
    "named_tenants": "Administraties",
    "iban": "IBAN",
    "iban_name": "Tenaamstelling",
    "name": "Naam",
    "bytes": "Grootte in bytes",
    "reason": "Reden",
    "number": "Nummer",
    "amount": "Bedrag",
}


@dataclass(frozen=True, slots=True)
class Description:
    """One line of the trail, and what is behind it."""

    title: str
    subject: str
    details: list[tuple[str, str]]


def describe(event: Event) -> Description:
    """Dutch words for an event."""
    subject = SUBJECTS.get(event.verb.partition(".")[0], "")
    details = [
        (DETAILS.get(name, name), _plain(value)) for name, value in event.details.items() if value not in ("", [])
    ]
    return Description(VERBS.get(event.verb, event.verb), subject, details)


def _plain(value: Any) -> str:
    """[old, new] reads as a change; anything else as itself."""
    if isinstance(value, list) and len(value) == 2 and not isinstance(value[0], list | dict):
        return f"{_plain(value[0])} → {_plain(value[1])}"
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    if isinstance(value, bool) or value is None:
        return {True: "ja", False: "nee", None: "leeg"}[value]
    return str(value) or "leeg"
