"""URLs of disputes, promises, plans and messages for staff; part of `dunning:`."""

from django.urls import URLPattern, path

from dunning.views import arrangements, disputes, messages, plans

TENANT = "t/<slug:slug>/"
CUSTOMER = f"{TENANT}klanten/<uuid:pk>/"
urlpatterns: list[URLPattern] = [
    path(f"{TENANT}afspraken/", disputes.disputes, name="arrangements"),
    path(f"{TENANT}afspraken/toezeggingen/", arrangements.promises, name="arrangements_promises"),
    path(f"{TENANT}afspraken/regelingen/", plans.plans, name="arrangements_plans"),
    path(f"{CUSTOMER}betwisting/", disputes.dispute_new, name="dispute_new"),
    path(f"{TENANT}betwistingen/<uuid:pk>/", disputes.dispute, name="dispute"),
    path(f"{TENANT}betwistingen/<uuid:pk>/wijzigen/", disputes.dispute_change, name="dispute_change"),
    path(f"{CUSTOMER}toezegging/", arrangements.promise_new, name="promise_new"),
    path(f"{TENANT}toezeggingen/<uuid:pk>/intrekken/", arrangements.promise_withdraw, name="promise_withdraw"),
    path(f"{CUSTOMER}regeling/", plans.plan_new, name="plan_new"),
    path(f"{TENANT}regelingen/<uuid:pk>/", plans.plan, name="plan"),
    path(f"{TENANT}regelingen/<uuid:pk>/akkoord/", plans.plan_accept, name="plan_accept"),
    path(f"{TENANT}regelingen/<uuid:pk>/afwijzen/", plans.plan_reject, name="plan_reject"),
    path(f"{TENANT}regelingen/<uuid:pk>/beeindigen/", plans.plan_end, name="plan_end"),
    path(f"{TENANT}regelingen/<uuid:pk>/termijnen/", plans.plan_change, name="plan_change"),
    path(f"{TENANT}berichten/", messages.inbox, name="messages"),
    path(f"{TENANT}berichten/<uuid:pk>/", messages.message, name="message"),
    path(f"{TENANT}berichten/<uuid:pk>/doorsturen/", messages.message_forward, name="message_forward"),
]
