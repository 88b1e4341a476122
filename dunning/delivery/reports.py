"""What a mail service reports afterwards: delivered, bounced, complained. Any order, any number of times, the same end.

A report is evidence: it settles a letter of which nobody knew whether it left (design 5.1). Opens and clicks are not kept
(design 5.10; Tw art. 11.7a). A bounce means that the debtor was not reached, so no term runs (art. 3:37 lid 3 BW).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dunning.actions.booking import BOUNCED, prove_receipt, void_letter
from dunning.delivery.locks import lock_with_customer
from dunning.delivery.settle import PROVEN, accept, remember, tell
from dunning.facts import civil_day
from dunning.models import Notice
from dunning.models.legal import ReceiptProof
from dunning.models.notices import NoticeState
from tenants.context import tenant_context
from tenants.models import Tenant

LEFT: Final = frozenset({"sent", "delivered", "deferred", "queued", "bounced", "complained"})  # the service had it
RETURNED: Final = frozenset({"bounced", "rejected", "failed"})
KEPT: Final = LEFT | RETURNED
REFERENCE: Final = "voldaan"


@dataclass(frozen=True, slots=True)
class Reference:
    """Which letter a report is about: opaque for the recipient, who may see it in the mail's source."""

    tenant_code: str
    notice_id: UUID
    generation: int

    def __str__(self) -> str:
        return f"{self.tenant_code}.{self.notice_id.hex}.{self.generation}"

    @classmethod
    def parse(cls, text: object) -> Reference | None:
        try:
            code, notice, generation = str(text).split(".")
            return cls(code, UUID(hex=notice), int(generation))
        except ValueError:
            return None


def book(event: Any, *, service: str, now: datetime) -> bool:
    """Book one report of anymail's; False when it is not about a letter of ours."""
    reference = Reference.parse((event.metadata or {}).get(REFERENCE))
    if reference is None or event.event_type not in KEPT:
        return False
    tenant = Tenant.objects.filter(code=reference.tenant_code).first()
    if tenant is None:
        return False
    with tenant_context(tenant.pk):
        notice = lock_with_customer(tenant, reference.notice_id)
        if notice is None:
            return False
        _book(notice, event, service=service, generation=reference.generation, now=now)
    return True


def _book(notice: Notice, event: Any, *, service: str, generation: int, now: datetime) -> None:
    kind, at, key = event.event_type, event.timestamp or now, _source_key(event, service)
    known = notice.tenant.delivery_events.filter(source_key=key).exists()
    words: dict[str, Any] = {"service": service, "answer": (event.description or event.mta_response or "")[:300]}
    if kind in LEFT and notice.state not in PROVEN:
        accept(notice, now=now, source_key=f"{key}:left"[:200], **words)
    remember(notice, kind, source_key=key, now=at, **words)
    if known or generation != notice.generation:
        return  # an older generation is evidence, but says nothing of the present one
    if kind in RETURNED and notice.state != NoticeState.BOUNCED:
        _move(notice, NoticeState.BOUNCED, at=at, problem=words["answer"])
        void_letter(notice, why=BOUNCED, now=now)
        tell(notice, "notice.bounced", now=now, **words)
    elif kind == "delivered" and notice.state == NoticeState.ACCEPTED:
        _move(notice, NoticeState.DELIVERED, at=at, problem="")
        _arrived(notice, at=at, now=now)


def _arrived(notice: Notice, *, at: datetime, now: datetime) -> None:
    """Proof of receipt for the fourteen days: a later day than the rule says makes the term later."""
    letter = notice.fourteen_day_letters.filter(voided_at__isnull=True, costs_settled_at__isnull=True).first()
    if letter is not None:
        day = max(civil_day(at), letter.sent_on)
        prove_receipt(notice.tenant, letter, received_on=day, proof=ReceiptProof.DELIVERED, now=now, by=None)


def _move(notice: Notice, state: NoticeState, *, at: datetime, problem: str) -> None:
    moment = "bounced_at" if state == NoticeState.BOUNCED else "delivered_at"
    notice.state, notice.problem = state, problem
    notice.lease_until = notice.try_after_at = None
    setattr(notice, moment, at)
    notice.save(update_fields=["state", "problem", "lease_until", "try_after_at", moment])


def _source_key(event: Any, service: str) -> str:
    """The service's own event id, or a fingerprint of what it sent."""
    if event.event_id:
        return f"{service}:{event.event_id}"[:190]
    content = json.dumps(event.esp_event, sort_keys=True, default=str)
    return f"{service}:{hashlib.sha256(content.encode()).hexdigest()}"
