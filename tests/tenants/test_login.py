"""The door before all doors: e-mail and password, a brake on guessing, no open sign-up."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from tenants.models import User

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


def test_there_is_no_open_sign_up(client: Client) -> None:
    answer = client.post(
        "/account/signup/", {"email": "vreemd@voorbeeld.example", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert User.objects.count() == 0
    assert answer.status_code in (200, 403, 404)


def test_inactive_person_stays_outside(person: User, client: Client) -> None:
    person.is_active = False
    person.save(update_fields=["is_active"])

    assert not log_in(client, person.email, PASSWORD)
