"""What a debtor leaves on the pay page for a person to look at. Alone it moves no money and closes nothing.

Who says to have paid, or to be the wrong person, hears nothing for some days while somebody looks; a second time within two
months nothing is held, or a message would be a way never to pay.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from dunning.actions.arrangements import AGAIN_AFTER, ArrangementError, open_invoices
from dunning.actions.holds import end_hold, place_hold
from dunning.models import DebtorMessage, Hold
from dunning.models.arrangements import MessageKind
from dunning.models.holds import HoldLevel, HoldReason
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail.outbox import address_of, is_address, is_known_address, may_write, queue_mail, readdress
from receivables.actions.ledger import lock_customer
from receivables.domain.money import Money
from receivables.models import Contact, Customer, StoredFile
from receivables.models.customers import ContactRole
from receivables.paying import links
from tenants import audit
from tenants.models import Tenant, User

HELD_DAYS: Final = timedelta(days=7)
STRANGER_AGAIN: Final = timedelta(days=1)  # an address that is not of the customer gets one confirmation in this time


def leave_question(
    tenant: Tenant,
    customer: Customer,
    *,
    text: str,
    from_name: str,
    from_email: str,
    invoice_ids: Collection[UUID],
    on: date,  # noqa: ARG001 # as the other two take it
    now: datetime,
) -> DebtorMessage:
    """Keep a question. The ladder goes on: a question is no reason not to pay."""
    return _leave(
        tenant,
        customer,
        MessageKind.QUESTION,
        invoice_ids,
        now=now,
        text=text,
        from_name=from_name,
        from_email=from_email,
    )


def claim_paid(
    tenant: Tenant,
    customer: Customer,
    *,
    paid_on: date,
    amount: Money,
    paid_from: str,
    text: str,
    proof: StoredFile | None,
    invoice_ids: Collection[UUID],
    on: date,
    now: datetime,
) -> DebtorMessage:
    """Keep what a debtor says to have paid, and hold these invoices for a week, in which the bank's file comes in."""
    if paid_on > on:
        raise ArrangementError("paid_later", "Een betaling die nog moet komen, is nog niet gedaan.")
    if amount <= Money.zero():
        raise ArrangementError("amount", "Vul het betaalde bedrag in.")
    customer = lock_customer(tenant, customer.pk)
    invoices = open_invoices(tenant, customer, invoice_ids)
    held = _held_lately(tenant, HoldReason.PAYMENT_CLAIMED, now=now).filter(invoice__in=invoices)
    known = set(held.values_list("invoice_id", flat=True))
    holds = [
        place_hold(
            tenant,
            level=HoldLevel.INVOICE,
            reason=HoldReason.PAYMENT_CLAIMED,
            invoice=invoice,
            until_on=on + HELD_DAYS,
            note=f"Zegt op {paid_on:%d-%m-%Y} € {amount} te hebben betaald".replace(".", ","),
            on=on,
            now=now,
        )
        for invoice in invoices
        if invoice.pk not in known
    ]
    facts = {"text": text, "paid_on": paid_on, "paid_amount": amount.amount, "paid_from": paid_from[:120]}
    ids = [invoice.pk for invoice in invoices]
    return _leave(tenant, customer, MessageKind.ALREADY_PAID, ids, now=now, holds=holds, proof=proof, **facts)


def report_wrong_person(
    tenant: Tenant,
    customer: Customer,
    *,
    text: str,
    from_name: str,
    forward_name: str,
    forward_email: str,
    on: date,
    now: datetime,
) -> DebtorMessage:
    """Keep that this reached the wrong person, and hold the customer for a week. Nothing is forwarded until a person agrees."""
    customer = lock_customer(tenant, customer.pk)
    holds = []
    if not _held_lately(tenant, HoldReason.QUESTION, now=now).filter(customer=customer, invoice__isnull=True).exists():
        holds.append(
            place_hold(
                tenant,
                level=HoldLevel.CUSTOMER,
                reason=HoldReason.QUESTION,
                customer=customer,
                until_on=on + HELD_DAYS,
                note="Meldt dat dit bij de verkeerde persoon terechtkomt",
                on=on,
                now=now,
            )
        )
    facts = {"text": text, "from_name": from_name, "forward_name": forward_name, "forward_email": forward_email}
    return _leave(tenant, customer, MessageKind.WRONG_PERSON, [], now=now, holds=holds, **facts)


