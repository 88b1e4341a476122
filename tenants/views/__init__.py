"""Pages about people, settings and the audit trail; the ladder and the invoices have their own apps."""
