"""How far a fourteen-day letter is, for the page of its invoice and of the letter itself (art. 6:96 lid 6 BW)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dunning.domain.fourteen_day import LetterState, state_of
from dunning.law_facts import as_term
from dunning.models import FourteenDayLetter, Notice
from dunning.models.legal import ReceiptProof
from dunning.stated import named_by
from receivables.domain.unfold import Unfolded
from receivables.models import Invoice
from tenants.models import Tenant
from tenants.templatetags.voldaan import datum

TONES = {LetterState.RUNNING: "info dot", LetterState.EXPIRED_UNPAID: "warn dot", LetterState.PAID: "good dot"}
PROOFS = {
    ReceiptProof.RULE: "volgens de bezorgregel",
    ReceiptProof.DELIVERED: "volgens de mailserver",
    ReceiptProof.PERSON: "vastgesteld door een medewerker",
}


@dataclass(frozen=True, slots=True)
class LetterPanel:
    """A letter in words. Its day may be changed until something was booked after it; that it never came may always be said."""

    letter: FourteenDayLetter
    state: LetterState
    label: str
    proof: str
    last_safe_on: date
    announced: tuple[Unfolded, ...]

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "")

    @property
    def may_be_voided(self) -> bool:
        return self.letter.voided_at is None

    @property
    def may_be_changed(self) -> bool:
        return self.may_be_voided and self.letter.costs_settled_at is None


def panel_of_invoice(tenant: Tenant, invoice: Invoice, *, on: date) -> LetterPanel | None:
    """The newest fourteen-day letter on which this invoice stands."""
    lines = tenant.notice_lines.filter(invoice=invoice, cancelled_at__isnull=True).values("notice")
    letters = tenant.fourteen_day_letters.filter(notice__in=lines).select_related("notice")
    letter = letters.order_by("-sent_on", "-pk").first()
    return _panel(letter, is_paid=invoice.principal_open <= 0, on=on) if letter else None


def panel_of_notice(notice: Notice, *, on: date) -> LetterPanel | None:
    """The clock of this letter, when it gives fourteen days and has left."""
    letter = notice.tenant.fourteen_day_letters.filter(notice=notice).select_related("notice").first()
    if letter is None:
        return None
    live = notice.lines.filter(cancelled_at__isnull=True).select_related("invoice")
    return _panel(letter, is_paid=all(line.invoice.principal_open <= 0 for line in live), on=on)


def _panel(letter: FourteenDayLetter, *, is_paid: bool, on: date) -> LetterPanel:
    term = as_term(letter.received_on, letter.term_last_on, letter.costs_due_from_on)
    state = state_of(term, on=on, is_void=letter.voided_at is not None, is_paid=is_paid)
    return LetterPanel(
        letter=letter,
        state=state,
        label=_label(state, term.safe_last_on),
        proof=PROOFS[ReceiptProof(letter.receipt_proof)],
        last_safe_on=term.safe_last_on,
        announced=named_by(letter.notice).announced,
    )


def _label(state: LetterState, last_on: date) -> str:
    if state is LetterState.VOID:
        return "Vervallen"
    if state is LetterState.PAID:
        return "Betaald"
    if state is LetterState.RUNNING:
        return f"Loopt tot en met {datum(last_on)}"
    return f"Verlopen op {datum(last_on)}"
