"""Reports of mail services, over recorded bodies and in any order."""

from __future__ import annotations

import base64
import itertools
import json
import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from dunning.delivery.providers.smtp import SmtpProvider
from dunning.delivery.reports import Reference, book
from dunning.delivery.send import send_batch
from dunning.models import Notice
from dunning.views.mail_reports import PARSERS
from tenants.models import Tenant
from tests.dunning.delivery.world import NOW, get_notice, make_notices
from tests.faults.fakes import Fault, Faults, SmtpFake

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("SHARED_DATA", REPOSITORY.parent / "shared" / "data")) / "email_webhooks"
SECRET = "dienst:geheim"


def _recorded() -> list[Any]:
    if not (DATA / "expected.json").exists():
        return []
    files: dict[str, Any] = json.loads((DATA / "expected.json").read_text())["files"]
    return [
        pytest.param(DATA / name, entry["facts"], id=name)
        for name, entry in files.items()
        if entry["outcome"] == "event"
        and entry["facts"].get("direction") == "tracking"
        and entry["facts"]["provider"] in PARSERS
    ]


@pytest.mark.parametrize(("path", "facts"), _recorded())
def test_a_recorded_report_is_read_as_anymail_reads_it(path: Path, facts: dict[str, Any]) -> None:
    request = RequestFactory().post("/", path.read_bytes(), content_type=facts["content_type"])
    for name, text in facts["headers"].items():
        request.META[f"HTTP_{name.upper().replace('-', '_')}"] = text

    events = PARSERS[facts["provider"]](webhook_secret=["a:b"]).parse_events(request)

    assert [(event.event_type, event.recipient) for event in events] == [
        (expected["event_type"], expected.get("recipient")) for expected in facts["events"]
    ]


def _event(kind: str, notice: Notice, *, number: int = 1, generation: int | None = None) -> Any:
    reference = Reference(notice.tenant.code, notice.pk, notice.generation if generation is None else generation)
    return SimpleNamespace(
        event_type=kind,
        event_id=f"{kind}-{number}",
        timestamp=NOW + timedelta(minutes=number),
        metadata={"voldaan": str(reference)},
        description="",
        mta_response="550 geen postbus" if kind == "bounced" else "",
        esp_event={},
    )


@pytest.fixture
def accepted(transactional_db: None, tenant: Tenant, over_smtp: SmtpProvider, small_letters: None) -> UUID:
    (notice_id,) = make_notices(tenant, 1)
    send_batch(tenant, provider=over_smtp, clock=lambda: NOW, budget=timedelta(seconds=20))
    return notice_id


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (("sent", "delivered"), "delivered"),
        (("delivered", "bounced"), "bounced"),
        (("deferred", "delivered", "complained"), "delivered"),
        (("opened", "clicked"), "accepted"),
    ],
)
def test_any_order_and_any_number_of_reports_end_the_same(
    tenant: Tenant, accepted: UUID, kinds: tuple[str, ...], state: str
) -> None:
    for order in itertools.permutations(kinds):
        with_repeats = [kind for kind in order for _ in range(2)]
        for kind in with_repeats:
            book(_event(kind, get_notice(tenant, accepted)), service="resend", now=NOW)
        notice = get_notice(tenant, accepted)
        assert (order, notice.state) == (order, state)
    kept = [event.kind for event in notice.delivery_events.all()]
    assert sorted(kept) == sorted(["accepted", *(kind for kind in kinds if kind not in {"opened", "clicked"})])


def test_a_bounce_says_why(tenant: Tenant, accepted: UUID) -> None:
    book(_event("bounced", get_notice(tenant, accepted)), service="resend", now=NOW)

    notice = get_notice(tenant, accepted)
    assert (notice.state, notice.problem, notice.bounced_at) == (
        "bounced",
        "550 geen postbus",
        NOW + timedelta(minutes=1),
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_letters")
def test_a_report_settles_what_nobody_knew(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> None:
    (notice_id,) = make_notices(tenant, 1)
    smtp.faults = Faults([Fault.ERROR_AFTER])
    send_batch(tenant, provider=over_smtp, clock=lambda: NOW, budget=timedelta(seconds=20))
    before = get_notice(tenant, notice_id)

    book(_event("delivered", before), service="resend", now=NOW)

    notice = get_notice(tenant, notice_id)
    assert (before.state, notice.state, notice.accepted_on) == ("ambiguous", "delivered", NOW.date())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("secret", "sent", "status"),
    [
        (SECRET, SECRET, 200),
        (f"oud:sleutel, {SECRET}", SECRET, 200),
        (SECRET, "dienst:fout", 401),
        (SECRET, "", 401),
        ("", SECRET, 404),
    ],
)
def test_only_who_knows_the_secret_may_report(
    client: Client, settings: Any, tenant: Tenant, secret: str, sent: str, status: int
) -> None:
    settings.MAIL_WEBHOOK_SECRET = secret
    headers = {"authorization": "Basic " + base64.b64encode(sent.encode()).decode()} if sent else {}

    answer = client.post(
        reverse("dunning:mail_report", args=["resend"]),
        {
            "type": "email.delivered",
            "data": {"email_id": "x", "to": ["a@example.com"], "created_at": "2026-11-23"},
            "created_at": "2026-11-23T10:00:00Z",
        },
        content_type="application/json",
        headers=headers,
    )

    assert answer.status_code == status


def test_a_report_that_is_not_json_is_refused(client: Client, settings: Any) -> None:
    settings.MAIL_WEBHOOK_SECRET = SECRET
    headers = {"authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}

    answer = client.post(
        reverse("dunning:mail_report", args=["resend"]), b"<xml/>", content_type="application/json", headers=headers
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("text", ["", "a.b.c", "korrel.zz.0", None, "korrel.0123.4.5"])
def test_a_strange_reference_is_nobodys(text: object) -> None:
    assert Reference.parse(text) is None
