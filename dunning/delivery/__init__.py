"""Handing notices to the mail provider: reserve, prepare, claim, call once, record. States and borders: docs/sending.md."""
