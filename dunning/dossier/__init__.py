"""The file that goes along with a handover: what is claimed, every letter as sent, the invoices and what happened (Bki 5.1)."""
