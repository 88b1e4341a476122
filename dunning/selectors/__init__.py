"""Reads for the screens of the ladder: why (not), the timeline of a customer, what asks for a human."""
