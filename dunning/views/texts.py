"""Texts of letters on screen: which ones there are, an editor with a live preview, a trial mail to oneself, publishing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from dunning.actions.texts import Place, TextRefusedError, newest_step, publish_text, restore_text
from dunning.forms.texts import TextForm, initial_of
from dunning.letters.content import NoticeContent
from dunning.letters.example import Example, example
from dunning.letters.linter import possible_claims
from dunning.letters.mail import render_mail
from dunning.letters.markup import MEANINGS, NAMES
from dunning.letters.paragraphs import LegalContent, NoticeText, StepKind
from dunning.letters.pictures import page_count
from dunning.letters.render import render_pdf
from dunning.letters.texts import keys_for
from dunning.letters.trial import send_trial
from dunning.letters.wording import PLACEHOLDERS
from dunning.models import Policy, PolicyStep
from dunning.models.notices import AttemptResult
from dunning.views.letters import FORM_OF, FORMS, LEGAL_LABELS, READERS, STEP_LABELS, picture_response
from dunning.views.notices import MAIL_POLICY
from receivables.views.lists import Choice
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

DRAFT_SECONDS = 60 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    """Which text the address names, on the newest version of its ladder."""

    policy: Policy
    row: PolicyStep
    place: Place
    reader: str
    form: str

    @classmethod
    def of(cls, request: TenantRequest, pk: UUID) -> Asked:
        policy = get_object_or_404(request.tenant.policies, pk=pk)
        row = newest_step(policy, request.GET.get("stap", ""))
        reader, form = request.GET.get("aan", ""), request.GET.get("vorm", "u")
        try:
            step, legal = StepKind(row.kind if row else ""), LegalContent(request.GET.get("staat", ""))
            language, tone = next(each for each, name in FORM_OF.items() if name == form)
        except (ValueError, StopIteration) as error:
            raise Http404 from error
        if row is None or reader not in READERS or (step, legal) not in keys_for(for_consumer=reader == "consument"):
            raise Http404
        return cls(policy, row, Place(row.key, step, legal, reader == "consument", language, tone), reader, form)

    @property
    def text(self) -> NoticeText:
        return self.place.own(self.row.texts) or self.place.standard()

    def query(self, **changes: str) -> str:
        asked = {"stap": self.row.key, "staat": self.place.legal.value, "aan": self.reader, "vorm": self.form}
        return "?" + urlencode({**asked, **changes})

    def url(self, request: TenantRequest, name: str, **changes: str) -> str:
        return reverse(f"dunning:{name}", args=[request.tenant.slug, self.policy.pk]) + self.query(**changes)

    def content(self, request: TenantRequest, text: NoticeText) -> NoticeContent:
        """The made-up notice with this text, with everything that such a letter may ask."""
        place = self.place
        claims = list(possible_claims(place.legal, for_consumer=place.for_consumer))
        wanted = Example(
            place.step,
            place.legal,
            place.language,
            place.tone,
            place.for_consumer,
            with_vat=not request.tenant.can_deduct_vat and any(vat for _, _, vat in claims),
        )
        url = f"{settings.PUBLIC_URL}/b/voorbeeld"
        return example(request.tenant, wanted, on=clock.today(), pay_url=url, own_text=text)


# --- the list -----------------------------------------------------------------------------------------------------------


@tenant_view(Permission.EDIT_POLICY)
def policy_texts(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Every text of a ladder, and which of them are the tenant's own."""
    policy = get_object_or_404(request.tenant.policies, pk=pk)
    version = policy.versions.order_by("-number").first()
    steps = list(version.steps.order_by("position")) if version else []
    context = {
        "policy": policy,
        "policies": [
            Choice(each.name, reverse("dunning:policy_texts", args=[request.tenant.slug, each.pk]), each == policy)
            for each in request.tenant.policies.filter(archived_at__isnull=True).order_by("-is_default", "name")
        ],
        "steps": [{"step": row, "texts": _texts_of(row)} for row in steps if row.kind in STEP_LABELS],
        "crumbs": [("Ladders", reverse("dunning:policies", args=[request.tenant.slug])), (policy.name, "")],
    }
    return TemplateResponse(request, "dunning/texts.html", context)


def _texts_of(row: PolicyStep) -> list[dict[str, Any]]:
    """One line per legal content and reader, with a link per language and tone."""
    step = StepKind(row.kind)
    lines = []
    for for_consumer, reader in ((True, "consument"), (False, "bedrijf")):
        for legal in (legal for kind, legal in keys_for(for_consumer=for_consumer) if kind is step):
            forms = [
                {
                    "label": FORMS[name],
                    "is_own": Place(row.key, step, legal, for_consumer, language, tone).name in row.texts,
                    "query": urlencode({"stap": row.key, "staat": legal.value, "aan": reader, "vorm": name}),
                }
                for (language, tone), name in FORM_OF.items()
            ]
            lines.append({"legal": LEGAL_LABELS[legal], "reader": READERS[reader], "forms": forms})
    return lines


# --- the editor ---------------------------------------------------------------------------------------------------------


