"""Who is this customer? By number, KvK, VAT, or name with postcode; never two rows for one, never two in one row.

A name in another script is another name, however alike it looks: that is how invoices are redirected.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

_KEY_LENGTH = 200
_DROPPED = re.compile(r"[.'’`´]")
_SPACED = re.compile(r"[\s,;:/\\()\[\]\"“”„&+_\-–—|]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a source says about who the customer is; normalised, empty when unknown."""

    name_key: str
    number: str = ""
    kvk_number: str = ""
    vat_number: str = ""
    postcode: str = ""


def name_key(name: str) -> str:
    """`Jansen B.V.` and `JANSEN BV` are one name; letters keep their accents and their script."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    key = " ".join(_SPACED.sub(" ", _DROPPED.sub("", folded)).split()) or " ".join(folded.split())
    if len(key) > _KEY_LENGTH:
        key = f"{key[: _KEY_LENGTH - 33]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return key


def kvk_number(value: str | None) -> str:
    """Eight digits, or nothing: there is no check digit, but 00000000 is nobody."""
    digits = re.sub(r"[\s.]", "", value or "")
    return digits if re.fullmatch(r"[0-9]{8}", digits) and digits != "00000000" else ""


def vat_number(value: str | None) -> str:
    """The compact number with its country; one that cannot be a VAT number is not used."""
    compact = re.sub(r"[^0-9A-Za-z]", "", value or "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{2,18}", compact) or not re.search(r"[1-9]", compact):
        return ""
    try:
        return str(eu_vat.validate(compact))
    except ValidationError:  # a wrong check digit or a country outside the EU is still the number they use
        return compact


def postcode(value: str | None) -> str:
    """`1234 ab` -> `1234AB`."""
    return re.sub(r"[^0-9A-Za-z]", "", value or "").upper()[:20]


def scripts(name: str) -> frozenset[str]:
    """LATIN, CYRILLIC, GREEK, ... of the letters in a name."""
    letters = (character for character in unicodedata.normalize("NFKC", name) if character.isalpha())
    return frozenset(unicodedata.name(character, "UNKNOWN").partition(" ")[0] for character in letters)


class CustomerIndex:
    """The customers of one tenant, to be asked thousands of times during one import."""

    def __init__(self, known: Iterable[tuple[UUID, Identity]] = ()) -> None:
        self._identities: dict[UUID, Identity] = {}
        self._by: dict[str, defaultdict[str, list[UUID]]] = {
            key: defaultdict(list) for key in ("number", "kvk_number", "vat_number", "name_key")
        }
        for customer_id, identity in known:
            self.add(customer_id, identity)

    def add(self, customer_id: UUID, identity: Identity) -> None:
        self._identities[customer_id] = identity
        for key, found in self._by.items():
            if value := getattr(identity, key):
                found[value].append(customer_id)

    def find(self, identity: Identity) -> UUID | None:
        """The one customer this must be, or None when it is somebody new."""
        return self._by_number(identity) or self._by_register(identity) or self._by_name(identity)

    def _by_number(self, identity: Identity) -> UUID | None:
        found = self._by["number"].get(identity.number, []) if identity.number else []
        return found[0] if found else None

    def _by_register(self, identity: Identity) -> UUID | None:
        """A register number is one company; the same name settles which row, an imitated name is refused."""
        for key in ("kvk_number", "vat_number"):
            value = getattr(identity, key)
            found = self._by[key].get(value, []) if value else []
            same_name = [one for one in found if self._identities[one].name_key == identity.name_key]
            if same_name:
                return same_name[0]
            others = [one for one in found if self._may_be(identity, self._identities[one])]
            if len(others) == 1:
                return others[0]
        return None

    def _by_name(self, identity: Identity) -> UUID | None:
        """Name and postcode; without a postcode on either side the name must be unique and nothing may contradict."""
        found = [one for one in self._by["name_key"].get(identity.name_key, []) if not self._contradicts(identity, one)]
        with_postcode = [
            one for one in found if identity.postcode and self._identities[one].postcode == identity.postcode
        ]
        if with_postcode:
            return with_postcode[0]
        return found[0] if len(found) == 1 else None

    def _may_be(self, identity: Identity, other: Identity) -> bool:
        numbers_differ = bool(identity.number and other.number and identity.number != other.number)
        return not numbers_differ and scripts(identity.name_key) == scripts(other.name_key)

    def _contradicts(self, identity: Identity, customer_id: UUID) -> bool:
        other = self._identities[customer_id]
        for key in ("number", "kvk_number", "vat_number", "postcode"):
            mine, theirs = getattr(identity, key), getattr(other, key)
            if mine and theirs and mine != theirs:
                return True
        return False
