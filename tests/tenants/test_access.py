"""The doors: who gets in, who gets 404, who gets 403, and what a request leaves behind."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.utils import InternalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, override_settings
from django.urls import path

from config.urls import urlpatterns as product_urls
from tenants import access, audit
from tenants.access import OfficeRequest, StaffRequest, TenantRequest
from tenants.context import tenant_context
from tenants.facts import memberships_on, offices_of, tenants_of
from tenants.models import Event, Membership, Office, Role, Tenant, User
from tenants.permissions import Permission
from tests.factories import NOW, MembershipFactory, OfficeFactory, TenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@access.tenant_view(Permission.SEE, write=Permission.HOLD)
def page(request: TenantRequest) -> HttpResponse:
    return HttpResponse(f"{request.tenant.slug} {request.membership.role} {Permission.HOLD in request.may}")


@access.tenant_view(Permission.SEE)
def read_only(request: TenantRequest, number: int) -> HttpResponse:
    return HttpResponse(str(number))


@access.tenant_view(Permission.SEE)
def writes_on_get(request: TenantRequest) -> HttpResponse:
    record(request)
    return HttpResponse()


@access.tenant_view(Permission.HOLD)
def fails_after_write(request: TenantRequest) -> HttpResponse:
    record(request)
    raise ValueError("after the write")


@access.tenant_view(Permission.HOLD)
def answers_500(request: TenantRequest) -> HttpResponse:
    record(request)
    return HttpResponse(status=503)


@access.tenant_view(Permission.HOLD)
def writes(request: TenantRequest) -> HttpResponse:
    record(request)
    return HttpResponse()


@access.tenant_view(Permission.HOLD)
def recorded(request: TenantRequest) -> HttpResponse:
    audit.record(request.tenant, "test.done", now=NOW)
    return HttpResponse()


@access.tenant_view(Permission.SEE)
def late_template(request: TenantRequest) -> HttpResponse:
    template = engines["django"].from_string("{% for event in events %}{{ event.verb }}{% endfor %}")
    return TemplateResponse(request, template, {"events": request.tenant.events.all()})


@access.tenant_view(Permission.SEE)
def streamed(request: TenantRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse([b"too late"])


@access.office_view(Permission.SEE_OFFICE, write=Permission.MANAGE_OFFICE)
def office_page(request: OfficeRequest) -> HttpResponse:
    visible = Event.across_tenants.order_by("at").values_list("tenant__slug", flat=True)
    return HttpResponse(f"{[tenant.slug for tenant in request.tenants]} {list(visible)}")


@access.login_view
def own_page(request: StaffRequest) -> HttpResponse:
    return HttpResponse(request.user.email)


@access.public_view
def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


def record(request: TenantRequest) -> None:
    request.tenant.events.create(at=NOW, verb="test.done")


urlpatterns = [
    path("t/<slug:slug>/", page),
    path("t/<slug:slug>/read/<int:number>/", read_only),
    path("t/<slug:slug>/writes_on_get/", writes_on_get),
    path("t/<slug:slug>/fails/", fails_after_write),
    path("t/<slug:slug>/503/", answers_500),
    path("t/<slug:slug>/writes/", writes),
    path("t/<slug:slug>/recorded/", recorded),
    path("t/<slug:slug>/late/", late_template),
    path("t/<slug:slug>/streamed/", streamed),
    path("o/<slug:slug>/", office_page),
    path("own/", own_page),
    path("open/", open_page),
    *product_urls,  # the frame around every page links to them
]


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("bookkeeper", b"korrel bookkeeper True"),
        ("viewer", b"korrel viewer False"),
        ("owner", b"korrel tenant_owner False"),
        ("office_admin", b"korrel office_admin True"),
        ("office_staff", b"korrel office_staff True"),
        ("named_staff", b"korrel office_staff True"),
    ],
)
def test_member_enters_with_the_rights_of_the_role(
    who: str, answer: bytes, tenant: Tenant, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))

    assert client.get("/t/korrel/").content == answer


def test_stranger_gets_404_and_so_does_everybody_for_an_unknown_tenant(
    tenant: Tenant, stranger: User, bookkeeper: User, client: Client
) -> None:
    client.force_login(stranger)
    assert client.get("/t/korrel/").status_code == 404
    assert client.post("/t/korrel/").status_code == 404

    client.force_login(bookkeeper)
    assert client.get("/t/bestaat-niet/").status_code == 404


def test_named_staff_reaches_only_the_named_tenant(sibling_tenant: Tenant, named_staff: User, client: Client) -> None:
    client.force_login(named_staff)

    assert client.get("/t/korrel/").status_code == 200
    assert client.get("/t/zuid/").status_code == 404


def test_removed_member_is_a_stranger_at_the_next_request(bookkeeper: User, client: Client) -> None:
    client.force_login(bookkeeper)
    assert client.get("/t/korrel/").status_code == 200

    Membership.objects.filter(user=bookkeeper).delete()

    assert client.get("/t/korrel/").status_code == 404


def test_inactive_user_must_log_in(bookkeeper: User, client: Client) -> None:
    client.force_login(bookkeeper)
    User.objects.filter(pk=bookkeeper.pk).update(is_active=False)

    assert client.get("/t/korrel/").status_code == 302


def test_role_that_falls_short_gets_a_page_that_says_so(viewer: User, client: Client) -> None:
    client.force_login(viewer)

    response = client.post("/t/korrel/")

    assert response.status_code == 403
    assert "blokkades en afspraken vastleggen" in response.content.decode()
    assert "Meekijker" in response.content.decode()


def test_view_that_only_asks_to_see_takes_no_post(bookkeeper: User, client: Client) -> None:
    client.force_login(bookkeeper)

    assert client.get("/t/korrel/read/7/").content == b"7"
    assert client.post("/t/korrel/read/7/").status_code == 405


def test_visitor_is_sent_to_log_in_and_back(tenant: Tenant, client: Client) -> None:
    assert client.get("/t/korrel/?pagina=2").headers["Location"] == "/account/login/?next=%2Ft%2Fkorrel%2F%3Fpagina%3D2"
    assert client.get("/own/").headers["Location"] == "/account/login/?next=%2Fown%2F"
    assert client.get("/open/").content == b"open"


def test_fragment_of_a_visitor_redirects_the_whole_page(tenant: Tenant, client: Client) -> None:
    response = client.get("/t/korrel/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/t/korrel/"})

    assert response.status_code == 200
    assert response.headers["HX-Redirect"].startswith("/account/login/?next=")


def test_get_cannot_write(bookkeeper: User, client: Client) -> None:
    client.force_login(bookkeeper)

    with pytest.raises(InternalError, match="read-only transaction"):
        client.get("/t/korrel/writes_on_get/")


@pytest.mark.parametrize(("url", "events"), [("fails", 0), ("503", 0), ("writes", 1)])
def test_failed_request_leaves_nothing(url: str, events: int, bookkeeper: User, inside: Tenant, client: Client) -> None:
    client.raise_request_exception = False
    client.force_login(bookkeeper)

    response = client.post(f"/t/korrel/{url}/")

    assert response.status_code == (200 if events else 500 if url == "fails" else 503)
    assert inside.events.count() == events


def test_event_says_from_where_without_being_told(bookkeeper: User, inside: Tenant, client: Client) -> None:
    client.force_login(bookkeeper)
    client.post("/t/korrel/recorded/", REMOTE_ADDR="192.0.2.77")

    assert inside.events.get().ip_address == "192.0.2.77"
    assert audit.record(inside, "test.later", now=NOW).ip_address is None


def test_lazy_template_is_rendered_while_the_rows_are_visible(bookkeeper: User, inside: Tenant, client: Client) -> None:
    inside.events.create(at=NOW, verb="test.seen")
    client.force_login(bookkeeper)

    assert client.get("/t/korrel/late/").content == b"test.seen"


def test_streamed_answer_is_refused(bookkeeper: User, client: Client) -> None:
    client.force_login(bookkeeper)

    with pytest.raises(TypeError, match="streamed"):
        client.get("/t/korrel/streamed/")


@pytest.mark.django_db(transaction=True)
def test_request_leaves_no_tenant_on_the_connection(bookkeeper: User, client: Client) -> None:
    client.force_login(bookkeeper)
    client.post("/t/korrel/writes/")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), current_setting('app.tenant_ids', true) FROM tenants_event GROUP BY 2")
        assert cursor.fetchall() == []
        cursor.execute("SELECT nullif(current_setting('app.tenant_ids', true), '')")
        assert cursor.fetchone() == (None,)


def test_office_page_reads_the_tenants_this_person_may_see(
    tenant: Tenant,
    sibling_tenant: Tenant,
    stranger_tenant: Tenant,
    office_staff: User,
    named_staff: User,
    bookkeeper: User,
    client: Client,
) -> None:
    for one in (tenant, sibling_tenant, stranger_tenant):
        with tenant_context(one.pk):
            one.events.create(at=NOW, verb="test.done")

    client.force_login(office_staff)
    assert client.get("/o/van-dijk/").content == b"['korrel', 'zuid'] ['korrel', 'zuid']"
    assert client.post("/o/van-dijk/").status_code == 403
    client.force_login(named_staff)
    assert client.get("/o/van-dijk/").content == b"['korrel'] ['korrel']"
    client.force_login(bookkeeper)
    assert client.get("/o/van-dijk/").status_code == 404


@override_settings(REQUIRE_OFFICE_MFA=True)
def test_office_that_asks_two_steps_sends_its_staff_there_first(
    tenant: Tenant, office_staff: User, bookkeeper: User, client: Client
) -> None:
    client.force_login(office_staff)
    assert client.get("/t/korrel/").headers["Location"] == "/account/2fa/"

    client.force_login(bookkeeper)
    assert client.get("/t/korrel/").status_code == 200


def test_named_tenant_of_another_office_gives_no_way_in(office: Office, client: Client) -> None:
    elsewhere = TenantFactory.make(office=OfficeFactory.make())
    membership = MembershipFactory.make(office=office, role=Role.OFFICE_STAFF, all_tenants=False)
    membership.named_tenants.add(elsewhere)

    assert memberships_on(membership.user, elsewhere) == []
    assert list(tenants_of(membership.user)) == []


def test_tenant_without_office_is_closed_to_every_office(stranger_tenant: Tenant, office_admin: User) -> None:
    assert memberships_on(office_admin, stranger_tenant) == []


def test_tenants_and_offices_of_a_person(
    tenant: Tenant, sibling_tenant: Tenant, stranger_tenant: Tenant, office: Office, named_staff: User
) -> None:
    MembershipFactory.make(user=named_staff, tenant=stranger_tenant, role=Role.VIEWER)

    assert list(tenants_of(named_staff)) == [tenant, stranger_tenant]
    assert list(tenants_of(named_staff, office)) == [tenant]
    assert list(offices_of(named_staff)) == [office]
