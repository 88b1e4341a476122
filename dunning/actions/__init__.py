"""Every write of the ladder: policies, runs, approval, holds, calls, and the second look before sending."""
