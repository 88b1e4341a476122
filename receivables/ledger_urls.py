"""URLs of the ledger: its checks, write-offs and discounts; part of `receivables:`."""

from django.urls import URLPattern, path

from receivables.views import ledger

urlpatterns: list[URLPattern] = [
    path("t/<slug:slug>/grootboek/", ledger.ledger, name="ledger"),
    path("t/<slug:slug>/grootboek/controleren/", ledger.ledger_check_now, name="ledger_check_now"),
    path("t/<slug:slug>/facturen/<uuid:pk>/boekingen/", ledger.bookings, name="bookings"),
    path("t/<slug:slug>/boekingen/<uuid:pk>/terugdraaien/", ledger.booking_reverse, name="booking_reverse"),
    path("t/<slug:slug>/betalingen/<uuid:pk>/terugdraaien/", ledger.payment_reverse, name="payment_reverse"),
]
