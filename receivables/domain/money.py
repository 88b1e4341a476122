"""Money: euro amounts in whole cents, rounded half up in this one module (Dutch commercial rounding)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in euro with exactly two decimals; may be negative (a credit)."""

    amount: Decimal

    @classmethod
    def of(cls, value: str | int | Decimal) -> Money:
        """Take an exact amount; more than two decimals raises ValueError, for nothing may be rounded silently."""
        exact = Decimal(value)
        if not exact.is_finite():
            raise ValueError(f"{value!r} is not an amount")
        rounded = exact.quantize(CENT)
        if rounded != exact:
            raise ValueError(f"{value!r} has more than two decimals")
        return cls(rounded)

    @classmethod
    def rounded(cls, value: Decimal) -> Money:
        """Round a computed value half up to whole cents."""
        return cls(value.quantize(CENT, rounding=ROUND_HALF_UP))

    @classmethod
    def from_cents(cls, cents: int) -> Money:
        return cls(cents * CENT) if cents else _ZERO

    @classmethod
    def zero(cls) -> Money:
        return _ZERO

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        return cls(sum((money.amount for money in amounts), start=_ZERO.amount))

    @property
    def cents(self) -> int:
        return int(self.amount * 100)

    def times(self, factor: Decimal | int) -> Money:
        return Money.rounded(self.amount * factor)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + other.amount)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - other.amount)

    def __neg__(self) -> Money:
        return Money(-self.amount)

    def __abs__(self) -> Money:
        return Money(abs(self.amount))

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: Money) -> bool:
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        return self.amount > other.amount

    def __ge__(self, other: Money) -> bool:
        return self.amount >= other.amount

    def __str__(self) -> str:
        return f"{self.amount:.2f}"


_ZERO = Money(Decimal("0.00"))
