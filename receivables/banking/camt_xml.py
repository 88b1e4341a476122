"""The XML of a bank file as a stream: no DOCTYPE, no entities, no network, and what has been read is let go (T11).

A file of 20,000 movements is 30 MB; as one tree it would take 300 MB. Only the elements named here pass by, and a
movement is emptied as soon as its reader has seen it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import cast
from xml.parsers import expat

from lxml import etree

from receivables.importing.outcome import RefusedError
from receivables.importing.xml import doctype_refusal, syntax_refusal

MAX_BYTES = 64 * 1024 * 1024
_PASSING = ("GrpHdr", "TxDtls", "Ntry", "Stmt")
_LET_GO = ("TxDtls", "Ntry")
_CHUNK = 128 * 1024
_MOST_TAGS = 400_000  # between two movements; a real header has some hundred
_MOST_NAMES = 2_000
_AGAIN = " Download het opnieuw bij de bank."
_ADVICE = {"too_deep": ".", "encoding": _AGAIN, "not_xml": _AGAIN}
_LAST_LINE = 65_535  # libxml2 counts no further


class _FirstElementError(Exception):
    """The prolog is over."""


def elements(content: bytes) -> Iterator[tuple[str, etree._Element]]:
    """(name, element) of the elements a reader asks for, each when it is complete, and the root as the last."""
    if len(content) > MAX_BYTES:
        raise RefusedError(f"Het bestand is te groot: hooguit {MAX_BYTES // 2**20} MB per afschrift.", code="too_large")
    _refuse_doctype(content)
    parser = etree.XMLPullParser(
        events=("end",), tag=[f"{{*}}{name}" for name in _PASSING], resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        yield from _events(parser, content)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise syntax_refusal(error, _ADVICE) from None
    except (ValueError, LookupError):
        raise RefusedError("Dit is geen leesbaar XML-bestand.", code="not_xml", line=1) from None
    yield local_name(root), root


class _LocalNames(dict[str, str]):
    """Names without their namespace, remembered: a file says the same forty names a million times."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self) < _MOST_NAMES:
            self[tag] = name
        return name


_NAMES = _LocalNames()


def local_name(element: etree._Element) -> str:
    return _NAMES[element.tag]


def children(element: etree._Element | None) -> dict[str, etree._Element]:
    """The children by name."""
    return {} if element is None else {_NAMES[child.tag]: child for child in element}


def inside(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The element at a path of names, in whatever namespace."""
    for name in path:
        if element is None:
            return None
        for child in element:
            if _NAMES[child.tag] == name:
                element = child
                break
        else:
            return None
    return element


def text_of(element: etree._Element | None) -> str:
    """The text on one line; nothing when there is no element."""
    text = None if element is None else element.text
    return " ".join(text.split()) if text else ""


def line_of(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) and 0 < line < _LAST_LINE else None


def refusal(message: str, near: etree._Element, name: str, *, code: str = "unreadable") -> RefusedError:
    """`message` with the element and its line behind it."""
    line = line_of(near)
    where = f" op regel {line}" if line else ""
    return RefusedError(f"{message} (element {name}{where}).", code=code, element=name, line=line)


def _events(parser: etree.XMLPullParser, content: bytes) -> Iterator[tuple[str, etree._Element]]:
    tags, seen = 0, False
    for start, end in pairwise([*range(0, len(content), _CHUNK), len(content)]):
        chunk = content[start:end]
        parser.feed(chunk)
        tags += chunk.count(b"<")
        for _, passing in parser.read_events():
            element = cast("etree._Element", passing)
            if not seen and element.getroottree().docinfo.internalDTD is not None:
                raise doctype_refusal("bankafschrift")
            seen, name = True, local_name(element)
            yield name, element
            if name in _LET_GO:
                element.clear(keep_tail=True)  # type: ignore[call-arg] # the stubs lag behind lxml
                tags = 0
            if name == "Ntry":
                _let_go_before(element)
        if tags > _MOST_TAGS:
            raise RefusedError("Het bestand is te ingewikkeld: een afschrift is het niet.", code="too_complex")


def _let_go_before(element: etree._Element) -> None:
    """Unhook the emptied one before this one: the parser may still be writing the white space after this one."""
    before = element.getprevious()
    if before is not None and before.tag == element.tag:
        cast("etree._Element", element.getparent()).remove(before)


# --- refusals ----------------------------------------------------------------------------------------------------------
def _refuse_doctype(content: bytes) -> None:
    """A first parser stops at the first element, before an entity has been looked at, let alone expanded."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _doctype
    parser.StartElementHandler = _first_element
    try:
        parser.Parse(content[:_CHUNK], False)
    except (_FirstElementError, ValueError, LookupError):
        return
    except expat.ExpatError:
        pass  # the second parser tells what is wrong, with the line; it knows no DOCTYPE either
    if b"!DOCTYPE" in content[:_CHUNK].replace(b"\0", b"").upper():
        raise doctype_refusal("bankafschrift")


def _doctype(*_: object) -> None:
    raise doctype_refusal("bankafschrift")


def _first_element(*_: object) -> None:
    raise _FirstElementError
