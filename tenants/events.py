"""How an event reads in Dutch. A verb that is not in the table is shown as it is, so that nothing stays hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenants.models import Event

SUBJECTS = {
    "run": "Weekruns",
    "notice": "Brieven en mails",
    "fourteen_day_letter": "Veertiendagenbrieven",
    "print_batch": "Briefpost",
    "call": "Belacties",
    "hold": "Blokkades",
    "handover": "Overdrachten",
    "policy": "Ladders",
    "customer": "Klanten",
    "note": "Notities",
    "invoice": "Facturen",
    "invoice_revision": "Gewijzigde facturen",
    "credit_note": "Creditnota’s",
    "payment": "Betalingen",
    "books": "Cijfers bijgewerkt",
    "import": "Importen",
    "pay_link": "Betaallinks",
    "psp_payment": "Online betalingen",
    "psp_account": "Betaalkoppeling",
    "member": "Mensen",
    "invitation": "Uitnodigingen",
    "tenant": "Instellingen",
    "sending": "Noodstop",
    "wki": "Wki",
    "limitation": "Verjaring",
    "vat": "Btw op oninbare facturen",
}

VERBS = {
    "run.planned": "Weekrun voorbereid",
    "run.approved": "Weekrun goedgekeurd",
    "run.stopped": "Weekrun gestopt",
    "run.excluded": "Uit de weekrun gehaald",
    "notice.accepted": "Verzonden",
    "notice.bounced": "Onbestelbaar teruggekomen",
    "notice.cancelled": "Bericht vervallen",
    "notice.held_as_unknown": "Onzeker of het verzonden is",
    "notice.refused": "Geweigerd door de mailserver",
    "notice.released": "Opnieuw vrijgegeven",
    "notice.not_posted": "Brief niet gepost",
    "fourteen_day_letter.receipt_proved": "Ontvangst van veertiendagenbrief vastgelegd",
    "fourteen_day_letter.ran_out": "Veertiendagenbrief verlopen",
    "fourteen_day_letter.voided": "Veertiendagenbrief vervallen verklaard",
    "print_batch.made": "Brieven klaargezet om te printen",
    "call.closed": "Belactie afgehandeld",
    "hold.placed": "Blokkade geplaatst",
    "hold.extended": "Blokkade verlengd",
    "hold.ended": "Blokkade opgeheven",
    "handover.flagged": "Overdracht voorgesteld",
    "handover.approved": "Overdracht goedgekeurd",
    "handover.rejected": "Overdracht afgewezen",
    "handover.withdrawn": "Overdracht ingetrokken",
    "handover.packaged": "Dossier gemaakt",
    "handover.handed_over": "Dossier overgedragen",
    "policy.published": "Ladder gepubliceerd",
    "policy.renamed": "Ladder hernoemd",
    "policy.text_published": "Brieftekst gepubliceerd",
    "policy.text_restored": "Standaardtekst teruggezet",
    "segment.added": "Segment gemaakt",
    "office.opened": "Kantoor geopend",
    "office.edited": "Instellingen van het kantoor gewijzigd",
    "policy.chosen": "Ladder gekozen",
    "policy.made_default": "Standaardladder gekozen",
    "policy.files_moved": "Lopende dossiers naar nieuwe ladder",
    "customer.corrected": "Klantgegevens verbeterd",
    "note.added": "Notitie geschreven",
    "invoice.written_off": "Factuur afgeboekt",
    "invoice.terms_set": "Grond van de vervaldatum vastgelegd",
    "limitation.interrupted": "Stuiting vastgelegd",
    "limitation.released": "Verjaarde factuur vrijgegeven",
    "vat.reclaimed": "Btw gemarkeerd als teruggevraagd",
    "vat.due_again": "Btw gemarkeerd als opnieuw aangegeven",
    "vat.withdrawn": "Markering van btw ingetrokken",
    "invoice_revision.accepted": "Gewijzigde factuur overgenomen",
    "invoice_revision.rejected": "Gewijzigde factuur genegeerd",
    "credit_note.settled": "Creditnota verrekend",
    "payment.booked": "Betaling geboekt",
    "payment.allocated": "Betaling verdeeld",
    "payment.returned": "Betaling teruggeboekt",
    "books.confirmed": "Cijfers bijgewerkt gemeld",
    "import.started": "Import gestart",
    "import.applied": "Import verwerkt",
    "import.cancelled": "Import geannuleerd",
    "import.unlisted_settled": "Facturen die niet op de lijst stonden",
    "pay_link.revoked": "Betaallink ingetrokken",
    "psp_payment.started": "Online betaling gestart",
    "psp_payment.acknowledged": "Online betaling nagekeken",
    "psp_payment.distrusted": "Online betaling klopt niet",
    "psp_account.connected": "Betaalkoppeling ingesteld",
    "member.added": "Toegang gegeven",
    "member.changed": "Rol gewijzigd",
    "member.removed": "Toegang afgenomen",
    "invitation.sent": "Uitnodiging gestuurd",
    "invitation.revoked": "Uitnodiging ingetrokken",
    "tenant.opened": "Administratie geopend",
    "tenant.edited": "Instellingen gewijzigd",
    "tenant.logo_set": "Logo gewijzigd",
    "wki.override_recorded": "Uitzondering op de Wki-poort",
    "wki.override_withdrawn": "Uitzondering op de Wki-poort ingetrokken",
    "wki.agreement_kept": "Opdracht van de schuldeiser bewaard",
    "sending.frozen": "Noodstop aangezet",
    "sending.resumed": "Noodstop uitgezet",
}

DETAILS = {
    "contract_interest_compounds": "Rente op rente afgesproken",
    "contract_interest_percent": "Afgesproken rente per jaar",
    "due_date_basis": "Grond van de vervaldatum",
    "insolvency": "Stopsignaal",
    "insolvency_note": "Zaaknummer of toelichting",
    "insolvency_on": "Stopsignaal sinds",
    "insolvency_until": "Stopsignaal tot en met",
    "is_consumer": "Consument",
    "is_government": "Overheid",
    "is_instalment": "Termijn van een contract",
    "is_natural_person": "Privé aansprakelijk",
    "kind": "Soort",
    "last_safe_day": "Verjaarde na",
    "legal_form": "Rechtsvorm",
    "payment_term_days": "Afgesproken betaaltermijn",
    "period": "Aangifte",
    "received_on": "Ontvangen op",
    "representative_city": "Plaats van de vertegenwoordiger",
    "representative_email": "E-mail van de vertegenwoordiger",
    "representative_name": "Curator, bewindvoerder of mentor",
    "representative_postcode": "Postcode van de vertegenwoordiger",
    "representative_street": "Straat van de vertegenwoordiger",
    "kvk_number": "KvK-nummer",
    "vat_number": "Btw-nummer",
    "admin": "Beheerder",
    "agency": "Incassobureau",
    "business_interest_compounds": "Rente op afgesproken rente",
    "business_interest_percent": "Afgesproken rente met bedrijven",
    "can_deduct_vat": "Kan btw verrekenen",
    "claim_nature": "Wat verkocht wordt",
    "complaints_email": "E-mailadres voor klachten",
    "complaints_url": "Pagina met de klachtenregeling",
    "contact_cap": "Hoogste aantal berichten",
    "contact_cap_days": "In zoveel dagen",
    "costs": "Incassokosten",
    "file_retention_years": "Jaren dossier bewaren",
    "interest": "Rente",
    "interest_day_count": "Dagen in een rentejaar",
    "is_large": "Grote onderneming",
    "privacy_email": "E-mailadres voor privacyvragen",
    "privacy_url": "Pagina met de privacyverklaring",
    "signed_by": "Getekend door",
    "signed_on": "Getekend op",
    "term_margin_days": "Extra dagen na de veertien",
    "until_on": "Tot en met",
    "vat_period": "Btw-aangifte",
    "agency_name": "Incassobureau",
    "proof": "Bewijs",
    "to": "Naar",
    "from": "Van",
    "due_from": "Verschuldigd vanaf",
    "amount": "Bedrag",
    "answer": "Antwoord",
    "bytes": "Grootte in bytes",
    "count": "Aantal",
    "customer": "Klant",
    "differences": "Verschillen",
    "email": "E-mailadres",
    "file": "Bestand",
    "iban": "IBAN",
    "iban_name": "Tenaamstelling",
    "invoice": "Factuur",
    "invoices": "Facturen",
    "level": "Geldt voor",
    "name": "Naam",
    "named_tenants": "Administraties",
    "note": "Toelichting",
    "number": "Nummer",
    "outcome": "Uitkomst",
    "policy": "Ladder",
    "problem": "Probleem",
    "reason": "Reden",
    "returned_on": "Teruggeboekt op",
    "role": "Rol",
    "role_before": "Rol daarvoor",
    "run_hour": "Uur van de weekrun",
    "run_weekday": "Dag van de weekrun",
    "approves_automatically": "Runs gaan vanzelf uit",
    "sha256": "Vingerafdruk",
    "source": "Bron",
    "through": "Via",
    "up_to_on": "Tot en met",
    "why": "Waarom",
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
        (DETAILS.get(name, name), _plain(value)) for name, value in event.details.items() if value not in ("", [], None)
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
