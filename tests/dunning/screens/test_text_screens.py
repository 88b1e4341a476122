"""Texts of letters on screen: list, editor, preview, trial mail, publishing as a new version, and back."""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Iterator
from email.policy import default

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from django.test import Client, override_settings
from django.urls import reverse

from dunning.actions.policies import install_starters
from dunning.models import Policy
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.dunning.letters import pdf
from tests.factories import NOW

NOON = "2026-11-23T12:00:00+01:00"
FOURTEEN = {"stap": "aanmaning", "staat": "fourteen_day", "aan": "consument", "vorm": "u"}
REMINDER = {"stap": "herinnering", "staat": "friendly", "aan": "bedrijf", "vorm": "u"}
GOOD = {
    "subject": "Even over {facturen}",
    "opening": "[eerder gevraagd] Op {vorige_datum} vroegen wij u te betalen.\n\nBetaal {totaal} {termijn}.",
    "closing": "Betaalt u niet? Dan betaalt u ook {aangekondigde_kosten} incassokosten.\n\n"
    "+ [bij btw] Met {btw_kosten} btw. {btw_verklaring}",
}
VOID = {**GOOD, "opening": "Betaal {totaal} binnen veertien dagen na dagtekening."}


@pytest.fixture
def policy(tenant: Tenant) -> Policy:
    with tenant_context(tenant.pk):
        install_starters(tenant, now=NOW)
        return tenant.policies.get(is_default=True)