@tenant_view(Permission.EDIT_POLICY)
def policy_text(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One text; what is saved is published as a new version of the ladder."""
    asked = Asked.of(request, pk)
    if request.method != "POST":
        return _editor(request, asked, TextForm(initial=initial_of(asked.text)), asked.text, [])
    form = TextForm(request.POST)
    if not form.is_valid():
        return _editor(request, asked, form, None, [], status=422)
    text = form.text_over(asked.place.standard())
    try:
        publish_text(request.tenant, asked.policy, asked.place, text, now=clock.now(), by=request.user)
    except TextRefusedError as error:
        return _editor(request, asked, form, text, error.problems, status=422)
    messages.success(request, "De tekst is gepubliceerd. Lopende dossiers houden de versie waarmee ze begonnen.")
    return redirect("dunning:policy_texts", request.tenant.slug, pk)


@require_POST
@tenant_view(Permission.EDIT_POLICY)
def policy_text_preview(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The letter and mail as they would be: as a piece of the page while somebody types, or as the whole page."""
    asked, form = Asked.of(request, pk), TextForm(request.POST)
    text = form.text_over(asked.place.standard()) if form.is_valid() else None
    problems = asked.place.problems(text) if text else _faults(form)
    if request.htmx:  # type: ignore[attr-defined] # set by django-htmx
        context = _preview(request, asked, text, problems)
        return TemplateResponse(request, "dunning/texts_preview.html", context)
    return _editor(request, asked, form, text, problems if text else [])


def _faults(form: TextForm) -> list[str]:
    return [f"{form[name].label}: {fault}" for name, faults in form.errors.items() for fault in faults]


@require_POST
@tenant_view(Permission.EDIT_POLICY)
def policy_text_trial(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Send what is typed to oneself. Nothing is written or locked here, so that waiting for the provider harms nobody."""
    asked, form = Asked.of(request, pk), TextForm(request.POST)
    text = form.text_over(asked.place.standard()) if form.is_valid() else None
    problems = asked.place.problems(text) if text else []
    if text is None or problems:
        return _editor(request, asked, form, text, problems, status=422)
    answer = send_trial(request.tenant, asked.content(request, text), to=request.user.email, now=clock.now())
    if answer.result == AttemptResult.ACCEPTED:
        messages.success(request, f"De proefmail is verzonden aan {request.user.email}.")
    else:
        messages.error(request, f"De proefmail is niet verzonden. De mailserver zegt: {answer.text[:200]}")
    return _editor(request, asked, form, text, [])


@require_POST
@tenant_view(Permission.EDIT_POLICY)
def policy_text_standard(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Back to the standard text, again as a new version."""
    asked = Asked.of(request, pk)
    if restore_text(request.tenant, asked.policy, asked.place, now=clock.now(), by=request.user):
        messages.success(request, "Deze brief heeft weer de standaardtekst.")
    else:
        messages.info(request, "Deze brief had al de standaardtekst.")
    return redirect("dunning:policy_texts", request.tenant.slug, pk)


def _editor(
    request: TenantRequest,
    asked: Asked,
    form: TextForm,
    text: NoticeText | None,
    problems: list[str],
    *,
    status: int = 200,
) -> HttpResponse:
    place = asked.place
    context = {
        "form": form,
        "title": f"{STEP_LABELS[place.step]}: {LEGAL_LABELS[place.legal].lower()}",
        "sub": f"Aan een {READERS[asked.reader].lower()}, {FORMS[asked.form].lower()}. Ladder {asked.policy.name}.",
        "is_own": place.name in asked.row.texts,
        "forms": [Choice(label, asked.query(vorm=name), name == asked.form) for name, label in FORMS.items()],
        "placeholders": [(f"{{{name}}}", meaning) for name, meaning in PLACEHOLDERS.items()],
        "conditions": [(f"[{name}]", MEANINGS[when]) for when, name in NAMES.items()],
        "publish_url": asked.url(request, "policy_text"),
        "preview_url": asked.url(request, "policy_text_preview"),
        "trial_url": asked.url(request, "policy_text_trial"),
        "standard_url": asked.url(request, "policy_text_standard"),
        "crumbs": [
            ("Ladders", reverse("dunning:policies", args=[request.tenant.slug])),
            (asked.policy.name, reverse("dunning:policy_texts", args=[request.tenant.slug, asked.policy.pk])),
            (STEP_LABELS[place.step], ""),
        ],
        **_preview(request, asked, text, problems),
    }
    return TemplateResponse(request, "dunning/texts_edit.html", context, status=status)


def _preview(request: TenantRequest, asked: Asked, text: NoticeText | None, problems: list[str]) -> dict[str, Any]:
    """Addresses of the mail and the pages with this text; the frame and the pictures fetch the draft by its hash."""
    if text is None:
        return {"problems": problems}
    try:
        content = asked.content(request, text)
        pages = page_count(render_pdf(content))
    except ValueError as error:  # a placeholder that a letter does not know
        return {"problems": problems or [str(error)]}
    draft = _keep(request, text)
    return {
        "problems": problems,
        "subject": render_mail(content).subject,
        "mail_url": asked.url(request, "policy_text_mail", concept=draft),
        "page_urls": [
            asked.url(request, "policy_text_page", concept=draft, pagina=str(page)) for page in range(1, pages + 1)
        ],
    }


def _keep(request: TenantRequest, text: NoticeText) -> str:
    """Remember a draft for as long as somebody may look at its preview."""
    own = text.as_own()
    digest = hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:32]
    cache.set(_draft_key(request, digest), own, DRAFT_SECONDS)
    return digest


def _draft_key(request: TenantRequest, digest: str) -> str:
    return f"text-draft:{request.tenant.pk}:{digest}"


def _draft_content(request: TenantRequest, pk: UUID) -> NoticeContent:
    asked = Asked.of(request, pk)
    own = cache.get(_draft_key(request, request.GET.get("concept", "")))
    if own is None:
        raise Http404
    return asked.content(request, asked.place.standard().with_own(own))


@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)
@tenant_view(Permission.EDIT_POLICY)
def policy_text_mail(request: TenantRequest, pk: UUID) -> HttpResponse:
    return HttpResponse(render_mail(_draft_content(request, pk), ["brief.pdf"]).html)


@tenant_view(Permission.EDIT_POLICY)
def policy_text_page(request: TenantRequest, pk: UUID) -> HttpResponse:
    return picture_response(request, _draft_content(request, pk))
