"""The door before all doors: e-mail and password, a brake on guessing, no open sign-up."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings

from tenants.models import Tenant, User

pytestmark = pytest.mark.django_db
PASSWORD = "paard batterij nietje"
URL = "/account/login/"


@pytest.fixture(autouse=True)
def _fresh_counters(redis_server: None) -> None:
    cache.clear()


@pytest.fixture
def person(bookkeeper: User) -> User:
    bookkeeper.set_password(PASSWORD)
    bookkeeper.save(update_fields=["password"])
    EmailAddress.objects.create(user=bookkeeper, email=bookkeeper.email, verified=True, primary=True)
    return bookkeeper


def log_in(client: Client, email: str, password: str) -> bool:
    client.post(URL, {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_person_logs_in_by_address_in_any_case(person: User, client: Client) -> None:
    assert log_in(client, person.email.upper(), PASSWORD)
    assert client.get("/").headers["Location"] == "/t/korrel/"


def test_wrong_password_and_unknown_address_read_the_same(person: User, client: Client) -> None:
    wrong = client.post(URL, {"login": person.email, "password": "onjuist wachtwoord"}).content.decode()
    unknown = client.post(
        URL, {"login": "niemand@voorbeeld.example", "password": "onjuist wachtwoord"}
    ).content.decode()

    assert "_auth_user_id" not in client.session
    assert wrong.replace(person.email, "x").count("error") == unknown.count("error")


def test_sixth_try_is_refused_even_with_the_right_password(person: User, client: Client) -> None:
    for number in range(5):
        assert not log_in(client, person.email, f"raden {number}")

    assert not log_in(client, person.email, PASSWORD)


def test_fifth_try_still_works(person: User, client: Client) -> None:
    for number in range(4):
        assert not log_in(client, person.email, f"raden {number}")

    assert log_in(client, person.email, PASSWORD)


@pytest.mark.parametrize("url", ["/account/signup/", "/account/email/"])
def test_there_is_no_open_sign_up_and_no_change_of_address(url: str, person: User, client: Client) -> None:
    data = {"email": "vreemd@voorbeeld.example", "password1": PASSWORD, "password2": PASSWORD, "action_add": "1"}
    assert client.post(url, data).status_code == 404
    client.force_login(person)

    assert client.post(url, data).status_code == 404
    assert list(User.objects.values_list("email", flat=True)) == [person.email]


def test_forgotten_password_leads_through_a_dutch_mail_to_a_new_one(person: User, client: Client) -> None:
    client.post("/account/password/reset/", {"email": person.email}, headers={"Host": "testserver"})
    (message,) = mail.outbox
    found = re.search(r"http://localhost:8000(/account/password/reset/key/\S+)", str(message.body))
    assert found, message.body
    assert "wachtwoord" in str(message.body)
    form = client.get(found[1], follow=True)
    fresh = "trein regen koffie zeven"

    client.post(form.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})

    client.logout()
    assert log_in(client, person.email, fresh)


def test_unknown_address_gets_the_same_answer(person: User, client: Client) -> None:
    known = client.post("/account/password/reset/", {"email": person.email})
    unknown = client.post("/account/password/reset/", {"email": "niemand@voorbeeld.example"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_inactive_person_stays_outside(person: User, client: Client) -> None:
    person.is_active = False
    person.save(update_fields=["is_active"])

    assert not log_in(client, person.email, PASSWORD)


def test_second_step_asks_a_code_and_a_recovery_code_works_once(person: User, client: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    codes = RecoveryCodes.activate(person).get_unused_codes()

    assert not log_in(client, person.email, PASSWORD)
    assert not second_step(client, "000000")
    assert second_step(client, format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))
    client.logout()
    log_in(client, person.email, PASSWORD)
    assert second_step(client, codes[0])
    client.logout()
    log_in(client, person.email, PASSWORD)
    assert not second_step(client, codes[0])


def second_step(client: Client, code: str) -> bool:
    client.post("/account/2fa/authenticate/", {"code": code})
    return "_auth_user_id" in client.session


@override_settings(REQUIRE_OFFICE_MFA=True)
def test_office_staff_with_the_second_step_on_works_on(office_admin: User, tenant: Tenant, client: Client) -> None:
    client.force_login(office_admin)
    assert client.get("/t/korrel/").headers["Location"] == "/account/2fa/"

    TOTP.activate(office_admin, generate_totp_secret())

    assert client.get("/t/korrel/").status_code == 200


@pytest.mark.parametrize(
    "url",
    ["/account/login/", "/account/password/reset/", "/account/2fa/", "/account/sessions/", "/account/password/change/"],
)
def test_pages_of_the_log_in_package_open(url: str, person: User, client: Client) -> None:
    if "login" not in url and "reset" not in url:
        client.force_login(person)

    assert client.get(url, follow=True).status_code == 200
