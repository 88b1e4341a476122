"""The gallery: every letter and mail as example, in the tenant's own house style."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode

import pypdfium2
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from dunning.letters.content import NoticeContent
from dunning.letters.example import example
from dunning.letters.mail import render_mail
from dunning.letters.paragraphs import Language, StepKind, Tone
from dunning.letters.render import render_pdf
from dunning.models.policies import StepKind as PolicyStepKind
from dunning.views.notices import MAIL_POLICY, SCREEN_SCALE
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

READERS = {"bedrijf": "Bedrijf", "consument": "Consument"}
FORMS = {"u": "In de u-vorm", "je": "In de je-vorm", "en": "Engels"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One link above the example."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which example is asked for."""

    step: StepKind
    reader: str
    form: str

    @classmethod
    def of(cls, request: TenantRequest) -> Asked:
        try:
            step = StepKind(request.GET.get("stap", StepKind.REMINDER))
        except ValueError as error:
            raise Http404 from error
        reader, form = request.GET.get("aan", "bedrijf"), request.GET.get("vorm", "u")
        if reader not in READERS or form not in FORMS:
            raise Http404
        return cls(step, reader, form)

    def query(self, **changes: str) -> str:
        return "?" + urlencode({"stap": self.step.value, "aan": self.reader, "vorm": self.form, **changes})


@tenant_view(Permission.SEE)
def letters(request: TenantRequest) -> HttpResponse:
    """One example at a time: the mail in a frame, the letter as a picture."""
    asked = Asked.of(request)
    content = _content(request, asked)
    mail = render_mail(content, ["brief.pdf"])
    slug = request.tenant.slug
    context = {
        "steps": [
            Choice(str(PolicyStepKind(step).label), asked.query(stap=step.value), step is asked.step)
            for step in StepKind
        ],
        "readers": [Choice(label, asked.query(aan=key), key == asked.reader) for key, label in READERS.items()],
        "forms": [Choice(label, asked.query(vorm=key), key == asked.form) for key, label in FORMS.items()],
        "subject": mail.subject,
        "mail_url": reverse("dunning:letters_mail", args=[slug]) + asked.query(),
        "page_url": reverse("dunning:letters_page", args=[slug]) + asked.query(),
        "pdf_url": reverse("dunning:letters_pdf", args=[slug]) + asked.query(),
        "has_account": bool(request.tenant.iban),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/letters.html", context)


@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)
@tenant_view(Permission.SEE)
def letters_mail(request: TenantRequest) -> HttpResponse:
    return HttpResponse(render_mail(_content(request, Asked.of(request)), ["brief.pdf"]).html)


@tenant_view(Permission.SEE)
def letters_pdf(request: TenantRequest) -> HttpResponse:
    pdf = render_pdf(_content(request, Asked.of(request)))
    headers = {"Content-Disposition": 'inline; filename="voorbeeld.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@tenant_view(Permission.SEE)
def letters_page(request: TenantRequest) -> HttpResponse:
    """The first page as a picture, so that every phone shows it."""
    pdf = pypdfium2.PdfDocument(render_pdf(_content(request, Asked.of(request))))
    picture = BytesIO()
    pdf[0].render(scale=SCREEN_SCALE).to_pil().save(picture, "PNG", optimize=True)
    return HttpResponse(picture.getvalue(), content_type="image/png")


def _content(request: TenantRequest, asked: Asked) -> NoticeContent:
    return example(
        request.tenant,
        asked.step,
        on=clock.today(),
        language=Language.ENGLISH if asked.form == "en" else Language.DUTCH,
        tone=Tone.INFORMAL if asked.form == "je" else Tone.FORMAL,
        for_consumer=asked.reader == "consument",
        pay_url=f"{settings.PUBLIC_URL}/b/voorbeeld",
    )
