"""The Dutch texts per step, in u-form and, for the friendly steps, in je-form.

Content follows art. 6:82 BW (default), 6:96 lid 6 (consumer costs: never without a fourteen-day letter) and the Wki rule that
nothing is announced that cannot or will not be done. These are the defaults; a tenant's own texts have the same shape.
"""

from __future__ import annotations

from dunning.letters.paragraphs import NoticeText, P, StepKind, When

HELP = P(
    "Hebt u moeite om uw rekeningen te betalen? Uw gemeente helpt u gratis en vertrouwelijk bij geldzorgen.",
    When.NATURAL_PERSON,
)
FORMAL = {
    StepKind.PRE_DUE_NOTICE: NoticeText(
        name="Vooraankondiging",
        subject="Binnenkort te betalen: {facturen}",
        opening=(
            P(
                "Graag wijzen wij u erop dat de betaaltermijn van de onderstaande {factuur|facturen} binnenkort afloopt. "
                "Wij ontvangen het bedrag van {totaal} graag uiterlijk op {uiterste_datum}.",
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
    ),
    StepKind.REMINDER: NoticeText(
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
    ),
    StepKind.DEMAND: NoticeText(
        name="Aanmaning",
        subject="Aanmaning: {facturen}",
        opening=(
            P(
                "Op {vorige_datum} hebben wij u gevraagd de onderstaande {factuur|facturen} te betalen. Tot op heden hebben wij "
                "geen of geen volledige betaling ontvangen.",
                When.ASKED_BEFORE,
            ),
            P(
                "De betaaltermijn van de onderstaande {factuur|facturen} is verstreken. Tot op heden hebben wij geen of geen "
                "volledige betaling ontvangen.",
                When.FIRST_TIME,
            ),
            P(
                "Wij manen u aan om het openstaande bedrag van {totaal} alsnog te voldoen. Het bedrag moet uiterlijk op "
                "{uiterste_datum} op onze rekening zijn bijgeschreven."
            ),
        ),
        closing=(
            P(
                "Ontvangen wij het bedrag niet binnen deze termijn, dan kunnen wij u formeel in gebreke stellen. Dat voorkomt u "
                "door op tijd te betalen."
            ),
            P(
                "Bent u het niet eens met onze vordering, of kunt u niet ineens betalen? Neem dan vóór de genoemde datum contact "
                "met ons op."
            ),
            HELP,
        ),
    ),
    StepKind.NOTICE_OF_DEFAULT: NoticeText(
        name="Ingebrekestelling",
        subject="Ingebrekestelling: {facturen}",
        opening=(
            P(
                "Ondanks ons bericht van {vorige_datum} hebben wij voor de onderstaande {factuur|facturen} nog altijd geen of "
                "geen volledige betaling ontvangen. U komt uw betalingsverplichting daarmee niet na.",
                When.ASKED_BEFORE,
            ),
            P(
                "De betaaltermijn van de onderstaande {factuur|facturen} is verstreken zonder dat wij de volledige betaling "
                "hebben ontvangen. U komt uw betalingsverplichting daarmee niet na.",
                When.FIRST_TIME,
            ),
            P(
                "Wij stellen u hierbij, voor zover nodig, in gebreke en geven u een laatste termijn: het openstaande bedrag van "
                "{totaal} moet uiterlijk op {uiterste_datum} op onze rekening zijn bijgeschreven."
            ),
        ),
        closing=(
            P(
                "Ontvangen wij het bedrag niet binnen deze termijn, dan bent u in verzuim, voor zover u dat niet al was. Wij "
                "kunnen de vordering dan zonder nadere aankondiging uit handen geven aan een incassobureau."
            ),
            P(
                "Met dit bericht vragen wij alleen het openstaande factuurbedrag. Wij behouden ons het recht voor daarnaast de "
                "wettelijke handelsrente en een vergoeding voor incassokosten te vorderen, voor zover de wet daar recht op geeft.",
                When.BUSINESS,
            ),
            P(
                "Met dit bericht vragen wij alleen het openstaande factuurbedrag. Bent u in verzuim, dan kunnen wij ook wettelijke "
                "rente vorderen. Incassokosten bent u pas verschuldigd nadat u daarover een afzonderlijke brief hebt ontvangen, "
                "met het exacte bedrag en veertien dagen de tijd om zonder die kosten te betalen.",
                When.CONSUMER,
            ),
            P(
                "Bent u het niet eens met onze vordering, of kunt u niet ineens betalen? Neem dan vóór de genoemde datum contact "
                "met ons op."
            ),
            HELP,
        ),
    ),
}

INFORMAL = {
    StepKind.PRE_DUE_NOTICE: NoticeText(
        name="Vooraankondiging",
        subject="Binnenkort te betalen: {facturen}",
        opening=(
            P(
                "De betaaltermijn van de onderstaande {factuur|facturen} loopt binnenkort af. Wij ontvangen het bedrag van "
                "{totaal} graag uiterlijk op {uiterste_datum}.",
                When.ONE_DUE_DATE,
            ),
            P(
                "De betaaltermijn van de onderstaande facturen loopt binnenkort af. Het gaat samen om {totaal}. Wij ontvangen "
                "elk bedrag graag uiterlijk op de vervaldatum die erbij staat; de eerste is {uiterste_datum}.",
                When.SEVERAL_DUE_DATES,
            ),
        ),
        closing=(
            P(
                "Is de betaling al onderweg, dan hoef je niets te doen. Heb je een vraag over {de factuur|een van de facturen}? "
                "Laat het ons vóór die datum weten, dan zoeken wij het voor je uit."
            ),
        ),
    ),
    StepKind.REMINDER: NoticeText(
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
                "Heeft deze herinnering je betaling gekruist, dan hoef je niets te doen. Ben je het niet eens met "
                "{de factuur|een van de facturen}, of kun je nu niet alles ineens betalen? Laat het ons vóór die datum weten, "
                "dan zoeken wij samen een oplossing."
            ),
        ),
    ),
    StepKind.DEMAND: NoticeText(
        name="Aanmaning",
        subject="Aanmaning: {facturen}",
        opening=(
            P(
                "Op {vorige_datum} hebben wij je gevraagd de onderstaande {factuur|facturen} te betalen. Tot nu toe hebben wij "
                "geen of geen volledige betaling ontvangen.",
                When.ASKED_BEFORE,
            ),
            P(
                "De betaaltermijn van de onderstaande {factuur|facturen} is verstreken. Tot nu toe hebben wij geen of geen "
                "volledige betaling ontvangen.",
                When.FIRST_TIME,
            ),
            P(
                "Wij manen je aan om het openstaande bedrag van {totaal} alsnog te betalen. Het bedrag moet uiterlijk op "
                "{uiterste_datum} op onze rekening zijn bijgeschreven."
            ),
        ),
        closing=(
            P(
                "Ontvangen wij het bedrag niet binnen deze termijn, dan kunnen wij je formeel in gebreke stellen. Dat voorkom je "
                "door op tijd te betalen."
            ),
            P(
                "Ben je het niet eens met onze vordering, of kun je niet ineens betalen? Neem dan vóór die datum contact met ons "
                "op."
            ),
            P(
                "Heb je moeite om je rekeningen te betalen? Je gemeente helpt je gratis en vertrouwelijk bij geldzorgen.",
                When.NATURAL_PERSON,
            ),
        ),
    ),
}
