"""The dossier of a file on which interest and costs were asked: totals per component, every line, terms and their proof."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from dunning.actions.handover import approve_handover
from dunning.actions.packaging import package_handover
from dunning.dossier.archive import problems
from receivables.domain.money import Money
from receivables.domain.unfold import Unfolded
from receivables.files import store
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.dunning.legal.world import LawBooks
from tests.dunning.letters import pdf
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db
NOW = at(date(2026, 11, 3))


@pytest.fixture(autouse=True)
def _on_that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def books(tenant: Tenant) -> LawBooks:
    """A consumer whose fourteen days ran out, with a part payment and a claim that is not due yet."""
    books = LawBooks(tenant)
    books.change(tenant, can_deduct_vat=False)
    debtor = books.consumer(street="Kade 1", postcode="1111 AA", city="Dorp")
    for number, amount in (("F-1", "1333.33"), ("F-2", "812.40")):
        books.agreed(debtor, number, due="2026-09-09", amount=amount)
    books.invoice(debtor, "F-3", due="2026-12-20", amount="50.00")
    paid = books.invoice(debtor, "F-0", due="2026-08-20", amount="25.00")
    books.pays(debtor, "25.00", on="2026-08-21", invoice=paid)
    for on in ("2026-09-14", "2026-09-21"):
        books.week(on)
    books.pays(debtor, "400.00", on="2026-10-01")
    for on in ("2026-10-12", "2026-10-26"):
        books.week(on)
    return books


def dossier(books: LawBooks, owner: User) -> dict[str, bytes]:
    """Approved, made, and taken out of its zip."""
    tenant = books.tenant
    with tenant_context(tenant.pk):
        flagged = tenant.handovers.select_related("customer").get()
        approve_handover(tenant, flagged, now=NOW, by=owner)
        made = package_handover(tenant, flagged.pk, now=NOW)
        assert made.dossier_file is not None
        packed = bytes(made.dossier_file.content)
    assert problems(packed) == []
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def claim(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["1-vordering/vordering.json"])
    return found


def total(parts: list[str]) -> Money:
    return Money.total(Money.of(part) for part in parts)


def test_the_totals_per_component_are_the_sum_of_the_invoices(books: LawBooks, owner: User) -> None:
    found = claim(dossier(books, owner))
    sums, invoices = found["total"], found["invoices"]

    assert sums == {
        "principal": "1750.90",
        "interest": "6.33",  # 2.11 that the last letter asked, and 4.22 from 13 October through 3 November
        "costs": "262.64",
        "costs_vat": "55.15",
        "open": "2075.02",
    }
    for name, amount in sums.items():
        assert total([invoice[name] for invoice in invoices]) == Money.of(amount)
    assert total([amount for name, amount in sums.items() if name != "open"]) == Money.of(sums["open"])


def test_every_claimed_entry_carries_how_it_came_about(books: LawBooks, owner: User) -> None:
    entries = [entry for invoice in claim(dossier(books, owner))["invoices"] for entry in invoice["entries"]]
    opened = [entry for entry in entries if entry["unfolded"]]

    assert {entry["component"] for entry in opened} == {"Rente", "Incassokosten", "Btw over incassokosten"}
    assert [
        entry["what"] for entry in entries if not entry["unfolded"] and entry["what"] in ("Rente", "Incassokosten")
    ] == []
    for entry in opened:
        assert Unfolded.from_json(entry["unfolded"]).amount == Money.of(entry["amount"])


def test_the_papers_name_the_parts_and_say_nothing_is_left_out(books: LawBooks, owner: User) -> None:
    files = dossier(books, owner)
    printed, read_me = pdf.text_of(files["1-vordering/specificatie.pdf"]), files["LEESMIJ.txt"].decode()

    for words in (
        "Hoofdsom € 1.750,90",
        "Rente € 6,33",
        "Incassokosten € 262,64",
        "Btw over incassokosten € 55,15",
        "Te vorderen € 2.075,02",
    ):
        assert words in printed
    assert "niet berekend" not in printed
    assert "niet berekend" not in read_me
    assert "hoofdsom €\xa01.750,90, rente €\xa06,33, incassokosten €\xa0262,64" in read_me


def test_the_fourteen_days_stand_with_their_term_and_proof(books: LawBooks, owner: User) -> None:
    files = dossier(books, owner)
    (letter,) = claim(files)["fourteen_day_letters"]

    assert {name: letter[name] for name in ("received_on", "receipt_proof", "term_last_on", "costs_due_from_on")} == {
        "received_on": "2026-09-21",
        "receipt_proof": "rule",
        "term_last_on": "2026-10-05",
        "costs_due_from_on": "2026-10-08",
    }
    assert (letter["announced_costs"], letter["announced_vat"]) == ("321.86", "67.59")
    assert total([part["amount"] for part in letter["announced"]]) == Money.of("389.45")
    printed = pdf.text_of(files["1-vordering/specificatie.pdf"])
    for words in ("21 september 2026 (bezorgregel)", "tot en met 5 oktober 2026", "8 oktober 2026, over wat dan nog"):
        assert words in printed
    story = pdf.text_of(files["4-tijdlijn/tijdlijn.pdf"])
    steps = ["Veertiendagenbrief ontvangen", "Ontvangen € 400,00", "Veertiendagenbrief verlopen"]
    places = [story.index(step) for step in steps]
    assert places == sorted(places)


def test_what_each_letter_asked_is_its_total(books: LawBooks, owner: User) -> None:
    files = dossier(books, owner)
    records = [json.loads(content) for name, content in files.items() if name.endswith("bezorging.json")]
    asked = {record["legal_content"]: total(list(record["stated"].values())) for record in records}
    with tenant_context(books.tenant.pk):
        known = dict(books.tenant.notices.values_list("legal_content", "total_amount"))

    assert {content: str(amount) for content, amount in asked.items()} == {
        content: str(known[content]) for content in ("friendly", "fourteen_day", "costs_due")
    }
    (demand,) = (record for record in records if record["legal_content"] == "fourteen_day")
    assert [part["title"] for part in demand["named"]["announced"]] == ["Incassokosten", "Btw over incassokosten"]
    assert [line["added"][0]["title"] for line in demand["asked"]] == ["Wettelijke rente", "Wettelijke rente"]


def test_a_payment_stands_with_where_it_went(books: LawBooks, owner: User) -> None:
    (payment,) = claim(dossier(books, owner))["payments"]  # the one for F-0 is another file's
    split = Unfolded.from_json(payment["split"])
    assert (payment["received_on"], split.amount) == ("2026-10-01", Money.of("400.00"))
    assert [line.label for line in split.lines][:2] == ["Factuur F-1: rente", "Factuur F-1: hoofdsom"]


def test_the_state_of_every_claim_on_the_debtor_is_told(books: LawBooks, owner: User) -> None:
    found = claim(dossier(books, owner))["claims_on_debtor"]
    assert (found["count"], found["settled"]) == (4, 1)
    assert [(one["number"], one["state"], one["in_this_dossier"]) for one in found["open"]] == [
        ("F-1", "55 dagen te laat", True),
        ("F-2", "55 dagen te laat", True),
        ("F-3", "Nog niet vervallen", False),
    ]
    assert set(found["open"][2]) == {"number", "state", "in_this_dossier"}  # another claim's amount stays at home


def test_claims_on_another_debtor_are_not(books: LawBooks, owner: User) -> None:
    books.invoice(books.business("Geheim"), "G-1", due="2026-12-01", amount="10.00")
    files = dossier(books, owner)
    assert [name for name, content in files.items() if b"G-1" in content] == []
    assert "G-1" not in pdf.text_of(files["1-vordering/specificatie.pdf"])


def test_the_newest_agreement_goes_along(books: LawBooks, owner: User) -> None:
    tenant = books.tenant
    with tenant_context(tenant.pk):
        for day, content in ((date(2025, 1, 2), b"%PDF oud"), (date(2026, 1, 2), b"%PDF nieuw")):
            file = store(tenant, content=content, media_type="application/pdf", name="opdracht.pdf")
            tenant.assignment_agreements.create(file=file, signed_on=day, signed_by="O. Korrel", at=NOW)
    files = dossier(books, owner)

    assert {name: content for name, content in files.items() if name.startswith("5-")} == {
        "5-opdracht/opdracht-2026-01-02.pdf": b"%PDF nieuw"
    }
    assert claim(files)["assignment_agreement"]["signed_by"] == "O. Korrel"
    assert "5-opdracht" in files["LEESMIJ.txt"].decode()
    assert "Opdracht van 2 januari 2026" in pdf.text_of(files["1-vordering/specificatie.pdf"])


def test_without_an_agreement_there_is_no_such_folder(books: LawBooks, owner: User) -> None:
    files = dossier(books, owner)
    assert [name for name in files if name.startswith("5-")] == []
    assert claim(files)["assignment_agreement"] is None
    assert "5-opdracht" not in files["LEESMIJ.txt"].decode()
