"""Legal forms, and what a name gives away about one. It is only a proposal, and doubt stays unknown: the careful side."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class LegalForm(StrEnum):
    UNKNOWN = "unknown"
    PRIVATE = "private"
    SOLE_TRADER = "sole_trader"
    PARTNERSHIP = "partnership"
    PRIVATE_COMPANY = "private_company"
    PUBLIC_COMPANY = "public_company"
    FOUNDATION = "foundation"
    ASSOCIATION = "association"
    GOVERNMENT = "government"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A legal form and the Dutch sentence that says what it rests on."""

    form: LegalForm
    why: str


Words = Mapping[LegalForm, frozenset[str]]


def _known(words: dict[LegalForm, str]) -> Words:
    return {form: frozenset(text.split()) for form, text in words.items()}


_ANYWHERE: Final = _known(
    {
        LegalForm.FOREIGN: "ltd llc llp inc gmbh sarl sprl srl bvba cvba vzw",
        LegalForm.PRIVATE_COMPANY: "bv",
        LegalForm.PUBLIC_COMPANY: "nv",
        LegalForm.FOUNDATION: "stichting",
        LegalForm.ASSOCIATION: "vereniging cooperatie cooperatieve vve",
        LegalForm.PARTNERSHIP: "vof maatschap",
        LegalForm.SOLE_TRADER: "eenmanszaak hodn",
    }
)
_IN_FRONT: Final = _known(  # a café may be called De Provincie
    {
        LegalForm.GOVERNMENT: "gemeente provincie waterschap hoogheemraadschap wetterskip ministerie rijkswaterstaat "
        "belastingdienst veiligheidsregio omgevingsdienst",
        LegalForm.PARTNERSHIP: "fa firma",
    }
)
_LAST_WITH_DUTCH_NUMBER: Final = _known({LegalForm.PARTNERSHIP: "cv", LegalForm.ASSOCIATION: "ua ba wa"})
_LAST_WITH_FOREIGN_NUMBER: Final = _known(  # else initials or a name: van As, Sas, Beauty Spa
    {LegalForm.FOREIGN: "limited ag sa as ab se sl ug kg oy spa sas aps plc corp bv nv"}
)
_PHRASES: Final = {
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "vennootschap onder firma": "vof",
    "handelend onder de naam": "hodn",
    "commanditaire vennootschap": "maatschap",
}
_PERSONAL: Final = frozenset({"dhr", "heer", "hr", "mevr", "mevrouw", "mw", "mej", "familie", "fam"})
_CARE_OF: Final = re.compile(r"\b(?:p/a|c/o|inzake|bewind\w*|curator)\b", re.IGNORECASE)
_CHURCH: Final = frozenset(
    {"kerk", "parochie", "gods", "vrije", "baptisten", "protestantse", "hervormde", "gereformeerde", "evangelische"}
)
_INITIALS: Final = re.compile(r"\b\w(?:(?:[./]\w)+|(?:\.? \w)+)\b\.?(?!\w)")
_INITIALS_OF_A_PERSON: Final = re.compile(r"^\s*(?:[bn]\. ?v\.)\s*\w|,\s*[bn]\. ?v\.?\s*$", re.IGNORECASE)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def propose_legal_form(name: str, *, kvk_number: str = "", vat_number: str = "") -> Proposal:
    """Read the legal form from a name. A register number alone names no form, for a sole trader has one too."""
    words = _words(name)
    country = _country(vat_number)
    is_dutch = bool(kvk_number) or country == "NL"
    form, word = _read(words, is_dutch=is_dutch, is_foreign=country not in ("", "NL"))
    personal = _personal(words)
    if form is not LegalForm.UNKNOWN and (personal or _CARE_OF.search(name) or _INITIALS_OF_A_PERSON.search(name)):
        why = f"De naam bevat “{word}”, maar kan ook van een persoon zijn. Kies zelf; tot dan telt de debiteur als consument."
        return Proposal(LegalForm.UNKNOWN, why)
    if form is not LegalForm.UNKNOWN:
        return Proposal(form, f"De naam bevat “{word}”.")
    if kvk_number or vat_number:
        return Proposal(LegalForm.UNKNOWN, _NUMBER_ONLY)
    if personal:
        return Proposal(LegalForm.PRIVATE, f"De naam heeft de aanhef “{personal}”.")
    return Proposal(LegalForm.UNKNOWN, "De naam zegt niets over de rechtsvorm; de debiteur telt als consument.")


_NUMBER_ONLY: Final = (
    "Er is een KvK- of btw-nummer, dus waarschijnlijk een onderneming, maar dat kan ook een eenmanszaak zijn. "
    "Tot u de rechtsvorm kiest, telt de debiteur als consument."
)


def _read(words: list[str], *, is_dutch: bool, is_foreign: bool) -> tuple[LegalForm, str]:
    if words[:1] in (["de"], ["het"]):
        words = words[1:]
    looks = [(words[-1:], _LAST_WITH_FOREIGN_NUMBER)] if is_foreign else []
    looks.append((words, _ANYWHERE))
    if _CHURCH.isdisjoint(words):
        looks.append((words[:1], _IN_FRONT))
    if is_dutch:
        looks.append((words[-1:], _LAST_WITH_DUTCH_NUMBER))
    for place, choices in looks:
        for form, known in choices.items():
            found = next((word for word in place if word in known), "")
            if found:
                return form, found
    return LegalForm.UNKNOWN, ""


def _personal(words: list[str]) -> str:
    """A form of address, unless it stands after "t.a.v.": that is a person at a company."""
    until = words.index("tav") if "tav" in words else len(words)
    return next((word for word in words[:until] if word in _PERSONAL), "")


def _words(name: str) -> list[str]:
    """Lower case without accents; "B. V.", "b.v." and "v/o/f" become one word, and so do forms that are written out."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    joined = _INITIALS.sub(lambda match: re.sub(r"[./ ]", "", match[0]), bare)
    for phrase, short in _PHRASES.items():
        joined = joined.replace(phrase, short)
    return re.findall(r"\w+", joined)


def _country(vat_number: str) -> str:
    found = _COUNTRY.match(vat_number.strip().upper())
    return found[0] if found else ""
