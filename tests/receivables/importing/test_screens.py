"""The wizard as a bookkeeper walks it, and what others get to see."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from receivables.actions import uploads
from receivables.models.imports import ImportState
from receivables.tasks import apply_import, read_import
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.importing.samples import many_open_items, open_items, ubl, zipped

START = "/t/korrel/importeren/"
ROW = "F-1;D1;Jansen;2026-10-01;2026-10-31;10,00;10,00"


@pytest.fixture
def walker(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def upload(client: Client, *files: tuple[str, bytes]) -> object:
    return client.post(START, {"upload": [SimpleUploadedFile(name, content) for name, content in files]})


def test_the_start_page_shows_where_to_begin(walker: Client) -> None:
    page = walker.get(START)
    assert page.status_code == 200
    assert "Kies bestanden" in page.content.decode()


def test_an_invoice_is_imported_while_the_user_waits(walker: Client, tenant: Tenant) -> None:
    answer = upload(walker, ("a.xml", ubl()), ("b.xml", ubl(number="F-2")))
    page = walker.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "F-1" in page
    assert "Ingelezen" in page
    with tenant_context(tenant.pk):
        assert tenant.invoices.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leeg.xml", b"", "leeg"),
        ("leeg.csv", b"", "leeg"),
        ("bom.xml", ubl(prolog='<!DOCTYPE a [<!ENTITY x "y">]>'), "DOCTYPE"),
        ("bedrag.xml", ubl(payable="0x1F"), "PayableAmount"),
        ("ruis.csv", b"a;b\x00\x01\x02", "geen CSV"),
        ("kapot.zip", zipped(a=ubl())[:-30], "beschadigd"),
    ],
)
def test_a_refused_file_gets_one_plain_sentence_and_leaves_nothing(
    walker: Client, tenant: Tenant, name: str, content: bytes, said: str
) -> None:
    answer = upload(walker, (name, content))
    assert answer.status_code == 400  # type: ignore[attr-defined]
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert said in page
    assert "Traceback" not in page
    with tenant_context(tenant.pk):
        assert not tenant.invoices.exists()
        assert not tenant.files.exists()
        assert not tenant.import_batches.exists()


def test_a_list_is_checked_then_imported_with_the_columns_remembered(
    walker: Client, tenant: Tenant, django_capture_on_commit_callbacks: object
) -> None:
    url = upload(walker, ("lijst.csv", open_items(ROW))).url  # type: ignore[attr-defined]
    page = walker.get(url).content.decode()
    assert "1 factuur inlezen" in page
    assert "Er is nog niets ingelezen" in page
    with mock.patch.object(apply_import, "delay") as queued, django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        walker.post(f"{url}verwerken/", form_of(page))
    queued.assert_called_once()
    assert "Bezig" in walker.get(START).content.decode()
    assert "voortgang" in walker.get(url).content.decode()
    run_in_background(tenant)
    assert "Nieuwe facturen" in walker.get(url).content.decode()
    with tenant_context(tenant.pk):
        assert tenant.invoices.get().number == "F-1"
        assert tenant.column_mappings.count() == 1
    again = upload(walker, ("volgende.csv", open_items(ROW.replace("F-1", "F-2")))).url  # type: ignore[attr-defined]
    assert "zoals u ze de vorige keer koos" in walker.get(again).content.decode()


def test_errors_are_shown_per_row_and_wrong_rows_can_be_left_out(walker: Client, tenant: Tenant) -> None:
    url = upload(walker, ("lijst.csv", open_items(ROW, ROW.replace("F-1", "F-2").replace("10,00", "tien")))).url  # type: ignore[attr-defined]
    page = walker.get(url).content.decode()
    assert "Regel 3, kolom Bedrag" in page
    assert "disabled>Inlezen" in page
    walker.post(f"{url}kolommen/", form_of(page) | {"only_clean_rows": "on"})
    assert "1 factuur inlezen" in walker.get(url).content.decode()


def test_a_long_list_is_read_in_the_background(walker: Client, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 10)
    url = upload(walker, ("lijst.csv", many_open_items(50))).url  # type: ignore[attr-defined]
    assert "wordt gelezen" in walker.get(url).content.decode()
    with tenant_context(tenant.pk):
        batch = tenant.import_batches.get()
    read_import(tenant_id=tenant.pk, batch_id=str(batch.pk))
    assert "50 facturen inlezen" in walker.get(url).content.decode()


def test_a_list_that_turns_out_wrong_comes_back_to_the_wizard(walker: Client, tenant: Tenant) -> None:
    url = upload(walker, ("lijst.csv", open_items(ROW, ROW.replace("10,00", "11,00")))).url  # type: ignore[attr-defined]
    walker.post(f"{url}verwerken/", form_of(walker.get(url).content.decode()))
    run_in_background(tenant)
    assert "staat ook al op regel 2" in walker.get(url).content.decode()
    with tenant_context(tenant.pk):
        assert not tenant.invoices.exists()


def test_the_task_twice_imports_once(walker: Client, tenant: Tenant) -> None:
    url = upload(walker, ("lijst.csv", open_items(ROW))).url  # type: ignore[attr-defined]
    walker.post(f"{url}verwerken/", form_of(walker.get(url).content.decode()))
    run_in_background(tenant)
    run_in_background(tenant)
    with tenant_context(tenant.pk):
        assert tenant.invoices.count() == 1
        assert tenant.import_batches.get().report["counts"]["stored"] == 1


def test_an_upload_can_be_thrown_away(walker: Client, tenant: Tenant) -> None:
    url = upload(walker, ("lijst.csv", open_items(ROW))).url  # type: ignore[attr-defined]
    walker.post(f"{url}annuleren/")
    with tenant_context(tenant.pk):
        batch = tenant.import_batches.get()
        assert (batch.state, batch.staged) == (ImportState.CANCELLED, [])


def test_a_revision_is_decided_on_its_screen(walker: Client, tenant: Tenant) -> None:
    upload(walker, ("a.xml", ubl()))
    upload(walker, ("a.xml", ubl(payable="100.00")))
    page = walker.get(f"{START}herzieningen/").content.decode()
    assert "Factuurbedrag" in page
    action = re.search(r'action="([^"]*herzieningen/[^"]+)"', page)
    assert action
    walker.post(action[1], {"besluit": "overnemen"})
    with tenant_context(tenant.pk):
        assert str(tenant.invoices.get().total_amount) == "100.00"


def test_a_hostile_name_is_shown_as_text(walker: Client, tenant: Tenant) -> None:
    url = upload(walker, ("lijst.csv", open_items(ROW.replace("Jansen", "<script>alert(1)</script>{{7*7}}")))).url  # type: ignore[attr-defined]
    page = walker.get(url).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "49" not in re.sub(r"\w*49\w+|\w+49\w*", "", page) or "{{7*7}}" in page


def test_every_page_of_the_wizard_is_accessible(walker: Client, tenant: Tenant) -> None:
    refused = upload(walker, ("bedrag.xml", ubl(payable="0x1F")))
    wrong = upload(walker, ("lijst.csv", open_items(ROW, ROW))).url  # type: ignore[attr-defined]
    good = upload(walker, ("lijst.csv", open_items(ROW))).url  # type: ignore[attr-defined]
    pages = [refused.content, walker.get(wrong).content, walker.get(good).content]  # type: ignore[attr-defined]
    walker.post(f"{good}verwerken/", form_of(walker.get(good).content.decode()))
    pages.append(walker.get(good).content)
    run_in_background(tenant)
    upload(walker, ("a.xml", ubl()))
    upload(walker, ("a.xml", ubl(payable="100.00")))
    pages += [walker.get(good).content, walker.get(START).content, walker.get(f"{START}herzieningen/").content]
    assert [faults(page) for page in pages] == [[]] * 7


@pytest.mark.parametrize("path", ["", "herzieningen/"])
def test_a_viewer_may_not_import(client: Client, viewer: User, path: str) -> None:
    client.force_login(viewer)
    assert client.get(START + path).status_code == 403


@pytest.mark.parametrize("path", ["", "herzieningen/"])
def test_a_stranger_finds_nothing(client: Client, tenant: Tenant, stranger: User, path: str) -> None:
    client.force_login(stranger)
    assert client.get(START + path).status_code == 404


def run_in_background(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        batch = tenant.import_batches.latest("created_at")
    apply_import(tenant_id=tenant.pk, batch_id=str(batch.pk))


def form_of(page: str) -> dict[str, str]:
    """The values that a browser would post."""
    values = {}
    for name, body in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"\s+selected', body)
        values[name] = chosen[1] if chosen else ""
    return values
