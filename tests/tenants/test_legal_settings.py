"""What the law asks of a creditor and of an office: who may change it, what is refused, and what the trail keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from unittest import mock

import pytest
from django.test import Client

from receivables.domain.parameters import SMALL_INSTALMENTS
from receivables.legal_sources import sources
from tenants import clock  # noqa: TID251 # the pages under test read it
from tenants.actions.legal import LEGAL
from tenants.context import tenant_context
from tenants.events import DETAILS
from tenants.models import Office, OfficeEvent, Tenant, User
from tenants.registration import registration_problem, registration_warning
from tests.accessibility import faults
from tests.factories import OfficeFactory

pytestmark = pytest.mark.django_db
URL = "/t/korrel/instellingen/recht/"
OFFICE_URL = "/o/van-dijk/instellingen/"
ON = date(2026, 11, 26)
FILLED = {
    "can_deduct_vat": "on",
    "interest_day_count": "interest_year",
    "business_interest_percent": "",
    "term_margin_days": "2",
    "contact_cap": "",
    "contact_cap_days": "7",
    "claim_nature": "unknown",
    "vat_period": "quarter",
    "complaints_email": "",
    "complaints_url": "",
    "privacy_url": "",
    "privacy_email": "",
    "file_retention_years": "2",
}
OFFICE = {
    "name": "Kantoor Van Dijk",
    "street": "Kade 2",
    "postcode": "3511 AB",
    "city": "Utrecht",
    "kvk_number": "87654321",
    "email": "post@vandijk.example",
    "phone": "030 123 45 67",
    "wki_number": "WKI-2026-0042",
    "wki_valid_until": "2027-03-31",
    "complaints_email": "",
    "complaints_url": "",
}


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with mock.patch.object(clock, "now", return_value=datetime(2026, 11, 26, 9, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def _unregistered(office: Office) -> None:
    """Every test begins with an office of which no registration is known."""
    office.wki_number, office.wki_valid_until = "", None
    office.save(update_fields=["wki_number", "wki_valid_until"])


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def details(tenant: Tenant) -> list[dict[str, object]]:
    with tenant_context(tenant.pk):
        return [event.details for event in tenant.events.filter(verb="tenant.edited").order_by("seq")]


def test_legal_setting_is_stored_with_old_and_new_in_the_trail(staff: Client, tenant: Tenant) -> None:
    changed = {**FILLED, "business_interest_percent": "8,50", "claim_nature": "goods", "contact_cap": "3"}
    del changed["can_deduct_vat"]

    assert staff.post(URL, changed).status_code == 302

    tenant.refresh_from_db()
    assert (tenant.business_interest_percent, tenant.claim_nature, tenant.can_deduct_vat) == (
        Decimal("8.50"),
        "goods",
        False,
    )
    assert details(tenant) == [
        {
            "can_deduct_vat": [True, False],
            "business_interest_percent": [None, "8.50"],
            "contact_cap": [None, 3],
            "claim_nature": ["unknown", "goods"],
        }
    ]


def test_saving_without_a_change_leaves_no_event(staff: Client, tenant: Tenant) -> None:
    assert staff.post(URL, FILLED).status_code == 302
    assert details(tenant) == []


def test_legal_page_changes_nothing_else(staff: Client, tenant: Tenant) -> None:
    staff.post(URL, {**FILLED, "iban": "NL20INGB0001234567", "name": "Anders", "contact_cap_days": "9"})

    tenant.refresh_from_db()
    assert (tenant.iban, tenant.name, tenant.contact_cap_days) == ("NL91ABNA0417164300", "Bakkerij De Korrel B.V.", 9)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("file_retention_years", "1", "2"),
        ("business_interest_percent", "101", "100"),
        ("business_interest_percent", "-1", "0"),
        ("business_interest_compounds", "on", "Vul eerst de afgesproken rente in"),
        ("term_margin_days", "31", "30"),
        ("term_margin_days", "-1", "0"),
        ("contact_cap", "0", "1"),
        ("contact_cap_days", "0", "1"),
        ("claim_nature", "anders", "anders"),
        ("vat_period", "week", "week"),
        ("privacy_url", "javascript:alert(1)", "URL"),
        ("complaints_email", "geen adres", "mailadres"),
    ],
)
def test_wrong_value_is_refused(field: str, value: str, words: str, staff: Client, tenant: Tenant) -> None:
    answer = staff.post(URL, {**FILLED, field: value})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert details(tenant) == []


def test_viewer_reads_the_legal_settings_but_cannot_change_them(viewer: User, client: Client) -> None:
    client.force_login(viewer)

    page = client.get(URL).content.decode()

    assert ("Opslaan" in page, "<textarea" in page, "Afgesproken rente met bedrijven" in page) == (False, False, True)
    assert client.post(URL, FILLED).status_code == 403


def test_stranger_does_not_find_the_legal_settings(tenant: Tenant, stranger: User, client: Client) -> None:
    client.force_login(stranger)

    assert [client.get(URL).status_code, client.post(URL, FILLED).status_code] == [404, 404]


def test_legal_page_says_what_is_uncertain_and_how_old_the_law_is(staff: Client, tenant: Tenant) -> None:
    page = staff.get(URL).content.decode()

    assert "Staat van de wet: 22 november 2026" in page
    assert SMALL_INSTALMENTS.note in page
    assert page.count("Niet zeker.") > 1
    assert "Boekhouding 7 jaar" not in page
    assert "boekhouding bewaart u 7 jaar" in page
    assert faults(page.encode()) == []


def test_settings_lead_to_the_legal_pages(staff: Client, tenant: Tenant) -> None:
    page = staff.get("/t/korrel/instellingen/").content.decode()

    assert (URL in page, "/t/korrel/instellingen/wki/" in page) == (True, True)


def test_every_legal_setting_has_dutch_words_in_the_trail() -> None:
    assert set(LEGAL) - set(DETAILS) == set()


def test_every_figure_says_where_it_stands() -> None:
    assert all(source.rule and source.source for source in sources())
    assert [source.title for source in sources() if source.warning] == ["Kleine termijnen van een lopend contract"]


def test_office_setting_is_stored_with_old_and_new_in_its_trail(
    office: Office, office_admin: User, client: Client
) -> None:
    client.force_login(office_admin)

    assert client.post(OFFICE_URL, OFFICE).status_code == 302

    office.refresh_from_db()
    assert (office.wki_number, office.wki_valid_until) == ("WKI-2026-0042", date(2027, 3, 31))
    event = OfficeEvent.objects.get(office=office)
    assert (event.verb, event.by) == ("office.edited", office_admin)
    assert event.details["wki_valid_until"] == [None, "2027-03-31"]
    client.post(OFFICE_URL, OFFICE)
    assert OfficeEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kvk_number", "123", "acht cijfers"),
        ("postcode", "12345", "geen geldige postcode"),
        ("wki_valid_until", "", "Vul ook de laatste dag"),
        ("wki_number", "", "Vul ook het nummer in"),
        ("wki_valid_until", "2062-03-31", "te ver weg"),
        ("phone", "", "Dit veld"),
        ("email", "post", "mailadres"),
    ],
)
def test_wrong_office_setting_is_refused(
    field: str, value: str, words: str, office: Office, office_admin: User, client: Client
) -> None:
    client.force_login(office_admin)

    answer = client.post(OFFICE_URL, {**OFFICE, field: value})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    office.refresh_from_db()
    assert (office.wki_number, OfficeEvent.objects.count()) == ("", 0)


def test_only_who_manages_the_office_changes_it(
    office: Office, office_staff: User, bookkeeper: User, client: Client
) -> None:
    for who, status in ((office_staff, 403), (bookkeeper, 404)):
        client.force_login(who)
        assert [client.get(OFFICE_URL).status_code, client.post(OFFICE_URL, OFFICE).status_code] == [status, status]
    office.refresh_from_db()
    assert office.wki_number == ""


def test_office_page_warns_about_the_registration(office: Office, office_admin: User, client: Client) -> None:
    client.force_login(office_admin)

    missing = client.get(OFFICE_URL).content
    client.post(OFFICE_URL, OFFICE)
    valid = client.get(OFFICE_URL).content

    assert ("geen nummer in het Wki-register" in missing.decode(), "note warn" in valid.decode()) == (True, False)
    assert (faults(missing), faults(valid)) == ([], [])


@pytest.mark.parametrize(
    ("until", "problem", "warning"),
    [
        (None, "niet bekend tot wanneer", "niet bekend tot wanneer"),
        (date(2026, 11, 25), "liep tot en met 25 november 2026", "liep tot en met 25 november 2026"),
        (ON, "", "nog 0 dagen"),
        (date(2027, 1, 25), "", "nog 60 dagen"),
        (date(2027, 1, 26), "", ""),
    ],
)
def test_registration_is_judged_by_its_last_day(until: date | None, problem: str, warning: str) -> None:
    office = OfficeFactory.build(wki_number="WKI-1", wki_valid_until=until)

    assert problem in registration_problem(office, on=ON)
    assert warning in registration_warning(office, on=ON)
    assert bool(registration_problem(office, on=ON)) == bool(problem)
    assert bool(registration_warning(office, on=ON)) == bool(warning)
