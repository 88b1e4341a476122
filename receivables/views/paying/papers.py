"""What was billed: the invoice and its lines, after a light second check. A forwarded link alone does not show them (T8)."""

from __future__ import annotations

import re
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from receivables.models import Customer, Invoice
from receivables.paying import address, limits
from receivables.views.paying.door import PROOF_FIELD, Visit, debtor_page, not_found, page_of, reading
from tenants.models import Tenant

TRIES = 5
CHECK = "receivables/paying/check.html"


@debtor_page("GET", "POST")
def check(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask for something that the receiver of the invoices knows and a passer-by does not."""
    if request.method != "POST":
        return _ask(request, visit)
    if not limits.is_allowed(f"check:{visit.link.pk}", most=TRIES):
        return _ask(request, visit, problem="check_too_often", status=429)
    with reading(visit.tenant):
        is_known = knows(visit.tenant, visit.link.customer, request.POST.get("antwoord", ""))
    if not is_known:
        return _ask(request, visit, problem="check_wrong", status=422)
    proof = address.new_proof(visit.link.pk)
    back_to = visit.url("pay", **{PROOF_FIELD: proof}) if visit.is_direct else visit.url("pay")
    response = HttpResponseRedirect(f"{back_to}#waarvoor", status=303)
    response.set_cookie(
        address.proof_cookie(visit.link.pk),
        proof,
        max_age=address.CHECKED_AGE,
        path=visit.url("pay").partition("?")[0],
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )
    return response


def knows(tenant: Tenant, customer: Customer, answer: str) -> bool:
    """The digits of the postcode (all of it where those are few); else an address we mail to; else the number of any invoice.

    The number stands on the page itself: it is asked only of somebody of whom nothing else is known.
    """
    said, postcode = _plain(answer), _plain(customer.postcode)
    if postcode:
        digits = re.sub(r"\D", "", postcode)
        return said == postcode or (len(digits) >= 4 and re.sub(r"\D", "", said) == digits)
    if emails := _emails(tenant, customer):
        return answer.strip().lower() in emails
    number_key = "".join(answer.replace("\0", "").upper().split())[:100]
    return bool(number_key) and tenant.invoices.filter(customer=customer, number_key=number_key).exists()


def _ask(request: HttpRequest, visit: Visit, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "question": visit.words[_question(visit)],
        "problem": visit.words.get(problem, ""),
        "check_url": visit.url("pay_check"),
    }
    return page_of(request, visit, CHECK, context, status=status)


def _question(visit: Visit) -> str:
    customer = visit.link.customer
    if _plain(customer.postcode):
        return "check_postcode"
    with reading(visit.tenant):
        return "check_email" if _emails(visit.tenant, customer) else "check_number"


def _emails(tenant: Tenant, customer: Customer) -> set[str]:
    """Where this customer gets mail, as far as we know."""
    contacts = tenant.contacts.filter(customer=customer).values_list("email", flat=True)
    known = (customer.email, customer.representative_email, *contacts)
    return {email.strip().lower() for email in known if email.strip()}


def _plain(text: str) -> str:
    """Letters and digits; a postcode that has none ("-") is no postcode."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())[:20]


@debtor_page("GET")
def invoice_pdf(request: HttpRequest, visit: Visit, invoice: UUID) -> HttpResponse:
    """The invoice itself, of this customer only."""
    if not visit.has_passed_check:
        return HttpResponseRedirect(visit.url("pay_check"), status=303)
    with reading(visit.tenant):
        row = _with_file(visit, invoice)
        content = bytes(row.pdf_file.content) if row and row.pdf_file else b""
    if row is None or not content.startswith(b"%PDF-"):
        return not_found(request, visit)
    response = HttpResponse(content, content_type="application/pdf")
    name = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in row.number)
    response.headers["Content-Disposition"] = f'inline; filename="factuur-{name}.pdf"'
    return response


def _with_file(visit: Visit, invoice: UUID) -> Invoice | None:
    found = visit.tenant.invoices.filter(pk=invoice, customer=visit.link.customer, pdf_file__isnull=False)
    return found.select_related("pdf_file").first()
