"""What a consumer reads, in je-form; see `texts_nl_consumer` for what each text must and may not say."""

from __future__ import annotations

from dunning.letters.paragraphs import Also, LegalContent, NoticeText, P, StepKind, When

HELP = P(
    "Heb je moeite om je rekeningen te betalen? Je gemeente helpt je gratis en vertrouwelijk.", When.NATURAL_PERSON
)
CONTACT = P("Klopt er iets niet? Of kun je niet alles in één keer betalen? Neem dan contact met ons op.")
ASKED = (
    P(
        "Op {vorige_datum} vroegen wij je om {de factuur|de facturen} hieronder te betalen. Wij hebben het geld nog niet of "
        "niet helemaal ontvangen.",
        When.ASKED_BEFORE,
    ),
    P(
        "Je moest {de factuur|de facturen} hieronder al betaald hebben. Wij hebben het geld nog niet of niet helemaal ontvangen.",
        When.FIRST_TIME,
    ),
)
PAY = P("Betaal {totaal}. Het bedrag moet uiterlijk op {uiterste_datum} op onze rekening staan.")
WITH_INTEREST = Also("In dit bedrag zit {rente} rente. In de specificatie staat hoe die is berekend.", When.INTEREST)
INTEREST_STATED = P(
    "Tot vandaag is er {vermelde_rente} rente ontstaan. Die vragen wij je nu niet.", When.INTEREST_STATED
)
INTEREST_RUNS = Also("De rente loopt door tot de dag waarop je betaalt.", When.INTEREST)
COSTS_NEED_A_LETTER = P(
    "Incassokosten betaal je pas als je daarover een aparte brief hebt gekregen. In die brief staat het precieze bedrag. "
    "Je krijgt dan nog veertien dagen om zonder die kosten te betalen."
)
AGENCY = P("Betaal je niet op tijd? Dan kunnen wij de zaak overdragen aan een incassobureau.")

