"""Stories by calendar day. Runs are on Mondays; 7 September 2026 is one."""

from __future__ import annotations

from datetime import date, timedelta

from dunning.domain.facts import Gate, HoldKind, HoldLevel, TakenState
from dunning.domain.policy import Channel
from dunning.domain.starters import MILD, STANDAARD, STRENG
from tests.scenarios.story import Story


def test_nobody_pays_and_the_file_walks_the_whole_ladder() -> None:
    story = Story().owes("F-1", "1210.00", due="2026-09-09")

    diary = story.mondays("2026-08-31", "2026-12-28")

    assert diary == [
        "2026-09-07: vooraankondiging F-1",  # two days before
        "2026-09-14: herinnering F-1",
        "2026-09-28: aanmaning F-1",  # on the 21st the ten days had not gone by
        "2026-10-05: belactie F-1",
        "2026-10-19: ingebrekestelling F-1",
        "2026-11-09: overdracht F-1",  # a consumer: the notice of default was the fourteen-day letter
    ]
    assert story.why("F-1", "2026-11-16") == (
        "Geblokkeerd: het dossier is op 9 november 2026 overgedragen. De ladder is ten einde."
    )


def test_mild_and_streng_have_their_own_pace() -> None:
    assert Story(MILD).owes("F-1", "50.00", due="2026-09-09").mondays("2026-08-31", "2026-12-31") == [
        "2026-09-07: vooraankondiging F-1",
        "2026-09-21: herinnering F-1",
        "2026-10-05: tweede-herinnering F-1",
        "2026-10-19: aanmaning F-1",
        "2026-10-26: belactie F-1",
        "2026-11-09: ingebrekestelling F-1",
        "2026-11-30: overdracht F-1",  # the term of the letter ends on Monday the 23rd
    ]
    assert Story(STRENG).owes("F-1", "50.00", due="2026-09-09").mondays("2026-08-31", "2026-12-31") == [
        "2026-09-14: herinnering F-1",
        "2026-09-21: aanmaning F-1",
        "2026-10-05: ingebrekestelling F-1",  # eight days; a Monday later
        "2026-10-26: overdracht F-1",  # after the fourteen days that a consumer has
    ]


def test_daily_ticks_send_nothing_twice_and_each_step_on_its_day() -> None:
    story = Story().owes("F-1", "1210.00", due="2026-09-09")

    diary = [f"{on[5:]}: {line}" for on in _days("2026-09-01", 70) for _ in range(3) for line in story.run(on)]

    assert diary == [
        "09-07: vooraankondiging F-1",  # three days before is the 6th, a Sunday
        "09-12: herinnering F-1",
        "09-22: aanmaning F-1",
        "09-25: belactie F-1",
        "10-05: ingebrekestelling F-1",
        "10-20: overdracht F-1",  # fourteen days after the 5th, and the day after
    ]


def test_payment_stops_the_ladder_at_once_and_part_payment_does_not() -> None:
    story = Story().owes("F-1", "1000.00", due="2026-09-09")
    story.mondays("2026-09-07", "2026-09-28")

    story.pays("F-1", "400.00")
    assert story.mondays("2026-10-05", "2026-10-05") == ["2026-10-05: belactie F-1"]
    assert story.invoice("F-1").open_cents == 60_000

    story.pays("F-1")
    assert story.mondays("2026-10-12", "2026-12-28") == []


def test_six_missed_weeks_give_one_message_with_a_fresh_term() -> None:
    story = Story().owes("F-1", "1210.00", due="2026-09-09")
    assert story.run("2026-09-14") == ["herinnering F-1"]

    assert story.run("2026-11-02") == ["aanmaning F-1"]  # not also the call and the notice of default
    assert story.run("2026-11-03") == []
    assert story.why("F-1", "2026-11-03") == (
        "Wacht tot 5 november 2026: de belactie komt 3 dagen na de aanmaning van 2 november 2026."
    )


def test_an_old_invoice_starts_at_the_reminder_and_skips_no_formal_step() -> None:
    story = Story().owes("F-1", "1210.00", due="2026-03-02")

    assert story.mondays("2026-11-02", "2026-12-28") == [
        "2026-11-02: herinnering F-1",
        "2026-11-16: aanmaning F-1",
        "2026-11-23: belactie F-1",
        "2026-12-07: ingebrekestelling F-1",
        "2026-12-28: overdracht F-1",
    ]


