"""What is owed: customers, invoices, the ledger, payments, and the files they came from."""

from receivables.models.customers import Contact, Customer, Note, Segment
from receivables.models.files import StoredFile
from receivables.models.imports import BooksUpdate, ColumnMapping, ImportBatch, InvoiceRevision
from receivables.models.invoices import Invoice
from receivables.models.ledger import LedgerEntry, Payment, PaymentReturn
from receivables.models.paying import PayLink, PspAccount, PspPayment, PspPaymentLine
from receivables.models.rates import StatutoryRate
from receivables.models.vat import VatReclaim

__all__ = [
    "BooksUpdate",
    "ColumnMapping",
    "Contact",
    "Customer",
    "ImportBatch",
    "Invoice",
    "InvoiceRevision",
    "LedgerEntry",
    "Note",
    "PayLink",
    "Payment",
    "PaymentReturn",
    "PspAccount",
    "PspPayment",
    "PspPaymentLine",
    "Segment",
    "StatutoryRate",
    "StoredFile",
    "VatReclaim",
]
