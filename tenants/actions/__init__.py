"""Every write to people, settings and offices; each leaves an event."""