def test_a_notice_before_the_due_date_is_over_once_that_date_has_come() -> None:
    story = Story().owes("F-1", "1210.00", due="2026-09-07")

    assert story.run("2026-09-07") == []
    assert story.why("F-1", "2026-09-07") == "Wacht tot 10 september 2026: de factuur vervalt op 7 september 2026."
    assert story.why("F-1", "2026-09-08") == (
        "Wacht tot 10 september 2026: de herinnering komt 3 dagen na de vervaldatum 7 september 2026."
    )


def test_invoices_of_one_customer_share_a_letter_and_keep_their_own_place() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01").owes("F-2", "200.00", due="2026-09-02")
    story.owes("F-3", "300.00", due="2026-09-20")

    assert story.mondays("2026-09-07", "2026-09-28") == [
        "2026-09-07: herinnering F-1, F-2",
        "2026-09-21: aanmaning F-1, F-2",
        "2026-09-28: belactie F-1, F-2",
        "2026-09-28: herinnering F-3",
    ]


def test_two_contacts_with_a_customer_are_days_apart() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01").owes("F-2", "200.00", due="2026-09-05")

    assert story.run("2026-09-07") == ["herinnering F-1"]
    assert story.run("2026-09-08") == []
    assert story.why("F-2", "2026-09-08") == (
        "Wacht tot 10 september 2026: er was op 7 september 2026 al contact; "
        "tussen twee berichten aan één klant zitten 3 dagen."
    )
    assert story.run("2026-09-10") == ["herinnering F-2"]


def test_a_hold_ends_by_itself_and_the_ladder_goes_on_where_it_was() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.run("2026-09-07")
    story.hold(HoldLevel.CUSTOMER, since="2026-09-15", until="2026-10-11", note="verhuizing")

    assert story.mondays("2026-09-21", "2026-10-05") == []
    assert story.why("F-1", "2026-10-05") == "Wacht tot 12 oktober 2026: blokkade op de klant (verhuizing)."
    assert story.run("2026-10-12") == ["aanmaning F-1"]


def test_each_of_the_four_levels_holds_what_it_should() -> None:
    for level in HoldLevel:
        story = Story().owes("F-1", "100.00", due="2026-09-01").owes("F-2", "100.00", due="2026-09-01")
        story.hold(level, since="2026-09-01", number="F-1")

        sent = story.run("2026-09-07")

        assert (
            sent
            == {
                HoldLevel.TENANT: [],
                HoldLevel.CUSTOMER: [],
                HoldLevel.INVOICE: ["herinnering F-2"],
                HoldLevel.FILE: ["herinnering F-1, F-2"],  # holds only the formal steps
            }[level]
        )


def test_a_held_file_still_hears_the_reminder_but_no_demand() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.hold(HoldLevel.FILE, since="2026-09-01", number="F-1", note="eerst overleg")

    assert story.mondays("2026-09-07", "2026-10-26") == ["2026-09-07: herinnering F-1"]
    assert story.why("F-1", "2026-10-26") == "Geblokkeerd op het dossier (eerst overleg), zonder einddatum."


def test_a_dispute_stops_one_invoice_until_it_is_settled() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01").owes("F-2", "100.00", due="2026-09-01")
    story.hold(HoldLevel.INVOICE, kind=HoldKind.DISPUTE, since="2026-09-05", number="F-1")

    assert story.run("2026-09-07") == ["herinnering F-2"]
    assert story.why("F-1", "2026-09-07") == ("Geblokkeerd: de factuur is betwist. Handel eerst de betwisting af.")
    story.holds_are_lifted()
    assert story.run("2026-09-14") == ["herinnering F-1"]


def test_a_promise_waits_for_its_day_and_a_broken_one_resumes() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.hold(HoldLevel.CUSTOMER, kind=HoldKind.PROMISE, since="2026-09-05", until="2026-09-25")

    assert story.why("F-1", "2026-09-21") == (
        "Wacht tot 26 september 2026: betaling is toegezegd voor 25 september 2026."
    )
    assert story.run("2026-09-28") == ["herinnering F-1"]


def test_stale_books_let_friendly_words_through_and_very_stale_ones_nothing() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01").owes("F-2", "100.00", due="2026-09-19")
    story.run("2026-09-07")

    story.books_are(Gate.AMBER, "De bank is bijgewerkt tot 10 september.")
    assert story.run("2026-09-23") == ["herinnering F-2"]
    assert story.why("F-1", "2026-09-28") == (
        "Geblokkeerd: de cijfers zijn niet vers genoeg voor een aanmaning. De bank is bijgewerkt tot 10 september."
    )
    story.books_are(Gate.RED)
    assert story.why("F-1", "2026-09-28") == "Geblokkeerd: de cijfers zijn te oud om te manen."
    story.books_are(Gate.GREEN)
    assert story.run("2026-09-28") == ["aanmaning F-1"]


