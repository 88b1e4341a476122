"""A mailbox that catches everything: an SMTP server that delivers to nobody, and a page that shows what arrived.

For the demo and the tests only. Start it with `python -m config.runtime.mailbox`.
"""
