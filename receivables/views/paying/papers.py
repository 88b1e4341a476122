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
    """The digits of the postcode (all of it where those are few); without a postcode the number of any invoice."""
    said, postcode = _plain(answer), _plain(customer.postcode)
    if postcode:
        digits = re.sub(r"\D", "", postcode)
        return said == postcode or (len(digits) >= 4 and re.sub(r"\D", "", said) == digits)
    number_key = "".join(answer.replace("\0", "").upper().split())[:100]
    return bool(number_key) and tenant.invoices.filter(customer=customer, number_key=number_key).exists()


def _ask(request: HttpRequest, visit: Visit, *, problem: str = "", status: int = 200) -> HttpResponse:
    question = "check_postcode" if _plain(visit.link.customer.postcode) else "check_number"
    context = {
        "question": visit.words[question],
        "problem": visit.words.get(problem, ""),
        "check_url": visit.url("pay_check"),
    }
    return page_of(request, visit, CHECK, context, status=status)


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