def test_an_unallocated_credit_goes_first() -> None:
    story = Story().owes("F-1", "1500.00", due="2026-09-01")
    story.overpays("1234.56")

    assert story.run("2026-09-07") == []
    assert story.why("F-1", "2026-09-07") == (
        "Geblokkeerd: deze klant heeft nog € 1.234,56 tegoed. Verreken dat eerst."
    )
    story.credit_is_settled()
    assert story.run("2026-09-14") == ["herinnering F-1"]


def test_a_bankrupt_customer_is_left_alone() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.run("2026-09-07")
    story.goes_bankrupt()

    assert story.mondays("2026-09-14", "2026-12-28") == []
    assert story.why("F-1", "2026-09-21") == "Geblokkeerd: faillissement. Vraag deze klant niet om betaling."


def test_a_customer_without_mail_gets_paper_and_without_any_address_nothing() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.reachable_by()
    assert story.run("2026-09-07") == []
    assert story.why("F-1", "2026-09-07") == (
        "Geblokkeerd: van deze klant is geen adres bekend waarop een herinnering kan worden bezorgd."
    )
    story.reachable_by(Channel.PRINT)
    assert story.run("2026-09-08") == ["herinnering F-1"]


def test_a_letter_that_came_back_stops_the_clock_until_the_address_is_right() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.run("2026-09-07")
    story.last_letter_is(TakenState.BOUNCED, number="F-1")

    assert story.mondays("2026-09-14", "2026-11-30") == []
    assert story.why("F-1", "2026-09-21") == (
        "Geblokkeerd: de herinnering kwam op 7 september 2026 terug als onbestelbaar. Verbeter het adres."
    )
    story.last_letter_is_cancelled("F-1")  # the address was mended and the letter released for sending again
    assert story.run("2026-12-07") == ["herinnering F-1"]


def test_a_letter_nobody_is_sure_of_delays_the_file_and_skips_nothing() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.run("2026-09-07")
    story.last_letter_is(TakenState.AMBIGUOUS, number="F-1")

    assert story.is_blocked("F-1", "2026-10-26")
    story.last_letter_is(TakenState.PENDING, number="F-1")
    assert story.why("F-1", "2026-10-26") == (
        "Wacht: de herinnering van 7 september 2026 is nog niet verstuurd. De volgende stap telt vanaf de verzending."
    )
    story.last_letter_is(TakenState.ACCEPTED, number="F-1")
    assert story.run("2026-10-26") == ["aanmaning F-1"]


def test_a_call_nobody_makes_does_not_hold_the_file_for_ever() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.mondays("2026-09-07", "2026-09-28")
    story.last_letter_is(TakenState.PENDING, number="F-1")

    assert story.why("F-1", "2026-10-02") == (
        "Wacht tot 5 oktober 2026: de belactie van 28 september 2026 is nog niet afgerond."
    )
    assert story.mondays("2026-10-05", "2026-10-19") == ["2026-10-19: ingebrekestelling F-1"]


def test_an_owner_who_refuses_the_handover_is_not_asked_again() -> None:
    story = Story().owes("F-1", "100.00", due="2026-09-01")
    story.mondays("2026-09-07", "2026-11-02")

    story.last_letter_is(TakenState.PENDING, number="F-1")
    assert story.why("F-1", "2026-11-09") == (
        "Geblokkeerd: het dossier wacht sinds 2 november 2026 op akkoord voor overdracht."
    )
    story.last_letter_is(TakenState.REFUSED, number="F-1")
    assert story.mondays("2026-11-09", "2026-12-28") == []


def test_nothing_leaves_on_a_holiday() -> None:
    story = Story().owes("F-1", "100.00", due="2026-12-20")

    assert story.run("2026-12-25") == []
    assert story.why("F-1", "2026-12-25") == "Wacht tot 28 december 2026: 25 december 2026 is een zondag of feestdag."
    assert story.run("2026-12-28") == ["herinnering F-1"]


def test_a_file_that_is_moved_to_another_ladder_repeats_no_step() -> None:
    story = Story(MILD).owes("F-1", "100.00", due="2026-09-01")
    story.mondays("2026-09-08", "2026-09-23")

    story.moves_to(STANDAARD)

    assert story.mondays("2026-10-12", "2026-10-19") == ["2026-10-12: aanmaning F-1", "2026-10-19: belactie F-1"]


def _days(first: str, count: int) -> list[str]:
    return [(date.fromisoformat(first) + timedelta(days=step)).isoformat() for step in range(count)]
