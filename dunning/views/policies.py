"""Ladders on screen: what each step does and when, a form that publishes a new version, and who follows which."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from dunning.actions import policies as actions
from dunning.domain import policy as domain
from dunning.domain.calendar import Calendar
from dunning.domain.facts import CustomerFacts, InvoiceFacts, TenantFacts
from dunning.domain.forecast import forecast
from dunning.domain.starters import STANDAARD, STARTERS
from dunning.forms.policies import KIND_LABELS, PolicyForm, StepFormSet, draft_of, initial_steps
from dunning.ladders import Ladders, claims_in_words, load_ladders
from dunning.models import Policy
from receivables.actions.segments import add_segment
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.ids import new_id
from tenants.models import Tenant
from tenants.permissions import Permission

LABELS = dict(KIND_LABELS)
EXAMPLE_DAYS = 150


@tenant_view(Permission.SEE)
def policies(request: TenantRequest) -> HttpResponse:
    """Every ladder with its steps, an example by date, and who follows it."""
    tenant = request.tenant
    ladders = load_ladders(tenant)
    rows = [_row(policy, ladders, clock.today()) for policy in _living(tenant)]
    context = {
        "rows": rows,
        "segments": tenant.segments.annotate(size=Count("customers")).order_by("name"),
        "chosen": dict(tenant.policy_choices.filter(segment__isnull=False).values_list("segment_id", "policy_id")),
        "starters": [starter.key for starter in STARTERS],
        "example_due_on": clock.today(),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/policies.html", context)


def _living(tenant: Tenant) -> list[Policy]:
    rows = tenant.policies.filter(archived_at__isnull=True).annotate(follower_count=Count("choices"))
    return list(rows.order_by("-is_default", "name"))


def _row(policy: Policy, ladders: Ladders, on: date) -> dict[str, Any]:
    published = ladders.by_version[ladders.newest[policy.pk]]
    return {
        "policy": policy,
        "published": published,
        "steps": _example(published, on),
        "claims": claims_in_words(published),
    }


def _example(ladder: domain.Policy, due_on: date) -> list[dict[str, Any]]:
    """On which days an invoice that falls due on `due_on` meets each step when nobody pays, with a run every day."""
    invoice = InvoiceFacts(invoice_id=new_id(), due_on=due_on, open_cents=10_000_00, policy=ladder)
    start = due_on - timedelta(days=30)
    customer = CustomerFacts(customer_id=new_id(), invoices=(invoice,))
    days = [start + timedelta(days=count) for count in range(EXAMPLE_DAYS)]
    expected = forecast(customer, days, tenant=TenantFacts(), calendar=Calendar.dutch())
    dates = {item.step.key: item.on for item in expected}
    return [
        {"label": step.name, "on": dates.get(step.key), "state": "done" if dates.get(step.key) else ""}
        for step in ladder.steps
    ]


@tenant_view(Permission.EDIT_POLICY)
def policy(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Change a ladder: what is saved is published as a new version; running files keep theirs."""
    found = get_object_or_404(request.tenant.policies, pk=pk)
    ladders = load_ladders(request.tenant)
    published = ladders.by_version[ladders.newest[found.pk]]
    return _edit(request, found, published, title=f"Ladder {found.name}")


@tenant_view(Permission.EDIT_POLICY)
def policy_new(request: TenantRequest) -> HttpResponse:
    """A ladder of one's own, beginning as a copy of a starter."""
    start = next((starter for starter in STARTERS if starter.key == request.GET.get("van")), STANDAARD)
    return _edit(request, None, start, title="Nieuwe ladder")


