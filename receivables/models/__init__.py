"""What is owed: customers, invoices, the ledger, payments, and the files they came from."""

from receivables.models.banking import (
    BankAccount,
    BankBooking,
    BankFile,
    BankLine,
    BankLineSighting,
    BankStatement,
    KnownIban,
)
from receivables.models.customers import Contact, Customer, Note, Segment
from receivables.models.files import StoredFile
from receivables.models.imports import BooksUpdate, ColumnMapping, ImportBatch, InvoiceRevision
from receivables.models.invoices import Invoice
from receivables.models.ledger import LedgerCheck, LedgerEntry, Payment, PaymentReturn
from receivables.models.paying import PayLink, PspAccount, PspPayment, PspPaymentLine, PspRefund
from receivables.models.rates import StatutoryRate
from receivables.models.settlements import PspSettlement, PspSettlementLine
from receivables.models.vat import VatReclaim

__all__ = [
    "BankAccount",
    "BankBooking",
    "BankFile",
    "BankLine",
    "BankLineSighting",
    "BankStatement",
    "BooksUpdate",
    "ColumnMapping",
    "Contact",
    "Customer",
    "ImportBatch",
    "Invoice",
    "InvoiceRevision",
    "KnownIban",
    "LedgerCheck",
    "LedgerEntry",
    "Note",
    "PayLink",
    "Payment",
    "PaymentReturn",
    "PspAccount",
    "PspPayment",
    "PspPaymentLine",
    "PspRefund",
    "PspSettlement",
    "PspSettlementLine",
    "Segment",
    "StatutoryRate",
    "StoredFile",
    "VatReclaim",
]
