"""The gallery: every letter and mail as example, in the tenant's own house style, on one page; a click shows it in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from dunning.letters.content import NoticeContent
from dunning.letters.draft import draft
from dunning.letters.example import Example, example
from dunning.letters.mail import render_mail
from dunning.letters.paragraphs import Language, LegalContent, StepKind, Tone
from dunning.letters.pictures import SCREEN, SMALL, NoSuchPageError, page_count, page_picture, picture_tag
from dunning.letters.render import render_pdf
from dunning.letters.texts import combinations
from dunning.models.policies import StepKind as PolicyStepKind
from dunning.views.notices import MAIL_POLICY
from receivables.views.lists import Choice
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

READERS = {"bedrijf": "Bedrijf", "consument": "Consument"}
FORMS = {"u": "In de u-vorm", "je": "In de je-vorm", "en": "Engels"}
FORM_OF = {
    (Language.DUTCH, Tone.FORMAL): "u",
    (Language.DUTCH, Tone.INFORMAL): "je",
    (Language.ENGLISH, Tone.FORMAL): "en",
}
LEGAL_LABELS = {
    LegalContent.FRIENDLY: "Vriendelijk",
    LegalContent.DEMAND: "Aanmaning",
    LegalContent.DEFAULT_NOTICE: "Ingebrekestelling",
    LegalContent.FOURTEEN_DAY: "Veertiendagenbrief",
    LegalContent.COSTS_DUE: "Kosten verschuldigd",
    LegalContent.LAST_NOTICE: "Laatste sommatie",
}
STEP_LABELS = {step: str(PolicyStepKind(step).label) for step in StepKind}


@dataclass(frozen=True, slots=True)
class Letter:
    """One example, as its address names it."""

    step: StepKind
    legal: LegalContent
    reader: str
    form: str

    @property
    def query(self) -> dict[str, str]:
        return {"stap": self.step.value, "staat": self.legal.value, "aan": self.reader, "vorm": self.form}

    @property
    def for_consumer(self) -> bool:
        return self.reader == "consument"


LETTERS = tuple(
    Letter(step, legal, "consument" if for_consumer else "bedrijf", FORM_OF[language, tone])
    for (step, legal), for_consumer, language, tone in combinations()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which examples are asked for; an empty part asks for all."""

    wanted: dict[str, str]
    with_vat: bool

    @classmethod
    def of(cls, request: TenantRequest) -> Asked:
        known = {
            "stap": {step.value for step in StepKind},
            "staat": {legal.value for legal in LegalContent},
            "aan": set(READERS),
            "vorm": set(FORMS),
        }
        wanted = {name: value for name in known if (value := request.GET.get(name, ""))}
        if any(value not in known[name] for name, value in wanted.items()):
            raise Http404
        vat = request.GET.get("btw", "")
        return cls(wanted, with_vat=vat == "met" if vat else not request.tenant.can_deduct_vat)

    @property
    def letters(self) -> list[Letter]:
        return [letter for letter in LETTERS if self.wanted.items() <= letter.query.items()]

    @property
    def one(self) -> Letter:
        """The first that fits: a whole address names exactly one, an older address its step's plain letter."""
        plain = {"stap": StepKind.REMINDER.value, "aan": "bedrijf", "vorm": "u"} | self.wanted
        found = next((letter for letter in LETTERS if plain.items() <= letter.query.items()), None)
        if found is None:
            raise Http404
        return found

    def query(self, **changes: str) -> str:
        asked = {**self.wanted, "btw": "met" if self.with_vat else "zonder", **changes}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


