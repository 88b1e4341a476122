"""The settings page: who may change what, what is refused, and what it leaves in the trail."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tenants.context import tenant_context
from tenants.logo import LogoError, clean_logo
from tenants.models import Event, Tenant, User
from tenants.tasks import send_account_changed

pytestmark = pytest.mark.django_db
URL = "/t/korrel/instellingen/"
PASSWORD = "paard batterij nietje"
FILLED = {
    "name": "Bakkerij De Korrel B.V.",
    "street": "Dorpsstraat 1",
    "postcode": "1234 AB",
    "city": "Utrecht",
    "kvk_number": "12345678",
    "vat_number": "",
    "email": "administratie@korrel.example",
    "phone": "",
    "website": "",
    "brand_colour": "#1f4e5f",
    "iban": "NL91ABNA0417164300",
    "iban_name": "Bakkerij De Korrel B.V.",
    "run_weekday": "0",
    "run_hour": "9",
    "fresh_amber_days": "7",
    "fresh_red_days": "14",
    "match_threshold": "95",
    "promise_most_days": "14",
    "plan_most_instalments": "3",
    "plan_most_amount": "2500.00",
    "plan_least_instalment": "25.00",
    "arrangement_grace_days": "3",
    "plan_warning_days": "7",
}


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    bookkeeper.set_password(PASSWORD)
    bookkeeper.save(update_fields=["password"])
    client.force_login(bookkeeper)
    return client


def events(tenant: Tenant) -> list[Event]:
    with tenant_context(tenant.pk):
        return list(tenant.events.order_by("seq"))


def test_change_is_stored_with_the_old_value_in_the_trail(staff: Client, tenant: Tenant, bookkeeper: User) -> None:
    answer = staff.post(URL, {**FILLED, "run_weekday": "2", "run_hour": "14", "approves_automatically": "on"})

    assert answer.status_code == 302
    tenant.refresh_from_db()
    assert (tenant.run_weekday, tenant.run_hour, tenant.approves_automatically) == (2, 14, True)
    (event,) = events(tenant)
    assert (event.verb, event.by) == ("tenant.edited", bookkeeper)
    assert event.details == {"run_weekday": [0, 2], "run_hour": [9, 14], "approves_automatically": [False, True]}


def test_saving_without_a_change_leaves_no_event(staff: Client, tenant: Tenant) -> None:
    staff.post(URL, FILLED)

    assert events(tenant) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("iban", "NL91ABNA0417164301", "geen geldig IBAN"),
        ("kvk_number", "1234567", "acht cijfers"),
        ("vat_number", "NL123456789B01", "geen geldig Nederlands btw-nummer"),
        ("postcode", "12345", "geen geldige postcode"),
        ("run_weekday", "6", "6"),
        ("run_hour", "22", "22"),
        ("fresh_red_days", "5", "hoger zijn"),
        ("brand_colour", "red;}", "kleur"),
        ("street", "", "Dit veld"),
    ],
)
def test_wrong_value_is_refused_with_words(field: str, value: str, message: str, staff: Client, tenant: Tenant) -> None:
    answer = staff.post(URL, {**FILLED, field: value})

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert events(tenant) == []


def test_account_number_asks_the_password_and_tells_the_managers(
    staff: Client,
    tenant: Tenant,
    owner: User,
    office_admin: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    monkeypatch.setattr(send_account_changed, "delay", send_account_changed)
    changed = {**FILLED, "iban": "NL20 INGB 0001 2345 67"}
    assert staff.post(URL, changed).status_code == 422
    assert staff.post(URL, {**changed, "password": "verkeerd"}).status_code == 422
    tenant.refresh_from_db()
    assert tenant.iban == "NL91ABNA0417164300"

    with django_capture_on_commit_callbacks(execute=True):
        assert staff.post(URL, {**changed, "password": PASSWORD}).status_code == 302

    tenant.refresh_from_db()
    assert tenant.iban == "NL20INGB0001234567"
    assert events(tenant)[0].details == {"iban": ["NL91ABNA0417164300", "NL20INGB0001234567"]}
    assert sorted(message.to[0] for message in mail.outbox) == sorted([owner.email, office_admin.email])
    assert "Bakkerij De Korrel" in mail.outbox[0].subject


def test_viewer_reads_but_cannot_change(viewer: User, client: Client) -> None:
    client.force_login(viewer)

    page = client.get(URL).content.decode()

    assert "Opslaan" not in page
    assert 'name="password"' not in page
    assert client.post(URL, FILLED).status_code == 403


def test_emergency_stop_goes_on_and_off(staff: Client, tenant: Tenant) -> None:
    staff.post(f"{URL}noodstop/", {"frozen": "1"})
    tenant.refresh_from_db()
    assert tenant.sending_frozen
    staff.post(f"{URL}noodstop/", {"frozen": "0"})
    tenant.refresh_from_db()

    assert not tenant.sending_frozen
    assert [event.verb for event in events(tenant)] == ["sending.frozen", "sending.resumed"]


def picture(kind: str = "PNG", size: tuple[int, int] = (80, 40), *, mode: str = "RGB") -> bytes:
    content = BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else None).save(content, kind)
    return content.getvalue()


def test_logo_is_shown_after_upload_and_gone_after_removal(staff: Client, tenant: Tenant) -> None:
    answer = staff.post(f"{URL}logo/", {"logo": SimpleUploadedFile("logo.jpg", picture("JPEG"))})

    assert answer.status_code == 302
    shown = staff.get("/t/korrel/logo/")
    assert (shown.headers["Content-Type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    staff.post(f"{URL}logo/", {"remove": "1"})
    assert staff.get("/t/korrel/logo/").status_code == 404
    assert [event.verb for event in events(tenant)] == ["tenant.logo_set", "tenant.logo_set"]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 40,
        picture()[:20],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        picture(size=(5000, 4000)),
        b"\0" * (1024 * 1024 + 1),
    ],
    ids=["svg", "gif", "cut off", "no picture", "too many pixels", "too large"],
)
def test_file_that_is_no_safe_picture_is_refused(content: bytes, staff: Client, tenant: Tenant) -> None:
    with pytest.raises(LogoError):
        clean_logo(content)
    assert staff.post(f"{URL}logo/", {"logo": SimpleUploadedFile("logo.png", content)}).status_code == 422
    tenant.refresh_from_db()
    assert tenant.logo is None


def test_logo_keeps_nothing_but_the_picture() -> None:
    exif = Image.Exif()
    exif[0x010E] = "thuisadres"
    content = BytesIO()
    Image.new("RGB", (3000, 1500), "teal").save(content, "JPEG", exif=exif)

    cleaned = clean_logo(content.getvalue())

    assert b"thuisadres" not in cleaned
    with Image.open(BytesIO(cleaned)) as result:
        assert result.size == (1200, 600)


def test_trail_pages_and_filters(staff: Client, tenant: Tenant, bookkeeper: User) -> None:
    with tenant_context(tenant.pk):
        for number in range(60):
            tenant.events.create(at="2026-11-01T12:00:00Z", verb="run.planned", details={"number": number})
        tenant.events.create(at="2026-11-02T12:00:00Z", verb="hold.placed", by=bookkeeper)
    url = "/t/korrel/logboek/"

    first = staff.get(url).content.decode()
    assert (first.count("Weekrun voorbereid"), first.count("Blokkade geplaatst")) == (49, 1)
    assert "voor=12" in first
    assert staff.get(f"{url}?voor=12").content.decode().count("Weekrun voorbereid") == 11
    assert staff.get(f"{url}?over=hold").content.decode().count("Weekrun voorbereid") == 0
    assert "Blokkade geplaatst" in staff.get(f"{url}?wie={bookkeeper.pk}").content.decode()
    assert "Blokkade geplaatst" not in staff.get(f"{url}?wie=systeem").content.decode()
    assert "Blokkade geplaatst" not in staff.get(f"{url}?tot=2026-11-01").content.decode()
    for nonsense in ("voor=x", "voor=99999999999999999999", "tot=2026-13-01", "wie=999999999999", "over=x"):
        assert staff.get(f"{url}?{nonsense}").status_code == 200


def test_text_that_postgresql_cannot_hold_is_a_bad_request(staff: Client, tenant: Tenant) -> None:
    assert staff.get("/t/korrel/logboek/?over=%00").status_code == 400
