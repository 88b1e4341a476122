"""The child has limits, and each limit is there for a harm that the test shows when it is off."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from pathlib import Path

import pytest

from receivables.importing import xml
from receivables.importing.outcome import RefusedError
from receivables.importing.sandbox import Limits, Sandbox
from receivables.importing.ubl import read
from tests.receivables.importing.samples import open_items, ubl

# A child that obeys the protocol but does what its file says, after taking on the same limits as the real one.
ROGUE = """
import json, sys, time
sys.path.insert(0, {root!r})
from receivables.importing import child
settings = json.loads(sys.stdin.buffer.readline())
if settings["memory_mb"]:
    child.limit(memory_mb=settings["memory_mb"])
while line := sys.stdin.buffer.readline():
    request = json.loads(line)
    if settings["cpu_seconds"]:
        child.limit_cpu(settings["cpu_seconds"])
    wish = sys.stdin.buffer.read(request["size"]).decode()
    answer = "nothing"
    if wish == "memory":
        answer = len(bytearray(900 * 1024 * 1024))
    elif wish == "cpu":
        until = time.process_time() + 2.5
        while time.process_time() < until: pass
        answer = "worked"
    elif wish == "sleep":
        time.sleep(20)
    elif wish == "socket":
        import socket
        socket.socket(); answer = "connected"
    elif wish == "file":
        answer = open("/etc/hostname").read() and "read"
    elif wish == "secrets":
        import os
        answer = sorted(os.environ)
    sys.stdout.buffer.write(json.dumps({{"said": answer, "done": True}}).encode() + b"\\n")
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def rogue(tmp_path: Path) -> Path:
    script = tmp_path / "rogue.py"
    script.write_text(ROGUE.format(root=str(Path(__file__).resolve().parents[3])), encoding="utf-8")
    return script


def wish(what: str, script: Path, limits: Limits) -> object:
    with Sandbox(limits, script=script) as sandbox:
        answer = list(sandbox.ask(what.encode()))[-1]
    return answer.get("said", "refused")


TIGHT = Limits(memory_mb=300, cpu_seconds=1, wall_seconds=8.0)


@pytest.mark.parametrize("what", ["memory", "cpu", "sleep", "socket", "file"])
def test_a_child_that_oversteps_is_ended_and_the_file_refused(what: str, rogue: Path) -> None:
    started = time.monotonic()
    assert wish(what, rogue, TIGHT) == "refused"
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("what", "without", "harm"),
    [
        ("memory", Limits(memory_mb=0, cpu_seconds=5, wall_seconds=90), 900 * 1024 * 1024),
        ("cpu", Limits(memory_mb=300, cpu_seconds=0, wall_seconds=90), "worked"),
        ("socket", Limits(memory_mb=0, cpu_seconds=5, wall_seconds=90), "connected"),
        ("file", Limits(memory_mb=0, cpu_seconds=5, wall_seconds=90), "read"),
    ],
)
def test_without_its_limit_the_harm_is_done(what: str, without: Limits, harm: object, rogue: Path) -> None:
    """Negative control: zero switches a guard off."""
    assert wish(what, rogue, without) == harm


def test_the_child_knows_no_secrets(rogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://geheim")
    known = wish("secrets", rogue, Limits())
    assert isinstance(known, list)
    assert set(known) <= {"LANG", "LC_CTYPE"}


def test_the_next_file_after_a_dead_child_is_read(rogue: Path) -> None:
    with Sandbox(TIGHT, script=rogue) as sandbox:
        assert "refused" in next(iter(list(sandbox.ask(b"memory"))))
        assert list(sandbox.ask(b"hello")) == [{"said": "nothing", "done": True}]


def test_one_child_reads_a_batch(rogue: Path) -> None:
    with Sandbox() as sandbox:
        answers = [next(iter(list(sandbox.ask(ubl(number=f"F-{n}"), name="a.xml")))) for n in range(20)]
    assert [answer["invoice"]["number"] for answer in answers] == [f"F-{n}" for n in range(20)]


def test_it_works_in_threads() -> None:
    found: list[str] = []

    def one(number: str) -> None:
        with Sandbox() as sandbox:
            found.append(next(iter(list(sandbox.ask(ubl(number=number)))))["invoice"]["number"])

    threads = [threading.Thread(target=one, args=(f"F-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["F-0", "F-1", "F-2", "F-3"]


def test_a_caller_that_stops_reading_leaves_no_old_answers() -> None:
    with Sandbox() as sandbox:
        answers = sandbox.ask(open_items("F-1;D1;Jansen;2026-10-01;;10,00;10,00"))
        next(answers)
        answers.close()  # type: ignore[attr-defined] # a generator
        assert next(iter(list(sandbox.ask(ubl()))))["invoice"]["number"] == "F-1"


def test_a_sheet_with_one_cell_at_the_far_end_is_refused_not_fatal() -> None:
    """A dense grid of 17 thousand million cells, from 1 kB: the address space ends it."""
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with Sandbox() as sandbox:
        answer = list(sandbox.ask(workbook(sheet), name="ver.xlsx"))[-1]
        assert answer["refused"]["message"]
        assert next(iter(list(sandbox.ask(ubl()))))["invoice"]["number"] == "F-1"


def workbook(sheet: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{rels}"><sheets><sheet name="Blad1" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return sink.getvalue()


ENTITY = '<!DOCTYPE Invoice [<!ENTITY who "Iemand Anders B.V.">]>'


def test_a_doctype_is_refused_before_it_is_read() -> None:
    with pytest.raises(RefusedError, match="DOCTYPE"):
        read(ubl(prolog=ENTITY, customer="&who;"))


def test_without_the_refusal_an_entity_would_fill_in_the_name() -> None:
    """Negative control: the parser itself would happily read what the DOCTYPE defines."""
    root = xml.parse(ubl(prolog=ENTITY, customer="&who;"), refuse_doctype=False)
    assert "Iemand Anders B.V." in "".join(str(part) for part in root.itertext())


@pytest.mark.parametrize("prolog", ["<!-- x --><!DOCTYPE a>", "<?pi x?>\n<!DOCTYPE a [\n]>", "<!doctype a>"])
def test_a_doctype_is_found_behind_comments(prolog: str) -> None:
    with pytest.raises(RefusedError):
        read(ubl(prolog=prolog))
