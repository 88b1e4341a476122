"""What each way of failing is called: the difference between "surely not accepted" and "nobody knows" decides everything."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from dunning.delivery.answers import Answer, Doubt, after
from dunning.delivery.providers import Outgoing
from dunning.delivery.providers.esp import EspProvider
from dunning.delivery.providers.smtp import SmtpProvider, SmtpServer
from dunning.models.notices import AttemptResult, NoticeState
from tests.faults.fakes import EspFake, Fault, Faults, SmtpFake

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MAIL = (
    b"From: Bakker <post@bakker.example>\r\nTo: klant@example.com\r\nSubject: Herinnering\r\nMessage-ID: <a.0@bakker.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGeachte heer,\r\n.punt aan het begin\r\n"
)
DEADLINE = 0.3


def _outgoing(key: str = "a:0") -> Outgoing:
    return Outgoing(key=key, mail=MAIL, sender="post@bakker.example", recipient="klant@example.com")


def _smtp_answer(smtp: SmtpFake, *faults: Fault) -> Answer:
    smtp.faults = Faults(faults)
    provider = SmtpProvider(SmtpServer("127.0.0.1", smtp.server_address[1]))
    answers = [provider.send(_outgoing(), deadline=DEADLINE) for _ in faults]
    provider.close()
    return answers[-1]


@pytest.mark.parametrize(
    ("fault", "result", "left"),
    [
        (Fault.NONE, AttemptResult.ACCEPTED, 1),
        (Fault.BUSY, AttemptResult.NOT_ACCEPTED, 0),
        (Fault.LATER, AttemptResult.NOT_ACCEPTED, 0),
        (Fault.REFUSED, AttemptResult.REFUSED, 0),
        (Fault.RESET_BEFORE, AttemptResult.UNKNOWN, 0),  # a small mail is in the kernel before the reset is seen
        (Fault.LOST, AttemptResult.UNKNOWN, 0),
        (Fault.ERROR_AFTER, AttemptResult.UNKNOWN, 1),
        (Fault.RESET_AFTER, AttemptResult.UNKNOWN, 1),
        (Fault.HANG_AFTER, AttemptResult.UNKNOWN, 1),
    ],
)
def test_smtp_says_what_is_certain(smtp: SmtpFake, fault: Fault, result: AttemptResult, left: int) -> None:
    assert _smtp_answer(smtp, fault).result == result
    assert len(smtp.log.accepted) == left


def test_smtp_goes_on_over_one_connection_after_a_refusal(smtp: SmtpFake) -> None:
    answer = _smtp_answer(smtp, Fault.NONE, Fault.BUSY, Fault.REFUSED, Fault.LATER, Fault.NONE)

    assert answer.result == AttemptResult.ACCEPTED
    assert answer.provider_id == "2"


def test_smtp_opens_a_new_connection_after_a_broken_one(smtp: SmtpFake) -> None:
    assert _smtp_answer(smtp, Fault.ERROR_AFTER, Fault.NONE).result == AttemptResult.ACCEPTED


def test_a_dot_at_the_start_of_a_line_arrives_as_it_was(smtp: SmtpFake) -> None:
    from tests.faults.fakes import describe  # noqa: PLC0415

    _smtp_answer(smtp, Fault.NONE)

    assert smtp.log.accepted[0]["sha256"] == describe(MAIL)["sha256"]


def test_nobody_at_the_port_is_surely_not_accepted() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    smtp = SmtpProvider(SmtpServer("127.0.0.1", port)).send(_outgoing(), deadline=DEADLINE)
    esp = EspProvider("resend", api_key="k", api_url=f"http://127.0.0.1:{port}/").send(_outgoing(), deadline=DEADLINE)
    nameless = SmtpProvider(SmtpServer("mail.invalid", port)).send(_outgoing(), deadline=DEADLINE)

    assert [(answer.result, answer.is_unreachable) for answer in (smtp, esp, nameless)] == [
        (AttemptResult.NOT_ACCEPTED, True)
    ] * 3


def test_a_server_that_never_greets_is_surely_not_accepted() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        answer = SmtpProvider(SmtpServer("127.0.0.1", silent.getsockname()[1])).send(_outgoing(), deadline=DEADLINE)

    assert answer.result == AttemptResult.NOT_ACCEPTED


def _esp_answer(esp: EspFake, *faults: Fault) -> Answer:
    esp.faults = Faults(faults)
    provider = EspProvider("resend", api_key="k", api_url=f"http://127.0.0.1:{esp.server_address[1]}/")
    answers = [provider.send(_outgoing(), deadline=DEADLINE) for _ in faults]
    provider.close()
    return answers[-1]


@pytest.mark.parametrize(
    ("fault", "result", "left"),
    [
        (Fault.NONE, AttemptResult.ACCEPTED, 1),
        (Fault.LATER, AttemptResult.NOT_ACCEPTED, 0),
        (Fault.REFUSED, AttemptResult.REFUSED, 0),
        (Fault.BUSY, AttemptResult.UNKNOWN, 0),
        (Fault.RESET_BEFORE, AttemptResult.UNKNOWN, 0),
        (Fault.ERROR_AFTER, AttemptResult.UNKNOWN, 1),
        (Fault.RESET_AFTER, AttemptResult.UNKNOWN, 1),
        (Fault.HANG_AFTER, AttemptResult.UNKNOWN, 1),
    ],
)
def test_a_mail_service_says_what_is_certain(esp: EspFake, fault: Fault, result: AttemptResult, left: int) -> None:
    assert _esp_answer(esp, fault).result == result
    assert (len(esp.log.accepted), esp.calls) == (left, 1)  # never a retry of its own


def test_a_repeat_under_the_same_key_is_sent_once(esp: EspFake) -> None:
    answer = _esp_answer(esp, Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.NONE)

    assert answer.result == AttemptResult.ACCEPTED
    assert [(entry["key"], entry["message_id"]) for entry in esp.log.accepted] == [("a:0", "<a.0@bakker.example>")]


def test_a_service_without_keys_doubles_and_the_log_shows_it(esp: EspFake) -> None:
    esp.honours_keys = False

    _esp_answer(esp, Fault.ERROR_AFTER, Fault.NONE)

    assert len(esp.log.accepted) == 2


def test_brevo_carries_the_key_among_the_headers_of_the_mail() -> None:
    provider = EspProvider("brevo", api_key="k", api_url="http://127.0.0.1:1/")
    from dunning.delivery.providers.esp import _message  # noqa: PLC0415

    payloads = [provider._backend.build_message_payload(_message(_outgoing(key)), {}) for key in ("a:0", "a:0", "a:1")]
    keys = [payload.data["headers"]["idempotencyKey"] for payload in payloads]

    assert keys[0] == keys[1] != keys[2]
    assert "X-Voldaan-Key" not in payloads[0].data["headers"]


def test_an_unknown_outcome_is_repeated_while_the_key_lives_and_held_after() -> None:
    doubt = Doubt(NOW, 1)
    unknown = Answer.unknown("stil")

    assert after(unknown, attempts=1, doubt=doubt, may_repeat=True).state == NoticeState.CLAIMED
    assert after(unknown, attempts=1, doubt=doubt, may_repeat=False).state == NoticeState.AMBIGUOUS
    assert doubt.may_repeat(key_lifetime=timedelta(hours=1), now=NOW + timedelta(minutes=59))
    assert not doubt.may_repeat(key_lifetime=timedelta(hours=1), now=NOW + timedelta(hours=1))
    assert not doubt.may_repeat(key_lifetime=None, now=NOW)


@pytest.mark.parametrize("answer", [Answer.refused("550"), Answer.not_accepted("451")])
def test_a_later_refusal_does_not_settle_an_earlier_doubt(answer: Answer) -> None:
    assert after(answer, attempts=2, doubt=Doubt(NOW, 1), may_repeat=False).state == NoticeState.AMBIGUOUS


def test_a_mail_that_is_never_accepted_reaches_a_person() -> None:
    states = [
        after(Answer.not_accepted("451"), attempts=attempts, doubt=None, may_repeat=False).state
        for attempts in range(1, 20)
    ]

    assert states[:15] == [NoticeState.WAITING] * 15
    assert states[15:] == [NoticeState.REFUSED] * 4
