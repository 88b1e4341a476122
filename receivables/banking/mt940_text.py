"""Who paid and what they wrote, out of :86: and :61:. Structured text here; the older ways in `mt940_free`.

Dutch banks write /CODE/value: ING and Triodos with double strokes (/EREF/..//CNTP/iban/bic/name/city//REMI/USTD//..//),
Rabobank by role (/ORDP//NAME/../REMI/..), ABN AMRO, Knab and bunq flat (/TRTP/../IBAN/../NAME/../REMI/..). A line is 65
signs: a full one was broken off anywhere, in words and codes too; a shorter one ended by itself.
"""

from __future__ import annotations

import re

from receivables.banking import mt940_free
from receivables.banking.mt940_fields import EntryLine
from receivables.banking.mt940_free import Told, clean, whole

_WIDTH = 65
# No ID, CD or ISSR: they only live inside ORDP and CDTRREFTP, and payers write "/id/" themselves.
_CODE = re.compile(
    r"/(TRTP|RTYP|IBAN|BBAN|BIC|NAME|ADDR|REMI|EREF|PREF|KREF|IREF|NRTX|PIND|CNTP|BENM|ORDP|CSID|MARF|RTRN|ISDT|PURP|SVCL|"
    r"ACCW|ULTB|ULTD|ULTC|CDTRREFTP|CDTRREF|TRCD|OCMT|CHGS|EXCH|SWOC|SWOD)/"
)
_UNKNOWN_CODE = re.compile(r"\s*/[A-Z]{2,6}/")
_TELLING = {"TRTP", "RTYP", "IBAN", "NAME", "REMI", "EREF", "PREF", "CNTP", "RTRN"}
_ULTIMATE = {"ULTB", "ULTD", "ULTC"}
_ROLES = {"ORDP", "BENM"} | _ULTIMATE
_UNSTRUCTURED = re.compile(r"^USTD/{1,2}")
_STRUCTURED_REFERENCE = re.compile(r"STRD/(?:[A-Z]{3}/)?(.+)", re.DOTALL)


def told(entry: EntryLine | None, info: list[str]) -> Told:
    """What is known of the other side; what no rule recognises stays in the text, nothing is thrown away."""
    lines = [line.replace("\u00ad", "-") for line in info]  # old ING files write soft hyphens for hyphens
    account, name, rest = mt940_free.header(lines)
    codes = _codes(rest)
    if codes is None:
        return mt940_free.told(entry, lines)
    found = _structured(codes)
    if found.account and found.name:
        return found
    return found.completed(account=account or mt940_free.account_below(entry), name=name)


def joined(lines: list[str], *, width: int = _WIDTH) -> str:
    """One text: a full line runs on into the next, a shorter one is followed by a space."""
    parts = []
    for line in lines:
        parts.append(line if len(line) >= width else line + " ")
    return "".join(parts).rstrip()


def _codes(lines: list[str]) -> list[tuple[str, str]] | None:
    """(code, value) in order; None when this is no structured text."""
    text = joined(lines)
    if "/CNTP/" in text or "/USTD/" in text or "/STRD/" in text:
        text = "".join(lines)  # ING and Triodos never break a line early
    split = _CODE.split(text)
    if len(split) < 3 or (split[0].strip() and not _UNKNOWN_CODE.match(split[0])):
        return None
    codes = list(zip(split[1::2], split[2::2], strict=True))
    return codes if _TELLING & {code for code, _ in codes} else None


def _structured(codes: list[tuple[str, str]]) -> Told:
    values: dict[str, str] = {}
    role = ""
    for code, value in codes:
        role = code if code in _ROLES else role
        if role in _ULTIMATE and code in ("NAME", "IBAN", "BIC", "ADDR"):
            continue  # on whose behalf; the account is of the one before
        if code in ("BENM", "ORDP") and value.strip(" /") and not value.startswith("/"):
            values.setdefault("NAME", value)
        if code == "REMI":
            values["REMI"] = f"{values.get('REMI', '')} {value}"
        else:
            values.setdefault(code, value)
    return _from_values(values, codes)


def _from_values(values: dict[str, str], codes: list[tuple[str, str]]) -> Told:
    account, name = _counterparty(values)
    text, reference = _remittance(values.get("REMI", ""))
    if "REMI" not in values and not name:  # a batch, a fee: the codes are all there is to show
        text = " ".join(value for _, value in codes)
    return Told(
        account=account,
        name=clean(name),
        text=whole(text.strip(" /")),
        reference=clean(reference or values.get("CDTRREF", "").strip("/")),
        end_to_end_id=mt940_free.end_to_end(values.get("EREF", "")),
        is_return="RTRN" in values,
    )


def _counterparty(values: dict[str, str]) -> tuple[str, str]:
    if "CNTP" not in values:
        account = values.get("IBAN") or values.get("BBAN") or values.get("ACCW", "").split(",")[0]
        return mt940_free.bare_account(account.strip("/")), values.get("NAME", "").strip("/")
    whole = values["CNTP"]
    account, _, rest = whole.removesuffix("/").partition("/")
    _, _, rest = rest.partition("/")  # the BIC
    name = rest.rsplit("/", 1)[0] if whole.endswith("/") and "/" in rest else rest
    return mt940_free.bare_account(account), name


def _remittance(value: str) -> tuple[str, str]:
    """(free text, structured reference): USTD//text/ and STRD/CUR/number/ of ING, the bare text elsewhere."""
    value = value.strip()
    if found := _STRUCTURED_REFERENCE.match(value):
        return "", found[1].strip(" /")
    text = _UNSTRUCTURED.sub("", value)
    return text, mt940_free.payment_reference(text)