def handle(
    tenant: Tenant,
    message: DebtorMessage,
    *,
    note: str,
    now: datetime,
    by: User | None = None,
    answer: str = "",
    lifts_hold: bool = False,
) -> DebtorMessage:
    """Close a message: what was done, and when `answer` is given that answer by mail. `lifts_hold` lets the ladder go on now."""
    found = _to_do(tenant, message)
    if answer.strip():
        _refuse_unanswerable(tenant, found)
    if lifts_hold:
        for hold in _holds_of(tenant, found):
            end_hold(tenant, hold, now=now, by=by)
    if answer.strip():
        context = {"about": found.kind, "question": found.text, "answer": answer.strip()}
        key = f"answer:{found.pk}"
        kind = ServiceMailKind.MESSAGE_RECEIVED
        queue_mail(tenant, found.customer, kind=kind, key=key, context=context, now=now, to_email=found.from_email)
    _close(tenant, found, note=note.strip() or answer.strip(), now=now, by=by)
    return found


def forward(tenant: Tenant, message: DebtorMessage, *, now: datetime, by: User | None = None) -> Contact:
    """One click: reminders go to the person that was named from now on, who gets a mail with a new pay link.

    The old links open nothing any more: who said that this is not for them should not be able to look in.
    """
    found = _to_do(tenant, message)
    if not found.forward_email:
        raise ArrangementError("no_forward", "In dit bericht staat geen e-mailadres om naar door te sturen.")
    customer = found.customer
    contact = _redirect_reminders(tenant, found, now=now, by=by)
    links.revoke_all(tenant, customer, now=now, by=by)  # the mail below is written later and makes its own
    for hold in _holds_of(tenant, found):
        end_hold(tenant, hold, now=now, by=by)
    total = Money.total(
        Money.of(amount)
        for amount in tenant.invoices.filter(customer=customer, open_amount__gt=0).values_list("open_amount", flat=True)
    )
    context = {"name": found.forward_name, "from_name": found.from_name, "total": str(total)}
    key, kind = f"forwarded:{found.pk}", ServiceMailKind.FORWARDED
    queue_mail(tenant, customer, kind=kind, key=key, context=context, now=now, to_email=found.forward_email)
    _close(tenant, found, note=f"Doorgestuurd naar {found.forward_name or found.forward_email}", now=now, by=by)
    return contact


def _redirect_reminders(tenant: Tenant, message: DebtorMessage, *, now: datetime, by: User | None) -> Contact:
    """The person that was named is the only one for reminders; whom that replaces stays in the log."""
    mine = tenant.contacts.filter(customer=message.customer, role=ContactRole.REMINDER)
    contact = mine.filter(email__iexact=message.forward_email).first()
    others = mine.exclude(pk=contact.pk) if contact else mine
    replaced = sorted(filter(None, others.values_list("email", flat=True))) or [address_of(tenant, message.customer)]
    others.delete()
    if contact is None:
        contact = tenant.contacts.create(
            customer=message.customer,
            role=ContactRole.REMINDER,
            name=message.forward_name,
            email=message.forward_email,
        )
    readdress(tenant, message.customer, from_emails=replaced, to_email=contact.email)
    audit.record(
        tenant,
        "customer.reminders_redirected",
        now=now,
        subject=message.customer,
        by=by,
        customer_id=message.customer_id,
        details={"from": ", ".join(replaced), "to": contact.email},
    )
    return contact


def _refuse_unanswerable(tenant: Tenant, message: DebtorMessage) -> None:
    """An answer that cannot be mailed is no answer: the message stays open until somebody answers in another way."""
    if not may_write(message.customer):
        raise ArrangementError("not_writable", "Deze klant mag niet worden aangeschreven. Laat het antwoord leeg.")
    if not is_address(message.from_email or address_of(tenant, message.customer)):
        raise ArrangementError(
            "no_address",
            "Van deze klant is geen e-mailadres bekend, dus het antwoord kan niet worden gemaild. Antwoord op een"
            " andere manier en schrijf bij de notitie op wat er is gedaan.",
        )


