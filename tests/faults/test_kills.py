"""Letters under fire: random SIGKILLs over workers, web, Redis and PostgreSQL while the provider fails one time in five.

Promise: 0 lost, 0 doubled, 0 wrong steps. With an idempotency key every letter arrives exactly once; over plain SMTP every
unknown outcome is held for a person. With a guard switched off the same checker must see doubles.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter

import httpx
import psycopg
import pytest

from tests.faults.checker import Findings, check
from tests.faults.stage import Play, Stage, seed, stage

NOT_YET = ("planned", "ready", "waiting", "claimed")
PATIENCE_PER_KILL = 6.0
DRAIN = 240.0


@pytest.mark.slow
@pytest.mark.parametrize("provider", ["esp", "smtp"])
def test_a_few_kills(provider: str) -> None:
    found = perform(Play(provider, seed=1, letters=60, kills=8))

    _assert_kept(found, provider=provider, letters=60)


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("provider", ["esp", "smtp"])
def test_many_kills(provider: str, seed: int) -> None:
    found = perform(Play(provider, seed=seed, letters=500, kills=50, letter="real"))

    _assert_kept(found, provider=provider, letters=500)


@pytest.mark.fault
@pytest.mark.slow
def test_workers_survive_a_database_that_restarts() -> None:
    """Nobody kills the workers here: they must drop their broken connections themselves."""
    found = perform(Play("esp", seed=2, letters=40, kills=3, victims=("postgres",)))

    _assert_kept(found, provider="esp", letters=40)


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.parametrize("provider", ["esp", "smtp"])
def test_workers_that_sleep_past_their_lease_and_a_broker_that_forgets(provider: str) -> None:
    victims = ("freeze worker-1", "freeze worker-2", "flush")
    found = perform(Play(provider, seed=5, letters=60, kills=6, victims=victims))

    _assert_kept(found, provider=provider, letters=60)


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.parametrize(
    "play",
    [
        Play("esp", seed=4, letters=60, kills=2, rate=0.4, honours_keys=False),
        Play("smtp", seed=4, letters=60, kills=2, rate=0.4, guard_off="hold"),
    ],
    ids=["a provider that forgets keys", "repeating what is unknown"],
)
def test_without_a_guard_the_checker_sees_doubles(play: Play) -> None:
    assert perform(play).doubled > 0


def _assert_kept(found: Findings, *, provider: str, letters: int) -> None:
    assert found.wrong == []
    assert (found.lost, found.doubled, found.denied) == (0, 0, 0)
    assert set(found.states) <= {"accepted", "ambiguous"}
    assert sum(found.states.values()) == letters
    if provider == "esp":
        assert found.states == Counter(accepted=letters)
        assert found.sent == letters


def perform(play: Play) -> Findings:
    """Approve, send and kill until nothing is left to do; then compare."""
    started = time.monotonic()
    with stage(play) as built:
        for name in ("provider", "web", "worker-1", "worker-2", "beat"):
            if name == "web":
                made = seed(built)
            built.start(name)
        clicker = Clicker(built, made)
        clicker.start()
        try:
            _kill_along(built, random.Random(play.seed))  # noqa: S311 # the plan must be repeatable
            _drain(built)
        finally:
            clicker.is_over.set()
            clicker.join(10)
        found = check(built)
        sys.stdout.write(
            f"\n{play}\n  kills {dict(Counter(built.kills))}, fell over and restarted {built.restarts}, clicks answered "
            f"{clicker.answered}\n  {dict(found.states)}, left {found.sent}, of the held ones left {found.unknown_sent}, doubled "
            f"{found.doubled}, lost {found.lost}, denied {found.denied}, wrong {len(found.wrong)}; "
            f"{time.monotonic() - started:.0f} s\n"
        )
        return found


def _kill_along(built: Stage, chance: random.Random) -> None:
    """Spread the kills over the sending: the next one when enough letters moved, or after a while."""
    play = built.play
    for turn in range(play.kills):
        target = play.letters * turn // (play.kills + 1)
        gives_up = time.monotonic() + PATIENCE_PER_KILL
        while _settled(built) < target and time.monotonic() < gives_up:
            time.sleep(0.1)
        time.sleep(chance.uniform(0, 0.5))
        built.hurt(chance.choice(play.victims))
        built.revive()


def _drain(built: Stage) -> None:
    gives_up = time.monotonic() + DRAIN
    while _open(built) and time.monotonic() < gives_up:
        built.revive()
        time.sleep(0.3)
    assert _open(built) == 0, f"still to do: {_states(built)}"


def _states(built: Stage) -> dict[str, int]:
    try:
        rows = built.query("SELECT state, count(*) FROM dunning_notice GROUP BY state")
    except psycopg.OperationalError:
        return {}
    return {str(state): int(str(count)) for state, count in rows}


def _settled(built: Stage) -> int:
    return sum(count for state, count in _states(built).items() if state not in NOT_YET)


def _open(built: Stage) -> int:
    states = _states(built)
    return sum(states.get(state, 0) for state in NOT_YET) if states else 1


class Clicker(threading.Thread):
    """A bookkeeper who approves the run, again and again, and looks at the list of what is unsure."""

    def __init__(self, built: Stage, made: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.is_over = threading.Event()
        self.answered = 0
        base = f"http://127.0.0.1:{built.ports['web']}/t/{made['slug']}"
        self.approve, self.look = f"{base}/runs/{made['run']}/akkoord/", f"{base}/verzending/"
        self.cookies = {"sessionid": made["session"], "csrftoken": "c" * 32}

    def run(self) -> None:
        while not self.is_over.wait(0.4):
            try:
                self._click()
            except httpx.HTTPError:
                continue  # web, database or Redis is away: click again

    def _click(self) -> None:
        with httpx.Client(cookies=self.cookies, timeout=5) as client:
            answers = [
                client.post(self.approve, data={"csrfmiddlewaretoken": "c" * 32}),
                client.get(self.look),
            ]
        self.answered += sum(answer.status_code in (200, 302) for answer in answers)
