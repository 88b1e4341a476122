"""`manage.py ledger_check`: prove the ledger's invariants tenant by tenant (I3, I4, and that a paid PSP payment is booked)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from receivables.models import Invoice, LedgerEntry, Payment, PaymentReturn, PspPayment
from receivables.models.ledger import Component
from receivables.models.paying import PspStatus
from tenants.context import tenant_context
from tenants.models import Tenant

AMOUNT: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)
SHOWN = 5


class Command(BaseCommand):
    help = "Controleer dat openstaande bedragen en tegoeden gelijk zijn aan de som van het grootboek."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="alleen deze administratie")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants.exists():
                raise CommandError(f"Er is geen administratie {options['tenant']!r}.")
        breaches = [breach for tenant in tenants for breach in self._check(tenant)]
        if breaches:
            raise CommandError("\n".join(["Het grootboek klopt niet:", *breaches]))
        self.stdout.write(f"Grootboek in orde: {tenants.count()} administratie(s) gecontroleerd.")

    def _check(self, tenant: Tenant) -> Iterator[str]:
        with tenant_context(tenant.pk):
            for name, rows in (
                ("I3 openstaand bedrag is niet de som van de regels", wrong_invoices(tenant)),
                ("I3 rente en kosten zijn niet de som van hun regels", wrong_claims(tenant)),
                ("I4 tegoed van een betaling is niet wat er over is", wrong_payments(tenant)),
                ("betaald bij de PSP maar niet geboekt", unbooked_psp_payments(tenant)),
            ):
                found = list(rows.values_list("pk", flat=True)[: SHOWN + 1])
                if found:
                    more = " en meer" if len(found) > SHOWN else ""
                    yield f"- {tenant.slug}: {name}: {', '.join(map(str, found[:SHOWN]))}{more}"


def wrong_invoices(tenant: Tenant) -> QuerySet[Invoice]:
    """I3: the open amount of an invoice is the sum of its entries."""
    summed = _sum(LedgerEntry.across_tenants.filter(tenant=tenant, invoice=OuterRef("pk")), by="invoice")
    return tenant.invoices.annotate(summed=summed).exclude(open_amount=F("summed"))


def wrong_claims(tenant: Tenant) -> QuerySet[Invoice]:
    """I3 for what the law engine booked: interest, costs and the VAT on them."""
    entries = LedgerEntry.across_tenants.filter(tenant=tenant, invoice=OuterRef("pk"))
    summed = _sum(entries.exclude(component=Component.PRINCIPAL), by="invoice")
    return tenant.invoices.annotate(summed=summed).exclude(claimed_amount=F("summed"))


def wrong_payments(tenant: Tenant) -> QuerySet[Payment]:
    """I4: what is unallocated is the payment less what invoices got and less what went back; never negative."""
    given = _sum(LedgerEntry.across_tenants.filter(tenant=tenant, payment=OuterRef("pk")), by="payment")
    returned = _sum(PaymentReturn.across_tenants.filter(tenant=tenant, payment=OuterRef("pk")), by="payment")
    left = F("amount") + F("given") - F("returned")
    payments = tenant.payments.annotate(given=given, returned=returned).annotate(left=left)
    return payments.filter(~Q(unallocated=F("left")) | Q(unallocated__lt=0))


def unbooked_psp_payments(tenant: Tenant) -> QuerySet[PspPayment]:
    """Paid means booked, for the same amount, in the same transaction."""
    return tenant.psp_payments.filter(status=PspStatus.PAID).filter(
        Q(payment__isnull=True) | ~Q(payment__amount=F("amount"))
    )


def _sum(rows: QuerySet[Any], *, by: str) -> Coalesce:
    total = rows.order_by().values(by).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=AMOUNT), 0, output_field=AMOUNT)
