"""The demo: invented people and invoices, and a clock that can be moved ahead. Nothing here works without DEMO=1."""
