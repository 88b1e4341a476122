"""The running balance under an interest sum, in whole cents: what is open, and what 6:44 BW takes from it."""

from __future__ import annotations


class Balance:
    """Costs, interest and principal of one claim while the days go by. No component is ever below zero."""

    __slots__ = ("capitalised", "costs", "paid", "prepaid", "principal", "running", "surplus")

    def __init__(self, principal: int, costs: int) -> None:
        if principal < 0 or costs < 0:
            raise ValueError("a claim is never negative; a surplus is a credit")
        self.principal, self.costs = principal, costs
        self.capitalised = self.running = 0  # interest that bears interest itself, and that of the running year
        self.paid = self.surplus = 0
        self.prepaid = 0  # interest booked as paid before these sums know of it; the next interest settles it

    @property
    def interest(self) -> int:
        return self.capitalised + self.running

    @property
    def accrued(self) -> int:
        return self.paid + self.capitalised + self.running

    def accrue(self, cents: int) -> None:
        self.running += cents
        if self.prepaid:
            settled = min(cents, self.prepaid)
            self.prepaid -= settled
            self._settle_interest(settled)

    def close_year(self) -> None:
        """The unpaid interest of the year joins the base (6:119 lid 2, 6:119a lid 3)."""
        self.capitalised += self.running
        self.running = 0

    def pay(self, cents: int) -> tuple[int, int, int, int]:
        """Costs, interest, principal (6:44 lid 1), and what is left over."""
        to_costs = min(cents, self.costs)
        to_interest = min(cents - to_costs, self.interest)
        to_principal = min(cents - to_costs - to_interest, self.principal)
        left_over = cents - to_costs - to_interest - to_principal
        self.costs -= to_costs
        self._settle_interest(to_interest)
        self.principal -= to_principal
        self.surplus += left_over
        return to_costs, to_interest, to_principal, left_over

    def move(self, principal: int, interest: int, costs: int) -> None:
        """A movement somebody else divided. What a component cannot bear stays visible as surplus."""
        self.principal = self._at_least_nothing(self.principal + principal)
        self.costs = self._at_least_nothing(self.costs + costs)
        if interest < 0:
            taken = min(-interest, self.interest)
            self._settle_interest(taken)
            self.prepaid += -interest - taken
        else:
            self._bring_back_interest(interest)

    def _settle_interest(self, cents: int) -> None:
        older = min(cents, self.capitalised)
        self.capitalised -= older
        self.running -= cents - older
        self.paid += cents

    def _bring_back_interest(self, cents: int) -> None:
        """Undo what was paid; interest that never was paid here came in from elsewhere, and counts as accrued."""
        unused = min(cents, self.prepaid)
        self.prepaid -= unused
        self.paid -= min(cents - unused, self.paid)
        self.running += cents - unused

    def _at_least_nothing(self, cents: int) -> int:
        self.surplus += max(-cents, 0)
        return max(cents, 0)
