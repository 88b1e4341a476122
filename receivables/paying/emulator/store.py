"""What the emulator remembers, in one SQLite file, so that a restarted demo still knows its payments."""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
ALPHABET = string.ascii_letters + string.digits
SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL, account TEXT NOT NULL,
    parent TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS resource_list ON resource (kind, account, number);
CREATE TABLE IF NOT EXISTS checkout (secret TEXT PRIMARY KEY, payment TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settled (
    number INTEGER PRIMARY KEY AUTOINCREMENT, settlement TEXT NOT NULL, kind TEXT NOT NULL, resource TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS settled_list ON settled (settlement, kind);
CREATE TABLE IF NOT EXISTS answer_once (
    account TEXT NOT NULL, key TEXT NOT NULL, asked TEXT NOT NULL, status INTEGER, body TEXT,
    PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS delivery (
    number INTEGER PRIMARY KEY AUTOINCREMENT, payment TEXT NOT NULL, url TEXT NOT NULL, tries INTEGER NOT NULL,
    due_at REAL NOT NULL, answered INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS journal (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, what TEXT, details TEXT);
"""
NEWEST_FIRST = """
SELECT body FROM resource WHERE kind = ? AND ? IN ('', account) AND ? IN ('', parent)
AND (? = '' OR number <= (SELECT number FROM resource WHERE id = ?)) ORDER BY number DESC LIMIT ?
"""
SETTLED = """
SELECT body FROM settled JOIN resource ON resource.id = settled.resource WHERE settled.settlement = ? AND settled.kind = ?
AND (? = '' OR settled.number >= (SELECT MAX(number) FROM settled WHERE resource = ?)) ORDER BY settled.number LIMIT ?
"""
OLDEST_FIRST = NEWEST_FIRST.replace("<=", ">=").replace("DESC", "ASC")


def now() -> datetime:
    return datetime.now(UTC)


def moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


def new_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(10))


@dataclass(frozen=True, slots=True)
class Answered:
    """What an idempotency key was used for, and how that was answered; no status while it is running."""

    asked: str
    status: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook call that still has to be made."""

    number: int
    payment: str
    url: str
    tries: int


class Store:
    """One connection behind one lock: the emulator is small, and its truth must not race."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        self._db.execute("DELETE FROM answer_once WHERE status IS NULL")  # requests cut off by a restart

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("SAVEPOINT step")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK TO step")
                raise
            finally:
                self._db.execute("RELEASE step")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # resources -------------------------------------------------------------------------------------------------
    def add(self, kind: str, *, account: str, body: Resource, parent: str = "") -> None:
        with self.transaction():
            self._db.execute(
                "INSERT INTO resource SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM resource",
                (body["id"], kind, account, parent, json.dumps(body)),
            )
            self.note(f"{kind}.created", id=body["id"], amount=body["amount"]["value"], parent=parent)

    def save(self, body: Resource) -> None:
        with self.transaction():
            self._db.execute("UPDATE resource SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))
            self.note("changed", id=body["id"], status=body.get("status", ""))

    def get(self, resource_id: str, *, account: str = "") -> Resource | None:
        with self._lock:
            row = self._db.execute("SELECT account, body FROM resource WHERE id = ?", (resource_id,)).fetchone()
        if row is None or (account and row[0] != account):
            return None
        return dict(json.loads(row[1]))

    def account_of(self, resource_id: str) -> str:
        with self._lock:
            row = self._db.execute("SELECT account FROM resource WHERE id = ?", (resource_id,)).fetchone()
        return str(row[0]) if row else ""

    def rows(
        self, kind: str, *, account: str = "", parent: str = "", start: str = "", limit: int = 50, oldest: bool = False
    ) -> list[Resource]:
        """A page of resources from `start` on (that one included), one more than `limit` to see if there is a next."""
        values = (kind, account, parent, start, start, limit + 1)
        with self._lock:
            return [json.loads(row[0]) for row in self._db.execute(OLDEST_FIRST if oldest else NEWEST_FIRST, values)]

    # checkout pages --------------------------------------------------------------------------------------------
    def open_checkout(self, payment_id: str) -> str:
        secret = secrets.token_urlsafe(12)
        with self.transaction():
            self._db.execute("INSERT INTO checkout VALUES (?, ?)", (secret, payment_id))
        return secret

    def at_checkout(self, secret: str) -> Resource | None:
        with self._lock:
            row = self._db.execute("SELECT payment FROM checkout WHERE secret = ?", (secret,)).fetchone()
        return self.get(row[0]) if row else None

    # settlements -----------------------------------------------------------------------------------------------
    def add_settled(self, settlement_id: str, *, kind: str, resource_id: str) -> None:
        with self.transaction():
            self._db.execute(
                "INSERT INTO settled (settlement, kind, resource) VALUES (?, ?, ?)", (settlement_id, kind, resource_id)
            )

    def settled(self, settlement_id: str, *, kind: str, start: str, limit: int) -> list[Resource]:
        """A page of what went into a settlement, one more than `limit` to see if there is a next."""
        values = (settlement_id, kind, start, start, limit + 1)
        with self._lock:
            return [json.loads(row[0]) for row in self._db.execute(SETTLED, values)]

    # idempotency -----------------------------------------------------------------------------------------------
    def claim_key(self, account: str, key: str, *, asked: str) -> Answered | None:
        """None when the key is new and now ours; else what was asked with it and the answer, while running without one."""
        with self.transaction():
            row = self._db.execute(
                "SELECT asked, status, body FROM answer_once WHERE account = ? AND key = ?", (account, key)
            ).fetchone()
            if row is not None:
                return Answered(asked=row[0], status=row[1], body=row[2] or "")
            self._db.execute("INSERT INTO answer_once VALUES (?, ?, ?, NULL, NULL)", (account, key, asked))
            return None

    def store_answer(self, account: str, key: str, *, status: int, body: str) -> None:
        with self.transaction():
            if status >= 500:  # nothing was decided: the next try may succeed
                self._db.execute("DELETE FROM answer_once WHERE account = ? AND key = ?", (account, key))
            else:
                self._db.execute(
                    "UPDATE answer_once SET status = ?, body = ? WHERE account = ? AND key = ?",
                    (status, body, account, key),
                )

    # webhooks --------------------------------------------------------------------------------------------------
    def queue(self, payment_id: str, url: str, *, delay: float = 0.0) -> None:
        with self.transaction():
            self._db.execute(
                "INSERT INTO delivery (payment, url, tries, due_at, answered) VALUES (?, ?, 0, ?, 0)",
                (payment_id, url, now().timestamp() + delay),
            )

    def due_deliveries(self) -> list[Delivery]:
        with self._lock:
            rows = self._db.execute(
                "SELECT number, payment, url, tries FROM delivery WHERE due_at <= ? AND NOT answered ORDER BY due_at",
                (now().timestamp(),),
            )
            return [Delivery(*row) for row in rows]

    def delivered(self, delivery: Delivery, *, status: int, again_after: float | None) -> None:
        """Record one call; without `again_after` it was answered or given up."""
        with self.transaction():
            self.note("webhook", id=delivery.payment, status=status, tries=delivery.tries + 1)
            due_at = (now() + timedelta(seconds=again_after or 0)).timestamp()
            self._db.execute(
                "UPDATE delivery SET tries = tries + 1, due_at = ?, answered = ? WHERE number = ?",
                (due_at, again_after is None, delivery.number),
            )

    # journal ---------------------------------------------------------------------------------------------------
    def note(self, what: str, **details: Any) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO journal (at, what, details) VALUES (?, ?, ?)", (moment(now()), what, json.dumps(details))
            )

    def journal(self) -> list[Resource]:
        with self._lock:
            rows = self._db.execute("SELECT at, what, details FROM journal ORDER BY number").fetchall()
        return [{"at": at, "what": what, **json.loads(details)} for at, what, details in rows]
