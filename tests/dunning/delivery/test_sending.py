"""A notice from ready to its end, over real fakes and real commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction

from dunning.actions.holds import place_hold
from dunning.delivery import claim, queue
from dunning.delivery.answers import Answer
from dunning.delivery.claim import claim as take
from dunning.delivery.prepare import prepare
from dunning.delivery.providers import Provider
from dunning.delivery.providers.esp import EspProvider
from dunning.delivery.providers.smtp import SmtpProvider
from dunning.delivery.record import record
from dunning.delivery.send import send_batch
from dunning.models import Notice
from dunning.models.holds import HoldLevel, HoldReason
from dunning.models.notices import AttemptResult, NoticeState
from dunning.models.runs import RunState
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.delivery.world import NOW, TODAY, get_notice, make_notices, pay
from tests.faults.fakes import EspFake, Fault, Faults, SmtpFake

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_letters")]
LATER = NOW + timedelta(hours=5)


def _send(tenant: Tenant, provider: Provider, *, at: datetime = NOW) -> int:
    return send_batch(tenant, provider=provider, clock=lambda: at, budget=timedelta(seconds=20))


def _change(tenant: Tenant, notice_id: UUID, **fields: object) -> None:
    with tenant_context(tenant.pk):
        tenant.notices.filter(pk=notice_id).update(**fields)


def _expire_lease(tenant: Tenant, notice_id: UUID) -> None:
    _change(tenant, notice_id, lease_until=datetime(2020, 1, 1, tzinfo=UTC))


def _results(notice: Notice) -> list[str]:
    return [attempt.result for attempt in sorted(notice.attempts.all(), key=lambda attempt: attempt.number)]


def test_a_ready_notice_leaves_once_and_its_bytes_are_kept(
    tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    first, second = make_notices(tenant, 2)

    assert (_send(tenant, over_smtp), _send(tenant, over_smtp)) == (2, 0)

    notice = get_notice(tenant, first)
    assert (notice.state, notice.accepted_on, notice.to_email) == ("accepted", NOW.date(), "klant1@example.com")
    assert [event.kind for event in notice.delivery_events.all()] == ["accepted"]
    assert [(attempt.result, attempt.provider_id) for attempt in notice.attempts.all()] == [("accepted", "1")]
    with tenant_context(tenant.pk):
        kept = set(tenant.notices.filter(pk__in=(first, second)).values_list("mail_file__sha256", flat=True))
        run = tenant.runs.get()
    assert {entry["sha256"] for entry in smtp.log.accepted} == kept
    assert [entry["message_id"] for entry in smtp.log.accepted] == [
        f"<{first}.0@bakker.example>",
        f"<{second}.0@bakker.example>",
    ]
    assert (run.state, run.finished_at) == (RunState.DONE, NOW)


def test_a_mail_that_was_not_accepted_waits_and_goes_later(
    tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    (notice_id,) = make_notices(tenant, 1)
    smtp.faults = Faults([Fault.BUSY])

    _send(tenant, over_smtp)
    waiting = get_notice(tenant, notice_id)
    _send(tenant, over_smtp, at=NOW + timedelta(seconds=59))
    still = get_notice(tenant, notice_id)
    _send(tenant, over_smtp, at=NOW + timedelta(seconds=60))

    assert (waiting.state, waiting.try_after_at) == ("waiting", NOW + timedelta(minutes=1))
    assert still.state == "waiting"
    assert _results(get_notice(tenant, notice_id)) == ["not_accepted", "accepted"]
    with tenant_context(tenant.pk):
        assert tenant.runs.get().state == RunState.DONE


def test_an_unknown_outcome_over_smtp_is_held_and_never_repeated(
    tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    sent, lost = make_notices(tenant, 2)
    smtp.faults = Faults([Fault.ERROR_AFTER, Fault.LOST])

    _send(tenant, over_smtp)
    _send(tenant, over_smtp, at=LATER)

    assert [get_notice(tenant, pk).state for pk in (sent, lost)] == ["ambiguous", "ambiguous"]
    assert len(smtp.log.accepted) == 1


def test_an_unknown_outcome_with_a_key_is_repeated_until_it_is_known(
    tenant: Tenant, over_esp: EspProvider, esp: EspFake
) -> None:
    (notice_id,) = make_notices(tenant, 1)
    esp.faults = Faults([Fault.ERROR_AFTER, Fault.RESET_AFTER])

    for _ in range(3):
        _send(tenant, over_esp)
        assert _send(tenant, over_esp) == 0  # it rests first
        _expire_lease(tenant, notice_id)

    notice = get_notice(tenant, notice_id)
    assert (notice.state, _results(notice)) == ("accepted", ["unknown", "unknown", "accepted"])
    assert len(esp.log.accepted) == 1


def test_a_key_that_has_ended_is_not_repeated(tenant: Tenant, over_esp: EspProvider, esp: EspFake) -> None:
    (notice_id,) = make_notices(tenant, 1)
    esp.faults = Faults([Fault.ERROR_AFTER])
    _send(tenant, over_esp)
    _expire_lease(tenant, notice_id)

    _send(tenant, over_esp, at=NOW + timedelta(hours=23))

    assert get_notice(tenant, notice_id).state == "ambiguous"
    assert esp.calls == 1


def test_a_worker_that_died_leaves_doubt_not_a_second_mail(
    tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    (notice_id,) = make_notices(tenant, 1)
    _send_half(tenant, over_smtp, notice_id)
    before = _send(tenant, over_smtp, at=LATER)
    _expire_lease(tenant, notice_id)

    _send(tenant, over_smtp, at=LATER)

    notice = get_notice(tenant, notice_id)
    assert (before, notice.state, _results(notice)) == (0, "ambiguous", ["unknown"])
    assert smtp.log.accepted == []


def test_a_worker_that_died_under_a_key_is_followed_by_a_repeat(
    tenant: Tenant, over_esp: EspProvider, esp: EspFake
) -> None:
    (notice_id,) = make_notices(tenant, 1)
    _send_half(tenant, over_esp, notice_id)
    _expire_lease(tenant, notice_id)

    _send(tenant, over_esp)

    assert _results(get_notice(tenant, notice_id)) == ["unknown", "accepted"]
    assert len(esp.log.accepted) == 1


def _send_half(tenant: Tenant, provider: Provider, notice_id: UUID) -> claim.Claimed:
    """Up to the claim, as a worker that is killed before its call."""
    assert queue.reserve(tenant, now=NOW, most=1) == [notice_id]
    assert prepare(notice_id, tenant=tenant, now=NOW) is None
    claimed = take(notice_id, tenant=tenant, provider=provider, now=NOW)
    assert claimed is not None
    return claimed


def test_evidence_wins_when_it_arrives_after_the_lease(tenant: Tenant, over_smtp: SmtpProvider) -> None:
    (notice_id,) = make_notices(tenant, 1)
    claimed = _send_half(tenant, over_smtp, notice_id)
    _expire_lease(tenant, notice_id)
    _send(tenant, over_smtp)
    held = get_notice(tenant, notice_id).state

    for _ in range(2):
        record(claimed, Answer.accepted("250 ok"), key_lifetime=None, now=LATER)

    notice = get_notice(tenant, notice_id)
    assert (held, notice.state, _results(notice)) == ("ambiguous", "accepted", ["accepted"])
    assert [event.kind for event in notice.delivery_events.all()] == ["accepted"]


def test_a_late_certain_no_frees_a_held_notice(tenant: Tenant, over_smtp: SmtpProvider) -> None:
    (notice_id,) = make_notices(tenant, 1)
    claimed = _send_half(tenant, over_smtp, notice_id)
    _expire_lease(tenant, notice_id)
    _send(tenant, over_smtp)

    record(claimed, Answer.not_accepted("451"), key_lifetime=None, now=NOW)

    assert get_notice(tenant, notice_id).state == "waiting"


def test_a_claim_refuses_to_run_inside_another_transaction(tenant: Tenant, over_smtp: SmtpProvider) -> None:
    (notice_id,) = make_notices(tenant, 1)

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        take(notice_id, tenant=tenant, provider=over_smtp, now=NOW)


def test_what_was_paid_is_not_asked_for(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> None:
    paid, partly, unpaid = make_notices(tenant, 3)
    pay(tenant, paid)
    pay(tenant, partly, amount=Decimal("21.00"))

    _send(tenant, over_smtp)

    notices = [get_notice(tenant, pk) for pk in (paid, partly, unpaid)]
    assert [notice.state for notice in notices] == ["cancelled", "accepted", "accepted"]
    assert [line.cancelled_at for line in notices[0].lines.all()] == [NOW]  # the step may be planned anew
    assert [notice.total_amount for notice in notices[1:]] == [Decimal("100.00"), Decimal("121.00")]
    assert [entry["to"] for entry in smtp.log.accepted] == ["klant2@example.com", "klant3@example.com"]
    assert _kept_text(tenant, partly) == "U heeft 100.00 open."


def _kept_text(tenant: Tenant, notice_id: UUID) -> str:
    with tenant_context(tenant.pk):
        mail_file = tenant.notices.get(pk=notice_id).mail_file
        assert mail_file
        return bytes(mail_file.content).decode().strip().rpartition("\r\n")[2]


def test_a_payment_after_the_letter_was_written_is_seen_at_the_claim(
    tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    (notice_id,) = make_notices(tenant, 1)
    assert prepare(notice_id, tenant=tenant, now=NOW) is None
    pay(tenant, notice_id, amount=Decimal("21.00"))

    assert take(notice_id, tenant=tenant, provider=over_smtp, now=NOW) is None
    _send(tenant, over_smtp)

    assert _kept_text(tenant, notice_id) == "U heeft 100.00 open."
    assert len(smtp.log.accepted) == 1


def test_a_hold_between_approval_and_sending_is_kept(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> None:
    (notice_id,) = make_notices(tenant, 1)
    with tenant_context(tenant.pk):
        customer = tenant.customers.get()
        place_hold(tenant, level=HoldLevel.CUSTOMER, customer=customer, reason=HoldReason.DISPUTE, on=TODAY, now=NOW)

    _send(tenant, over_smtp)

    notice = get_notice(tenant, notice_id)
    assert notice.state == "cancelled"
    assert notice.cancelled_why
    assert smtp.log.accepted == []


def test_a_payment_after_an_unknown_attempt_is_for_a_person(
    tenant: Tenant, over_esp: EspProvider, esp: EspFake
) -> None:
    """It may have left; repeating it would ask for what was paid, cancelling it would deny what was sent."""
    (notice_id,) = make_notices(tenant, 1)
    esp.faults = Faults([Fault.BUSY])
    _send(tenant, over_esp)
    pay(tenant, notice_id)
    _expire_lease(tenant, notice_id)

    _send(tenant, over_esp)

    notice = get_notice(tenant, notice_id)
    assert notice.state == "ambiguous"
    assert "inmiddels" in notice.problem
    assert esp.calls == 1


def test_a_stopped_run_halts_at_once(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> None:
    notices = make_notices(tenant, 3)
    with tenant_context(tenant.pk):
        tenant.runs.update(state=RunState.STOPPED)

    _send(tenant, over_smtp)

    assert {get_notice(tenant, pk).state for pk in notices} == {"cancelled"}
    assert smtp.log.accepted == []


def test_a_frozen_tenant_sends_nothing_and_loses_nothing(
    tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake
) -> None:
    (notice_id,) = make_notices(tenant, 1)
    Tenant.objects.filter(pk=tenant.pk).update(sending_frozen=True)

    _send(tenant, over_smtp)

    assert (get_notice(tenant, notice_id).state, smtp.log.accepted) == ("ready", [])
    assert queue.tenants_with_work(now=NOW) == []


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (datetime(2026, 11, 23, 19, 0, tzinfo=UTC), datetime(2026, 11, 24, 6, 0, tzinfo=UTC)),  # 20:00
        (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),  # a Sunday
    ],
)
def test_outside_the_contact_window_everything_waits_for_it(
    tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake, at: datetime, opens: datetime
) -> None:
    (notice_id,) = make_notices(tenant, 1)

    _send(tenant, over_smtp, at=at)
    notice = get_notice(tenant, notice_id)
    _send(tenant, over_smtp, at=opens)

    assert (notice.state, notice.try_after_at) == ("ready", opens)
    assert get_notice(tenant, notice_id).state == "accepted"


def test_the_claim_itself_looks_at_the_window(tenant: Tenant, over_smtp: SmtpProvider) -> None:
    (notice_id,) = make_notices(tenant, 1)
    evening = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)

    assert take(notice_id, tenant=tenant, provider=over_smtp, now=evening) is None

    notice = get_notice(tenant, notice_id)
    assert (notice.state, notice.try_after_at) == ("ready", datetime(2026, 11, 24, 6, 0, tzinfo=UTC))


def test_a_letter_that_waited_a_day_is_written_anew(tenant: Tenant, over_smtp: SmtpProvider, smtp: SmtpFake) -> None:
    (notice_id,) = make_notices(tenant, 1)
    smtp.faults = Faults([Fault.BUSY])
    _send(tenant, over_smtp)
    before = get_notice(tenant, notice_id)

    _send(tenant, over_smtp, at=NOW + timedelta(days=1))

    notice = get_notice(tenant, notice_id)
    assert (before.dated_on, notice.dated_on) == (NOW.date(), NOW.date() + timedelta(days=1))
    assert before.mail_file_id != notice.mail_file_id


def test_one_letter_that_cannot_be_made_does_not_stop_the_others(
    tenant: Tenant, over_smtp: SmtpProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.dunning.delivery.world import SmallLetter, small_letter  # noqa: PLC0415

    broken, fine = make_notices(tenant, 2)

    def compose(notice: Notice, *, now: datetime) -> SmallLetter:
        if notice.pk == broken:
            raise ValueError("geen adres")
        return small_letter(notice, now=now)

    monkeypatch.setattr("dunning.delivery.prepare.compose", compose)

    _send(tenant, over_smtp)

    notice = get_notice(tenant, broken)
    assert (notice.state, notice.problem) == ("ready", "De brief kan niet worden gemaakt: geen adres")
    assert notice.try_after_at == NOW + timedelta(minutes=15)
    assert get_notice(tenant, fine).state == "accepted"


def test_a_mail_server_that_is_away_is_asked_three_times_and_then_left_alone(tenant: Tenant) -> None:
    from dunning.delivery.providers.smtp import SmtpServer  # noqa: PLC0415

    notices = make_notices(tenant, 8)

    assert _send(tenant, SmtpProvider(SmtpServer("127.0.0.1", 1))) == 3

    with tenant_context(tenant.pk):
        left = tenant.notices.filter(pk__in=notices, state=NoticeState.READY, lease_until__isnull=True)
        assert left.count() == 5


def test_the_sweep_finds_work_in_the_database_alone(tenant: Tenant, stranger_tenant: Tenant) -> None:
    make_notices(tenant, 1)

    assert queue.tenants_with_work(now=NOW) == [tenant.pk]


def test_two_workers_reserve_different_notices(tenant: Tenant) -> None:
    notices = make_notices(tenant, 4)

    assert [queue.reserve(tenant, now=NOW, most=2) for _ in range(3)] == [notices[:2], notices[2:], []]
    queue.give_back(tenant, notices)
    assert queue.reserve(tenant, now=NOW, most=9) == notices


def test_attempts_of_a_finished_notice_stay_as_they_were(tenant: Tenant, over_smtp: SmtpProvider) -> None:
    (notice_id,) = make_notices(tenant, 1)
    claimed = _send_half(tenant, over_smtp, notice_id)
    record(claimed, Answer.accepted("250 ok"), key_lifetime=None, now=NOW)

    record(claimed, Answer.unknown("later"), key_lifetime=None, now=LATER)

    notice = get_notice(tenant, notice_id)
    assert (notice.state, _results(notice)) == ("accepted", [AttemptResult.ACCEPTED])
