"""What a business reads, in je-form; see `texts_nl_business` for the articles."""

from __future__ import annotations

from dunning.letters.paragraphs import Also, LegalContent, NoticeText, P, StepKind, When

HELP = P(
    "Heb je moeite om je rekeningen te betalen? Je gemeente helpt je gratis en vertrouwelijk bij geldzorgen.",
    When.NATURAL_PERSON,
)
CONTACT = P(
    "Ben je het niet eens met onze vordering, of kun je niet ineens betalen? Neem dan vóór de genoemde datum contact met ons "
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
INTEREST_RUNS = Also("De rente loopt door tot en met de dag waarop je betaalt.", When.INTEREST)
MORE_MAY_FOLLOW = P(
    "Wij behouden ons het recht voor de wettelijke handelsrente en een vergoeding voor incassokosten te vorderen, voor zover "
    "de wet daar recht op geeft en zij niet al in het gevraagde bedrag zijn begrepen."
)
ASKED = (
    P(
        "Op {vorige_datum} hebben wij je gevraagd de onderstaande {factuur|facturen} te betalen. Tot nu toe hebben wij geen "
        "of geen volledige betaling ontvangen.",
        When.ASKED_BEFORE,
    ),
    P(
        "De betaaltermijn van de onderstaande {factuur|facturen} is verstreken. Tot nu toe hebben wij geen of geen "
        "volledige betaling ontvangen.",
        When.FIRST_TIME,
    ),
)
FAILED = (
    P(
        "Ondanks ons bericht van {vorige_datum} hebben wij voor de onderstaande {factuur|facturen} nog altijd geen of geen "
        "volledige betaling ontvangen. Je komt je betalingsverplichting daarmee niet na.",
        When.ASKED_BEFORE,
    ),
    P(
        "De betaaltermijn van de onderstaande {factuur|facturen} is verstreken zonder dat wij de volledige betaling hebben "
        "ontvangen. Je komt je betalingsverplichting daarmee niet na.",
        When.FIRST_TIME,
    ),
)

PRE_DUE = NoticeText(
    name="Vooraankondiging",
    subject="Binnenkort te betalen: {facturen}",
    opening=(
        P(
            "De betaaltermijn van de onderstaande {factuur|facturen} loopt binnenkort af. Wij "
            "ontvangen het bedrag van {totaal} graag uiterlijk op {uiterste_datum}.",
            When.ONE_DUE_DATE,
        ),
        P(
            "De betaaltermijn van de onderstaande facturen loopt binnenkort af. Het gaat samen om "
            "{totaal}. Wij ontvangen elk bedrag graag uiterlijk op de vervaldatum die erbij staat; de eerste is "
            "{uiterste_datum}.",
            When.SEVERAL_DUE_DATES,
        ),
    ),
    closing=(
        P(
            "Is de betaling al onderweg, dan hoef je niets te doen. Heb je een vraag over "
            "{de factuur|een van de facturen}? Laat het ons vóór de genoemde datum weten, dan zoeken wij het voor je uit."
        ),
    ),
)
REMINDER = NoticeText(
    name="Herinnering",
    subject="Herinnering: {facturen}",
    opening=(
        P(
            "Volgens onze administratie is de betaaltermijn van de onderstaande {factuur|facturen} verstreken en hebben wij "
            "nog geen of geen volledige betaling ontvangen. Misschien is dit aan je aandacht ontsnapt."
        ),
        P("Wil je het openstaande bedrag van {totaal} uiterlijk op {uiterste_datum} betalen?"),
    ),
    closing=(
        P(
            "Heeft deze herinnering je betaling gekruist, dan hoef je niets te doen. Ben je het niet eens "
            "met {de factuur|een van de facturen}, of kun je nu niet alles ineens betalen? Laat het ons vóór de genoemde "
            "datum weten, dan zoeken wij samen een oplossing."
        ),
    ),
)
DEMAND = NoticeText(
    name="Aanmaning",
    subject="Aanmaning: {facturen}",
    opening=(*ASKED, P(f"Wij manen je aan om {{totaal}} alsnog te voldoen. {PAY}"), *CLAIMED),
    closing=(
        INTEREST_STATED,
        P(
            "Ontvangen wij het bedrag niet binnen deze termijn, dan kunnen wij je een laatste sommatie sturen. Dat voorkom je "
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
        P(
            f"Wij stellen je hierbij in gebreke en geven je een redelijke termijn om {{totaal}} alsnog te voldoen. {PAY}"
        ),
        *CLAIMED,
    ),
    closing=(
        P(
            "Ontvangen wij het bedrag niet binnen deze termijn, dan ben je in verzuim, voor zover je dat niet al was. Dat "
            "voorkom je door op tijd te betalen."
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
            f"Wij stellen je hierbij, voor zover nodig, in gebreke en geven je een laatste termijn om {{totaal}} te voldoen. {PAY}"
        ),
        *CLAIMED,
    ),
    closing=(
        P(
            "Ontvangen wij het bedrag niet binnen deze termijn, dan ben je in verzuim, voor zover je dat niet al was. Wij "
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
        P(f"Je bent in verzuim. Wij sommeren je {{totaal}} te voldoen. {PAY}"),
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