def _leave(
    tenant: Tenant,
    customer: Customer,
    kind: MessageKind,
    invoice_ids: Collection[UUID],
    *,
    now: datetime,
    holds: Collection[Hold] = (),
    **facts: Any,
) -> DebtorMessage:
    """Write the message and confirm that it came in."""
    texts = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    message = tenant.debtor_messages.create(
        customer=customer,
        kind=kind,
        invoice_ids=[str(pk) for pk in invoice_ids],
        hold=next(iter(holds), None),
        left_at=now,
        **(texts | {"text": texts.get("text", "")[:2000]}),
    )
    audit.record(
        tenant,
        "message.left",
        now=now,
        subject=message,
        customer_id=customer.pk,
        details={"kind": kind.label, "invoices": len(invoice_ids), "holds": len(holds)},
    )
    until_on = next((hold.until_on.isoformat() for hold in holds if hold.until_on), None)
    _confirm(tenant, message, until_on=until_on, now=now)
    return message


def _confirm(tenant: Tenant, message: DebtorMessage, *, until_on: str | None, now: datetime) -> None:
    """Say that it came in; never in their own words, for the address may be anybody's.

    One that is not of this customer learns no name either, and gets one such mail a day: no way to write to strangers.
    """
    kind, address = ServiceMailKind.MESSAGE_RECEIVED, message.from_email
    is_stranger = bool(address) and not is_known_address(tenant, message.customer, address)
    if is_stranger and _was_told(tenant, address, now=now):
        return
    context = {"about": message.kind, "until_on": until_on} | ({"is_stranger": True} if is_stranger else {})
    key = f"message:{message.pk}"
    queue_mail(tenant, message.customer, kind=kind, key=key, context=context, now=now, to_email=address)


def _was_told(tenant: Tenant, address: str, *, now: datetime) -> bool:
    lately = tenant.service_mails.filter(
        kind=ServiceMailKind.MESSAGE_RECEIVED, to_email__iexact=address, created_at__gt=now - STRANGER_AGAIN
    )
    return lately.filter(context__is_stranger=True).exists()


def _held_lately(tenant: Tenant, reason: HoldReason, *, now: datetime) -> Any:
    """Holds for this reason that a debtor's own message placed not long ago."""
    return tenant.holds.filter(reason=reason, placed_by__isnull=True, placed_at__gt=now - AGAIN_AFTER)


def _holds_of(tenant: Tenant, message: DebtorMessage) -> list[Hold]:
    """The running holds that this message placed: one, or one for each invoice it named."""
    if message.hold is None:
        return []
    mine = tenant.holds.filter(
        customer=message.customer_id, reason=message.hold.reason, placed_at=message.left_at, placed_by__isnull=True
    )
    return list(mine.filter(ended_at__isnull=True))


def _to_do(tenant: Tenant, message: DebtorMessage) -> DebtorMessage:
    """The message as it is now, after its customer; refused when somebody was first."""
    lock_customer(tenant, message.customer_id)
    rows = tenant.debtor_messages.select_for_update(no_key=True, of=("self",)).select_related("customer", "hold")
    found = rows.get(pk=message.pk)
    if found.handled_at is not None:
        raise ArrangementError("handled", "Dit bericht is al afgehandeld.")
    return found


def _close(tenant: Tenant, message: DebtorMessage, *, note: str, now: datetime, by: User | None) -> None:
    message.handled_at, message.handled_by, message.handled_note = now, by, note[:1000]
    message.save(update_fields=["handled_at", "handled_by", "handled_note"])
    audit.record(
        tenant,
        "message.handled",
        now=now,
        subject=message,
        by=by,
        customer_id=message.customer_id,
        details={"kind": message.get_kind_display(), "note": message.handled_note[:300]},
    )
