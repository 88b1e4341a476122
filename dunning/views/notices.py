"""One letter or mail, as it will go or as it went: the mail in a sandboxed frame, the letter as pictures and PDF."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from uuid import UUID

import pypdfium2
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from dunning import explain
from dunning.letters.compose import CannotComposeError, compose
from dunning.models import Notice, NoticeLine
from dunning.selectors.fourteen_days import panel_of_notice
from dunning.stated import asked_lines, in_law, named_by
from dunning.views.runs import NOTICE_TONES
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.models import Tenant
from tenants.permissions import Permission

SCREEN_SCALE = 1.6  # 115 dots per inch: sharp on a phone, 60 kB a page
MAIL_POLICY = {
    "script-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
}


@dataclass(frozen=True, slots=True)
class Mail:
    """What stands above and in a mail."""

    sender: str
    to: str
    reply_to: str
    subject: str
    attachments: list[str]
    html: str


@tenant_view(Permission.SEE)
def notice(request: TenantRequest, run_pk: UUID, pk: UUID) -> HttpResponse:
    """The letter, the mail, and why this customer gets it."""
    found = _find(request.tenant, run_pk, pk)
    context: dict[str, Any] = {
        "notice": found,
        "run": found.run,
        "tone": NOTICE_TONES.get(found.state, ""),  # type: ignore[call-overload] # the column holds the enum's values
        "lines": asked_lines(_lines(found)),
        "legal": in_law(found),
        "named": named_by(found),
        "fourteen_day": panel_of_notice(found, on=clock.today()),
        "whys": _whys(found),
        "is_frozen": found.mail_file_id is not None or found.pdf_file_id is not None,
        "may": request.may,
        "crumbs": [
            ("Weekruns", reverse("dunning:runs", args=[request.tenant.slug])),
            (f"{found.run.on:%d-%m-%Y}", reverse("dunning:run", args=[request.tenant.slug, run_pk])),
            (found.customer.name, ""),
        ],
    }
    try:
        pdf, mail = _content(found)
    except CannotComposeError as error:
        context["problem"] = str(error)
    else:
        context |= {"mail": mail, "letter_pages": range(1, _page_count(pdf) + 1), **_urls(request.tenant, found)}
    return TemplateResponse(request, "dunning/notice.html", context)


@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)
@tenant_view(Permission.SEE)
def notice_mail(request: TenantRequest, run_pk: UUID, pk: UUID) -> HttpResponse:
    """The HTML of the mail, for the sandboxed frame: no script, nothing from outside."""
    _, mail = _content_or_404(_find(request.tenant, run_pk, pk))
    if mail is None:
        raise Http404
    return HttpResponse(mail.html)


@tenant_view(Permission.SEE)
def notice_pdf(request: TenantRequest, run_pk: UUID, pk: UUID) -> HttpResponse:
    found = _find(request.tenant, run_pk, pk)
    pdf, _ = _content_or_404(found)
    name = f"{found.get_step_kind_display().lower()}-{found.run.on:%Y-%m-%d}.pdf"
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@tenant_view(Permission.SEE)
def notice_page(request: TenantRequest, run_pk: UUID, pk: UUID) -> HttpResponse:
    """One page of the letter as a picture, so that every phone shows it."""
    pdf, _ = _content_or_404(_find(request.tenant, run_pk, pk))
    document = pypdfium2.PdfDocument(pdf)
    try:
        number = int(request.GET.get("pagina", "1"))
    except ValueError as error:
        raise Http404 from error
    if not 1 <= number <= len(document):
        raise Http404
    buffer = BytesIO()
    document[number - 1].render(scale=SCREEN_SCALE).to_pil().save(buffer, "PNG", optimize=True)
    return HttpResponse(buffer.getvalue(), content_type="image/png", headers={"Cache-Control": "private, max-age=300"})


def _find(tenant: Tenant, run_pk: UUID, pk: UUID) -> Notice:
    rows = tenant.notices.select_related("run", "customer", "mail_file", "pdf_file")
    return get_object_or_404(rows, pk=pk, run=run_pk)


def _lines(found: Notice) -> list[NoticeLine]:
    """What is still on it; of a letter that lapsed as a whole what it was."""
    rows = found.lines.select_related("invoice").order_by("invoice__due_on", "invoice__number")
    live = [line for line in rows if line.cancelled_at is None]
    return live or list(rows)


def _content_or_404(found: Notice) -> tuple[bytes, Mail | None]:
    try:
        return _content(found)
    except CannotComposeError as error:
        raise Http404 from error


def _content(found: Notice) -> tuple[bytes, Mail | None]:
    """The exact bytes that went out, or else what would go out now."""
    if found.pdf_file is not None:
        raw = bytes(found.mail_file.content) if found.mail_file else b""
        return bytes(found.pdf_file.content), _mail(raw) if raw else None
    rendered = compose(found, now=clock.now(), is_preview=True)
    return rendered.pdf, _mail(rendered.mail) if rendered.mail else None


def _mail(raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 # what the default policy makes
    body = message.get_body(("html", "plain"))
    return Mail(
        sender=str(message["From"]),
        to=str(message["To"]),
        reply_to=str(message["Reply-To"] or ""),
        subject=str(message["Subject"]),
        attachments=[part.get_filename() or "bijlage" for part in message.iter_attachments()],
        html=body.get_content() if body else "",
    )


def _page_count(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def _whys(found: Notice) -> list[dict[str, str]]:
    decisions = found.run.decisions.filter(invoice__in=found.lines.values("invoice")).select_related("invoice")
    return [
        {"number": row.invoice.number, "sentence": explain.sentence(row)}
        for row in decisions.order_by("invoice__due_on")
    ]


def _urls(tenant: Tenant, found: Notice) -> dict[str, str]:
    around = found.run.notices.order_by("customer__name_key", "id")
    after = around.filter(customer__name_key__gte=found.customer.name_key).exclude(pk=found.pk).filter(
        customer__name_key__gt=found.customer.name_key
    ) | around.filter(customer__name_key=found.customer.name_key, pk__gt=found.pk)
    before = around.filter(customer__name_key__lt=found.customer.name_key) | around.filter(
        customer__name_key=found.customer.name_key, pk__lt=found.pk
    )
    following, previous = after.first(), before.last()

    def to(name: str, other: Notice | None) -> str:
        return reverse(name, args=[tenant.slug, found.run_id, other.pk]) if other else ""

    return {
        "mail_url": to("dunning:run_notice_mail", found),
        "pdf_url": to("dunning:run_notice_pdf", found),
        "page_url": to("dunning:run_notice_page", found),
        "next_url": to("dunning:run_notice", following),
        "previous_url": to("dunning:run_notice", previous),
    }