@pytest.fixture
def screen(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


class Mailbox:
    """A mail server of one test; it refuses everybody when told so."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refuses = False

    async def handle_RCPT(  # noqa: N802 # the name is aiosmtpd's
        self, server: SMTP, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return "550 no such mailbox" if self.refuses else "250 OK"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:  # noqa: N802 # as above
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=_free_port())
    controller.start()
    with override_settings(MAIL_PROVIDER="smtp", EMAIL_HOST="127.0.0.1", EMAIL_PORT=controller.port):
        yield box
    controller.stop()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def url(policy: Policy, name: str, asked: dict[str, str] | None = None) -> str:
    query = "&".join(f"{key}={value}" for key, value in (asked or {}).items())
    return reverse(f"dunning:{name}", args=["korrel", policy.pk]) + (f"?{query}" if query else "")


def texts(policy: Policy, number: int, key: str = "aanmaning") -> dict[str, object]:
    with tenant_context(policy.tenant_id):
        step = policy.versions.get(number=number).steps.get(key=key)
        return dict(step.texts)


@time_machine.travel(NOON, tick=False)
def test_the_list_names_every_text_and_the_editor_opens(screen: Client, policy: Policy) -> None:
    listed = screen.get(url(policy, "policy_texts")).content.decode()
    links = re.findall(r'href="([^"]*/bewerken/[^"]*)"', listed)
    edited = screen.get(links[0].replace("&amp;", "&")).content.decode()

    assert faults(listed) == []
    assert faults(edited) == []
    assert len(links) == 3 * (2 + 2 + 6 + 6)  # two friendly steps, aanmaning and ingebrekestelling, in three forms
    assert "{totaal}" in edited


@time_machine.travel(NOON, tick=False)
def test_a_text_is_published_as_a_new_version_and_goes_back(screen: Client, policy: Policy) -> None:
    answer = screen.post(url(policy, "policy_text", FOURTEEN), GOOD)
    assert answer.status_code == 302
    assert texts(policy, 1) == {}
    assert list(texts(policy, 2)) == ["nl.fourteen_day.consumer"]
    again = screen.get(url(policy, "policy_text", FOURTEEN)).content.decode()
    assert "[eerder gevraagd] Op {vorige_datum} vroegen wij u te betalen." in again
    assert "+ [bij btw] Met {btw_kosten} btw." in again

    screen.post(url(policy, "policy_text_standard", FOURTEEN))
    assert (list(texts(policy, 2)), texts(policy, 3)) == (["nl.fourteen_day.consumer"], {})
    with tenant_context(policy.tenant_id):
        verbs = (
            policy.tenant.events.filter(verb__startswith="policy.text").order_by("seq").values_list("verb", flat=True)
        )
        assert list(verbs) == ["policy.text_published", "policy.text_restored"]
    screen.post(url(policy, "policy_text_standard", FOURTEEN))
    with tenant_context(policy.tenant_id):
        assert policy.versions.count() == 3


@time_machine.travel(NOON, tick=False)
def test_a_text_that_the_law_voids_is_refused(screen: Client, policy: Policy) -> None:
    page = screen.post(url(policy, "policy_text", FOURTEEN), VOID)
    assert page.status_code == 422
    assert "na dagtekening" in page.content.decode()
    assert "geen voorwaarde" in screen.post(
        url(policy, "policy_text", FOURTEEN), {**GOOD, "opening": "[soms] Betaal {totaal} {termijn}."}
    ).content.decode()  # fmt: skip
    with tenant_context(policy.tenant_id):
        assert policy.versions.count() == 1


@time_machine.travel(NOON, tick=False)
def test_the_preview_shows_mail_and_letter_while_typing(screen: Client, policy: Policy) -> None:
    typed = {**GOOD, "subject": "Zo gaat het heten"}
    piece = screen.post(url(policy, "policy_text_preview", FOURTEEN), typed, headers={"HX-Request": "true"})
    whole = screen.post(url(policy, "policy_text_preview", FOURTEEN), typed)
    addresses = [
        found.replace("&amp;", "&") for found in re.findall(r'src="([^"]*concept=[^"]*)"', piece.content.decode())
    ]
    mail, page = screen.get(addresses[0]), screen.get(addresses[1])

    assert "Geen bezwaren" in piece.content.decode()
    assert 'id="inhoud"' not in piece.content.decode()
    assert faults(whole.content) == []
    assert "Zo gaat het heten" in mail.content.decode()
    assert "script-src 'none'" in mail["Content-Security-Policy"]
    assert page.content.startswith(b"\x89PNG")
    assert screen.get(addresses[0].replace("concept=", "concept=0")).status_code == 404
    assert screen.get(addresses[1], headers={"If-None-Match": page["ETag"]}).status_code == 304
    with tenant_context(policy.tenant_id):
        assert policy.versions.count() == 1


@time_machine.travel(NOON, tick=False)
def test_what_is_wrong_is_said_while_typing(screen: Client, policy: Policy) -> None:
    for typed, says in (
        (VOID, "na dagtekening"),
        ({**GOOD, "opening": "{bedrag}"}, "bestaat niet"),
        ({}, "Onderwerp: Dit veld"),
    ):
        page = screen.post(url(policy, "policy_text_preview", FOURTEEN), typed, headers={"HX-Request": "true"})
        assert page.status_code == 200
        assert says in page.content.decode()


@time_machine.travel(NOON, tick=False)
def test_a_trial_mail_really_leaves_with_the_letter(
    screen: Client, policy: Policy, bookkeeper: User, mailbox: Mailbox
) -> None:
    page = screen.post(url(policy, "policy_text_trial", FOURTEEN), GOOD)
    assert f"De proefmail is verzonden aan {bookkeeper.email}" in page.content.decode()
    (sent,) = mailbox.taken
    assert isinstance(sent.content, bytes)
    message = email.message_from_bytes(sent.content, policy=default)
    (attached,) = message.iter_attachments()

    assert sent.rcpt_tos == [bookkeeper.email]
    assert str(message["Subject"]).strip().startswith("[Proef] Even over 2 facturen")
    assert "binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd" in pdf.text_of(attached.get_content())


@time_machine.travel(NOON, tick=False)
def test_a_trial_mail_that_does_not_leave_says_so(screen: Client, policy: Policy, mailbox: Mailbox) -> None:
    mailbox.refuses = True
    assert "De proefmail is niet verzonden" in screen.post(url(policy, "policy_text_trial", REMINDER), GOOD_REMINDER).content.decode()  # fmt: skip
    assert screen.post(url(policy, "policy_text_trial", FOURTEEN), VOID).status_code == 422
    assert mailbox.taken == []


GOOD_REMINDER = {"subject": "Even over {facturen}", "opening": "Wilt u {totaal} betalen?", "closing": ""}


@pytest.mark.parametrize(
    "changed",
    [{"stap": "bestaat-niet"}, {"stap": "belactie"}, {"staat": "x"}, {"staat": "last_notice"}, {"aan": "bedrijf"}, {"vorm": "fr"}],
)  # fmt: skip
def test_a_text_that_no_letter_has_does_not_exist(screen: Client, policy: Policy, changed: dict[str, str]) -> None:
    assert screen.get(url(policy, "policy_text", {**FOURTEEN, **changed})).status_code == 404


def test_who_may_only_look_edits_nothing(client: Client, policy: Policy, viewer: User) -> None:
    client.force_login(viewer)
    assert client.get(url(policy, "policy_texts")).status_code == 403
    assert client.post(url(policy, "policy_text", FOURTEEN), GOOD).status_code == 403