def _edit(request: TenantRequest, found: Policy | None, published: domain.Policy, *, title: str) -> HttpResponse:
    steps = initial_steps(published)
    form = PolicyForm(
        request.POST or None,
        initial={
            "name": found.name if found else "",
            "min_amount": published.min_amount.amount,
            "min_gap_days": published.min_gap_days,
            "interest": published.interest.value,
            "costs": published.costs.value,
        },
    )
    rows = StepFormSet(request.POST or None, initial=steps, prefix="stap")
    problems: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        draft = draft_of(published.key, form, rows.forms)
        try:
            saved = _publish(request, found, form.cleaned_data["name"], draft)
        except domain.PolicyInvalidError as error:
            problems = error.problems
        except IntegrityError:
            form.add_error("name", "Deze naam is al in gebruik. Kies een andere.")
        else:
            messages.success(request, f"Ladder {saved.name} is gepubliceerd. Lopende dossiers houden hun eigen versie.")
            return redirect("dunning:policies", request.tenant.slug)
    context = {
        "form": form,
        "rows": rows,
        "problems": problems,
        "title": title,
        "policy": found,
        "published": published,
        "running": request.tenant.tracks.filter(version__policy=found).count() if found else 0,
        "crumbs": [("Ladders", reverse("dunning:policies", args=[request.tenant.slug])), (title, "")],
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "dunning/policy.html", context, status=status)


def _publish(request: TenantRequest, found: Policy | None, name: str, draft: domain.Policy) -> Policy:
    now, by, tenant = clock.now(), request.user, request.tenant
    with transaction.atomic():
        if found is None:
            return actions.create_policy(tenant, name, draft=draft, now=now, by=by)
        if found.name != name:
            actions.rename_policy(tenant, found, name, now=now, by=by)
        actions.publish_version(tenant, found, draft=draft, now=now, by=by)
        return found


@require_POST
@tenant_view(Permission.EDIT_POLICY)
def starters(request: TenantRequest) -> HttpResponse:
    """Install the starter ladders that are not there yet."""
    made = actions.install_starters(request.tenant, now=clock.now(), by=request.user)
    messages.success(request, f"{len(made)} ladders toegevoegd." if made else "De startladders staan er al.")
    return redirect("dunning:policies", request.tenant.slug)


@require_POST
@tenant_view(Permission.EDIT_POLICY)
def policy_default(request: TenantRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(request.tenant.policies, pk=pk)
    actions.make_default(request.tenant, found, now=clock.now(), by=request.user)
    messages.success(request, f"{found.name} is nu de ladder voor iedereen zonder eigen keuze.")
    return redirect("dunning:policies", request.tenant.slug)


@require_POST
@tenant_view(Permission.EDIT_POLICY)
def policy_choose(request: TenantRequest) -> HttpResponse:
    """Let a segment or a customer follow a ladder; empty goes back to the one above it."""
    tenant, posted = request.tenant, request.POST
    try:
        chosen = get_object_or_404(tenant.policies, pk=UUID(posted["ladder"])) if posted.get("ladder") else None
        segment = get_object_or_404(tenant.segments, pk=UUID(posted["segment"])) if posted.get("segment") else None
        customer = get_object_or_404(tenant.customers, pk=UUID(posted["klant"])) if posted.get("klant") else None
    except ValueError as error:
        raise Http404 from error
    if (segment is None) == (customer is None):
        raise Http404
    actions.choose_policy(tenant, chosen, segment=segment, customer=customer, now=clock.now(), by=request.user)
    messages.success(request, f"{segment or customer} volgt nu {chosen.name if chosen else 'de gewone ladder'}.")
    if customer is not None:
        return redirect("dunning:customer", tenant.slug, customer.pk)
    return redirect("dunning:policies", tenant.slug)


@require_POST
@tenant_view(Permission.EDIT_POLICY)
def segment_add(request: TenantRequest) -> HttpResponse:
    name = request.POST.get("naam", "").strip()
    if name:
        segment = add_segment(request.tenant, name, now=clock.now(), by=request.user)
        messages.success(request, f"Segment {segment.name} staat klaar. Kies het bij een klant onder Wijzigen.")
    else:
        messages.error(request, "Geef het segment een naam.")
    return redirect("dunning:policies", request.tenant.slug)
