"""Which invoices does this money pay? Receipts in, proposals with a score and reasons out; plain Python, no database."""

from receivables.domain.matching.proposing import propose

__all__ = ["propose"]
