"""The amounts on a letter that has not left: taken from the ledger and the law on a day, and frozen with how they came about."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Subquery

from dunning.claims import Asked, Letter, asked_by
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import ClaimMode
from dunning.facts import civil_day
from dunning.models import Notice
from dunning.models.notices import NoticeState
from receivables.actions.ledger import lock_customer
from tenants.models import Tenant

NOT_YET_CLAIMED: Final = (NoticeState.PLANNED, NoticeState.READY, NoticeState.WAITING)


def state_amounts(tenant: Tenant, notice: Notice, *, on: date) -> Notice:
    """Let the lines of a notice that is locked by the caller state what is asked on this day."""
    now_open = tenant.invoices.filter(pk=OuterRef("invoice_id")).values("open_amount")
    live = tenant.notice_lines.filter(notice=notice, cancelled_at__isnull=True)
    live.update(open_amount=Subquery(now_open))
    asked = Asked()
    if is_formal(notice):
        ids = tuple(live.values_list("invoice_id", flat=True))
        letter = _letter(tenant, notice, ids)
        asked = asked_by(tenant, [letter], on=on)[letter.key] if ids else asked
    total = Decimal(0)
    for line in live:
        line.interest_amount = asked.interest_of(line.invoice_id).amount
        line.costs_amount = asked.costs_of(line.invoice_id).amount
        line.details = asked.details_of(line.invoice_id)
        if is_formal(notice):
            line.save(update_fields=["interest_amount", "costs_amount", "details"])
        total += line.open_amount + line.interest_amount + line.costs_amount
    notice.total_amount, notice.stated = total, asked.as_stated(on)
    notice.pdf_file = notice.mail_file = None  # to be rendered with these amounts
    notice.save(update_fields=["total_amount", "stated", "pdf_file", "mail_file"])
    return notice


def restate(notice: Notice, *, now: datetime) -> None:
    """Before a formal letter is written: today's interest and costs, unless it states today's already."""
    on = civil_day(now)
    if not is_formal(notice) or notice.stated.get("on") == on.isoformat():
        return
    tenant = notice.tenant
    lock_customer(tenant, notice.customer_id)
    locked = tenant.notices.select_for_update(no_key=True).get(pk=notice.pk)
    if locked.state in NOT_YET_CLAIMED:
        state_amounts(tenant, locked, on=on)
    notice.refresh_from_db()


def is_formal(notice: Notice) -> bool:
    """A letter with a legal effect may ask more than the principal."""
    return notice.legal_content not in ("", LegalContent.FRIENDLY)


def _letter(tenant: Tenant, notice: Notice, invoice_ids: tuple[UUID, ...]) -> Letter:
    """The notice as a letter to be, with what the ladder claims on which its invoices run."""
    versions = tenant.policy_versions.filter(tracks__invoice__in=invoice_ids).order_by("-number")
    modes = versions.values_list("interest_mode", "costs_mode").first() or (ClaimMode.OFF, ClaimMode.OFF)
    content = LegalContent(notice.legal_content)
    ids = tuple(tenant.invoices.filter(pk__in=invoice_ids).order_by("pk").values_list("pk", flat=True))
    return Letter(notice.pk, notice.customer, ClaimMode(modes[0]), ClaimMode(modes[1]), content, ids)
