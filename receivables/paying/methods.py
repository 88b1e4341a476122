"""Ways to pay at the PSP. iDEAL | Wero comes first; the others are what the tenant's own account offers (its last check)."""

from __future__ import annotations

import re
from typing import Final

from receivables.models import PspAccount

FIRST: Final = "ideal"
AT_THE_PSP: Final = ""  # the PSP's own page asks
_NAME: Final = re.compile(r"[a-z0-9_]{1,30}")


def offered(account: PspAccount | None) -> dict[str, str]:
    """Id and description of what the account offers, as its last check found it; empty before the first."""
    rows = account.methods if account and isinstance(account.methods, list) else []
    found = {str(row.get("id", "")): str(row.get("description", ""))[:60] for row in rows if isinstance(row, dict)}
    return {name: label for name, label in found.items() if _NAME.fullmatch(name)}


def first(account: PspAccount | None) -> str:
    """The method of the large button."""
    names = list(offered(account))
    return FIRST if not names or FIRST in names else names[0]


def others(account: PspAccount | None, words: dict[str, str]) -> list[tuple[str, str]]:
    """The other buttons, named in the language of the page where we know the method."""
    names = offered(account)
    listed = [(name, words.get(f"method_{name}", label)) for name, label in names.items() if name != first(account)]
    return listed or [(AT_THE_PSP, words["method_other"])]


def known(account: PspAccount, posted: str | None) -> str:
    """What somebody chose, when there is such a choice; otherwise the PSP's own page asks."""
    if posted is None:
        return first(account)
    return posted if posted == first(account) or posted in offered(account) else AT_THE_PSP
