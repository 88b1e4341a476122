"""A tenant with one of everything that a URL can name, so that another tenant's people can try to reach it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection

from dunning.actions.policies import install_starters
from dunning.models import Notice
from dunning.models.notices import Channel, NoticeState
from receivables.files import store
from receivables.models import Invoice
from tenants.context import reading_context, tenant_context
from tenants.models import Invitation, Office, Role, Tenant
from tests.architecture.urls import Route
from tests.factories import MembershipFactory
from tests.receivables.banking.furniture import furnish_bank
from tests.receivables.banking.rows import THEIRS, make_line
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice

# Which thing stands behind each parameter of a tenant's URL; a line also covers the names that go on with an underscore.
# A route with a parameter that no line covers fails the build.
NAMED: dict[str, dict[str, str]] = {
    "tenants:people": {"pk": "membership"},
    "tenants:people_invitation": {"pk": "invitation"},
    "tenants:office_people": {"pk": "membership"},
    "tenants:office_people_invitation": {"pk": "invitation"},
    "receivables:file": {"pk": "file"},
    "receivables:customer": {"pk": "customer"},
    "receivables:pay_link_renew": {"pk": "customer"},
    "receivables:payment_new": {"pk": "customer"},
    "receivables:payment_reverse": {"pk": "payment"},
    "receivables:credits_settle": {"pk": "customer"},
    "receivables:psp_problem": {"pk": "psp_payment"},
    "receivables:psp_settlement": {"pk": "settlement"},
    "receivables:refunds": {"pk": "customer"},
    "receivables:refund": {"pk": "payment"},
    "receivables:bank_line": {"pk": "bank_line"},
    "receivables:bank_file": {"pk": "bank_file"},
    "receivables:bank_upload": {"pk": "bank_upload"},
    "receivables:bank_columns": {"pk": "bank_table"},
    "receivables:bank_account": {"pk": "bank_account"},
    "receivables:bank_statement": {"pk": "bank_statement"},
    "receivables:known_iban": {"pk": "known_iban"},
    "receivables:decide_revision": {"pk": "revision"},
    "receivables:import": {"pk": "import"},
    "dunning:customer": {"pk": "customer"},
    "receivables:bookings": {"pk": "invoice"},
    "receivables:booking": {"pk": "entry"},
    "receivables:invoice_terms": {"pk": "invoice"},
    "receivables:invoice_terms_of_customer": {"pk": "customer"},
    "dunning:note_add": {"pk": "customer"},
    "dunning:invoice": {"pk": "invoice"},
    "dunning:interruption": {"pk": "invoice"},
    "dunning:limitation": {"pk": "invoice"},
    "dunning:fourteen_day": {"pk": "invoice", "letter_pk": "fourteen_day_letter"},
    "dunning:run": {"pk": "run"},
    "dunning:run_notice": {"run_pk": "run", "pk": "notice"},
    "dunning:notice": {"pk": "unsure"},
    "dunning:print_batch": {"batch": "batch"},
    "dunning:call": {"pk": "call"},
    "dunning:hold": {"pk": "hold"},
    "dunning:dispute": {"pk": "dispute"},
    "dunning:dispute_new": {"pk": "customer"},
    "dunning:promise": {"pk": "promise"},
    "dunning:promise_new": {"pk": "customer"},
    "dunning:plan": {"pk": "plan"},
    "dunning:plan_new": {"pk": "customer"},
    "dunning:message": {"pk": "message"},
    "dunning:policy": {"pk": "policy"},
    "dunning:handover": {"pk": "handover"},
}

# What a form on that page would send, so that a POST gets as far as looking for the thing.
FORMS: dict[str, dict[str, str]] = {
    "tenants:people_role": {"role": "viewer"},
    "tenants:office_people_role": {"role": "office_staff"},
    "receivables:bank_statement_answer": {"answer": "akkoord"},
    "receivables:bank_line_accept": {"digest": "x"},
    "receivables:bank_line_set_aside": {"other": "rente"},
    "receivables:bank_line_undo": {"why": "vergissing"},
    "receivables:decide_revision": {"besluit": "overnemen"},
    "receivables:customer_legal_form": {"legal_form": "private_company"},
    "receivables:bookings": {"kind": "write_off", "why": "failliet", "stated": "121.00"},
    "receivables:booking_reverse": {"why": "verkeerde factuur"},
    "receivables:payment_reverse": {"why": "verkeerde klant"},
    "receivables:invoice_terms": {"due_date_basis": "agreed"},
    "receivables:vat_file": {"periode": "2026-Q3"},
    "receivables:vat_again": {"periode": "2026-Q3"},
    "receivables:vat_withdraw": {"periode": "2026-Q3"},
    "dunning:interruption_add": {"kind": "demand", "received_on": "2026-11-20", "note": "aangetekend"},
    "dunning:limitation_release": {"why": "de klant betaalt nog altijd"},
    "dunning:fourteen_day_receipt": {"received_on": "2026-11-23"},
    "dunning:fourteen_day_not_received": {"why": "de envelop kwam terug"},
    "dunning:note_add": {"text": "gebeld"},
    "dunning:run_exclude": {"reden": "eerst bellen"},
    "dunning:notice_resolve": {"keuze": "opnieuw"},
    "dunning:print_batch_close": {"keuze": "gepost"},
    "dunning:call": {"outcome": "not_reached"},
    "receivables:payment_new": {"amount": "10,00", "received_on": "2026-11-20", "key": str(UUID(int=7))},
    "receivables:psp_problem_answer": {"answer": "done"},
    "receivables:psp_settlement_answer": {"answer": "release", "why": "andere regel"},
    "receivables:refund": {"amount": "10,00", "why": "dubbel betaald", "sure": "on"},
    "dunning:hold_extend": {"tot": "2027-01-01"},
    "dunning:dispute": {"outcome": "rejected", "note": "wel geleverd"},
    "dunning:dispute_change": {"resolve_by_on": "2027-01-01"},
    "dunning:plan_reject": {"why": "te lang"},
    "dunning:plan_end": {"why": "in overleg"},
    "dunning:message": {"note": "gebeld"},
}


# Fields of forms that name things: on an own page, with somebody else's thing in the form.
SMUGGLED: dict[str, dict[str, str]] = {
    "dunning:run_exclude": {"bericht": "notice"},
    "receivables:payment_new": {"invoices": "invoice"},
    "receivables:invoice_terms_of_customer": {"invoices": "invoice"},
    "receivables:customers_legal_forms": {"klant": "customer"},
    "receivables:vat_withdraw": {"factuur": "invoice"},
    "receivables:bank_line_customer": {"customer": "customer"},
    "receivables:bank_line_return": {"payment": "payment"},
    "dunning:dispute_new": {"invoice": "invoice"},
    "dunning:promise_new": {"invoices": "invoice"},
    "dunning:plan_new": {"invoices": "invoice"},
}


def named_by(route: Route) -> dict[str, str]:
    """The thing behind each parameter of this route, by the longest line that covers its name."""
    covering = [name for name in NAMED if route.name == name or route.name.startswith(f"{name}_")]
    things = NAMED[max(covering, key=len)] if covering else {}
    return {parameter: thing for parameter, thing in things.items() if parameter in route.parameters}


def furnish(tenant: Tenant) -> dict[str, str]:
    """One of everything; by name, as it stands in a URL."""
    with tenant_context(tenant.pk):
        customer = make_customer(tenant, "Jansen", email="jansen@klant.example")
        invoice = make_invoice(customer, "2026-1", "121.00")
        install_starters(tenant, now=NOW, by=None)
        run = tenant.runs.create(on=TODAY, state="planned", planned_at=NOW)
        planned = _notice(tenant, run.pk, customer.pk, state=NoticeState.PLANNED)
        unsure = _notice(tenant, run.pk, customer.pk, state=NoticeState.AMBIGUOUS)
        batch = uuid4()
        _notice(tenant, run.pk, customer.pk, state=NoticeState.CLAIMED, message_id=f"print:{batch}")
        step = {"customer": customer, "invoice": invoice, "step_key": "call", "planned_on": TODAY}
        things = {
            "customer": customer.pk,
            "invoice": invoice.pk,
            "entry": invoice.entries.get().pk,
            "run": run.pk,
            "notice": planned.pk,
            "unsure": unsure.pk,
            "batch": batch,
            "call": tenant.call_tasks.create(run=run, **step).pk,
            "hold": tenant.holds.create(level="customer", customer=customer, reason="dispute", placed_at=NOW).pk,
            "dispute": tenant.disputes.create(
                customer=customer, invoice=invoice, reason="other", origin="staff", resolve_by_on=TODAY, opened_at=NOW
            ).pk,
            "promise": _promise(tenant, invoice),
            "plan": _plan(tenant, invoice),
            "message": tenant.debtor_messages.create(
                customer=customer, kind="wrong_person", forward_email="ander@klant.example", left_at=NOW
            ).pk,
            "psp_payment": tenant.psp_payments.create(
                customer=customer, amount="121.00", problem="bedrag klopt niet", created_at=NOW
            ).pk,
            "payment": _payment(tenant, customer.pk),
            "bank_line": make_line(tenant, "121.00", "2026-1").pk,
            **furnish_bank(tenant),
            "known_iban": tenant.known_ibans.create(customer=customer, iban=THEIRS, learned_at=NOW).pk,
            "settlement": tenant.psp_settlements.create(psp_id="stl_1", amount="121.00", created_at=NOW).pk,
            "fourteen_day_letter": _fourteen_day_letter(tenant, run.pk, invoice),
            "handover": tenant.handovers.create(customer=customer, run=run, flagged_at=NOW).pk,
            "policy": tenant.policies.order_by("name")[0].pk,
            "file": store(tenant, content=b"geheim", media_type="text/plain", name="geheim.txt").pk,
            "import": tenant.import_batches.create(kind="ubl", state="done", created_at=NOW).pk,
            "revision": tenant.invoice_revisions.create(
                invoice=invoice, source_hash="a", proposed={}, proposed_at=NOW
            ).pk,
        }
    membership = MembershipFactory.make(tenant=tenant, role=Role.VIEWER)
    invitation = Invitation.objects.create(
        email="wacht@voorbeeld.example", tenant=tenant, role=Role.VIEWER, created_at=NOW, expires_at=NOW + timedelta(7)
    )
    return {name: str(pk) for name, pk in things.items()} | {
        "membership": str(membership.pk),
        "invitation": str(invitation.pk),
    }


def furnish_office(office: Office) -> dict[str, str]:
    """Somebody who works there, and somebody who is invited."""
    membership = MembershipFactory.make(office=office, role=Role.OFFICE_STAFF)
    invitation = Invitation.objects.create(
        email="wacht@kantoor.example",
        office=office,
        role=Role.OFFICE_STAFF,
        created_at=NOW,
        expires_at=NOW + timedelta(7),
    )
    return {"membership": str(membership.pk), "invitation": str(invitation.pk)}


def _notice(tenant: Tenant, run: UUID, customer: UUID, *, state: str, message_id: str = "") -> Notice:
    return tenant.notices.create(
        run_id=run,
        customer_id=customer,
        step_kind="reminder",
        step_key="reminder",
        state=state,
        channel=Channel.PRINT if message_id else Channel.EMAIL,
        message_id=message_id,
        total_amount="121.00",
        created_at=NOW,
    )


def _promise(tenant: Tenant, invoice: Invoice) -> UUID:
    days = {"pay_on": TODAY, "grace_on": TODAY, "made_on": TODAY, "made_at": NOW}
    promise = tenant.promises.create(customer_id=invoice.customer_id, amount="121.00", origin="staff", **days)
    tenant.promise_lines.create(promise=promise, invoice=invoice, amount="121.00")
    return promise.pk


def _plan(tenant: Tenant, invoice: Invoice) -> UUID:
    plan = tenant.payment_plans.create(
        customer_id=invoice.customer_id,
        state="requested",
        total="121.00",
        origin="debtor",
        asked_at=NOW,
        asked_on=TODAY,
    )
    tenant.plan_lines.create(plan=plan, invoice=invoice, amount="121.00")
    tenant.plan_instalments.create(plan=plan, number=1, due_on=TODAY, amount="121.00")
    return plan.pk


def _payment(tenant: Tenant, customer: UUID) -> UUID:
    payment = tenant.payments.create(
        customer_id=customer,
        channel="psp",
        source_key="mollie:tr_1",
        amount=5,
        unallocated=5,
        received_on=TODAY,
        created_at=NOW,
    )
    tenant.psp_payments.create(
        customer_id=customer, psp_id="tr_1", status="paid", amount=5, payment=payment, created_at=NOW
    )
    return payment.pk


def _fourteen_day_letter(tenant: Tenant, run: UUID, invoice: Invoice) -> UUID:
    notice = _notice(tenant, run, invoice.customer_id, state=NoticeState.ACCEPTED)
    tenant.notice_lines.create(notice=notice, invoice=invoice, step_key="reminder", open_amount="121.00")
    letter = tenant.fourteen_day_letters.create(
        customer_id=invoice.customer_id,
        notice=notice,
        channel=notice.channel,
        sent_on=TODAY,
        received_on=TODAY,
        term_last_on=TODAY + timedelta(14),
        costs_due_from_on=TODAY + timedelta(17),
        principal_amount="121.00",
        costs_amount="40.00",
        vat_amount="0.00",
        created_at=NOW,
    )
    return letter.pk


def fingerprint(*tenants: Tenant) -> str:
    """All rows of these tenants and all rows about people, as one hash: nothing may change it unnoticed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        )
        tables = [*sorted(name for (name,) in cursor.fetchall()), "tenants_tenant", "tenants_user", "tenants_office"]
        with reading_context(tenant.pk for tenant in tenants):
            parts = " || ".join(
                f"coalesce((SELECT md5(string_agg(row::text, chr(10) ORDER BY row::text)) FROM {table} row), '-')"  # noqa: S608 # names from the catalog
                for table in tables
            )
            cursor.execute(f"SELECT {parts}")  # as above
            (result,) = cursor.fetchone()
    return str(result)
