"""What a business reads, in u-form. Art. 6:82 BW (default), 6:96 lid 4 and 6:119a BW (costs and interest where claimed)."""

from __future__ import annotations

from dunning.letters.paragraphs import Also, LegalContent, NoticeText, P, StepKind, When

HELP = P(
    "Hebt u moeite om uw rekeningen te betalen? Uw gemeente helpt u gratis en vertrouwelijk bij geldzorgen.",
    When.NATURAL_PERSON,
)
CONTACT = P(
    "Bent u het niet eens met onze vordering, of kunt u niet ineens betalen? Neem dan vóór de genoemde datum contact met ons "
    "op."
)
PAY = "Het bedrag moet uiterlijk op {uiterste_datum} op onze rekening zijn bijgeschreven."
CLAIMED = (
    Also("In dit bedrag is {rente} rente begrepen; de berekening staat in de specificatie.", When.INTEREST),
    Also("In dit bedrag is {kosten} aan incassokosten begrepen (artikel 6:96 BW).", When.COSTS),
    Also("Daarbij komt {btw_kosten} btw ({btw_percentage} %). {btw_verklaring}", When.VAT),
)
INTEREST_STATED = P(
    "Tot en met vandaag is {vermelde_rente} rente verschuldigd. Met dit bericht vragen wij die rente niet.",
    When.INTEREST_STATED,
)
INTEREST_RUNS = Also("De rente loopt door tot en met de dag waarop u betaalt.", When.INTEREST)
MORE_MAY_FOLLOW = P(
    "Wij behouden ons het recht voor de wettelijke handelsrente en een vergoeding voor incassokosten te vorderen, voor zover "
    "de wet daar recht op geeft en zij niet al in het gevraagde bedrag zijn begrepen."
)
ASKED = (
    P(
        "Op {vorige_datum} hebben wij u gevraagd de onderstaande {factuur|facturen} te betalen. Tot op heden hebben wij geen "
        "of geen volledige betaling ontvangen.",
        When.ASKED_BEFORE,
    ),
    P(
        "De betaaltermijn van de onderstaande {factuur|facturen} is verstreken. Tot op heden hebben wij geen of geen "
        "volledige betaling ontvangen.",
        When.FIRST_TIME,
    ),
)
FAILED = (
    P(
        "Ondanks ons bericht van {vorige_datum} hebben wij voor de onderstaande {factuur|facturen} nog altijd geen of geen "
        "volledige betaling ontvangen. U komt uw betalingsverplichting daarmee niet na.",
        When.ASKED_BEFORE,
    ),
    P(
        "De betaaltermijn van de onderstaande {factuur|facturen} is verstreken zonder dat wij de volledige betaling hebben "
        "ontvangen. U komt uw betalingsverplichting daarmee niet na.",
        When.FIRST_TIME,
    ),
)

