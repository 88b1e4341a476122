"""The office's place in the Wki register of Justis: one year at a time, and the warning before it ends (law/rules.md 6)."""

from __future__ import annotations

from datetime import date

from tenants.models import Office
from tenants.templatetags.voldaan import dagen, datum

WARNS_DAYS = 60


def registration_problem(office: Office, *, on: date) -> str:
    """Why this office does not stand in the register on this day, as far as is known, in Dutch; empty when it does."""
    if not office.wki_number:
        return f"Van {office.name} is geen nummer in het Wki-register bekend."
    if office.wki_valid_until is None:
        return f"Van {office.name} is niet bekend tot wanneer de registratie in het Wki-register geldt."
    if office.wki_valid_until < on:
        return f"De registratie van {office.name} in het Wki-register liep tot en met {datum(office.wki_valid_until)}."
    return ""


def registration_warning(office: Office, *, on: date) -> str:
    """What the office must do about its registration; empty while it holds for two months more."""
    problem = registration_problem(office, on=on)
    if problem or office.wki_valid_until is None:
        return problem
    left = (office.wki_valid_until - on).days
    if left > WARNS_DAYS:
        return ""
    return f"De registratie in het Wki-register loopt tot en met {datum(office.wki_valid_until)}, nog {dagen(left)}. Verleng haar op tijd."
