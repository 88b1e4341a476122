"""A small real HTTP server that speaks Mollie's v2 API, with a bank page, for the demo and the tests.

The product's own code never imports it: it runs as a process of its own, and Mollie's official client works against
it unchanged. It knows nothing of the product; what it holds is the truth about what was "really" paid.
"""
