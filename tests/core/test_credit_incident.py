"""What of an incident's timeline counts for credits: confirmed time alone, each service as a person named it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from incident_world import BANDUNG, BUDI, CALLS, JAKARTA, MINUTE_US, SARI, START_US, after, batch_asked, begun, opening
from msgspec.structs import replace

from pulih.communicate.speech import Speech
from pulih.compensate.incident_file import read_incidents
from pulih.confirm.timeline import added, follow
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    CreditBasisSet,
    CreditsApproved,
    CreditsHandedOver,
    CreditsReversed,
    Entry,
    Fact,
    OnsetSet,
    Opened,
    Relapsed,
    Restored,
    ScopesSet,
    SplitOff,
    TookOver,
)
from pulih.model.errors import ForbiddenMove
from pulih.model.scope import Scope
from pulih.service.credit_books import balances, journal_of
from pulih.service.credit_incident import CreditView, credit_incident, credit_text
from pulih.service.public_incident import public_incident

ONSET_US = START_US - 5 * MINUTE_US
NOW_US = START_US + 500 * MINUTE_US


def told(first: Entry, *facts: Fact, actor: str = "sari") -> list[Entry]:
    """Return a timeline with an entry each ten minutes after its first."""
    entries = [first]
    for number, fact in enumerate(facts, start=2):
        at_us = first.at_us + (number - 1) * 10 * MINUTE_US
        entries.append(Entry(incident=first.incident, number=number, at_us=at_us, actor=actor, fact=fact))
    added(entries)
    return entries


def seen(entries: Sequence[Entry], *others: Sequence[Entry]) -> CreditView:
    known = {one[0].incident: one for one in others}
    return credit_incident(entries, lambda name: known.get(name, ()), zone="Asia/Jakarta", now_us=NOW_US)


def minutes(view: CreditView) -> list[tuple[str, str, int, int]]:
    """Return windows in minutes after the onset."""
    return [
        (one.region, one.service, (one.start_us - ONSET_US) // MINUTE_US, (one.end_us - ONSET_US) // MINUTE_US)
        for one in view.incident.windows
    ]


def test_a_repair_that_held_ends_the_window_when_it_was_claimed() -> None:
    view = seen(told(opening(JAKARTA), Confirmed(), ClaimedFixed(), Restored()))
    assert (minutes(view), view.going_on) == ([("31", "data", 0, 25)], False)


def test_a_claim_that_was_wrong_ends_nothing_and_a_relapse_after_the_recovery_leaves_a_gap() -> None:
    wrong = told(opening(JAKARTA), Confirmed(), ClaimedFixed(), Relapsed(), ClaimedFixed(), Restored())
    assert minutes(seen(wrong)) == [("31", "data", 0, 45)]
    again = told(opening(JAKARTA), Confirmed(), ClaimedFixed(), Restored(), Relapsed(), ClaimedFixed(), Restored())
    assert minutes(seen(again)) == [("31", "data", 0, 25), ("31", "data", 45, 55)]


def test_what_nobody_confirmed_or_people_took_away_gives_nothing_and_is_told() -> None:
    view = seen(told(opening(JAKARTA, BANDUNG), Confirmed(scopes=(JAKARTA,)), ClaimedFixed(), Restored()))
    assert minutes(view) == [("31", "data", 0, 25)]
    assert [(one.scope, one.why) for one in view.left_out] == [(BANDUNG, "unconfirmed")]
    gone = told(opening(JAKARTA, BANDUNG), Confirmed(), ScopesSet(scopes=(BANDUNG,)), ClaimedFixed(), Restored())
    assert minutes(seen(gone)) == [("32.73", "data", 0, 35)]


def test_a_scope_that_joined_later_counts_from_then_and_a_better_onset_moves_only_the_others() -> None:
    grown = told(
        opening(JAKARTA),
        Confirmed(),
        ScopesSet(scopes=(JAKARTA, BANDUNG)),
        OnsetSet(onset_us=ONSET_US - MINUTE_US),
        ClaimedFixed(),
        Restored(),
    )
    assert minutes(seen(grown)) == [("31", "data", -1, 45), ("32.73", "data", 25, 45)]


def test_any_service_and_no_region_become_something_only_when_a_person_says_what() -> None:
    anything = Scope(operator="sf", service="any", region="31")
    entries = told(opening(anything, CALLS), Confirmed(), ClaimedFixed(), Restored())
    view = seen(entries)
    assert (minutes(view), {one.why for one in view.left_out}) == ([], {"service", "region"})
    said = CreditBasisSet(services=("data", "sms"), nationwide=True)
    view = seen(told(entries[0], Confirmed(), ClaimedFixed(), Restored(), said))
    assert minutes(view) == [("*", "voice", 0, 25), ("31", "data", 0, 25), ("31", "sms", 0, 25)]


def test_a_merged_incident_brings_its_windows_from_its_own_onset_and_all_that_it_had_taken_over() -> None:
    def other(name: str, onset_us: int, *facts: Fact) -> list[Entry]:
        fact = Opened(operator="sf", onset_us=onset_us, scopes=(BANDUNG,))
        return told(Entry(incident=name, number=1, at_us=START_US, actor="desk", fact=fact), *facts)

    oldest = other("a", ONSET_US)
    older = other("b", ONSET_US - 30 * MINUTE_US, TookOver(incident="a", scopes=(BANDUNG,)), Confirmed())
    taken = TookOver(incident="b", scopes=(BANDUNG,), states=("confirmed",))
    view = seen(told(opening(JAKARTA), Confirmed(), taken, ClaimedFixed(), Restored()), oldest, older)
    assert view.incident.supersedes == ("b", "a")
    assert ("32.73", "data", -30, 35) in minutes(view)
    assert ("31", "data", 0, 35) in minutes(view)


def test_what_is_split_off_takes_its_windows_along() -> None:
    parent = told(
        opening(JAKARTA, BANDUNG),
        Confirmed(),
        SplitOff(incident="child", scopes=(BANDUNG,)),
        ClaimedFixed(),
        Restored(),
    )
    fact = Opened(
        operator="sf", onset_us=ONSET_US, scopes=(BANDUNG,), states=("confirmed",), split_from=parent[0].incident
    )
    first = Entry(incident="child", number=1, at_us=parent[2].at_us, actor="sari", fact=fact)
    child = told(first, ClaimedFixed(), Restored())
    assert minutes(seen(parent)) == [("31", "data", 0, 35)]
    assert minutes(seen(child, parent)) == [("32.73", "data", 0, 35)]


def test_the_file_reads_back_as_the_incident_that_it_is_of() -> None:
    view = seen(told(opening(JAKARTA), Confirmed(), ClaimedFixed(), Restored()))
    assert read_incidents(json.loads(credit_text(view.incident))) == (view.incident,)


def restored() -> Sequence[Entry]:
    return told(opening(JAKARTA), Confirmed(), ClaimedFixed(), Restored())


def test_the_books_balance_whatever_is_decided_and_are_the_same_however_often_they_are_made() -> None:
    entries = list(restored())
    for fact in (batch_asked("k1"), CreditsApproved(batch="k1"), CreditsReversed(batch="k1"), batch_asked("k2")):
        entries = told(entries[0], *(one.fact for one in entries[1:]), fact)
    assert balances(journal_of(entries)) == {}
    more = told(entries[0], *(one.fact for one in entries[1:]), CreditsReversed(batch="k2"))
    assert journal_of(more) == journal_of(entries)
    assert len({one.id for one in journal_of(entries)}) == len(journal_of(entries)) == 4


def test_only_a_second_person_approves_and_what_was_handed_over_is_not_reversed() -> None:
    incident = begun(JAKARTA)
    for fact in (Confirmed(), ClaimedFixed(), Restored(overrides=True), batch_asked("k1")):
        incident = after(incident, fact, SARI)
    with pytest.raises(ForbiddenMove):
        after(incident, CreditsApproved(batch="k1"), SARI)
    incident = after(incident, CreditsApproved(batch="k1"), BUDI)
    incident = after(incident, CreditsHandedOver(batch="k1"), BUDI)
    with pytest.raises(ForbiddenMove):
        after(incident, CreditsReversed(batch="k1"), BUDI)


def test_an_asked_batch_waits_alone() -> None:
    incident = begun(JAKARTA)
    for fact in (Confirmed(), ClaimedFixed(), Restored(overrides=True), batch_asked("k1")):
        incident = after(incident, fact, SARI)
    with pytest.raises(ForbiddenMove, match="waits for approval"):
        after(incident, batch_asked("k2"), SARI)
    assert follow(None, opening(JAKARTA)).credits == ()


def test_the_public_learns_who_qualifies_once_it_is_approved_and_no_sum() -> None:
    asked = replace(batch_asked("k1"), who_id=("setiap menit",), who_en=("each minute",))
    speech = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"sf": "Smartfren"})
    first = opening(JAKARTA)
    before = told(first, Confirmed(), ClaimedFixed(), Restored(), asked)
    assert public_incident(before, speech).credits == ()
    approved = told(first, *(one.fact for one in before[1:]), CreditsApproved(batch="k1", by_us=NOW_US))
    [shown] = public_incident(approved, speech).credits
    assert (shown.who_id, shown.by_us, shown.handed_over) == (("setiap menit",), NOW_US, False)
    gone = told(first, *(one.fact for one in approved[1:]), CreditsReversed(batch="k1"))
    assert public_incident(gone, speech).credits == ()
