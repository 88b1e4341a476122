"""Files made to hurt the reader: the listed ones, and what a guard keeps out when it is there and lets in when it is not."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from receivables.banking import camt_xml
from receivables.banking.camt import read_camt
from receivables.banking.reading import outcome_of, read_bank_file
from receivables.importing.outcome import RefusedError
from tests.receivables.banking.reading.camt_samples import big, detail, document, entry, statement
from tests.receivables.banking.shared import Case, cases, params

HOSTILE = [case for case in cases("hostile") if case.facts.get("kind") == "camt"]


@pytest.mark.parametrize("case", params(HOSTILE))
def test_hostile_file_does_as_listed(case: Case) -> None:
    if case.outcome == "refuse":
        with pytest.raises(RefusedError, match=case.names):
            read_bank_file(case.content(), name=case.name)
        return
    (file,) = read_bank_file(case.content(), name=case.name)
    lines = [line for item in file for line in item.transactions]
    assert len(lines) == case.facts["rows_imported"]
    assert outcome_of(file) == ("import" if lines else "import_nothing")
    for total in [case.facts["facts"]["sum_credits"]] if "facts" in case.facts else []:
        assert sum(line.amount for line in lines) == Decimal(total)


@pytest.mark.parametrize("case", params([case for case in HOSTILE if "_page_" in case.name]))
def test_a_page_of_two_says_that_the_other_is_missing(case: Case) -> None:
    (file,) = read_bank_file(case.content(), name=case.name)
    (page,) = file.statements
    assert (page.page, page.is_last_page) in [(1, False), (2, True)]
    assert [problem.code for problem in page.warnings] == ["page_missing"]
    assert (page.opening is None) is (page.page == 2)
    assert (page.closing is None) is (page.page == 1)


@pytest.mark.parametrize("case", params([case for case in HOSTILE if "pending" in case.name]))
def test_a_pending_entry_is_told_and_no_movement(case: Case) -> None:
    (file,) = read_bank_file(case.content(), name=case.name)
    assert [(item.pending, item.entries, item.transactions) for item in file] == [(1, 0, ())]


# --- DOCTYPE ------------------------------------------------------------------------------------------------------------
ENTITY = '<!DOCTYPE Document [<!ENTITY amount "50.00">]>\n'
WITH_ENTITY = document(statement(entry("&amount;")), prolog=ENTITY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_a_doctype_is_refused_before_it_is_read(encoding: str) -> None:
    content = WITH_ENTITY.decode().replace("UTF-8", encoding).encode(encoding)
    with pytest.raises(RefusedError, match="DOCTYPE"):
        read_camt(content, name="a.xml")


def test_a_doctype_behind_a_long_comment_is_refused() -> None:
    content = document(statement(entry()), prolog=f"<!--{'x' * 300_000}-->{ENTITY}")
    with pytest.raises(RefusedError, match="DOCTYPE"):
        read_camt(content, name="a.xml")


def test_without_the_guards_an_entity_makes_up_an_amount() -> None:
    """The control: a parser as it comes out of the box reads 50 euro that no element holds."""
    root = etree.fromstring(WITH_ENTITY, etree.XMLParser(resolve_entities=True))
    assert [amount.text for amount in root.iterfind(".//{*}Ntry/{*}Amt")] == ["50.00"]


# --- size ---------------------------------------------------------------------------------------------------------------
def test_a_tree_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = statement(extra=f"<Intrst>{'<a/>' * 500_000}</Intrst>")
    with pytest.raises(RefusedError, match="te ingewikkeld"):
        read_camt(document(nothing), name="a.xml")
    monkeypatch.setattr(camt_xml, "_MOST_TAGS", 10**9)  # the control: without the cap all of it is held
    (file,) = read_bank_file(document(nothing), name="a.xml")
    assert file.statements[0].transactions == ()


def test_deep_nesting_long_fields_and_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = document(statement(extra="<a>" * 400 + "</a>" * 400))
    with pytest.raises(RefusedError, match="te diep genest"):
        read_camt(deep, name="a.xml")
    monkeypatch.setattr(camt_xml, "MAX_BYTES", 100)
    with pytest.raises(RefusedError, match="te groot"):
        read_camt(document(), name="a.xml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (document(statement(entry()))[:900], "beschadigd op regel"),
        (document(statement(entry())).replace(b"Jansen", b"J\xe9nsen"), "encoding"),
        (document(statement(entry())).replace(b"Jansen", b"Jan\x00sen"), "regel"),
        (document(statement(entry())).replace(b"Jansen", b"Jan&noot;sen"), "regel"),
        (b"<html><body>Inloggen</body></html>", "'html'"),
        (b"<", "XML-bestand"),
        (b" \n ", "leeg"),
        (b"", "leeg"),
    ],
)
def test_a_broken_file_is_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read_bank_file(content, name="a.xml")


@pytest.mark.parametrize("cut", range(200, 2_400, 97))
def test_a_file_that_breaks_off_is_never_read_in_part(cut: int) -> None:
    content = document(statement(entry(), entry("2.00"), closing="152.00"))
    with pytest.raises(RefusedError):
        read_bank_file(content[: min(cut, len(content) - 10)], name="a.xml")


_MEASURE = """
import json, re, sys, time
sys.path.insert(0, sys.argv[1])
from lxml import etree
from receivables.banking.reading import read_bank_file
content = sys.stdin.buffer.read()
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
before, started = peak(), time.process_time()
if sys.argv[2] == "tree":
    print(json.dumps({"mb": (etree.fromstring(content), peak() - before)[1]}))
    sys.exit()
