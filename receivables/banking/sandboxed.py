"""Reading a bank file in the child process: `answers` runs there, `BankReader` asks from here and gets values back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib import import_module
from types import TracebackType
from typing import Any

from receivables.banking import reading, wire
from receivables.banking.parsed import ReadBankFile
from receivables.importing.outcome import Problem, RefusedError, too_heavy
from receivables.importing.sandbox import Limits, Sandbox

READER = "receivables.banking.sandboxed"
READ, LOOK = "read", "look"
BANK_LIMITS = Limits(memory_mb=640, cpu_seconds=60, wall_seconds=120.0)
AT_ONCE = Limits(memory_mb=640, cpu_seconds=10, wall_seconds=15.0)  # while the user waits
WARM_UP = (  # what the readers load on first use must be there before the limits
    b":20:A\r\n:25:NL69INGB0123456789EUR\r\n:28C:1/1\r\n:60F:C260301EUR1,00\r\n"
    b":61:2603010301C1,00NTRFNONREF\r\n:86:Caf\xe9 \xa4\r\n:62F:C260301EUR2,00\r\n-\r\n",
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>',
)


# --- in the child ------------------------------------------------------------------------------------------------------
def answers(content: bytes, *, name: str, want: str, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything in one file, or the look of a table whose columns must be chosen; the last answer has `done`."""
    try:
        if want == LOOK:
            yield {"look": _look(content, name)}
        else:
            for file in reading.read_bank_file(content, name=name, options=options):
                yield from wire.to_json(file)
        yield {"done": True}
    except RefusedError as refusal:
        problems = [problem.as_json() for problem in refusal.problems]
        yield {"refused": problems[0], "errors": problems, "done": True}
    except (RecursionError, MemoryError):
        yield {"refused": too_heavy(), "done": True}


def _look(content: bytes, name: str) -> dict[str, Any]:
    look: dict[str, Any] = asdict(import_module("receivables.banking.tabular").suggest(content, name))
    return look


# --- here --------------------------------------------------------------------------------------------------------------
class BankReader:
    """Reads one bank file after the other in one child. Use as a context manager."""

    def __init__(self, limits: Limits = BANK_LIMITS) -> None:
        self._sandbox = Sandbox(limits, reader=READER)

    def __enter__(self) -> BankReader:
        self._sandbox.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sandbox.__exit__(kind, value, trace)

    def read(self, content: bytes, *, name: str, options: Mapping[str, Any]) -> tuple[ReadBankFile, ...]:
        """The statements; raises RefusedError with everything that is wrong."""
        return wire.files_from_json(self._ask(content, name=name, want=READ, options=dict(options)))

    def look(self, content: bytes, *, name: str) -> dict[str, Any]:
        """Headings, first rows and a proposal for the columns of a table."""
        found: dict[str, Any] = {}
        for answer in self._ask(content, name=name, want=LOOK, options={}):
            found = answer["look"]
        return found

    def _ask(self, content: bytes, *, name: str, want: str, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
        refused: dict[str, Any] = {}
        for answer in self._sandbox.ask(content, name=name, want=want, options=options):
            if "refused" in answer:  # the last one; when we leave before the end, the child must go
                refused = answer
            elif "done" not in answer:
                yield answer
        if refused:
            raise _refusal(refused)


def _refusal(answer: Mapping[str, Any]) -> RefusedError:
    first, *others = [Problem.from_json(values) for values in answer.get("errors") or [answer["refused"]]]
    return RefusedError(
        first.message, code=first.code, element=first.element, line=first.line, column=first.column, others=others
    )
