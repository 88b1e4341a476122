"""Hardened XML: no DOCTYPE, no entities, no network, bounded depth (T11: XXE and expansion bombs)."""

from __future__ import annotations

import re

from lxml import etree

from receivables.importing.outcome import RefusedError

MAX_XML_BYTES = 25 * 1024 * 1024
_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_LINE = re.compile(r"line (\d+)")
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
        raise _syntax_refusal(error) from None
    except (ValueError, LookupError):
        raise RefusedError("Dit is geen leesbaar XML-bestand.", code="not_xml", line=1) from None
    if refuse_doctype and root.getroottree().docinfo.internalDTD is not None:
        raise _doctype_refusal()
    return root


def _doctype_refusal() -> RefusedError:
    return RefusedError(
        "Het bestand bevat een DOCTYPE. Dat hoort niet in een e-factuur en wordt om veiligheidsredenen geweigerd.",
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
        raise _doctype_refusal()


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


def _syntax_refusal(error: etree.XMLSyntaxError) -> RefusedError:
    reason = error.msg or ""
    line = error.lineno or _line_in(reason)
    where = f"regel {line}"
    lowered = reason.lower()
    if "depth" in lowered:
        return RefusedError(
            f"Het bestand is te diep genest ({where}); zo'n ingewikkelde opbouw heeft een factuur niet.",
            code="too_deep",
            line=line,
        )
    if "encoding" in lowered or "not proper utf" in lowered:
        return RefusedError(
            f"De tekencodering klopt niet op {where}: het bestand noemt een andere encoding dan waarin het is "
            "opgeslagen. Laat het opnieuw uit het boekhoudpakket komen.",
            code="encoding",
            element="encoding",
            line=line,
        )
    if "invalid char" in lowered or "char 0x" in lowered:
        return RefusedError(f"Er staat een ongeldig teken op {where}.", code="invalid_character", line=line)
    if "entity" in lowered:
        return RefusedError(f"Er staat een onbekende entiteit op {where}.", code="entity", line=line)
    if "huge" in lowered or "too long" in lowered or "buffer" in lowered:
        return RefusedError(f"Een veld op {where} is veel te lang.", code="too_large", line=line)
    return RefusedError(
        f"Dit is geen leesbaar XML-bestand: het breekt af of is beschadigd op {where}. Is het volledig geüpload?",
        code="not_xml",
        line=line,
    )


def _line_in(reason: str) -> int:
    found = _LINE.search(reason)
    return int(found.group(1)) if found else 1
