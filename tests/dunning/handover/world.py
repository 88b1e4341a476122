"""A customer who went up the whole ladder without paying, letters kept as they were sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dunning.actions.policies import publish_version
from dunning.domain.policy import ClaimMode
from dunning.domain.starters import STANDAARD
from dunning.letters.compose import compose
from dunning.models import Handover, Run
from dunning.models.notices import NoticeState
from receivables.files import store
from tenants.context import tenant_context
from tests.dunning.planning.world import Books, at

WEEKS = ("2026-09-14", "2026-09-28", "2026-10-05", "2026-10-19", "2026-11-02")
FLAGGED_ON = date(2026, 11, 2)


def to_the_handover(books: Books, *, with_letters: bool = False) -> Handover:
    """Herinnering, aanmaning, belactie, ingebrekestelling, and the run that flags the file."""
    _ask_the_principal_alone(books)
    bakker = books.customer("Bakker", legal_form="private_company", street="Kade 1", postcode="1111 AA", city="Dorp")
    books.invoice(bakker, "F1", due="2026-09-01", amount="121.00")
    books.invoice(bakker, "F2", due="2026-09-01", amount="79.00")
    for week in WEEKS:
        run = books.plan(week)
        books.approve(run)
        if with_letters:
            keep_letters(books, run)
        books.send(run)
        _close_calls(books, date.fromisoformat(week))
    with tenant_context(books.tenant.pk):
        return books.tenant.handovers.select_related("customer").get()


def _ask_the_principal_alone(books: Books) -> None:
    with tenant_context(books.tenant.pk):
        policy = books.tenant.policies.get(is_default=True)
        quiet = replace(STANDAARD, interest=ClaimMode.OFF, costs=ClaimMode.OFF)
        publish_version(books.tenant, policy, draft=quiet, now=at(date(2026, 8, 1)))


def keep_letters(books: Books, run: Run) -> None:
    tenant = books.tenant
    with tenant_context(tenant.pk):
        for notice in tenant.notices.filter(run=run, state=NoticeState.READY):
            made = compose(notice, now=at(run.on))
            pdf = store(tenant, content=made.pdf, media_type="application/pdf", name="brief.pdf")
            mail = store(tenant, content=made.mail, media_type="message/rfc822", name="mail.eml")
            tenant.notices.filter(pk=notice.pk).update(pdf_file=pdf, mail_file=mail, to_email=made.to)
            tenant.delivery_events.create(
                notice=notice, kind="accepted", source_key=f"t:{notice.pk}", at=at(run.on), details={"answer": "250 ok"}
            )


def _close_calls(books: Books, on: date) -> None:
    with tenant_context(books.tenant.pk):
        books.tenant.call_tasks.filter(closed_at__isnull=True).update(
            closed_at=at(on), closed_on=on, outcome="not_reached", note="Voicemail"
        )
