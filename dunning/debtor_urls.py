"""URLs of the ways out for debtors beside paying, and of the authenticity page; part of `dunning:`."""

from django.urls import URLPattern, path

from dunning.views.debtor import arrange, done, genuine, messages
from receivables.paying import address  # noqa: F401 # registers the converter `door`

urlpatterns: list[URLPattern] = [
    path("b/<door:door>/al-betaald", messages.paid, name="debtor_paid"),
    path("b/<door:door>/vraag", messages.question, name="debtor_question"),
    path("b/<door:door>/verkeerde-persoon", messages.wrong_person, name="debtor_wrong_person"),
    path("b/<door:door>/niet-eens", arrange.dispute, name="debtor_dispute"),
    path("b/<door:door>/later", arrange.later, name="debtor_later"),
    path("b/<door:door>/in-delen", arrange.plan, name="debtor_plan"),
    path("b/<door:door>/hulp", done.help_with_debts, name="debtor_help"),
    path("b/<door:door>/ontvangen/<uuid:form>", done.done, name="debtor_done"),
    path("echt/", genuine.genuine, name="genuine"),
    path("echt/<slug:code>/", genuine.genuine_of, name="genuine_of"),
]
