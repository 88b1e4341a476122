"""URLs of the queue of receipts; part of `receivables:`."""

from django.urls import URLPattern, path

from receivables.views import bank_booked, bank_lines, bank_queue, known_ibans

BASE = "t/<slug:slug>/bank/"
LINE = f"{BASE}regels/<uuid:pk>/"

urlpatterns: list[URLPattern] = [
    path(f"{BASE}te-verwerken/", bank_queue.bank_queue, name="bank_queue"),
    path(f"{BASE}te-verwerken/akkoord/", bank_booked.bank_queue_bulk, name="bank_queue_bulk"),
    path(f"{BASE}te-verwerken/ongedaan/", bank_lines.bank_queue_undo, name="bank_queue_undo"),
    path(f"{BASE}afschrijvingen/", bank_booked.bank_debits, name="bank_debits"),
    path(f"{BASE}geboekt/", bank_booked.bank_booked, name="bank_booked"),
    path(f"{LINE}akkoord/", bank_lines.bank_line_accept, name="bank_line_accept"),
    path(f"{LINE}klant/", bank_lines.bank_line_customer, name="bank_line_customer"),
    path(f"{LINE}splitsen/", bank_lines.bank_line_split, name="bank_line_split"),
    path(f"{LINE}apart/", bank_lines.bank_line_set_aside, name="bank_line_set_aside"),
    path(f"{LINE}terug/", bank_lines.bank_line_return, name="bank_line_return"),
    path(f"{LINE}ongedaan/", bank_lines.bank_line_undo, name="bank_line_undo"),
    path(
        "t/<slug:slug>/klanten/rekeningen/<uuid:pk>/vergeten/", known_ibans.known_iban_forget, name="known_iban_forget"
    ),
]
