"""Holds the provider's own log against the database: nothing lost, nothing doubled, nothing wrong, everything in one visible state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.faults.fakes import read_log
from tests.faults.model import expected_step
from tests.faults.stage import Stage

LEFT = {"accepted", "delivered", "bounced"}
UNKNOWN = "ambiguous"
NOTICES = """
    SELECT n.id, n.generation, n.message_id, n.state, n.step_key, c.number, c.email, mail.sha256, count(line.id)
    FROM dunning_notice n
    JOIN receivables_customer c ON c.id = n.customer_id
    LEFT JOIN dunning_noticeline line ON line.notice_id = n.id AND line.cancelled_at IS NULL
    LEFT JOIN receivables_storedfile mail ON mail.id = n.mail_file_id
    GROUP BY n.id, c.number, c.email, mail.sha256
"""
TWICE = """
    SELECT invoice_id FROM dunning_noticeline WHERE cancelled_at IS NULL
    GROUP BY invoice_id, step_key, cycle HAVING count(*) > 1
"""
EVENTS = """
    SELECT count(*) FROM (
        SELECT previous_hash, lag(hash, 1, '') OVER (ORDER BY seq) AS expected, seq, row_number() OVER (ORDER BY seq) AS place
        FROM tenants_event
    ) AS chain WHERE previous_hash <> expected OR seq <> place
"""


@dataclass
class Findings:
    """What the checker saw; `wrong` lists every breach of the promise."""

    states: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    doubled: int = 0
    lost: int = 0
    denied: int = 0
    wrong: list[str] = field(default_factory=list)
    unknown_sent: int = 0


def check(built: Stage) -> Findings:
    """Compare the log with the database."""
    found = Findings()
    by_key = Counter(_key(entry) for entry in read_log(built.provider_log))
    entries = {_key(entry): entry for entry in read_log(built.provider_log)}
    found.sent = len(entries)
    known: set[str] = set()
    for row in built.query(NOTICES):
        notice_id, generation, message_id, state, step, number, email, sha256, lines = map(str, row)
        key = message_id if built.play.provider == "smtp" else f"{notice_id}:{generation}"
        known.add(key)
        found.states[state] += 1
        count = by_key[key]
        found.doubled += count > 1
        found.lost += state in LEFT and count == 0
        found.denied += count > 0 and state not in LEFT and state != UNKNOWN
        found.unknown_sent += count > 0 and state == UNKNOWN
        if step != expected_step(int(number)):
            found.wrong.append(f"{notice_id}: step {step} for customer {number}")
        if count and email not in entries[key]["to"]:
            found.wrong.append(f"{notice_id}: went to {entries[key]['to']}")
        if count and built.play.provider == "smtp" and entries[key]["sha256"] != sha256:
            found.wrong.append(f"{notice_id}: other bytes than were kept")
        if lines != "1":
            found.wrong.append(f"{notice_id}: {lines} lines")
    found.wrong += [f"{key} was sent and is not ours" for key in entries.keys() - known]
    found.wrong += [f"invoice {invoice} twice in one step" for (invoice,) in built.query(TWICE)]
    found.wrong += ["the event chain is broken"] * int(str(built.query(EVENTS)[0][0]))
    return found


def _key(entry: dict[str, str]) -> str:
    return entry["key"] or entry["message_id"]
