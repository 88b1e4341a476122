"""Dashboard and lists with many tenants, beside the bare SQL: `python -m tests.bench.bench_screens [tenants] [invoices each]`.

Default 200 tenants x 5,000 invoices. Product and bare SQL take turns, so that both meet the same machine. The product is
timed through Django's handler with everything in it (session, access, template); the bare SQL is the query that finds the
rows of that screen, by the same role in the same kind of transaction. Aim: p95 <= 2x bare SQL p95 + 15 ms.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec

from tests import embedded

os.environ.update(embedded.environment())
os.environ.update(
    {
        "SECRET_KEY": "bench-only-" + "0123456789" * 5,
        "DEBUG": "0",
        "FIELD_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_HOSTS": "testserver",
        "PUBLIC_URL": "http://localhost:8000",
    }
)

import django  # the environment comes first

django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402

from tenants.context import tenant_context  # noqa: E402
from tenants.models import Membership, Role, Tenant, User  # noqa: E402

P = ParamSpec("P")
ROUNDS = 60
PER_CUSTOMER = 4

FILL = """
INSERT INTO tenants_tenant (id, name, slug, code, street, postcode, city, country, kvk_number, vat_number, iban, iban_name,
    email, phone, website, logo_media_type, brand_colour, reply_domain, run_weekday, run_hour, approves_automatically,
    fresh_amber_days, fresh_red_days, sending_frozen, created_at)
SELECT n, 'Administratie ' || n, 'a' || n, 'a' || n, '', '', '', 'NL', '', '', '', '', '', '', '', '', '#1f4e5f', '',
    0, 9, false, 7, 14, false, now() FROM generate_series(1000, 999 + %(tenants)s) n;
CREATE TEMP TABLE made AS
SELECT t.n AS tenant_id, c.n AS place, gen_random_uuid() AS id
FROM generate_series(1000, 999 + %(tenants)s) t(n), generate_series(1, %(customers)s) c(n);
INSERT INTO receivables_customer (tenant_id, id, number, name, name_key, legal_form, is_government, is_large, kvk_number,
    vat_number, email, phone, street, postcode, city, country, language, is_informal, insolvency, insolvency_note, created_at)
SELECT tenant_id, id, place::text, 'Klant ' || md5(place::text), 'klant ' || md5(place::text), 'unknown', false, false, '', '',
    'k@klant.example', '', '', '', 'Utrecht', 'NL', 'nl', false, 'none', '', now() FROM made;
INSERT INTO receivables_invoice (tenant_id, id, customer_id, kind, number, number_key, issued_on, due_on, due_date_basis,
    currency, total_amount, open_amount, description, payment_reference, order_reference, credits_number, lines, warnings,
    source_hash, created_at)
SELECT m.tenant_id, gen_random_uuid(), m.id, 'invoice', i.number, i.number, current_date - i.age - 14, current_date - i.age,
    'agreed', 'EUR', i.amount, CASE WHEN i.age %% 5 < 2 THEN i.amount ELSE 0 END, '', '', '', '', '[]', '[]', '', now()
FROM made m, LATERAL (SELECT '2026-' || m.place || '-' || k AS number,
    ((hashtext(m.place || '/' || k) & 1023) %% 220) - 30 AS age,
    ((hashtext(k || '/' || m.place) & 65535) + 100) / 100.0 AS amount FROM generate_series(1, %(each)s) k) i;