PRE_DUE = NoticeText(
    name="Vooraankondiging",
    subject="Binnenkort te betalen: {facturen}",
    opening=(
        P(
            "Binnenkort loopt de betaaltermijn van {de factuur|de facturen} hieronder af. Wil je {totaal} uiterlijk op "
            "{uiterste_datum} betalen?",
            When.ONE_DUE_DATE,
        ),
        P(
            "Binnenkort moeten de facturen hieronder betaald zijn. Samen is het {totaal}. Wil je elke factuur "
            "betalen op de vervaldatum of eerder? De eerste vervaldatum is {uiterste_datum}.",
            When.SEVERAL_DUE_DATES,
        ),
    ),
    closing=(
        P(
            "Heb je al betaald? Dan hoef je niets te doen. Heb je een vraag over {de factuur|een van de facturen}? Laat het "
            "ons weten. Wij helpen je graag."
        ),
    ),
)
REMINDER = NoticeText(
    name="Herinnering",
    subject="Herinnering: {facturen}",
    opening=(
        P(
            "De betaaltermijn van {de factuur|de facturen} hieronder is voorbij. Wij hebben het geld nog niet of niet "
            "helemaal ontvangen. Misschien ben je het vergeten."
        ),
        P("Wil je {totaal} betalen? Wij krijgen het bedrag graag uiterlijk op {uiterste_datum}."),
    ),
    closing=(
        P("Heb je net betaald? Dan hoef je niets meer te doen."),
        P(
            "Klopt er iets niet? Of kun je niet alles in één keer betalen? Laat het ons vóór die datum weten. Dan zoeken wij "
            "samen een oplossing."
        ),
    ),
)
DEMAND = NoticeText(
    name="Aanmaning",
    subject="Aanmaning: {facturen}",
    opening=(*ASKED, PAY, WITH_INTEREST),
    closing=(
        INTEREST_STATED,
        P("Betaal je niet op tijd? Dan kunnen wij je nog één brief sturen met een laatste termijn."),
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
        P("Daarom stellen wij je in gebreke. Dat betekent: je krijgt van ons een nieuwe termijn om te betalen."),
        PAY,
        WITH_INTEREST,
    ),
    closing=(
        P("Betaal je niet op tijd? Dan ben je in verzuim. Vanaf dat moment kunnen wij wettelijke rente vragen."),
        COSTS_NEED_A_LETTER,
        CONTACT,
        HELP,
    ),
)
DEFAULT_NOTICE = NoticeText(
    name="Ingebrekestelling",
    subject="Ingebrekestelling: {facturen}",
    opening=(
        *ASKED,
        P("Daarom stellen wij je in gebreke. Dat betekent: je krijgt van ons een laatste termijn om te betalen."),
        PAY,
        WITH_INTEREST,
    ),
    closing=(
        P(
            "Betaal je niet op tijd? Dan ben je in verzuim. Vanaf dat moment kunnen wij wettelijke rente vragen. Ook kunnen "
            "wij de zaak overdragen aan een incassobureau."
        ),
        COSTS_NEED_A_LETTER,
        CONTACT,
        HELP,
    ),
)
FOURTEEN_DAY = NoticeText(
    name="Aanmaning",
    subject="Aanmaning: betaal nu zonder incassokosten ({facturen})",
    opening=(
        P(
            "Je moest {de factuur|de facturen} hieronder al betaald hebben. Wij hebben het geld nog niet of niet helemaal "
            "ontvangen. Je bent daarom in verzuim."
        ),
        P("Betaal {totaal}. Doe dat {termijn}. Dan betaal je geen incassokosten."),
        WITH_INTEREST,
    ),
    closing=(
        P("Betaal je niet binnen deze termijn? Dan moet je ook {aangekondigde_kosten} incassokosten betalen."),
        Also("Bij deze kosten komt {btw_kosten} btw ({btw_percentage} %). {btw_verklaring}", When.VAT),
        Also("Je betaalt dan in totaal {totaal_met_kosten}."),
        Also("Daar kan nog rente bij komen. Die loopt door tot de dag waarop je betaalt.", When.INTEREST),
        P(
            "De incassokosten volgen uit de wet (artikel 6:96 BW). Wij berekenen ze over {hoofdsom}, dus niet over rente. "
            "Betaal je binnen de termijn een deel? Dan berekenen wij ze alleen over het deel dat je nog moet betalen."
        ),
        CONTACT,
        HELP,
    ),
)
COSTS_DUE = NoticeText(
    name="Laatste aanmaning",
    subject="Laatste aanmaning: {facturen}",
    opening=(
        P(
            "Wij stuurden je eerder een brief over incassokosten. Je kreeg daarin veertien dagen om zonder die kosten te "
            "betalen. Die termijn is voorbij. Wij hebben het geld nog niet of niet helemaal ontvangen."
        ),
        P("Daarom betaal je nu ook {kosten} incassokosten (artikel 6:96 BW).", When.COSTS),
        Also("Bij deze kosten komt {btw_kosten} btw ({btw_percentage} %). {btw_verklaring}", When.VAT),
        PAY,
        WITH_INTEREST,
    ),
    closing=(AGENCY, INTEREST_RUNS, CONTACT, HELP),
)
LAST_NOTICE = NoticeText(
    name="Laatste aanmaning",
    subject="Laatste aanmaning: {facturen}",
    opening=(*ASKED, P("Je bent in verzuim. Dit is onze laatste aanmaning."), PAY, WITH_INTEREST),
    closing=(INTEREST_STATED, AGENCY, INTEREST_RUNS, COSTS_NEED_A_LETTER, CONTACT, HELP),
)

TEXTS = {
    (StepKind.PRE_DUE_NOTICE, LegalContent.FRIENDLY): PRE_DUE,
    (StepKind.REMINDER, LegalContent.FRIENDLY): REMINDER,
    (StepKind.DEMAND, LegalContent.DEMAND): DEMAND,
    (StepKind.DEMAND, LegalContent.DEFAULT_NOTICE): FIRST_DEFAULT_NOTICE,
    (StepKind.DEMAND, LegalContent.FOURTEEN_DAY): FOURTEEN_DAY,
    (StepKind.DEMAND, LegalContent.COSTS_DUE): COSTS_DUE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.DEFAULT_NOTICE): DEFAULT_NOTICE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.FOURTEEN_DAY): FOURTEEN_DAY,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.COSTS_DUE): COSTS_DUE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.LAST_NOTICE): LAST_NOTICE,
}
