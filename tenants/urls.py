"""URLs of this app; names are `tenants:...`."""

from django.urls import path

from tenants.views import events, home, invitation, office_settings, people, settings, switcher

app_name = "tenants"
urlpatterns = [
    path("", home.home, name="home"),
    path("wissel/", switcher.switcher, name="switcher"),
    path("uitnodiging/<str:token>/", invitation.invitation, name="invitation"),
    path("t/<slug:slug>/mensen/", people.tenant_list, name="people"),
    path("t/<slug:slug>/mensen/uitnodigen/", people.tenant_invite, name="people_invite"),
    path("t/<slug:slug>/mensen/<int:pk>/rol/", people.tenant_role, name="people_role"),
    path("t/<slug:slug>/mensen/<int:pk>/weg/", people.tenant_remove, name="people_remove"),
    path("t/<slug:slug>/mensen/uitnodiging/<int:pk>/", people.tenant_invitation, name="people_invitation"),
    path("t/<slug:slug>/instellingen/", settings.settings, name="settings"),
    path("t/<slug:slug>/instellingen/logo/", settings.logo_upload, name="settings_logo"),
    path("t/<slug:slug>/instellingen/noodstop/", settings.freeze, name="settings_freeze"),
    path("t/<slug:slug>/logo/", settings.logo, name="logo"),
    path("t/<slug:slug>/logboek/", events.events, name="events"),
    path("o/<slug:slug>/instellingen/", office_settings.office_settings, name="office_settings"),
    path("o/<slug:slug>/mensen/", people.office_list, name="office_people"),
    path("o/<slug:slug>/mensen/uitnodigen/", people.office_invite, name="office_people_invite"),
    path("o/<slug:slug>/mensen/<int:pk>/rol/", people.office_role, name="office_people_role"),
    path("o/<slug:slug>/mensen/<int:pk>/weg/", people.office_remove, name="office_people_remove"),
    path("o/<slug:slug>/mensen/uitnodiging/<int:pk>/", people.office_invitation, name="office_people_invitation"),
]
