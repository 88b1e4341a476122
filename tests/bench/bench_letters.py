"""Letters per second on one core beside the limit of the engine: `python -m tests.bench.bench_letters`.

Aims: at most 1.2 times the CPU of the tuned reference (w8), at most 0.8 times the naive one (w0), while ours alone is
tagged. All three print the same letters in turn, so that noise of the machine falls on all alike.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import django

from receivables.domain.money import Money

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")
django.setup()

from dunning.letters.content import NoticeContent  # noqa: E402 # Django first
from dunning.letters.paragraphs import StepKind  # noqa: E402
from dunning.letters.render import render_pdf  # noqa: E402
from tests.bench.letters_reference import Tuned, naive  # noqa: E402
from tests.dunning.letters import pdf  # noqa: E402
from tests.dunning.letters.samples import LINES, SENDER, notice, picture  # noqa: E402

MOST_OF_TUNED, MOST_OF_NAIVE = 1.2, 0.8


@dataclass(frozen=True, slots=True)
class Result:
    """CPU milliseconds per letter, the median of all letters."""

    ours: float
    tuned: float
    naive: float
    bytes_each: int

    @property
    def to_tuned(self) -> float:
        return self.ours / self.tuned

    @property
    def to_naive(self) -> float:
        return self.ours / self.naive


def letters(count: int) -> list[NoticeContent]:
    """Debtors with five invoices each; every amount, number and name differs."""
    sender = replace(SENDER, logo=picture())
    return [
        notice(
            StepKind.DEMAND,
            sender=sender,
            recipient=replace(
                notice().recipient, name=f"Eetcafé ’t Hoekje {number}", customer_number=str(10_000 + number)
            ),
            lines=tuple(
                replace(
                    line,
                    number=f"{line.number}-{number}",
                    open=line.open + Money.from_cents(number),
                    original=line.original + Money.from_cents(number),
                )
                for line in LINES
            ),
        )
        for number in range(count)
    ]


def measure(rounds: int = 7, each: int = 8) -> Result:
    """Print every letter with each way in turn, `each` letters `rounds` times, after one that does not count."""
    ways: dict[str, Callable[[NoticeContent], bytes]] = {"ours": render_pdf, "tuned": Tuned(picture()), "naive": naive}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    contents = letters(each)
    sizes = [len(way(contents[0])) for way in ways.values()]
    gc.collect()
    for content in contents * rounds:
        for name, way in ways.items():
            spent[name].append(_cpu_ms(way, content, is_frozen=name == "tuned"))
    return Result(**{name: statistics.median(times) for name, times in spent.items()}, bytes_each=sizes[0])


def _cpu_ms(way: Callable[[NoticeContent], bytes], content: NoticeContent, *, is_frozen: bool) -> float:
    if is_frozen:
        gc.freeze()
        gc.disable()
    started = time.process_time()
    way(content)
    spent = (time.process_time() - started) * 1000
    gc.unfreeze()
    gc.enable()
    return spent


def check_same_letter() -> None:
    """All three say the same and carry the same code; a benchmark of something else would prove nothing."""
    content = letters(1)[0]
    documents = (render_pdf(content), Tuned(picture())(content), naive(content))
    facts = ("€ 5.985,00", "3 december 2026", "NL91 ABNA 0417 1643 00", "2026-1134-0", "Eetcafé ’t Hoekje 0", "3:317")
    for document in documents:
        text = pdf.text_of(document)
        assert all(fact in text for fact in facts)
        assert len(pdf.reader(document).pages) == 1
        with tempfile.TemporaryDirectory() as folder:
            (page,) = pdf.pages_as_pictures(document, Path(folder))
            assert pdf.codes_on(page) == [content.transfer.epc_payload()]


def main() -> Result:
    check_same_letter()
    result = measure()
    sys.stdout.write(
        f"letters: ours {result.ours:.0f} ms CPU ({1000 / result.ours:.1f} letters/s per core, {result.bytes_each / 1024:.0f} kB, tagged), "
        f"tuned w8 {result.tuned:.0f} ms, naive w0 {result.naive:.0f} ms; "
        f"ours/w8 {result.to_tuned:.2f} (aim {MOST_OF_TUNED}), ours/w0 {result.to_naive:.2f} (aim {MOST_OF_NAIVE})\n"
    )
    return result


if __name__ == "__main__":
    main()
