"""A mail of a plan that waited for the contact window: what happened meanwhile counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dunning.actions import plans
from dunning.actions.holds import place_hold
from dunning.actions.plan_mails import tend_plans
from dunning.delivery.providers.smtp import SmtpProvider
from dunning.domain.plans import Instalment
from dunning.models import PaymentPlan
from dunning.models.holds import HoldLevel, HoldReason
from dunning.service_mail import sending
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.arrangements.world import AgreedBooks, day
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = datetime(2026, 10, 10, 20, 30, tzinfo=UTC)  # a Saturday
SUNDAY = datetime(2026, 10, 11, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 10, 12, 6, 0, tzinfo=UTC)
Situation = tuple[AgreedBooks, Customer, Invoice, PaymentPlan]


@pytest.fixture
def books(tenant: Tenant) -> AgreedBooks:
    return AgreedBooks(tenant)


def missed(books: AgreedBooks, provider: SmtpProvider, *, first_on: str = "2026-10-06") -> Situation:
    """A plan of which something is said on Saturday night."""
    anna = books.customer("Anna")
    invoice = books.invoice(anna, "F1", due="2026-09-09", amount="300.00")
    plan = books.asks_plan(anna, invoice, count=3, first_on=first_on, on="2026-09-18")
    deliver(books.tenant, provider, at(day("2026-09-18")))
    books.books_are_known_to(day("2026-10-10"))
    with tenant_context(books.tenant.pk):
        tend_plans(books.tenant, on=day("2026-10-10"), now=NIGHT)
    deliver(books.tenant, provider, NIGHT)
    return books, anna, invoice, plan


def deliver(tenant: Tenant, provider: SmtpProvider, when: datetime) -> dict[str, tuple[str, str]]:
    sending.send_due(tenant, provider=provider, clock=lambda: when)
    with tenant_context(tenant.pk):
        return {mail.kind: (mail.state, mail.problem) for mail in tenant.service_mails.all()}


def nothing(situation: Situation) -> None:
    """The control."""


def pays(situation: Situation) -> None:
    books, anna, invoice, _ = situation
    books.pays(anna, "100.00", on="2026-10-11", invoice=invoice)


def pays_a_part(situation: Situation) -> None:
    books, anna, invoice, _ = situation
    books.pays(anna, "40.00", on="2026-10-11", invoice=invoice)


def disputes(situation: Situation) -> None:
    books, _, invoice, _ = situation
    books.disputes(invoice, on="2026-10-11")


def holds(situation: Situation) -> None:
    books, anna, _, _ = situation
    with tenant_context(books.tenant.pk):
        place_hold(
            books.tenant,
            level=HoldLevel.CUSTOMER,
            reason=HoldReason.OTHER,
            customer=anna,
            on=day("2026-10-11"),
            now=SUNDAY,
        )


def ends(situation: Situation) -> None:
    books, _, _, plan = situation
    with tenant_context(books.tenant.pk):
        plans.end_plan(books.tenant, plan, why="Op verzoek", now=SUNDAY)


@pytest.mark.parametrize(
    ("meanwhile", "state", "why"),
    [
        (nothing, "accepted", ""),
        (pays, "cancelled", "De regeling vraagt dit niet meer"),
        (pays_a_part, "cancelled", "De regeling vraagt dit niet meer"),
        (disputes, "cancelled", "betwist of geblokkeerd"),
        (holds, "cancelled", "betwist of geblokkeerd"),
        (ends, "cancelled", "De regeling loopt niet meer."),
    ],
)
def test_a_missed_instalment_is_only_told_while_the_plan_asks_for_it(
    books: AgreedBooks, over_smtp: SmtpProvider, meanwhile: Callable[[Situation], None], state: str, why: str
) -> None:
    situation = missed(books, over_smtp)
    assert deliver(books.tenant, over_smtp, NIGHT)["instalment_missed"][0] == "ready"
    meanwhile(situation)
    found, said = deliver(books.tenant, over_smtp, MONDAY)["instalment_missed"]
    assert (found, why in said) == (state, True)


def test_after_a_part_payment_the_warning_comes_anew_with_what_is_left(
    books: AgreedBooks, over_smtp: SmtpProvider
) -> None:
    """Cancelled for its old amount, the occasion is not used up: without a warning the ladder would resume unannounced."""
    pays_a_part(missed(books, over_smtp))
    deliver(books.tenant, over_smtp, MONDAY)
    books.books_are_known_to(day("2026-10-12"))
    with tenant_context(books.tenant.pk):
        assert tend_plans(books.tenant, on=day("2026-10-12"), now=MONDAY) == 1
    deliver(books.tenant, over_smtp, MONDAY)
    with tenant_context(books.tenant.pk):
        mails = books.tenant.service_mails.filter(kind="instalment_missed").order_by("created_at")
        assert [(mail.state, mail.context["amount"]) for mail in mails] == [
            ("cancelled", "100.00"),
            ("accepted", "60.00"),
        ]
        assert tend_plans(books.tenant, on=day("2026-10-12"), now=MONDAY) == 0


@pytest.mark.parametrize(("meanwhile", "state"), [(nothing, "accepted"), (pays, "cancelled"), (disputes, "cancelled")])
def test_a_coming_instalment_is_only_told_while_the_plan_asks_for_it(
    books: AgreedBooks, over_smtp: SmtpProvider, meanwhile: Callable[[Situation], None], state: str
) -> None:
    meanwhile(missed(books, over_smtp, first_on="2026-10-13"))
    assert deliver(books.tenant, over_smtp, MONDAY)["instalment_due"][0] == state


@pytest.mark.parametrize(
    ("amount", "state", "left"),
    [(None, "accepted", "300.00"), ("120.00", "accepted", "180.00"), ("300.00", "cancelled", "300.00")],
)
def test_the_end_of_a_broken_plan_says_what_is_left_by_then(
    books: AgreedBooks, over_smtp: SmtpProvider, amount: str | None, state: str, left: str
) -> None:
    _, anna, invoice, _ = missed(books, over_smtp, first_on="2026-09-24")
    if amount:
        books.pays(anna, amount, on="2026-10-11", invoice=invoice)
    assert deliver(books.tenant, over_smtp, MONDAY)["plan_ended"][0] == state
    with tenant_context(books.tenant.pk):
        assert books.tenant.service_mails.get(kind="plan_ended").context["left"] == left


def test_an_end_by_a_person_is_told(books: AgreedBooks, over_smtp: SmtpProvider) -> None:
    tenant = books.tenant
    ends(missed(books, over_smtp))
    assert deliver(tenant, over_smtp, MONDAY)["plan_ended"][0] == "accepted"


def test_a_broken_plan_with_new_terms_is_not_said_to_have_ended(books: AgreedBooks, over_smtp: SmtpProvider) -> None:
    tenant = books.tenant
    *_, plan = missed(books, over_smtp, first_on="2026-09-24")
    with tenant_context(tenant.pk):
        terms = [Instalment(1, day("2026-11-01"), Money.of("300.00"))]
        plans.change_plan(tenant, plan, instalments=terms, on=day("2026-10-11"), now=SUNDAY)
    found = deliver(tenant, over_smtp, MONDAY)
    assert (found["plan_ended"][0], found["plan_started"][0]) == ("cancelled", "accepted")
