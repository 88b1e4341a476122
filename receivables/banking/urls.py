"""URLs of bank files, accounts and statements; part of `receivables:`."""

from django.urls import URLPattern, path

from receivables.views import bank_statements, banking

BASE = "t/<slug:slug>/bank/"

urlpatterns: list[URLPattern] = [
    path(BASE, banking.bank, name="bank"),
    path(f"{BASE}inlezen/<uuid:pk>/", banking.bank_upload, name="bank_upload"),
    path(f"{BASE}bestanden/<uuid:pk>/", banking.bank_file, name="bank_file"),
    path(f"{BASE}kolommen/<uuid:pk>/", banking.bank_columns, name="bank_columns"),
    path(f"{BASE}kolommen/<uuid:pk>/weggooien/", banking.bank_columns_cancel, name="bank_columns_cancel"),
    path(f"{BASE}rekeningen/<uuid:pk>/", banking.bank_account, name="bank_account"),
    path(f"{BASE}afschriften/", bank_statements.bank_statements, name="bank_statements"),
    path(f"{BASE}afschriften/<uuid:pk>/", bank_statements.bank_statement, name="bank_statement"),
    path(f"{BASE}afschriften/<uuid:pk>/antwoord/", bank_statements.bank_statement_answer, name="bank_statement_answer"),
]
