"""The check code on a real letter and mail, typed over on the page that judges it."""

from __future__ import annotations

import email
import re
from email.policy import default

import pytest
from django.test import Client

from dunning.letters.compose import compose
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.letters import pdf
from tests.dunning.planning.world import Books, at

pytestmark = pytest.mark.django_db
CODE = re.compile(r"KORREL2-[2-9A-Z]{5}-[2-9A-Z]{5}")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_letter_and_mail_carry_one_code_that_the_page_knows(tenant: Tenant, client: Client, language: str) -> None:
    books = Books(tenant)
    bakker = books.customer("Bakker", street="Kade 1", postcode="1111 AA", city="Dorp", language=language)
    books.invoice(bakker, "F1", due="2026-09-01", amount="121.00")
    (notice,) = books.notices(books.plan("2026-09-14"))
    with tenant_context(tenant.pk):
        made = compose(notice, now=at(notice.run.on))
    message = email.message_from_bytes(made.mail, policy=default)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    printed = pdf.text_of(made.pdf)
    codes = {
        found for text in [printed, *(body.get_content() for body in bodies if body)] for found in CODE.findall(text)
    }

    assert len(codes) == 1
    assert len(pdf.reader(made.pdf).pages) == 1
    page = client.post("/echt/", {"code": codes.pop(), "amount": str(made.content.total), "iban": tenant.iban})
    assert "Ja, dit bericht is van Bakkerij De Korrel B.V." in page.content.decode()
    assert f"{notice.run.on.day}\xa0september\xa02026" in page.content.decode()
