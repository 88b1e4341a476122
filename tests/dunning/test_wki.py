"""The gate of the Wki: when natural persons may be written, who may open it, and what letters say about who asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from dunning.actions.wki import LEAST_WORDS, WkiRefusedError, keep_agreement, record_override, withdraw_override
from dunning.letters.paragraphs import Language
from dunning.wki import complaint_lines, privacy_lines, register_lines, registration_note, wki_note
from dunning.wki_duties import duties
from tenants import clock  # noqa: TID251 # the pages under test read it
from tenants.actions.people import Actor
from tenants.context import tenant_context
from tenants.models import Office, Tenant, User
from tests.accessibility import faults
from tests.factories import NOW

pytestmark = pytest.mark.django_db
URL = "/t/korrel/instellingen/wki/"
ON = date(2026, 11, 26)
WHY = "De aanvraag loopt; Justis heeft uitstel gegeven."
PDF = b"%PDF-1.7\nopdracht"
NOBODY = Actor(None)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with mock.patch.object(clock, "now", return_value=datetime(2026, 11, 26, 9, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def _unregistered(office: Office) -> None:
    """Every test begins with an office of which no registration is known."""
    office.wki_number, office.wki_valid_until = "", None
    office.save(update_fields=["wki_number", "wki_valid_until"])


def register(office: Office, number: str = "WKI-2026-0042", until: date | None = date(2027, 3, 31)) -> None:
    office.wki_number, office.wki_valid_until = number, until
    office.save(update_fields=["wki_number", "wki_valid_until"])


def verbs(tenant: Tenant) -> list[str]:
    return [event.verb for event in tenant.events.order_by("seq")]


@pytest.mark.parametrize(
    ("number", "until", "words"),
    [
        ("", None, "geen nummer"),
        ("", date(2027, 3, 31), "geen nummer"),
        ("WKI-1", None, "niet bekend tot wanneer"),
        ("WKI-1", ON - timedelta(1), "liep tot en met 25 november 2026"),
    ],
)
def test_gate_is_closed_without_a_registration(number: str, until: date | None, words: str, inside: Tenant) -> None:
    assert inside.office is not None
    register(inside.office, number, until)

    note = wki_note(inside, on=ON)

    assert words in note
    assert "Privépersonen" in note


@pytest.mark.parametrize("until", [ON, date(2027, 3, 31)])
def test_gate_is_open_while_the_registration_runs(until: date, inside: Tenant) -> None:
    assert inside.office is not None
    register(inside.office, until=until)

    assert wki_note(inside, on=ON) == ""
    assert wki_note(inside, on=until + timedelta(1)) != ""


def test_own_claims_need_no_registration(stranger_tenant: Tenant) -> None:
    with tenant_context(stranger_tenant.pk):
        assert wki_note(stranger_tenant, on=ON) == ""
        assert register_lines(stranger_tenant, Language.DUTCH, on=ON) == ()
        with pytest.raises(WkiRefusedError, match="eigen vorderingen"):
            record_override(stranger_tenant, why=WHY, until_on=ON, by=NOBODY, now=NOW, on=ON)


def test_override_opens_the_gate_through_its_day(inside: Tenant, office_admin: User) -> None:
    until = ON + timedelta(90)
    record_override(inside, why=WHY, until_on=until, by=Actor(office_admin), now=NOW, on=ON)

    assert [bool(wki_note(inside, on=day)) for day in (ON, until, until + timedelta(1))] == [False, False, True]
    assert registration_note(inside, on=ON) != ""
    event = inside.events.get()
    assert (event.verb, event.by, event.details) == (
        "wki.override_recorded",
        office_admin,
        {"why": WHY, "until_on": until.isoformat()},
    )


def test_override_of_another_client_opens_nothing(inside: Tenant, sibling_tenant: Tenant) -> None:
    with tenant_context(sibling_tenant.pk):
        record_override(sibling_tenant, why=WHY, until_on=ON, by=NOBODY, now=NOW, on=ON)

    with tenant_context(inside.pk):
        assert wki_note(inside, on=ON) != ""


@pytest.mark.parametrize(
    ("why", "days", "field"),
    [
        ("x" * (LEAST_WORDS - 1), 1, "why"),
        (" " * LEAST_WORDS, 1, "why"),
        (WHY, -1, "until_on"),
        (WHY, 91, "until_on"),
    ],
)
def test_override_needs_a_reason_and_a_near_end(why: str, days: int, field: str, inside: Tenant) -> None:
    with pytest.raises(WkiRefusedError) as refused:
        record_override(inside, why=why, until_on=ON + timedelta(days), by=NOBODY, now=NOW, on=ON)

    assert refused.value.field == field
    assert (verbs(inside), inside.wki_overrides.count()) == ([], 0)
    record_override(inside, why="x" * LEAST_WORDS, until_on=ON, by=NOBODY, now=NOW, on=ON)
    assert wki_note(inside, on=ON) == ""


def test_withdrawn_override_closes_the_gate_and_stays_readable(inside: Tenant) -> None:
    assert not withdraw_override(inside, by=NOBODY, now=NOW, on=ON)
    record_override(inside, why=WHY, until_on=ON + timedelta(30), by=NOBODY, now=NOW, on=ON)

    assert withdraw_override(inside, by=NOBODY, now=NOW + timedelta(hours=1), on=ON)

    assert wki_note(inside, on=ON) != ""
    assert inside.wki_overrides.count() == 2
    assert verbs(inside) == ["wki.override_recorded", "wki.override_withdrawn"]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        inside.wki_overrides.update(why="anders")


@pytest.mark.parametrize(
    ("content", "signed_on", "field"),
    [
        (b"MZ geen pdf", ON, "file"),
        (b"", ON, "file"),
        (b"%PDF-" + b"0" * 10 * 1024 * 1024, ON, "file"),
        (PDF, ON + timedelta(1), "signed_on"),
    ],
    ids=["no pdf", "empty", "too large", "not yet"],
)
def test_agreement_that_cannot_be_kept_is_refused(content: bytes, signed_on: date, field: str, inside: Tenant) -> None:
    with pytest.raises(WkiRefusedError) as refused:
        keep_agreement(
            inside, content, name="a.pdf", signed_by="O. Korrel", signed_on=signed_on, by=NOBODY, now=NOW, on=ON
        )

    assert refused.value.field == field
    assert (inside.assignment_agreements.count(), inside.files.count()) == (0, 0)


def test_page_shows_the_gate_and_who_decided(tenant: Tenant, office_admin: User, client: Client) -> None:
    client.force_login(office_admin)

    closed = client.get(URL).content
    answer = client.post(f"{URL}uitzondering/", {"why": WHY, "until_on": "2026-12-31"})
    opened = client.get(URL).content
    client.post(f"{URL}uitzondering/", {"intrekken": "1"})

    assert answer.status_code == 302
    assert ["Geen berichten aan natuurlijke personen" in page.decode() for page in (closed, opened)] == [True, False]
    assert (WHY in opened.decode(), f"vastgelegd door {office_admin}" in opened.decode()) == (True, True)
    assert "Geen berichten aan natuurlijke personen" in client.get(URL).content.decode()
    assert (faults(closed), faults(opened)) == ([], [])


@pytest.mark.parametrize(
    ("field", "value"), [("why", "te kort"), ("why", ""), ("until_on", "2026-11-25"), ("until_on", "2027-02-25")]
)
def test_wrong_override_is_refused_on_the_page(
    field: str, value: str, inside: Tenant, office_admin: User, client: Client
) -> None:
    client.force_login(office_admin)

    answer = client.post(f"{URL}uitzondering/", {"why": WHY, "until_on": "2026-12-31", field: value})

    assert answer.status_code == 422
    assert inside.wki_overrides.count() == 0


@pytest.mark.parametrize("who", ["bookkeeper", "office_staff", "owner", "viewer"])
def test_only_who_manages_the_office_opens_the_gate(
    who: str, inside: Tenant, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))

    assert client.get(URL).status_code == 200
    assert 'name="why"' not in client.get(URL).content.decode()
    assert client.post(f"{URL}uitzondering/", {"why": WHY, "until_on": "2026-12-31"}).status_code == 403
    assert inside.wki_overrides.count() == 0


def test_agreement_is_kept_and_can_be_taken_away(
    inside: Tenant, bookkeeper: User, viewer: User, client: Client
) -> None:
    form = {"signed_by": "Otto Korrel, directeur", "signed_on": "2026-11-20"}
    client.force_login(viewer)
    refused = client.post(f"{URL}opdracht/", {**form, "file": SimpleUploadedFile("opdracht.pdf", PDF)})
    client.force_login(bookkeeper)
    wrong = client.post(f"{URL}opdracht/", {**form, "file": SimpleUploadedFile("opdracht.pdf", b"MZ")})
    kept = client.post(f"{URL}opdracht/", {**form, "file": SimpleUploadedFile("opdracht.pdf", PDF)})

    assert [refused.status_code, wrong.status_code, kept.status_code] == [403, 422, 302]
    row = inside.assignment_agreements.get()
    assert (row.signed_by, row.signed_on, row.by) == ("Otto Korrel, directeur", date(2026, 11, 20), bookkeeper)
    assert verbs(inside) == ["wki.agreement_kept"]
    page = client.get(URL).content.decode()
    link = f"/t/korrel/bestanden/{row.file_id}/?als=download"
    assert (link in page, "ontbreekt" in page) == (True, True)
    assert client.get(link).content == PDF


def test_list_of_duties_says_what_is_missing(inside: Tenant) -> None:
    assert inside.office is not None
    inside.email, inside.contact_cap = "", 3

    before = {duty.title: duty.is_met for duty in duties(inside, on=ON)}
    register(inside.office)
    keep_agreement(inside, PDF, name="a.pdf", signed_by="O. Korrel", signed_on=ON, by=NOBODY, now=NOW, on=ON)
    inside.complaints_email = "klacht@korrel.example"
    after = {duty.title: duty.is_met for duty in duties(inside, on=ON)}

    changing = ("Registratie", "Opdracht van de schuldeiser", "Klachten")
    assert [before[title] for title in changing] == [False] * 3
    assert [after[title] for title in changing] == [True] * 3
    assert (before["Met mate"], before["Contacttijden"]) == (True, True)


def test_tenant_without_an_office_sees_that_nothing_is_asked(stranger: User, client: Client) -> None:
    client.force_login(stranger)

    page = client.get("/t/noord/instellingen/wki/").content

    assert ("Geen registratie nodig" in page.decode(), "Toch aanschrijven" in page.decode()) == (True, False)
    assert faults(page) == []


def test_letter_says_who_asks_for_whom_and_under_which_number(inside: Tenant) -> None:
    office = inside.office
    assert office is not None
    office.street, office.postcode, office.city, office.phone, office.email = (
        "Kade 2",
        "3511 AB",
        "Utrecht",
        "030 1",
        "p@v.example",
    )
    register(office)

    assert register_lines(inside, Language.DUTCH, on=ON) == (
        "Verzonden door Kantoor Van Dijk namens Bakkerij De Korrel B.V.",
        "Kade 2, 3511 AB Utrecht, 030 1, p@v.example",
        "Wki-register (Justis): WKI-2026-0042",
    )
    english = register_lines(inside, Language.ENGLISH, on=ON)
    assert (english[0], english[2].endswith("WKI-2026-0042")) == (
        "Sent by Kantoor Van Dijk on behalf of Bakkerij De Korrel B.V.",
        True,
    )
    assert len(register_lines(inside, Language.DUTCH, on=date(2028, 1, 1))) == 2, "a number that ran out is not stated"


@pytest.mark.parametrize("language", list(Language))
def test_complaints_go_to_the_tenant_then_the_office_then_its_mail(language: Language, inside: Tenant) -> None:
    office = inside.office
    assert office is not None
    plain = complaint_lines(inside, language)
    office.complaints_email = "klacht@vandijk.example"
    by_office = complaint_lines(inside, language)
    inside.complaints_email, inside.complaints_url = "klacht@korrel.example", "https://korrel.example/klacht"
    own = complaint_lines(inside, language)
    inside.complaints_email = inside.complaints_url = inside.email = office.complaints_email = ""

    assert inside.name not in plain[0]
    assert "administratie@korrel.example" in plain[0]
    assert "klacht@vandijk.example" in by_office[0]
    assert ("klacht@korrel.example" in own[0], "https://korrel.example/klacht" in own[0]) == (True, True)
    assert complaint_lines(inside, language) == ()


@pytest.mark.parametrize(
    ("language", "rights"), [(Language.DUTCH, "Autoriteit Persoonsgegevens"), (Language.ENGLISH, "Data Protection")]
)
def test_first_letter_says_what_happens_with_the_data(language: Language, rights: str, inside: Tenant) -> None:
    inside.file_retention_years, inside.privacy_email = 4, "avg@korrel.example"
    inside.privacy_url = "https://korrel.example/privacy"

    said = " ".join(privacy_lines(inside, language))

    for part in (
        inside.name,
        "Kantoor Van Dijk",
        "7 ",
        "4 ",
        "avg@korrel.example",
        "https://korrel.example/privacy",
        rights,
    ):
        assert part in said
    inside.office, inside.privacy_url = None, ""
    without = " ".join(privacy_lines(inside, language))
    assert ("Kantoor Van Dijk" in without, "korrel.example/privacy" in without) == (False, False)