@tenant_view(Permission.SEE)
def letters(request: TenantRequest) -> HttpResponse:
    """All of them as small pictures, which the browser fetches when they come into view."""
    asked = Asked.of(request)
    found = asked.letters
    context = {
        "groups": [{"label": STEP_LABELS[step], "letters": rows} for step, rows in _by_step(request, asked, found)],
        "count": len(found),
        "filters": _filters(asked),
        "texts_url": _texts_url(request),
        "has_account": bool(request.tenant.iban),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/letters.html", context)


def _by_step(
    request: TenantRequest, asked: Asked, found: list[Letter]
) -> Iterator[tuple[StepKind, list[dict[str, Any]]]]:
    for step in StepKind:
        rows = [_card(request, asked, letter) for letter in found if letter.step is step]
        if rows:
            yield step, rows


def _card(request: TenantRequest, asked: Asked, letter: Letter) -> dict[str, Any]:
    words = draft(content_of(request, letter, with_vat=asked.with_vat))
    query, slug = asked.query(**letter.query), request.tenant.slug
    return {
        "subject": words.subject,
        "caption": f"{LEGAL_LABELS[letter.legal]} · {READERS[letter.reader].lower()} · {FORMS[letter.form].lower()}",
        "url": reverse("dunning:letters_one", args=[slug]) + query,
        "picture_url": reverse("dunning:letters_page", args=[slug]) + query + "&maat=klein",
    }


def _filters(asked: Asked) -> list[dict[str, Any]]:
    """Rows of chips; each keeps what the others chose."""
    rows = [
        ("Stap", "stap", {step.value: label for step, label in STEP_LABELS.items()}),
        ("Toestand", "staat", {legal.value: label for legal, label in LEGAL_LABELS.items()}),
        ("Aan wie", "aan", READERS),
        ("Taal en toon", "vorm", FORMS),
    ]
    filters: list[dict[str, Any]] = []
    for label, name, options in rows:
        current = asked.wanted.get(name, "")
        choices = [Choice("Alle", asked.query(**{name: ""}), not current)]
        choices += [Choice(text, asked.query(**{name: value}), value == current) for value, text in options.items()]
        filters.append({"label": label, "choices": choices})
    vat = [
        Choice("Kosten zonder btw", asked.query(btw="zonder"), not asked.with_vat),
        Choice("Kosten met btw", asked.query(btw="met"), asked.with_vat),
    ]
    return [*filters, {"label": "Btw over incassokosten", "choices": vat}]


def _texts_url(request: TenantRequest) -> str:
    policy = request.tenant.policies.filter(archived_at__isnull=True).order_by("-is_default", "name").first()
    if policy is None or Permission.EDIT_POLICY not in request.may:
        return ""
    return reverse("dunning:policy_texts", args=[request.tenant.slug, policy.pk])


@tenant_view(Permission.SEE)
def letters_one(request: TenantRequest) -> HttpResponse:
    """One example in full: the letter page by page, and its mail beside it."""
    asked = Asked.of(request)
    letter, slug = asked.one, request.tenant.slug
    content, query = content_of(request, letter, with_vat=asked.with_vat), asked.query(**letter.query)
    context = {
        "step_label": STEP_LABELS[letter.step],
        "caption": f"{LEGAL_LABELS[letter.legal]}, aan een {READERS[letter.reader].lower()}, {FORMS[letter.form].lower()}",
        "subject": render_mail(content).subject,
        "pages": range(1, page_count(render_pdf(content)) + 1),
        "mail_url": reverse("dunning:letters_mail", args=[slug]) + query,
        "page_url": reverse("dunning:letters_page", args=[slug]) + query,
        "pdf_url": reverse("dunning:letters_pdf", args=[slug]) + query,
        "texts_url": _texts_url(request),
        "crumbs": [("Brieven en mails", reverse("dunning:letters", args=[slug])), (STEP_LABELS[letter.step], "")],
    }
    return TemplateResponse(request, "dunning/letters_one.html", context)


@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)
@tenant_view(Permission.SEE)
def letters_mail(request: TenantRequest) -> HttpResponse:
    return HttpResponse(render_mail(_asked_content(request), ["brief.pdf"]).html)


@tenant_view(Permission.SEE)
def letters_pdf(request: TenantRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'inline; filename="voorbeeld.pdf"'}
    return HttpResponse(render_pdf(_asked_content(request)), content_type="application/pdf", headers=headers)


@tenant_view(Permission.SEE)
def letters_page(request: TenantRequest) -> HttpResponse:
    """One page as a picture; a browser that has it already gets nothing."""
    return picture_response(request, _asked_content(request))


def picture_response(request: TenantRequest, content: NoticeContent) -> HttpResponse:
    """A page of this letter as PNG, with a tag by which the browser may keep it."""
    scale = SMALL if request.GET.get("maat") == "klein" else SCREEN
    try:
        page = int(request.GET.get("pagina", "1"))
        tag = f'"{picture_tag(content, page=page, scale=scale)}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        picture = page_picture(content, page=page, scale=scale)
    except (ValueError, NoSuchPageError) as error:
        raise Http404 from error
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    return HttpResponse(picture, content_type="image/png", headers=headers)


def _asked_content(request: TenantRequest) -> NoticeContent:
    asked = Asked.of(request)
    return content_of(request, asked.one, with_vat=asked.with_vat)


def content_of(request: TenantRequest, letter: Letter, *, with_vat: bool) -> NoticeContent:
    """The made-up notice behind one picture."""
    language, tone = next(form for form, name in FORM_OF.items() if name == letter.form)
    wanted = Example(letter.step, letter.legal, language, tone, letter.for_consumer, with_vat=with_vat)
    return example(request.tenant, wanted, on=clock.today(), pay_url=f"{settings.PUBLIC_URL}/b/voorbeeld")
