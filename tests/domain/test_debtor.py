"""Who counts as a consumer and a natural person, and what a name may give away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.debtor import Debtor, LegalForm, debtor_of, propose_legal_form
from receivables.models.customers import LegalForm as StoredForm

FORMS = {  # consumer, natural person
    LegalForm.UNKNOWN: (True, True),
    LegalForm.PRIVATE: (True, True),
    LegalForm.SOLE_TRADER: (False, True),
    LegalForm.PARTNERSHIP: (False, True),
    LegalForm.PRIVATE_COMPANY: (False, False),
    LegalForm.PUBLIC_COMPANY: (False, False),
    LegalForm.FOUNDATION: (False, False),
    LegalForm.ASSOCIATION: (False, False),
    LegalForm.GOVERNMENT: (False, False),
    LegalForm.FOREIGN: (False, False),
}


def test_the_forms_are_those_that_are_stored() -> None:
    assert set(FORMS) == set(LegalForm)
    assert {form.value for form in LegalForm} == set(StoredForm.values)


@pytest.mark.parametrize("form", list(LegalForm))
def test_switches_follow_the_legal_form(form: LegalForm) -> None:
    is_consumer, is_natural_person = FORMS[form]

    assert debtor_of(form.value, is_consumer=None, is_natural_person=None) == Debtor(
        is_consumer, is_natural_person, is_government=form is LegalForm.GOVERNMENT
    )


def test_unknown_counts_as_consumer_and_natural_person() -> None:
    assert debtor_of("unknown", is_consumer=None, is_natural_person=None) == Debtor()


@pytest.mark.parametrize(
    ("form", "is_consumer", "is_natural_person", "expected"),
    [
        ("private_company", True, None, (True, True)),  # a consumer is always a natural person
        ("private", False, None, (False, True)),
        ("private", None, False, (False, False)),  # and who is none is no consumer
        ("unknown", False, False, (False, False)),
        ("sole_trader", True, None, (True, True)),
        ("private_company", None, True, (False, True)),
    ],
)
def test_a_flag_somebody_set_wins(
    form: str, is_consumer: bool | None, is_natural_person: bool | None, expected: tuple[bool, bool]
) -> None:
    debtor = debtor_of(form, is_consumer=is_consumer, is_natural_person=is_natural_person)

    assert (debtor.is_consumer, debtor.is_natural_person) == expected


@pytest.mark.parametrize(("is_government", "is_large"), [(True, False), (False, True)])
def test_government_and_large_companies_are_no_consumers(is_government: bool, is_large: bool) -> None:
    debtor = debtor_of(
        "unknown", is_consumer=None, is_natural_person=None, is_government=is_government, is_large=is_large
    )

    assert debtor == Debtor(False, False, is_government=is_government, is_large=is_large)


def test_a_form_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="zaak"):
        debtor_of("zaak", is_consumer=None, is_natural_person=None)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Bakkerij Jansen B.V.", LegalForm.PRIVATE_COMPANY),
        ("Jansen b. v.", LegalForm.PRIVATE_COMPANY),
        ("JANSEN BV", LegalForm.PRIVATE_COMPANY),
        ("Jansen Holding B.V. i.o.", LegalForm.PRIVATE_COMPANY),
        ("Jansen B.V. t.a.v. de heer Pietersen", LegalForm.PRIVATE_COMPANY),
        ("Besloten vennootschap Jansen", LegalForm.PRIVATE_COMPANY),
        ("Heineken N.V.", LegalForm.PUBLIC_COMPANY),
        ("Stichting Zorg", LegalForm.FOUNDATION),
        ("Vereniging van Eigenaars Plein 3", LegalForm.ASSOCIATION),
        ("Coöperatie Zon U.A.", LegalForm.ASSOCIATION),
        ("COOPERATIE ZON", LegalForm.ASSOCIATION),
        ("Van den Berg V.O.F.", LegalForm.PARTNERSHIP),
        ("v/o/f De Berg", LegalForm.PARTNERSHIP),
        ("Maatschap Jansen en Pietersen", LegalForm.PARTNERSHIP),
        ("Fa. Jansen", LegalForm.PARTNERSHIP),
        ("Vennootschap onder firma De Berg", LegalForm.PARTNERSHIP),
        ("J. de Vries h.o.d.n. Kapsalon De Schaar", LegalForm.SOLE_TRADER),
        ("Gemeente Utrecht", LegalForm.GOVERNMENT),
        ("De Gemeente Ede", LegalForm.GOVERNMENT),
        ("Het Waterschap Rivierenland", LegalForm.GOVERNMENT),
        ("Provincie Drenthe", LegalForm.GOVERNMENT),
        ("Waterschap Rivierenland", LegalForm.GOVERNMENT),
        ("Ministerie van Financiën", LegalForm.GOVERNMENT),
        ("Foo Ltd.", LegalForm.FOREIGN),
        ("Foo GmbH & Co. KG", LegalForm.FOREIGN),
        ("Bakker BVBA", LegalForm.FOREIGN),
        ("Foo S.r.l.", LegalForm.FOREIGN),
        ("Dhr. P. Bakker", LegalForm.PRIVATE),
        ("De heer P. Bakker", LegalForm.PRIVATE),
        ("Mevrouw A. de Wit", LegalForm.PRIVATE),
        ("Fam. Jansen", LegalForm.PRIVATE),
    ],
)
def test_a_name_may_give_its_form_away(name: str, form: LegalForm) -> None:
    assert propose_legal_form(name).form is form


@pytest.mark.parametrize(
    "name",
    [
        "",
        "P. Bakker",
        "A.B. de Vries",
        "J. B. V. Bakker",
        "B.V. Jansen",  # initials
        "Jansen, N.V.",
        "Jan van As",
        "Piet Sas",
        "Jansen S.A.",
        "Jansen C.V.",
        "Jansen CV Techniek",
        "Café De Provincie",
        "Café Provincie",
        "Protestantse Gemeente Utrecht",
        "Mevr. Jansen p/a Bewindvoering Zuid B.V.",
        "Jansen c/o Stichting Zorg",
        "De Heer Bouw B.V.",
        "Stichtingsweg 3",
    ],
)
def test_doubt_stays_unknown(name: str) -> None:
    assert propose_legal_form(name).form is LegalForm.UNKNOWN


@pytest.mark.parametrize("name", ["P. Bakker", "Dhr. P. Bakker", "Bakkerij Bakker"])
@pytest.mark.parametrize(("kvk_number", "vat_number"), [("12345678", ""), ("", "NL001234567B01"), ("", "123")])
def test_a_number_alone_names_no_form(name: str, kvk_number: str, vat_number: str) -> None:
    proposal = propose_legal_form(name, kvk_number=kvk_number, vat_number=vat_number)

    assert proposal.form is LegalForm.UNKNOWN
    assert "eenmanszaak" in proposal.why


@pytest.mark.parametrize(
    ("name", "kvk_number", "vat_number", "form"),
    [
        ("Jansen C.V.", "12345678", "", LegalForm.PARTNERSHIP),
        ("Onderling Fonds U.A.", "", "NL001234567B01", LegalForm.ASSOCIATION),
        ("Siemens AG", "", "DE123456789", LegalForm.FOREIGN),
        ("Jansen BV", "", "BE0123456789", LegalForm.FOREIGN),
        ("Stichting Zorg", "", "NL001234567B01", LegalForm.FOUNDATION),
        ("Jansen CV Techniek", "12345678", "", LegalForm.UNKNOWN),  # a form stands last
        ("Siemens AG Zorg", "", "DE123456789", LegalForm.UNKNOWN),
        ("Jan van As", "", "NL001234567B01", LegalForm.UNKNOWN),  # foreign forms need a foreign number
    ],
)
def test_a_number_settles_what_letters_leave_open(name: str, kvk_number: str, vat_number: str, form: LegalForm) -> None:
    assert propose_legal_form(name, kvk_number=kvk_number, vat_number=vat_number).form is form


def test_a_proposal_says_what_it_rests_on() -> None:
    assert propose_legal_form("Jansen B.V.").why == "De naam bevat “bv”."
    assert propose_legal_form("Mw. Jansen").why == "De naam heeft de aanhef “mw”."
    assert propose_legal_form("B.V. Jansen").why == (
        "De naam bevat “bv”, maar kan ook van een persoon zijn. Kies zelf; tot dan telt de debiteur als consument."
    )
    assert propose_legal_form("Jansen").why == (
        "De naam zegt niets over de rechtsvorm; de debiteur telt als consument."
    )
    assert propose_legal_form("Jansen", kvk_number="12345678").why == (
        "Er is een KvK- of btw-nummer, dus waarschijnlijk een onderneming, maar dat kan ook een eenmanszaak zijn. "
        "Tot u de rechtsvorm kiest, telt de debiteur als consument."
    )


@given(name=st.text(max_size=40), number=st.sampled_from(["", "12345678"]), vat=st.text(max_size=4))
def test_any_name_gets_an_answer(name: str, number: str, vat: str) -> None:
    assert propose_legal_form(name, kvk_number=number, vat_number=vat).why
