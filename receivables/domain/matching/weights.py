"""How much each piece of evidence weighs. The one table: a score is the sum of what speaks for it less what speaks against it.

Three kinds of evidence are independent of each other: what the text names, who pays, and how much. Two full ones that
agree come to 95; one alone never does. Sums are cut off at 100, and by the caps below.
"""

from __future__ import annotations

from typing import Final

from receivables.domain.matching.values import Evidence

CERTAIN: Final = 95

# What the text names. A short number is weak: it may be an amount, a house number or a year.
REFERENCE: Final = 55
NUMBER: Final = 52
NUMBER_WRITTEN: Final = 48
NUMBER_JOINED: Final = 34  # digits of a number without separators, joined over a space
NUMBER_DOUBTFUL: Final = 28  # all of it, yet in the shape of a date, an amount, a phone number
NUMBER_OF_DIGITS: Final = {5: 38, 4: 26, 3: 12}  # and no word in front that says "invoice"
NUMBER_TINY: Final = 14  # one or two digits, behind such a word
ENDING: Final = 30
ENDING_SHORT: Final = 18
IN_LIST: Final = 44  # an ending beside a full number of the same debtor
LIKE: Final = 12
TELLS: Final = 26  # from here on a number says something, also against

# Who pays. The best counts in full, the rest for a third, together no more than MOST_WHO.
WHO: Final = {
    Evidence.IBAN: 50,
    Evidence.NAME: 40,
    Evidence.DEBTOR_NUMBER: 45,
    Evidence.NAME_IN_TEXT: 32,
    Evidence.NAME_LIKE: 20,
}
DEBTOR_NUMBER_BARE: Final = 25  # no word in front that says "customer number"
MOST_WHO: Final = 65

# How much.
AMOUNT: Final = {
    Evidence.AMOUNT: 45,
    Evidence.AMOUNT_PRINCIPAL: 43,
    Evidence.SUM: 51,
    Evidence.SUM_LESS_CREDIT: 45,
    Evidence.ALL_OPEN: 45,
    Evidence.PART: 5,
    Evidence.MORE: 5,
}
AMOUNT_UNNAMED: Final = {Evidence.SUM: 33, Evidence.SUM_LESS_CREDIT: 33}  # found by trying, not said by anybody
AMOUNT_NEAR: Final = 15  # bank costs, a discount, two digits swapped
ONLY_ONE: Final = 12

AGAINST: Final = {
    Evidence.OTHER_NAME: -2,  # bookkeepers, partners and mother companies pay too
    Evidence.NAME_OF_OTHER: -10,
    Evidence.OTHER_IBAN: -30,
    Evidence.OTHER_NUMBER: -25,
    Evidence.NOT_YET_INVOICED: -25,
    Evidence.PAID_ALREADY: -10,
}

# Caps.
MOST_AGAINST: Final = 90  # something speaks against it
MOST_INEXACT: Final = 88  # the amount does not fit
MOST_TRIED: Final = 94  # a sum that nobody said
MOST_CONTRADICTED: Final = 75  # only a number, while name or account and the amount say otherwise
MOST_AMBIGUOUS: Final = 70
MOST_SERVICE: Final = 90
MOST_CREDIT: Final = 60  # nothing to book it on
MARGIN: Final = 18  # a second explanation this near makes both ambiguous
MARGIN_LIKE: Final = 55  # and when only a likeness of numbers tells them apart
