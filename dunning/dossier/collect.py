"""Everything about one handover, read in a fixed number of queries; the rest of the dossier only writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import QuerySet

from dunning.domain.contact_window import AMSTERDAM
from dunning.models import AssignmentAgreement, CallTask, FourteenDayLetter, Handover, HandoverLine, Hold, Notice
from dunning.models.notices import LegalContent, NoticeState
from dunning.selectors import arranged_history
from dunning.selectors.arranged_history import Told
from dunning.stated import in_law
from receivables.balance import InvoiceBalance, balance_of_invoices
from receivables.domain.money import Money
from receivables.domain.unfold import Unfolded
from receivables.models import Customer, Invoice, Payment
from receivables.models.invoices import InvoiceKind
from receivables.selectors.standing import standing
from receivables.splits import splits_of
from tenants.models import Tenant
from tenants.templatetags.voldaan import datum, datum_kort, eur

LEFT = (NoticeState.ACCEPTED, NoticeState.DELIVERED, NoticeState.BOUNCED, NoticeState.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OtherClaim:
    """One claim on this debtor, here or elsewhere, with no more than its state (Bki art. 5.1)."""

    invoice: Invoice
    state: str
    is_in_file: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What the dossier is made of, as it stands on `on`."""

    tenant: Tenant
    customer: Customer
    handover: Handover
    on: date
    lines: tuple[HandoverLine, ...]
    balances: tuple[InvoiceBalance, ...]
    notices: tuple[Notice, ...]
    payments: tuple[Payment, ...]
    splits: dict[UUID, Unfolded]
    fourteen_day_letters: tuple[FourteenDayLetter, ...]
    agreement: AssignmentAgreement | None
    claims: tuple[OtherClaim, ...]
    settled_claims: int
    calls: tuple[CallTask, ...]
    holds: tuple[Hold, ...]
    arranged: tuple[Told, ...]

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        return tuple(balance.invoice for balance in self.balances)

    @property
    def total(self) -> Money:
        return Money.total(balance.open for balance in self.balances)

    @property
    def invoiced(self) -> Money:
        return Money.total(balance.invoiced for balance in self.balances)

    @property
    def principal(self) -> Money:
        return Money.total(balance.principal for balance in self.balances)

    @property
    def settled_principals(self) -> list[tuple[InvoiceBalance, Money]]:
        """Per invoice what was settled of the principal; interest and costs have their own lines."""
        return [(balance, balance.invoiced - balance.principal) for balance in self.balances]

    @property
    def interest(self) -> Money:
        return Money.total(balance.interest for balance in self.balances)

    @property
    def costs(self) -> Money:
        """Without the VAT on them."""
        return Money.total(balance.costs - balance.costs_vat for balance in self.balances)

    @property
    def costs_vat(self) -> Money:
        return Money.total(balance.costs_vat for balance in self.balances)

    @property
    def split_payments(self) -> list[tuple[Payment, Unfolded]]:
        return [(payment, self.splits[payment.pk]) for payment in self.payments]


def collect(tenant: Tenant, handover: Handover, *, on: date) -> Facts:
    """Read what belongs to the invoices of this handover; of other claims on this customer only how they stand."""
    rows = handover.lines.filter(cancelled_at__isnull=True)
    lines = tuple(
        rows.select_related("invoice__pdf_file", "invoice__source_file").order_by("invoice__due_on", "invoice__number")
    )
    invoices = [line.invoice for line in lines]
    balances = balance_of_invoices(tenant, invoices, on=on)
    holds = tenant.holds.filter(customer=handover.customer_id).select_related("invoice").order_by("placed_at", "pk")
    calls = tenant.call_tasks.filter(invoice__in=invoices, closed_at__isnull=False).select_related(
        "invoice", "closed_by"
    )
    notices = tuple(_notices(tenant, invoices))
    paid = tenant.payments.filter(entries__invoice__in=invoices).distinct()
    payments = tuple(paid.order_by("received_on", "created_at", "pk"))
    claims = tenant.invoices.filter(customer=handover.customer_id, kind=InvoiceKind.INVOICE)
    return Facts(
        tenant=tenant,
        customer=handover.customer,
        handover=handover,
        on=on,
        lines=lines,
        balances=tuple(balances[invoice.pk] for invoice in invoices),
        notices=notices,
        payments=payments,
        splits=splits_of(tenant, payments),
        fourteen_day_letters=tuple(
            tenant.fourteen_day_letters.filter(notice__in=notices).select_related("notice").order_by("sent_on", "pk")
        ),
        agreement=tenant.assignment_agreements.select_related("file").order_by("-signed_on", "-at").first(),
        claims=_claims(claims, invoices, on=on),
        settled_claims=claims.filter(open_amount=0).exclude(pk__in=[invoice.pk for invoice in invoices]).count(),
        calls=tuple(calls.order_by("closed_at", "pk")),
        holds=tuple(hold for hold in holds if hold.invoice_id is None or hold.invoice in invoices),
        arranged=tuple(_arranged(tenant, handover, invoices, on=on)),
    )


