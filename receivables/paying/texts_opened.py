"""The words of how an amount came about, for a debtor who reads English; Dutch text as it was frozen -> English.

Figures are not in here: they are made anew from the numbers that were frozen beside the text.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from receivables.domain.dutch import euro
from receivables.domain.parameters import B2B_FIXED_SUM, BIK, STATUS_NOTE
from receivables.paying.texts import ENGLISH, amount_in

_COUNTED: Final = {
    "dagen gedeeld door de lengte van dat rentejaar": "days divided by the length of that interest year",
    "dagen gedeeld door 365": "days divided by 365",
}
_GROWN: Final = {
    "na elk rentejaar telt de onbetaalde rente mee": "after each interest year unpaid interest bears interest too",
    "geen rente over rente": "no interest on interest",
}
_INTEREST_RULES: Final = {
    f"Hoofdsom × percentage × {counted}; {grown}; elke regel op centen, half naar boven.": (
        f"Principal × rate × {_COUNTED[counted]}; {_GROWN[grown]}; each line to the cent, half up."
    )
    for counted, grown in product(_COUNTED, _GROWN)
}
_MINIMUM, _MAXIMUM = amount_in(ENGLISH, BIK.minimum), amount_in(ENGLISH, BIK.maximum)

TITLES: Final = {
    "Wettelijke rente": "Statutory interest",
    "Wettelijke handelsrente": "Statutory commercial interest",
    "Overeengekomen rente": "Agreed interest",
    "Incassokosten": "Collection costs",
    "Btw over incassokosten": "VAT on collection costs",
}
RULES: Final = _INTEREST_RULES | {
    f"Tarief over de hoofdsom zonder rente, eenmaal per brief; ten minste {euro(BIK.minimum)} en ten hoogste "
    f"{euro(BIK.maximum)}; het totaal op centen, half naar boven.": (
        f"Tariff over the principal without interest, once per letter; at least {_MINIMUM} and at most {_MAXIMUM}; "
        "the total to the cent, half up."
    ),
    "De schuldeiser kan de btw over de incassodienst niet verrekenen; daarom komt die erbij.": (
        "The creditor cannot set off the VAT on the collection service; that is why it is added."
    ),
    f"Een bedrijf is vanaf de dag na de laatste betaaldag {euro(B2B_FIXED_SUM.amount)} verschuldigd.": (
        f"A business owes {amount_in(ENGLISH, B2B_FIXED_SUM.amount)} from the day after the last day to pay."
    ),
    "Voor kleine termijnen van een lopend contract gelden lagere kosten; nooit meer dan het gewone tarief.": (
        "For small instalments of a running contract the costs are lower; never more than the ordinary tariff."
    ),
}
BOUNDS: Final = {
    "Aanvulling tot het minimum": "Raised to the minimum",
    "Begrenzing op het maximum": "Limited to the maximum",
}
LABELS: Final = {
    "Vast bedrag handelsovereenkomst": "Fixed sum for commercial contracts",
    "Kosten voor kleine termijnen": "Costs of small instalments",
    "Eerder in rekening gebrachte kosten voor dezelfde facturen": "Costs charged earlier for the same invoices",
    "Deel van de andere facturen op deze brief": "Share of the other invoices in this letter",
    "Herrekening van eerder geboekte rente": "Correction of interest booked earlier",
}
DETAILS: Final = {
    "verschuldigd zonder aanmaning": "due without a reminder",
    "het laagste van tarief en termijnregel": "the lower of the tariff and the rule for instalments",
    "naar verhouding van de hoofdsom": "in proportion to the principal",
    "een betaling werd later bekend": "a payment became known later",
}
ARTICLES: Final = {"overeenkomst": "contract"}  # any other is the name of a Dutch law, and stays
FROM_WHEN: Final = {  # the article says which rule put the first day of interest where it is
    "6:83 sub a BW": "Interest runs from default: the agreed last day to pay has passed.",
    "6:82 lid 1 BW": "Interest runs from default: the term of the notice of default has passed.",
    "6:119a lid 1 BW": "Interest runs from the day after the agreed last day to pay.",
    "6:119b lid 1 BW": "Interest runs from the day after the agreed last day to pay.",
    "6:119a lid 2 BW": (
        "Without an agreed last day to pay, interest runs from 30 days after the day after the invoice was received; the "
        "invoice date counts as receipt, and interest never starts before the day to pay that the invoice names."
    ),
}
FROM_WHEN["6:119b lid 2 BW"] = FROM_WHEN["6:119a lid 2 BW"]
FOR_DEBTORS: Final = {  # notes that speak to the creditor, as a debtor should read them: Dutch, English
    STATUS_NOTE: (
        "Hoe de wettelijke regel voor kleine termijnen precies luidt, is niet zeker. Daarom is het laagste bedrag gerekend.",
        "What the legal rule for small instalments says exactly is not certain. That is why the lowest amount is charged.",
    )
}
