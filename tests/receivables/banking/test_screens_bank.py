"""The pages about bank files, as a bookkeeper walks them, and what others get to see."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from receivables.actions import bank_uploads
from receivables.banking.tasks import read_bank_files
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.banking.generator import IBAN, camt, csv, history, mt940
from tests.receivables.banking.world import NOW, TODAY, line_states, stored, take, truth

START = "/t/korrel/bank/"
CHAIN = f"{START}afschriften/"
TABLE = b"Dag;Wat;Hoeveel\r\n2026-03-02;factuur 1;12,50\r\n2026-03-03;factuur 2;-3,00\r\n"


@pytest.fixture
def walker(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


@pytest.fixture
def gap(tenant: Tenant) -> Tenant:
    """Two statements with a day missing between them."""
    days = history(days=3, twins=2)
    for place in (0, 2):
        take(tenant, camt(days.part(place, place)), f"dag {place}.xml")
    return tenant


def upload(client: Client, *files: tuple[str, bytes]) -> str:
    answer = client.post(START, {"upload": [SimpleUploadedFile(name, content) for name, content in files]})
    assert answer.status_code == 302
    return str(answer.url)  # type: ignore[attr-defined]


def text(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    shown = page.content.decode()
    assert faults(shown) == []
    return shown


def test_the_start_page_says_where_to_begin(walker: Client) -> None:
    assert "Nog geen afschriften" in text(walker, START)
    assert "Lees eerst een bankbestand in" in text(walker, CHAIN)


def test_several_files_each_show_what_became_of_them(walker: Client, tenant: Tenant) -> None:
    days = history(days=2)
    bad = camt(days.part(0, 0)).replace(b"<BookgDt><Dt>2026", b"<BookgDt><Dt>20x6", 1)
    page = text(
        walker, upload(walker, ("a.xml", camt(days.part(0, 0))), ("b.sta", mt940(days.part(0, 1))), ("c.xml", bad))
    )

    assert stored(tenant) == truth(days.movements())
    for said in ("a.xml", "b.sta", "Geweigerd", "stonden er al in", "Niet ingelezen; er is niets bewaard.", "BookgDt"):
        assert said in page
    assert "c.xml" in text(walker, f"{START}?stand=geweigerd")
    assert "a.xml" not in text(walker, f"{START}?stand=geweigerd")
    assert "b.sta" in text(walker, f"{START}?q=B.ST")


def test_a_file_page_shows_its_statements_and_the_original(walker: Client, tenant: Tenant) -> None:
    content = camt(history(days=1).part(0, 0))
    page = text(walker, upload(walker, ("a.xml", content)))
    page = text(walker, re.findall(r"/t/korrel/bank/bestanden/[^\"]+", page)[0])

    assert "Sluit aan" in page
    original = walker.get(re.findall(r"/t/korrel/bestanden/[^\"]+", page)[0])
    assert b"".join(original.streaming_content if original.streaming else [original.content]) == content  # type: ignore[attr-defined]


def test_a_large_file_is_read_in_the_background(
    walker: Client, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    queued: list[dict[str, object]] = []
    monkeypatch.setattr(read_bank_files, "delay", lambda **given: queued.append(given))
    monkeypatch.setattr(bank_uploads, "AT_ONCE_LINES", 5)
    days = history(days=1, per_day=20)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        address = upload(walker, ("groot.xml", camt(days.part(0, 0))))

    assert "op de achtergrond door" in text(walker, address)
    assert "groot.xml" in text(walker, START)
    assert walker.get(address, headers={"HX-Request": "true"}).headers.get("HX-Refresh") is None
    (task,) = queued
    bank_uploads.read_all(tenant, task["batch_id"], now=NOW, on=TODAY)  # type: ignore[arg-type]

    assert walker.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "nieuwe regels" in text(walker, address)
    assert stored(tenant) == truth(days.movements())
    assert bank_uploads.read_all(tenant, task["batch_id"], now=NOW, on=TODAY) is None  # type: ignore[arg-type]


# --- tables ------------------------------------------------------------------------------------------------------------
def test_an_unknown_table_asks_once_which_column_is_what(walker: Client, tenant: Tenant) -> None:
    page = text(walker, upload(walker, ("kas.csv", TABLE)))
    columns = re.findall(r"/t/korrel/bank/kolommen/[^\"]+", page)[0]
    assert "Hoeveel" in text(walker, columns)

    wrong = walker.post(columns, {"date": "1", "amount": "2", "date_order": "ymd", "account_number": IBAN})
    assert wrong.status_code == 400
    assert "Zo kan het nog niet worden gelezen" in wrong.content.decode()

    choice = {"date": "0", "text": "1", "amount": "2", "date_order": "ymd", "account_number": IBAN, "header_row": "1"}
    done = walker.post(columns, choice)
    assert done.status_code == 302
    assert "Verwerkt met een waarschuwing" in text(walker, done.url)  # type: ignore[attr-defined]
    assert walker.get(columns).status_code == 404
    assert sum(stored(tenant).values()) == 2

    later = TABLE + b"2026-03-04;factuur 3;7,00\r\n"
    assert "1 nieuwe regel" in text(walker, upload(walker, ("kas2.csv", later)))
    assert sum(stored(tenant).values()) == 3


def test_a_table_can_be_thrown_away(walker: Client, tenant: Tenant) -> None:
    page = text(walker, upload(walker, ("kas.csv", TABLE)))
    columns = re.findall(r"/t/korrel/bank/kolommen/[^\"]+", page)[0]
    assert "wacht op uw keuze van kolommen" in text(walker, START)

    walker.post(f"{columns}weggooien/")

    assert "wacht op uw keuze" not in text(walker, START)
    with tenant_context(tenant.pk):
        assert tenant.bank_files.count() == 0


def test_a_known_table_of_a_bank_needs_no_choice(walker: Client, tenant: Tenant) -> None:
    days = history(days=1)
    assert "Kolommen kiezen" not in text(walker, upload(walker, ("ing.csv", csv(days.part(0, 0)))))
    assert stored(tenant) == truth(days.movements())


# --- questions ---------------------------------------------------------------------------------------------------------
def test_a_gap_is_shown_on_the_chain_and_asked_about(walker: Client, gap: Tenant) -> None:
    page = text(walker, CHAIN)
    assert "ontbreekt een afschrift" in page
    assert "1 afschrift wacht op uw antwoord" in text(walker, START)
    assert text(walker, f"{CHAIN}?stand=vragen").count("ontbreekt een afschrift") == 1
    assert set(line_states(gap)) == {"held", "open", "outgoing"}


def question(client: Client) -> str:
    found = re.search(r"/t/korrel/bank/afschriften/[^/\"]+/", text(client, f"{CHAIN}?stand=vragen"))
    assert found
    return found[0]


def test_accepting_frees_the_lines_and_moves_the_books(walker: Client, gap: Tenant) -> None:
    address = question(walker)
    walker.post(f"{address}antwoord/", {"answer": "akkoord", "note": "bank bevestigd"})

    page = text(walker, address)
    assert "Door een mens akkoord bevonden" in page
    assert "bank bevestigd" in page
    assert "held" not in line_states(gap)
    with tenant_context(gap.pk):
        assert [str(update.up_to_on) for update in gap.books_updates.order_by("at", "up_to_on")] == [
            "2026-03-02",
            "2026-03-04",
        ]
        assert gap.events.filter(verb="bank_statement.accepted").count() == 1


def test_rejecting_needs_a_reason_and_keeps_the_lines_out(walker: Client, gap: Tenant) -> None:
    address = question(walker)
    held = line_states(gap)["held"]
    walker.post(f"{address}antwoord/", {"answer": "afkeuren", "note": " "})
    assert "Wacht op een antwoord" in text(walker, address)

    walker.post(f"{address}antwoord/", {"answer": "afkeuren", "note": "dubbel aangeleverd"})

    assert "dubbel aangeleverd" in text(walker, address)
    assert line_states(gap)["held"] == held > 0
    with tenant_context(gap.pk):
        assert gap.events.get(verb="bank_statement.rejected").details["note"] == "dubbel aangeleverd"


def test_the_missing_file_answers_by_itself(walker: Client, gap: Tenant) -> None:
    address = question(walker)
    page = text(walker, upload(walker, ("tussen.xml", camt(history(days=3, twins=2).part(1, 1)))))

    assert "Eén eerder afschrift sluit nu aan." in page
    assert "held" not in line_states(gap)
    answer = walker.post(f"{address}antwoord/", {"answer": "akkoord"}, follow=True)
    assert "er is niets meer te beantwoorden" in answer.content.decode()


def test_a_statement_shows_its_lines_searched_and_paged(walker: Client, tenant: Tenant) -> None:
    days = history(days=1, per_day=60)
    take(tenant, camt(days.part(0, 0)))
    address = re.findall(r"/t/korrel/bank/afschriften/[^/\"?]+/", text(walker, CHAIN))[0]
    page = text(walker, address)

    assert "62 regels" in page
    following = re.findall(r'href="([^"]+na=[^"]+)"', page)[0].replace("&amp;", "&")
    assert text(walker, following).count('<tr class="top">') == 12
    assert "Geen regel van dit afschrift past" in text(walker, f"{address}?q=bestaatniet")
    incoming = sum(movement.cents > 0 for movement in days.movements())
    assert f"{incoming} regels" in text(walker, f"{address}?richting=bij")
    first = days.movements()[0]
    assert "regel" in text(walker, f"{address}?q={abs(first.cents) // 100},{abs(first.cents) % 100:02}")


# --- accounts ----------------------------------------------------------------------------------------------------------
def test_an_account_gets_a_name_and_can_stop_counting(walker: Client, gap: Tenant) -> None:
    with tenant_context(gap.pk):
        address = f"{START}rekeningen/{gap.bank_accounts.get().pk}/"
    assert "wacht op uw antwoord" in text(walker, address)

    walker.post(address, {"name": "Zakelijk", "is_watched": ""})

    assert "Zakelijk" in text(walker, START)
    assert "Telt niet mee" in text(walker, START)
    with tenant_context(gap.pk):
        assert gap.events.get(verb="bank_account.changed").details["name"] == ["", "Zakelijk"]


@pytest.fixture
def pages(gap: Tenant) -> list[str]:
    with tenant_context(gap.pk):
        statement, file = gap.bank_statements.first(), gap.bank_files.first()
        assert statement
        assert file
        account = gap.bank_accounts.get()
    return [START, CHAIN, f"{CHAIN}{statement.pk}/", f"{START}bestanden/{file.pk}/", f"{START}rekeningen/{account.pk}/"]


def test_a_viewer_sees_everything_and_changes_nothing(client: Client, viewer: User, pages: list[str]) -> None:
    client.force_login(viewer)
    for page in pages:
        shown = text(client, page)
        assert "akkoord" not in shown
        assert "Kies bestanden" not in shown
    assert client.post(START).status_code == 403
    assert client.post(f"{pages[2]}antwoord/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_as_much_for_three_rows_as_for_one(
    walker: Client, tenant: Tenant, count: int, django_assert_num_queries: object
) -> None:
    days = history(days=3)
    for place in range(count):
        take(tenant, camt(days.part(place, place)), f"{place}.xml")
        take(tenant, camt(days.part(place, place), iban=f"NL{place:02}RABO030006526{place}"), f"r{place}.xml")
    text(walker, START)
    for address, queries in ((START, 21), (CHAIN, 16)):
        with django_assert_num_queries(queries, exact=False):  # type: ignore[operator]
            walker.get(address)
