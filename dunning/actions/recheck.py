"""The second look, inside the claim's transaction and under its locks: is this letter still right, for each of its invoices?

The lock order stands in `dunning.delivery.locks`; whoever pays, holds or stops takes the same locks, so what was committed before
the claim is seen here (design 5.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dunning.actions.stating import NOT_YET_CLAIMED, state_amounts
from dunning.actions.withdrawing import drop_lines
from dunning.domain.answers import say
from dunning.domain.calendar import Calendar
from dunning.domain.legal_content import LegalContent
from dunning.domain.recheck import recheck as decide_again
from dunning.facts import Loaded, civil_day, load, load_tenant
from dunning.ladders import load_ladders
from dunning.models import Notice
from receivables.actions.ledger import lock_customer
from tenants.models import Tenant

PAID = "De factuur staat niet meer open."


@dataclass(frozen=True, slots=True)
class Verdict:
    """For which invoices the letter still stands, and in Dutch why the others fell off."""

    standing: tuple[UUID, ...]
    fallen: dict[UUID, str]

    @property
    def is_ok(self) -> bool:
        """It may go out exactly as planned."""
        return bool(self.standing) and not self.fallen

    @property
    def is_void(self) -> bool:
        """Nothing is left of it: cancel the letter, with `reason`."""
        return not self.standing

    @property
    def reason(self) -> str:
        return " ".join(dict.fromkeys(self.fallen.values()))


def recheck(notice: Notice, *, now: datetime) -> str | None:
    """Why this letter must not go out as it was prepared, in Dutch; None when it may. Call it with the facts locked."""
    verdict = look_again(notice, now=now)
    return None if verdict.is_ok else verdict.reason


def freshen(notice: Notice, *, now: datetime) -> str | None:
    """Before the letter is written: take off what it no longer asks for and state today's amounts.

    Returns why the letter was cancelled when nothing is left of it. The rest of a letter does not wait for one paid invoice.
    """
    tenant = notice.tenant
    lock_customer(tenant, notice.customer_id)
    locked = tenant.notices.select_for_update(no_key=True).get(pk=notice.pk)
    if locked.state not in NOT_YET_CLAIMED:
        return None
    verdict = look_again(locked, now=now)
    if verdict.fallen:
        locked = drop_lines(tenant, locked, list(verdict.fallen), why=verdict.reason, now=now)
    if verdict.standing:
        locked = state_amounts(tenant, locked, on=civil_day(now))
    notice.refresh_from_db()
    return verdict.reason if verdict.is_void else None


def look_again(notice: Notice, *, now: datetime) -> Verdict:
    """Decide the notice's invoices again from fresh facts, as if the notice were not there."""
    tenant, on = notice.tenant, civil_day(now)
    lines = tenant.notice_lines.filter(notice=notice, cancelled_at__isnull=True)
    asked = {notice.customer_id: (notice.step_key, list(lines.values_list("invoice_id", flat=True)))}
    loaded = load(tenant, list(asked), ladders=load_ladders(tenant), on=on, leaving_out=notice)
    content = LegalContent(notice.legal_content) if notice.legal_content else None
    return verdicts(tenant, loaded, asked, on=on, content=content)[notice.customer_id]


def verdicts(
    tenant: Tenant,
    loaded: Iterable[Loaded],
    asked: Mapping[UUID, tuple[str, Collection[UUID]]],
    *,
    on: date,
    content: LegalContent | None = None,
) -> dict[UUID, Verdict]:
    """Per customer: for a step and some invoices, what still stands today. A letter also stands by its legal `content`."""
    facts, calendar = load_tenant(tenant, on=on), Calendar.dutch()
    found = {}
    for customer in loaded:
        step_key, invoice_ids = asked[customer.facts.customer_id]
        result = decide_again(
            customer.facts,
            step_key=step_key,
            invoice_ids=invoice_ids,
            tenant=facts,
            calendar=calendar,
            on=on,
            content=content,
        )
        fallen = {invoice_id: say(answer) if answer else PAID for invoice_id, answer in result.fallen.items()}
        found[customer.facts.customer_id] = Verdict(result.standing, fallen)
    return found
