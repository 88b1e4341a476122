"""The Wki: may this office write private persons for its client, and what a letter says about who asks (law/rules.md 6, 10).

Who collects for somebody else from a natural person stands in the register of Justis, for one year at a time. A creditor
that collects its own claims does not need to. The gate reads dates and rows; nothing has to be switched on or off.
"""

from __future__ import annotations

from datetime import date

from dunning.letters.paragraphs import Language
from dunning.models import WkiOverride
from receivables.domain.parameters import RETENTION
from tenants.models import Office, Tenant
from tenants.registration import registration_problem


def wki_note(tenant: Tenant, *, on: date) -> str:
    """Why natural persons may not be written for this tenant on this day, in Dutch; empty when they may."""
    missing = registration_note(tenant, on=on)
    if not missing or override_on(tenant, on=on):
        return ""
    return missing


def registration_note(tenant: Tenant, *, on: date) -> str:
    """What is wrong with the registration itself, whatever somebody decided about it."""
    office = tenant.office
    if office is None:  # own claims: no registration is asked
        return ""
    why = registration_problem(office, on=on)
    return f"{why} Privépersonen, eenmanszaken en vennoten krijgen daarom geen bericht (Wki)." if why else ""


def override_on(tenant: Tenant, *, on: date) -> WkiOverride | None:
    """Somebody's decision to write all the same, when it holds on this day. The newest decision counts, also a shorter one."""
    newest = tenant.wki_overrides.select_related("by").order_by("-at", "-pk").first()
    return newest if newest and newest.until_on >= on else None


def register_lines(tenant: Tenant, language: Language, *, on: date, is_named: bool = False) -> tuple[str, ...]:
    """Who asks, for whom, where they are reached and under which number they are registered; nothing for own claims.

    The number alone when the letter names the office already (`is_named`).
    """
    office = tenant.office
    if office is None:
        return ()
    is_dutch = language is Language.DUTCH
    sent = (
        f"Verzonden door {office.name} namens {tenant.name}"
        if is_dutch
        else f"Sent by {office.name} on behalf of {tenant.name}"
    )
    city = " ".join(part for part in (office.postcode, office.city) if part)
    reached = ", ".join(part for part in (office.street, city, office.phone, office.email) if part)
    number = _number_line(office, is_dutch=is_dutch, on=on)
    return tuple(line for line in ((number,) if is_named else (sent, reached, number)) if line)


def _number_line(office: Office, *, is_dutch: bool, on: date) -> str:
    """A number that ran out is not stated: it would say what is not so."""
    if registration_problem(office, on=on):
        return ""
    where = "Wki-register (Justis)" if is_dutch else "Dutch register of debt collection services (Wki, Justis)"
    return f"{where}: {office.wki_number}"


def complaint_lines(tenant: Tenant, language: Language) -> tuple[str, ...]:
    """Where a debtor takes a complaint or a dispute; the tenant's own address goes before that of its office."""
    mail, url = complaints_at(tenant)
    is_dutch = language is Language.DUTCH
    if is_dutch:
        ways = [f"mail naar {mail}" if mail else "", f"lees {url}" if url else ""]
        said = " of ".join(way for way in ways if way)
        return (
            (f"Hebt u een klacht, of bent u het niet eens met deze vordering? {said[:1].upper()}{said[1:]}.",)
            if said
            else ()
        )
    ways = [f"write to {mail}" if mail else "", f"read {url}" if url else ""]
    said = " or ".join(way for way in ways if way)
    return (f"Do you have a complaint, or do you dispute this claim? {said[:1].upper()}{said[1:]}.",) if said else ()


def complaints_at(tenant: Tenant) -> tuple[str, str]:
    """Mail address and web page for complaints; without any the tenant's own mail address serves."""
    office = tenant.office
    mail = tenant.complaints_email or (office.complaints_email if office else "")
    url = tenant.complaints_url or (office.complaints_url if office else "")
    return (mail or ("" if url else tenant.email), url)


def privacy_lines(tenant: Tenant, language: Language) -> tuple[str, ...]:
    """What art. 13 and 14 GDPR want a debtor to know: who, what for, on which ground, how long, and which rights."""
    mail = tenant.privacy_email or tenant.email
    years = tenant.file_retention_years
    lines = _privacy_dutch(tenant, mail, years) if language is Language.DUTCH else _privacy_english(tenant, mail, years)
    return tuple(line for line in lines if line)


def _privacy_dutch(tenant: Tenant, mail: str, years: int) -> tuple[str, ...]:
    helper = f" {tenant.office.name} helpt ons daarbij." if tenant.office else ""
    return (
        f"{tenant.name} gebruikt uw naam, adres, e-mailadres, facturen en betalingen om deze vordering te innen.{helper} "
        "Dat mag omdat u een overeenkomst met ons hebt en wij er belang bij hebben dat er wordt betaald "
        "(artikel 6 lid 1 onder b en f AVG). De gegevens komen van u en uit onze administratie.",
        f"Facturen bewaren wij {RETENTION.fiscal_years} jaar. Het dossier bewaren wij ten minste {years} jaar nadat het is gesloten.",
        f"U mag uw gegevens inzien, laten verbeteren of laten wissen, en bezwaar maken{f': mail naar {mail}' if mail else ''}. "
        "Met een klacht kunt u ook naar de Autoriteit Persoonsgegevens.",
        f"Lees meer op {tenant.privacy_url}" if tenant.privacy_url else "",
    )


def _privacy_english(tenant: Tenant, mail: str, years: int) -> tuple[str, ...]:
    helper = f" {tenant.office.name} helps us with that." if tenant.office else ""
    return (
        f"{tenant.name} uses your name, address, e-mail address, invoices and payments to collect this claim.{helper} "
        "We may do so because you have a contract with us and because we have an interest in being paid "
        "(Article 6(1)(b) and (f) GDPR). The data come from you and from our own books.",
        f"We keep invoices for {RETENTION.fiscal_years} years, and the file for at least {years} years after it is closed.",
        f"You may see your data, have them corrected or erased, and object{f': write to {mail}' if mail else ''}. "
        "You may also complain to the Dutch Data Protection Authority (Autoriteit Persoonsgegevens).",
        f"Read more at {tenant.privacy_url}" if tenant.privacy_url else "",
    )
