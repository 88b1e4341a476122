"""The story of a handover: flagged, answered by its owner, packaged, handed over; and what stops it on the way."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date

import pytest

from dunning.actions.handover import (
    approve_handover,
    mark_handed_over,
    rebuild_dossier,
    reject_handover,
    withdraw_handover,
)
from dunning.actions.holds import place_hold
from dunning.actions.packaging import HandoverStateError, package_handover
from dunning.dossier.archive import MANIFEST, problems
from dunning.models import Handover
from dunning.models.handovers import HandoverState
from dunning.models.holds import HoldLevel, HoldReason
from receivables.files import store
from tenants.context import tenant_context
from tenants.models import User
from tests.dunning.handover.world import FLAGGED_ON, to_the_handover
from tests.dunning.letters import pdf
from tests.dunning.planning.world import Books, at

NOW = at(date(2026, 11, 3))


def approved(books: Books, flagged: Handover, owner: User) -> Handover:
    with tenant_context(books.tenant.pk):
        return approve_handover(books.tenant, flagged, now=NOW, by=owner)


def packaged(books: Books, flagged: Handover, owner: User) -> Handover:
    approved(books, flagged, owner)
    with tenant_context(books.tenant.pk):
        return package_handover(books.tenant, flagged.pk, now=NOW)


def verbs(books: Books) -> list[str]:
    with tenant_context(books.tenant.pk):
        events = books.tenant.events.filter(verb__startswith="handover.").order_by("seq")
        return [event.verb for event in events]


def files_of(handover: Handover) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(zip_of(handover))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(handover: Handover) -> bytes:
    assert handover.dossier_file is not None
    with tenant_context(handover.tenant_id):
        return bytes(handover.dossier_file.content)


def test_the_last_step_flags_both_invoices_and_the_next_run_waits(books: Books, flagged: Handover) -> None:
    assert (flagged.state, flagged.flagged_at.date()) == (HandoverState.FLAGGED, FLAGGED_ON)
    with tenant_context(books.tenant.pk):
        assert sorted(flagged.lines.values_list("invoice__number", flat=True)) == ["F1", "F2"]
    assert books.taken(books.plan("2026-11-09")) == []


def test_from_flag_to_agency_the_ladder_has_ended(
    books: Books, flagged: Handover, owner: User, bookkeeper: User
) -> None:
    made = packaged(books, flagged, owner)
    with tenant_context(books.tenant.pk):
        done = mark_handed_over(books.tenant, made, agency_name="Incasso Noord", now=NOW, by=bookkeeper)

    assert (done.state, done.approved_by, done.handed_over_by) == (HandoverState.HANDED_OVER, owner, bookkeeper)
    assert verbs(books) == ["handover.flagged", "handover.approved", "handover.packaged", "handover.handed_over"]
    assert books.taken(books.plan("2026-12-07")) == []


def test_approval_leaves_out_what_was_paid_and_takes_over_what_is_left(
    books: Books, flagged: Handover, owner: User
) -> None:
    with tenant_context(books.tenant.pk):
        first, second = books.tenant.invoices.order_by("number")
    books.pays(flagged.customer, "121.00", on="2026-11-02", invoice=first)
    books.pays(flagged.customer, "9.00", on="2026-11-02", invoice=second)

    approved(books, flagged, owner)

    with tenant_context(books.tenant.pk):
        live = flagged.lines.filter(cancelled_at__isnull=True).values_list("invoice__number", "open_amount")
        assert [(number, str(amount)) for number, amount in live] == [("F2", "70.00")]


def test_paid_before_the_answer_there_is_nothing_to_hand_over(books: Books, flagged: Handover, owner: User) -> None:
    books.pays(flagged.customer, "200.00", on="2026-11-02")
    assert approved(books, flagged, owner).state == HandoverState.WITHDRAWN


def test_paid_between_answer_and_dossier_withdraws(books: Books, flagged: Handover, owner: User) -> None:
    approved(books, flagged, owner)
    books.pays(flagged.customer, "200.00", on="2026-11-02")
    with tenant_context(books.tenant.pk):
        assert package_handover(books.tenant, flagged.pk, now=NOW).state == HandoverState.WITHDRAWN


def test_paid_after_the_dossier_it_must_be_made_again(books: Books, flagged: Handover, owner: User) -> None:
    made = packaged(books, flagged, owner)
    books.pays(flagged.customer, "50.00", on="2026-11-03")
    with tenant_context(books.tenant.pk):
        with pytest.raises(HandoverStateError, match="Maak het dossier opnieuw"):
            mark_handed_over(books.tenant, made, agency_name="Noord", now=NOW, by=owner)
        rebuild_dossier(books.tenant, made)
        again = package_handover(books.tenant, made.pk, now=NOW)
        assert mark_handed_over(books.tenant, again, agency_name="Noord", now=NOW, by=owner).agency_name == "Noord"
    assert json.loads(files_of(again)["1-vordering/vordering.json"])["total"]["open"] == "150.00"


def held(books: Books, handover: Handover) -> None:
    with tenant_context(books.tenant.pk):
        place_hold(
            books.tenant,
            level=HoldLevel.CUSTOMER,
            reason=HoldReason.DISPUTE,
            customer=handover.customer,
            on=NOW.date(),
            now=NOW,
        )


def test_a_hold_stops_the_yes(books: Books, flagged: Handover, owner: User) -> None:
    held(books, flagged)
    with pytest.raises(HandoverStateError, match=r"blokkade \(betwisting"):
        approved(books, flagged, owner)


def test_a_hold_stops_the_last_moment(books: Books, flagged: Handover, owner: User) -> None:
    made = packaged(books, flagged, owner)
    held(books, made)
    with tenant_context(books.tenant.pk), pytest.raises(HandoverStateError, match=r"blokkade \(betwisting"):
        mark_handed_over(books.tenant, made, agency_name="Noord", now=NOW, by=owner)


def test_an_insolvent_customer_is_not_handed_over(books: Books, flagged: Handover, owner: User) -> None:
    with tenant_context(books.tenant.pk):
        books.tenant.customers.update(insolvency="bankruptcy")
    with pytest.raises(HandoverStateError, match="faillissement"):
        approved(books, flagged, owner)


def test_a_no_is_final_for_this_cycle(books: Books, flagged: Handover, owner: User) -> None:
    with tenant_context(books.tenant.pk):
        reject_handover(books.tenant, flagged, why="Goede klant", now=NOW, by=owner)
    assert books.taken(books.plan("2026-11-09")) == []
    with pytest.raises(HandoverStateError, match="niet overdragen"):
        approved(books, flagged, owner)


def test_withdrawn_comes_back_in_the_next_run(books: Books, flagged: Handover, owner: User) -> None:
    with tenant_context(books.tenant.pk):
        withdraw_handover(books.tenant, flagged, why="Eerst bellen", now=NOW, by=owner)
    assert books.taken(books.plan("2026-11-09")) == ["overdracht F1", "overdracht F2"]


def test_two_answers_at_once_are_one(books: Books, flagged: Handover, owner: User) -> None:
    approved(books, flagged, owner)
    with pytest.raises(HandoverStateError, match="goedgekeurd"):
        approved(books, flagged, owner)
    assert verbs(books) == ["handover.flagged", "handover.approved"]


def test_the_dossier_holds_every_letter_as_sent_and_can_be_checked(books: Books, owner: User) -> None:
    flagged = to_the_handover(books, with_letters=True)
    with tenant_context(books.tenant.pk):
        invoice = books.tenant.invoices.get(number="F1")
        invoice.pdf_file = store(books.tenant, content=b"%PDF F1", media_type="application/pdf", name="F1.pdf")
        invoice.source_file = store(books.tenant, content=b"a;list;of;everybody", media_type="text/csv", name="x.csv")
        invoice.save(update_fields=["pdf_file", "source_file"])
    made = packaged(books, flagged, owner)
    files = files_of(made)
    assert made.dossier_file is not None

    assert problems(zip_of(made)) == []
    assert made.dossier_file.sha256 == hashlib.sha256(zip_of(made)).hexdigest()
    assert [name.split("/")[-1] for name in files if name.startswith("2-")] == ["001-F1.pdf"]
    letters = [name for name in files if name.endswith("brief.pdf")]
    assert [name.split("/")[1].rsplit("-", 1)[0] for name in sorted(letters)] == [
        "2026-09-14-herinnering",
        "2026-09-28-aanmaning",
        "2026-10-19-ingebrekestelling",
    ]
    with tenant_context(books.tenant.pk):
        kept = {bytes(notice.pdf_file.content) for notice in books.tenant.notices.all() if notice.pdf_file}
        mails = {bytes(notice.mail_file.content) for notice in books.tenant.notices.all() if notice.mail_file}
    assert {files[name] for name in letters} == kept
    assert {files[name] for name in files if name.endswith("mail.eml")} == mails
    (first, *_) = sorted(name for name in files if name.endswith("bezorging.json"))
    assert json.loads(files[first])["events"][0]["details"] == {"answer": "250 ok"}


def test_the_papers_of_the_dossier_say_what_happened(books: Books, flagged: Handover, owner: User) -> None:
    files = files_of(packaged(books, flagged, owner))
    claim, story = pdf.text_of(files["1-vordering/specificatie.pdf"]), pdf.text_of(files["4-tijdlijn/tijdlijn.pdf"])
    assert [
        fact
        for fact in ("Bakkerij De Korrel B.V.", "Bakker", "F1", "€ 121,00", "Te vorderen € 200,00", "Ingebrekestelling")
        if fact not in claim
    ] == []
    assert claim.count("niet berekend") == 2
    assert "Gevorderd wordt alleen de hoofdsom." in files["LEESMIJ.txt"].decode()
    steps = (
        "Factuur F1",
        "Herinnering: verzonden",
        "Aanmaning: verzonden",
        "Niet bereikt",
        "Ingebrekestelling: verzonden",
        "Voorgedragen",
        "goedgekeurd",
    )
    places = [story.index(step) for step in steps]
    assert places == sorted(places)
    manifest = json.loads(files[MANIFEST])
    assert (manifest["debtor"], manifest["total"]) == ("Bakker", "200.00")


def test_the_dossier_is_the_same_at_the_same_moment(books: Books, flagged: Handover, owner: User) -> None:
    first = packaged(books, flagged, owner).dossier_file
    with tenant_context(books.tenant.pk):
        rebuild_dossier(books.tenant, flagged)
        second = package_handover(books.tenant, flagged.pk, now=NOW).dossier_file
    assert first == second


def test_asked_for_twice_it_is_made_once(books: Books, flagged: Handover, owner: User) -> None:
    first = packaged(books, flagged, owner).dossier_file
    with tenant_context(books.tenant.pk):
        assert package_handover(books.tenant, flagged.pk, now=at(date(2026, 11, 4))).dossier_file == first