def _arranged(tenant: Tenant, handover: Handover, invoices: list[Invoice], *, on: date) -> Iterator[Told]:
    """What was agreed, contested or said about these invoices, and how that ended."""
    disputes = tenant.disputes.filter(invoice__in=invoices).select_related("invoice", "opened_by", "resolved_by")
    yield from arranged_history.of_disputes(disputes.order_by("opened_at", "pk"))
    promised = tenant.promise_lines.filter(invoice__in=invoices).values("promise")
    yield from arranged_history.of_promises(tenant.promises.filter(pk__in=promised).order_by("pk"), on=on)
    planned = tenant.plan_lines.filter(invoice__in=invoices).values("plan")
    yield from arranged_history.of_plans(tenant.payment_plans.filter(pk__in=planned).order_by("pk"), on=on)
    named = {str(invoice.pk) for invoice in invoices}
    messages = tenant.debtor_messages.filter(customer=handover.customer_id).select_related("handled_by")
    told = [one for one in messages.order_by("left_at", "pk") if not one.invoice_ids or named & set(one.invoice_ids)]
    yield from arranged_history.of_messages(told)


def _claims(claims: QuerySet[Invoice], in_file: list[Invoice], *, on: date) -> tuple[OtherClaim, ...]:
    """What is open on this debtor, and what this dossier is about."""
    known = {invoice.pk for invoice in in_file}
    listed = claims.exclude(open_amount=0) | claims.filter(pk__in=known)
    return tuple(
        OtherClaim(invoice, standing(invoice, on=on).label, invoice.pk in known)
        for invoice in listed.order_by("due_on", "number")
    )


def _notices(tenant: Tenant, invoices: list[Invoice]) -> QuerySet[Notice]:
    """What left, or may have left, about these invoices."""
    ids = tenant.notice_lines.filter(invoice__in=invoices).values("notice_id")
    notices = tenant.notices.filter(pk__in=ids, state__in=LEFT).select_related("pdf_file", "mail_file")
    return notices.prefetch_related("lines__invoice", "attempts", "delivery_events").order_by("created_at", "pk")


def timeline(facts: Facts) -> list[Happening]:
    """What happened, oldest first."""
    return sorted(_happenings(facts), key=lambda happening: (happening.at, happening.what))


def _happenings(facts: Facts) -> Iterator[Happening]:
    for invoice in facts.invoices:
        detail = f"{eur(invoice.total_amount)}, te betalen uiterlijk op {datum(invoice.due_on)}"
        yield Happening(_start_of(invoice.issued_on), f"Factuur {invoice.number}", detail)
    for notice in facts.notices:
        yield from _of_notice(notice)
    for payment in facts.payments:
        went = ", ".join(f"{line.label} {eur(line.amount)}" for line in facts.splits[payment.pk].lines)
        detail = f"{payment.get_channel_display()} · {went}"
        yield Happening(_start_of(payment.received_on), f"Ontvangen {eur(payment.amount)}", detail)
    for letter in facts.fourteen_day_letters:
        yield from _of_letter(letter)
    for hold in facts.holds:
        yield from _of_hold(hold)
    for told in facts.arranged:
        yield Happening(told.at, told.title, " · ".join(filter(None, (told.text, told.who))))
    for call in facts.calls:
        if call.closed_at:
            detail = " · ".join(filter(None, (f"factuur {call.invoice.number}", call.note)))
            yield Happening(call.closed_at, call.get_outcome_display() or "Gebeld", detail)
    yield Happening(facts.handover.flagged_at, "Voorgedragen voor overdracht")
    if facts.handover.approved_at:
        yield Happening(facts.handover.approved_at, "Overdracht goedgekeurd", str(facts.handover.approved_by or ""))


def _of_hold(hold: Hold) -> Iterator[Happening]:
    until = f"tot en met {datum(hold.until_on)}" if hold.until_on else "zonder einddatum"
    about = hold.get_reason_display().lower()
    yield Happening(hold.placed_at, f"Blokkade: {about}", " · ".join(filter(None, (until, hold.note))))
    if hold.ended_at:
        yield Happening(hold.ended_at, f"Blokkade opgeheven: {about}")


def _of_notice(notice: Notice) -> Iterator[Happening]:
    numbers = ", ".join(line.invoice.number for line in notice.lines.all())
    name = notice.get_step_kind_display()
    parts = (str(in_law(notice)), notice.to_email, eur(notice.total_amount), _term_of(notice), numbers)
    yield Happening(
        notice.accepted_at or notice.created_at,
        f"{name}: {notice.get_state_display().lower()}",
        " · ".join(filter(None, parts)),
    )
    if notice.delivered_at:
        yield Happening(notice.delivered_at, f"{name}: bezorgd", notice.to_email)
    if notice.bounced_at:
        yield Happening(notice.bounced_at, f"{name}: onbestelbaar", notice.problem)


def _term_of(notice: Notice) -> str:
    """The day the letter names; a fourteen-day letter names none."""
    if notice.legal_content == LegalContent.FOURTEEN_DAY:
        return "te betalen binnen veertien dagen vanaf de dag na bezorging"
    return f"te betalen uiterlijk op {datum_kort(notice.pay_before_on)}" if notice.pay_before_on else ""


def _of_letter(letter: FourteenDayLetter) -> Iterator[Happening]:
    """What a fourteen-day letter did on its way: received, and run out or void."""
    if letter.voided_at:
        yield Happening(letter.voided_at, "Veertiendagenbrief vervallen", letter.voided_why)
        return
    proof = letter.get_receipt_proof_display().lower()
    until = f"veertien dagen tot en met {datum(letter.term_last_on)}"
    at = max(_start_of(letter.received_on), letter.notice.accepted_at or letter.created_at)
    yield Happening(at, "Veertiendagenbrief ontvangen", f"{proof} · {until}")
    if letter.costs_settled_at:
        detail = f"kosten verschuldigd vanaf {datum(letter.costs_due_from_on)}, over wat toen nog openstond"
        yield Happening(letter.costs_settled_at, "Veertiendagenbrief verlopen", detail)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=AMSTERDAM)