ANALYZE;
"""

PAGE_OF_OPEN = """
SELECT i.id, i.number, i.due_on, i.open_amount, i.total_amount, c.name FROM receivables_invoice i
JOIN receivables_customer c ON c.id = i.customer_id
WHERE i.tenant_id = %(tenant)s AND i.open_amount <> 0 AND i.open_amount > 0 ORDER BY i.due_on, i.id LIMIT 51
"""
COUNT_OF_OPEN = """
SELECT count(*), sum(open_amount) FROM (SELECT open_amount FROM receivables_invoice
WHERE tenant_id = %(tenant)s AND open_amount <> 0 AND open_amount > 0 LIMIT 10001) open
"""
AGEING = """
SELECT width_bucket(current_date - due_on, ARRAY[1, 31, 61, 91]), sum(open_amount), count(*) FROM receivables_invoice
WHERE tenant_id = %(tenant)s AND open_amount <> 0 GROUP BY 1
"""
LARGEST = """
SELECT customer_id, sum(open_amount), min(due_on) FROM receivables_invoice
WHERE tenant_id = %(tenant)s AND open_amount <> 0 AND due_on < current_date GROUP BY 1 ORDER BY 2 DESC LIMIT 51
"""
NUMBER = """
SELECT id, number FROM receivables_invoice WHERE tenant_id = %(tenant)s AND number_key LIKE '2026-7%%'
AND open_amount <> 0 ORDER BY due_on, id LIMIT 51
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen and the queries that would be enough to find its rows."""

    label: str
    path: str
    queries: tuple[str, ...]


SCREENS = (
    Screen("dashboard", "/t/{slug}/", (AGEING, LARGEST)),
    Screen("invoices", "/t/{slug}/facturen/", (PAGE_OF_OPEN, COUNT_OF_OPEN)),
    Screen("invoices, search", "/t/{slug}/facturen/?q=2026-7", (NUMBER,)),
    Screen("customers, largest", "/t/{slug}/klanten/?sorteer=-open", (LARGEST,)),
)


def main(tenants: int, each: int) -> None:
    with database():
        fill(tenants=tenants, each=each)
        client = log_in()
        _say(f"{tenants} tenants x {each:,} invoices, {ROUNDS} rounds; p50 / p95 in ms")
        for screen in SCREENS:
            _say(measure(client, screen, tenants=tenants))


def measure(client: Client, screen: Screen, *, tenants: int) -> str:
    product, bare = [], []
    for turn in range(ROUNDS + 5):
        number = 1000 + turn * 7 % tenants
        took_bare = timed(run_bare, screen, number)
        took_page = timed(get, client, screen.path.format(slug=f"a{number}"))
        if turn >= 5:
            bare.append(took_bare)
            product.append(took_page)
    limit = 2 * p95(bare) + 15
    verdict = "ok" if p95(product) <= limit else "TOO SLOW"
    return (
        f"{screen.label:<20} page {statistics.median(product):6.1f} / {p95(product):6.1f}   "
        f"bare SQL {statistics.median(bare):6.1f} / {p95(bare):6.1f}   allowed {limit:6.1f}  {verdict}"
    )


def timed(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    began = time.perf_counter()
    call(*args, **kwargs)
    return (time.perf_counter() - began) * 1000


def run_bare(screen: Screen, tenant_id: int) -> None:
    with tenant_context(tenant_id), connection.cursor() as cursor:
        for query in screen.queries:
            cursor.execute(query, {"tenant": tenant_id})
            cursor.fetchall()


def get(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def log_in() -> Client:
    user = User.objects.create_user("bench@voorbeeld.example", "bench")
    Membership.objects.bulk_create(
        Membership(user=user, tenant=tenant, role=Role.BOOKKEEPER)
        for tenant in Tenant.objects.filter(slug__startswith="a")
    )
    client = Client()
    client.force_login(user)
    return client


def fill(*, tenants: int, each: int) -> None:
    """Straight into the tables, by the superuser: what is measured is reading."""
    began = time.perf_counter()
    values = {"tenants": tenants, "customers": each // PER_CUSTOMER, "each": PER_CUSTOMER}
    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        with psycopg.ClientCursor(admin) as cursor:
            cursor.execute(FILL, values)
        admin.execute("VACUUM ANALYZE")
    _say(f"filled in {time.perf_counter() - began:.0f} s")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def database() -> Iterator[None]:
    embedded.start_server()
    embedded.create_database()
    embedded.REDIS.start()
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    try:
        yield
    finally:
        connections.close_all()
        embedded.REDIS.stop()
        embedded.stop_server()


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(*(numbers if len(numbers) == 2 else (200, 5000)))