PRE_DUE = NoticeText(
    name="Vooraankondiging",
    subject="Binnenkort te betalen: {facturen}",
    opening=(
        P(
            "Graag wijzen wij u erop dat de betaaltermijn van de onderstaande {factuur|facturen} binnenkort afloopt. Wij "
            "ontvangen het bedrag van {totaal} graag uiterlijk op {uiterste_datum}.",
            When.ONE_DUE_DATE,
        ),
        P(
            "Graag wijzen wij u erop dat de betaaltermijn van de onderstaande facturen binnenkort afloopt. Het gaat samen om "
            "{totaal}. Wij ontvangen elk bedrag graag uiterlijk op de vervaldatum die erbij staat; de eerste is "
            "{uiterste_datum}.",
            When.SEVERAL_DUE_DATES,
        ),
    ),
    closing=(
        P(
            "Hebt u de betaling al in gang gezet, dan hoeft u niets te doen. Hebt u een vraag over "
            "{de factuur|een van de facturen}? Laat het ons vóór de genoemde datum weten, dan zoeken wij het voor u uit."
        ),
    ),
)
REMINDER = NoticeText(
    name="Herinnering",
    subject="Herinnering: {facturen}",
    opening=(
        P(
            "Volgens onze administratie is de betaaltermijn van de onderstaande {factuur|facturen} verstreken en hebben wij "
            "nog geen of geen volledige betaling ontvangen. Wellicht is dit aan uw aandacht ontsnapt."
        ),
        P("Wij verzoeken u het openstaande bedrag van {totaal} uiterlijk op {uiterste_datum} te betalen."),
    ),
    closing=(
        P(
            "Heeft deze herinnering uw betaling gekruist, dan kunt u haar als niet verzonden beschouwen. Bent u het niet eens "
            "met {de factuur|een van de facturen}, of kunt u nu niet alles ineens betalen? Laat het ons vóór de genoemde "
            "datum weten, dan zoeken wij samen een oplossing."
        ),
    ),
)
DEMAND = NoticeText(
    name="Aanmaning",
    subject="Aanmaning: {facturen}",
    opening=(*ASKED, P(f"Wij manen u aan om {{totaal}} alsnog te voldoen. {PAY}"), *CLAIMED),
    closing=(
        INTEREST_STATED,
        P(
            "Ontvangen wij het bedrag niet binnen deze termijn, dan kunnen wij u een laatste sommatie sturen. Dat voorkomt u "
            "door op tijd te betalen."
        ),
        INTEREST_RUNS,
        CONTACT,
        HELP,
    ),
)
FIRST_DEFAULT_NOTICE = NoticeText(
    name="Aanmaning",
    subject="Aanmaning: {facturen}",
    opening=(
        *ASKED,
        P(f"Wij stellen u hierbij in gebreke en geven u een redelijke termijn om {{totaal}} alsnog te voldoen. {PAY}"),
        *CLAIMED,
    ),
    closing=(
        P(
            "Ontvangen wij het bedrag niet binnen deze termijn, dan bent u in verzuim, voor zover u dat niet al was. Dat "
            "voorkomt u door op tijd te betalen."
        ),
        MORE_MAY_FOLLOW,
        CONTACT,
        HELP,
    ),
)
DEFAULT_NOTICE = NoticeText(
    name="Ingebrekestelling",
    subject="Ingebrekestelling: {facturen}",
    opening=(
        *FAILED,
        P(
            f"Wij stellen u hierbij, voor zover nodig, in gebreke en geven u een laatste termijn om {{totaal}} te voldoen. {PAY}"
        ),
        *CLAIMED,
    ),
    closing=(
        P(
            "Ontvangen wij het bedrag niet binnen deze termijn, dan bent u in verzuim, voor zover u dat niet al was. Wij "
            "kunnen de vordering dan zonder nadere aankondiging uit handen geven aan een incassobureau."
        ),
        MORE_MAY_FOLLOW,
        CONTACT,
        HELP,
    ),
)
LAST_NOTICE = NoticeText(
    name="Laatste sommatie",
    subject="Laatste sommatie: {facturen}",
    opening=(
        *FAILED,
        P(f"U bent in verzuim. Wij sommeren u {{totaal}} te voldoen. {PAY}"),
        *CLAIMED,
    ),
    closing=(
        INTEREST_STATED,
        P(
            "Ontvangen wij het bedrag niet binnen deze termijn, dan kunnen wij de vordering zonder nadere aankondiging uit "
            "handen geven aan een incassobureau."
        ),
        INTEREST_RUNS,
        MORE_MAY_FOLLOW,
        CONTACT,
        HELP,
    ),
)

TEXTS = {
    (StepKind.PRE_DUE_NOTICE, LegalContent.FRIENDLY): PRE_DUE,
    (StepKind.REMINDER, LegalContent.FRIENDLY): REMINDER,
    (StepKind.DEMAND, LegalContent.DEMAND): DEMAND,
    (StepKind.DEMAND, LegalContent.DEFAULT_NOTICE): FIRST_DEFAULT_NOTICE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.DEFAULT_NOTICE): DEFAULT_NOTICE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.LAST_NOTICE): LAST_NOTICE,
}
