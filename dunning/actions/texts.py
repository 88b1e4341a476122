"""A tenant's own text of a letter: published as a new version of its ladder, so that what was published stays as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dunning.actions.policies import publish_version
from dunning.ladders import load_ladders
from dunning.letters.linter import check_everywhere
from dunning.letters.paragraphs import Language, LegalContent, NoticeText, StepKind, Tone
from dunning.letters.texts import own_text, standard_text, text_key
from dunning.models import Policy, PolicyStep, PolicyVersion
from tenants import audit
from tenants.models import Tenant, User


class TextRefusedError(ValueError):
    """The text may not be published; `problems` says why, in Dutch."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Place:
    """Which letter a text is for."""

    step_key: str
    step: StepKind
    legal: LegalContent
    for_consumer: bool
    language: Language = Language.DUTCH
    tone: Tone = Tone.FORMAL

    @property
    def name(self) -> str:
        return text_key(self.language, self.tone, self.legal, for_consumer=self.for_consumer)

    def standard(self) -> NoticeText:
        return standard_text(self.step, self.language, self.tone, legal=self.legal, for_consumer=self.for_consumer)

    def own(self, texts: dict[str, Any]) -> NoticeText | None:
        return own_text(
            texts,
            step=self.step,
            language=self.language,
            tone=self.tone,
            legal=self.legal,
            for_consumer=self.for_consumer,
        )

    def problems(self, text: NoticeText) -> list[str]:
        """What keeps `text` from being published here."""
        return check_everywhere(
            text,
            step=self.step,
            legal=self.legal,
            for_consumer=self.for_consumer,
            language=self.language,
            tone=self.tone,
        )


def newest_step(policy: Policy, step_key: str) -> PolicyStep | None:
    """This step of the newest version; None when that version does not have it."""
    version = policy.versions.order_by("-number").first()
    return version.steps.filter(key=step_key).first() if version else None


def publish_text(
    tenant: Tenant, policy: Policy, place: Place, text: NoticeText, *, now: datetime, by: User | None = None
) -> PolicyVersion:
    """Publish `text` for this letter; raises TextRefusedError when the law or a reader could not do with it."""
    if problems := place.problems(text):
        raise TextRefusedError(problems)
    return _publish(tenant, policy, place, text.as_own(), now=now, by=by)


def restore_text(
    tenant: Tenant, policy: Policy, place: Place, *, now: datetime, by: User | None = None
) -> PolicyVersion | None:
    """Go back to the standard text; nothing happens when this letter has no text of its own."""
    step = newest_step(policy, place.step_key)
    if step is None or place.name not in step.texts:
        return None
    return _publish(tenant, policy, place, None, now=now, by=by)


def _publish(
    tenant: Tenant, policy: Policy, place: Place, own: dict[str, Any] | None, *, now: datetime, by: User | None
) -> PolicyVersion:
    tenant.policies.select_for_update().get(pk=policy.pk)
    ladders = load_ladders(tenant)
    published = ladders.by_version[ladders.newest[policy.pk]]
    version = publish_version(tenant, policy, draft=published, now=now, by=by)
    step = version.steps.get(key=place.step_key)
    others = {name: text for name, text in step.texts.items() if name != place.name}
    step.texts = others if own is None else {**others, place.name: own}
    step.save(update_fields=["texts"])
    verb = "policy.text_restored" if own is None else "policy.text_published"
    details = {"policy": policy.name, "version": version.number, "step": place.step_key, "text": place.name}
    audit.record(tenant, verb, now=now, subject=version, by=by, details=details)
    return version
