"""Is this message genuine? A public page without a token: what stands on the message is held against its check code.

The answer for what we do not know has the same shape and takes the same road: one look for the tenant, one computation.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from dunning.debtor import check_code
from dunning.debtor.texts import with_ways_out
from dunning.forms.debtor import GenuineForm
from receivables.domain.money import Money
from receivables.paying import limits
from receivables.paying.texts import day_in, texts_in
from receivables.views.paying.door import frame, private
from tenants import clock
from tenants.access import client_ip, public_view
from tenants.models import Tenant
from tenants.templatetags.voldaan import iban as grouped

TRIES = 20  # an hour from one place
PAGE = "dunning/debtor/genuine.html"


def _check(request: HttpRequest) -> HttpResponse:
    words = with_ways_out(texts_in(request.GET.get("taal", "nl")))
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    with translation.override(words["language"]):
        if request.method != "POST":
            return _page(request, words, GenuineForm(words, on=clock.today(), initial={"code": _asked(request)}))
        form = GenuineForm(words, request.POST, on=clock.today())
        if not limits.is_place_allowed("genuine", client_ip(request) or "", most=TRIES):
            return _page(request, words, form, problem=words["genuine_too_often"], status=429)
        if not form.is_valid():
            return _page(request, words, form, problem=words["fix_fields"], status=422)
        return _page(request, words, form, answer=_answer(form.cleaned_data, words))


genuine = public_view(csrf_exempt(private(_check)))


def _asked(request: HttpRequest) -> str:
    """A link in a mail may bring its code along; the amount is for the person to type."""
    return request.GET.get("code", "")[:40]


def _answer(said: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    """Yes with who, when and which account; no; or the code is right and the account is not."""
    code = check_code.read(said["code"]) or check_code.NOBODYS
    tenant = Tenant.objects.filter(code=code.tenant_code).first()
    is_right = code.is_right(
        said["amount"] or Money.zero(), keys=[settings.PAY_LINK_KEY, *settings.PAY_LINK_KEY_FALLBACKS]
    )
    if tenant is None or not is_right:
        return {"kind": "bad", "title": words["genuine_no_title"], "texts": [words["genuine_no"]]}
    named = {"tenant": tenant.name, "iban": grouped(tenant.iban), "day": day_in(words, code.day)}
    typed = "".join(said["iban"].split()).upper()
    if typed and typed != tenant.iban:
        text = words["genuine_iban_wrong"].format_map(named)
        return {"kind": "bad", "title": words["genuine_iban_wrong_title"], "texts": [text]}
    account = words["genuine_iban_right" if typed else "genuine_iban_is"].format_map(named)
    texts = [words["genuine_yes"].format_map(named), account]
    return {"kind": "good", "title": words["genuine_yes_title"].format_map(named), "texts": texts}


def _page(
    request: HttpRequest,
    words: dict[str, str],
    form: GenuineForm,
    *,
    answer: dict[str, Any] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = frame(words) | {
        "words": words,
        "form": form,
        "answer": answer,
        "problem": problem,
        "post_url": _in_language(reverse("dunning:genuine"), words),
        "other_language_url": f"?taal={words['other_language_code']}",
    }
    return render(request, PAGE, context, status=status)


def _of(request: HttpRequest, code: str) -> HttpResponse:
    """How messages of one creditor look: sender, account, links."""
    words = with_ways_out(texts_in(request.GET.get("taal", "nl")))
    tenant = Tenant.objects.filter(code=code.lower()).first()
    check_url = _in_language(reverse("dunning:genuine"), words)
    other = f"?taal={words['other_language_code']}"
    if tenant is None:
        context = frame(words) | {"words": words, "check_url": check_url, "other_language_url": other}
        return render(request, "dunning/debtor/genuine_of.html", context, status=404)
    named = {"tenant": tenant.name}
    context = frame(words, tenant) | {
        "words": words,
        "title": words["genuine_of_title"].format_map(named),
        "intro": words["genuine_of_intro"].format_map(named),
        "account_label": words["genuine_account"].format_map(named),
        "sender": settings.MAIL_ENVELOPE_SENDER,
        "reply_domain": tenant.reply_domain,
        "link": f"{settings.PUBLIC_URL}/b/",
        "check_url": check_url,
        "other_language_url": other,
    }
    return render(request, "dunning/debtor/genuine_of.html", context)


genuine_of = public_view(private(require_safe(_of)))


def _in_language(path: str, words: dict[str, str]) -> str:
    return path if words["language"] == "nl" else f"{path}?taal={words['language']}"