(file,) = read_bank_file(content, name="groot.xml")
used = time.process_time() - started
print(json.dumps({"lines": len(file.statements[0].transactions), "seconds": used, "mb": peak() - before, "django": "django" in sys.modules}))
"""
BATCH = document(statement(entry("20000.00", *[detail(amount="1.00")] * 20_000), closing="20100.00"))
linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")


def measured(content: bytes, root: str, *, how: str = "read") -> dict[str, float]:
    """In a process of its own, so that its peak of memory is that of reading alone."""
    command = [sys.executable, "-I", "-c", _MEASURE, root, how]
    return dict(json.loads(subprocess.run(command, input=content, capture_output=True, check=True).stdout))


@linux
def test_many_movements_are_read_fast_in_little_memory_and_without_django(pytestconfig: pytest.Config) -> None:
    """Generous bounds, for a busy machine; docs/benchmarks.md has the figures."""
    found = measured(big(20_800), str(pytestconfig.rootpath))
    assert (found["lines"], found["django"]) == (20_800, False)
    assert found["seconds"] < 8
    assert found["mb"] < 40  # most of it is the answer


@linux
def test_one_batch_of_many_movements_takes_little_memory_too(pytestconfig: pytest.Config) -> None:
    found = measured(BATCH, str(pytestconfig.rootpath))
    assert found["lines"] == 20_000
    assert found["mb"] < 40


@linux
@pytest.mark.parametrize("content", [big(20_800), BATCH], ids=["entries", "batch"])
def test_as_one_tree_the_same_file_takes_far_more(content: bytes, pytestconfig: pytest.Config) -> None:
    """The control: what letting go of what has been read is for."""
    root = str(pytestconfig.rootpath)
    assert measured(content, root, how="tree")["mb"] > 2 * measured(content, root)["mb"]


# --- ZIP ----------------------------------------------------------------------------------------------------------------
def zipped(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


GOOD = document(statement(entry(), closing="150.00"))


def test_a_zip_is_each_of_its_files() -> None:
    swift = b":20:X\r\n:25:NL69INGB0123456789EUR\r\n:28C:1\r\n:60F:C260302EUR1,00\r\n:62F:C260302EUR1,00\r\n"
    content = zipped({"b/een.xml": GOOD, "twee.sta": swift, "lees.pdf": b"%PDF-1.4", "__MACOSX/een.xml": b"x"})
    files = read_bank_file(content, name="a.zip")
    assert [(file.name, file.format) for file in files] == [("een.xml", "camt.053.001.02"), ("twee.sta", "mt940")]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"een.xml": GOOD, "twee.xml": GOOD.replace(b"50.00<", b"50,00<")}, r"twee.xml in het ZIP-bestand: .*Amt op regel"),
        ({"een.xml": GOOD, "binnen.zip": zipped({"a.xml": GOOD})}, "binnen.zip"),
        ({"lees.pdf": b"%PDF"}, "geen bankafschriften"),
        ({}, "geen bankafschriften"),
        ({f"{number}.xml": GOOD for number in range(501)}, "meer dan 500"),
        ({"bom.xml": b"<a>" + b" " * 28_000_000}, "uitgepakt te groot"),
    ],
)  # fmt: skip
def test_a_zip_is_taken_whole_or_not_at_all(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read_bank_file(zipped(files), name="a.zip")
