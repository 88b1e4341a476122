"""Hardened XML: no DOCTYPE, no entities, no network, bounded depth (T11: XXE and expansion bombs)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from receivables.importing.outcome import RefusedError

MAX_XML_BYTES = 25 * 1024 * 1024
_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_LINE = re.compile(r"line (\d+)")
_ADVICE = {
    "too_deep": "; zo'n ingewikkelde opbouw heeft een factuur niet.",
    "encoding": " Laat het opnieuw uit het boekhoudpakket komen.",
    "not_xml": " Is het volledig geüpload?",
}
_UNICODE_TEXT = {"utf-16-le": ("utf-16", "utf-16le"), "utf-16-be": ("utf-16", "utf-16be")}


def parse(content: bytes, *, refuse_doctype: bool = True) -> etree._Element:
    """Return the root element, or refuse with the line where reading stopped."""
    if not content.strip():
        raise RefusedError("Het bestand is leeg (0 bytes aan inhoud).", code="empty")
    if len(content) > MAX_XML_BYTES:
        raise RefusedError(
            f"Het XML-bestand is te groot: hooguit {MAX_XML_BYTES // 2**20} MB per factuur.", code="too_large"
        )
    if refuse_doctype:
        _refuse_doctype(content)
    _refuse_wrong_encoding(content)
    return _parsed(content, refuse_doctype=refuse_doctype)


def _parsed(content: bytes, *, refuse_doctype: bool) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=not refuse_doctype,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise syntax_refusal(error, _ADVICE) from None
    except (ValueError, LookupError):
        raise RefusedError("Dit is geen leesbaar XML-bestand.", code="not_xml", line=1) from None
    if refuse_doctype and root.getroottree().docinfo.internalDTD is not None:
        raise doctype_refusal()
    return root


def doctype_refusal(document: str = "e-factuur") -> RefusedError:
    return RefusedError(
        f"Het bestand bevat een DOCTYPE. Dat hoort niet in een {document} en wordt om veiligheidsredenen geweigerd.",
        code="doctype",
        element="DOCTYPE",
    )


def _refuse_doctype(content: bytes) -> None:
    """Look before the parser does: an expansion bomb must not even be tried."""
    text = _decoded_start(content)
    position = 0
    while found := _PROLOG.match(text, position):
        position = found.end()
    if text[position : position + 9].upper() == "<!DOCTYPE":
        raise doctype_refusal()


def _decoded_start(content: bytes) -> str:
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            return content[len(mark) : 2**20].decode(encoding, "ignore")
    if content[:4] in (b"<\x00?\x00", b"\x00<\x00?", b"<\x00!\x00", b"\x00<\x00!"):
        return content[: 2**20].decode("utf-16-le" if content[0:1] == b"<" else "utf-16-be", "ignore")
    return content[: 2**20].decode("latin-1")


def _refuse_wrong_encoding(content: bytes) -> None:
    """A byte order mark that contradicts the declaration would read as mojibake somewhere: say so."""
    for mark, encoding in _BOMS.items():
        if not content.startswith(mark):
            continue
        declared = re.match(r"<\?xml[^>]*?encoding=[\"']([\w.-]+)", _decoded_start(content))
        if declared and declared.group(1).lower() not in _UNICODE_TEXT.get(encoding, ("utf-8", "utf8")):
            raise RefusedError(
                f"De tekencodering klopt niet: het bestand noemt encoding {declared.group(1)}, maar is opgeslagen als "
                f"{encoding.upper()}. Sla het opnieuw op als UTF-8.",
                code="encoding",
                element="encoding",
                line=1,
            )


def syntax_refusal(error: etree.XMLSyntaxError, advice: Mapping[str, str]) -> RefusedError:
    """What libxml2 stumbled over, in Dutch with the line; `advice` ends the sentence of too_deep, encoding and not_xml."""
    reason = error.msg or ""
    line = error.lineno or _line_in(reason)
    where, code = f"regel {line}", _code_of(reason.lower())
    sentence = {
        "too_deep": f"Het bestand is te diep genest ({where})",
        "encoding": (
            f"De tekencodering klopt niet op {where}: het bestand noemt een andere encoding dan waarin het is opgeslagen."
        ),
        "invalid_character": f"Er staat een ongeldig teken op {where}.",
        "entity": f"Er staat een onbekende entiteit op {where}.",
        "too_large": f"Een veld op {where} is veel te lang.",
        "not_xml": f"Dit is geen leesbaar XML-bestand: het breekt af of is beschadigd op {where}.",
    }[code]
    element = "encoding" if code == "encoding" else None
    return RefusedError(sentence + advice.get(code, ""), code=code, element=element, line=line)


def _code_of(reason: str) -> str:
    if "depth" in reason:
        return "too_deep"
    if "encoding" in reason or "not proper utf" in reason or "bytes:" in reason:
        return "encoding"
    if "invalid char" in reason or "char 0x" in reason:
        return "invalid_character"
    if "entity" in reason:
        return "entity"
    if "huge" in reason or "too long" in reason or "buffer" in reason:
        return "too_large"
    return "not_xml"


def _line_in(reason: str) -> int:
    found = _LINE.search(reason)
    return int(found.group(1)) if found else 1
