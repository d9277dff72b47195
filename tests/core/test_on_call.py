"""Who is on duty, and whom the desk calls next: pure functions of settings, timeline and time (requirement R1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_world import JAKARTA, MINUTE_US, SARI, START_US, begun, judged_all, opening

from pulih.confirm.escalation import Escalation, next_call, waiting
from pulih.confirm.moves import allowed
from pulih.confirm.rota import on_duty
from pulih.confirm.timeline import added, follow
from pulih.model.actor import THE_DESK
from pulih.model.clock import to_micros
from pulih.model.entry import (
    Acknowledged,
    Called,
    ClaimedFixed,
    Confirmed,
    Entry,
    Fact,
    NoticeDrafted,
    NoticePublished,
    OwnerSet,
    RecoveryJudged,
    Rejected,
    Relapsed,
    Restored,
    TaskAdded,
)
from pulih.model.on_call import Override, Shift
from pulih.model.recovery import RecoveryVerdict, ScopeRecovery
from pulih.model.scope import Scope

WIB, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
NIGHT = Shift(start_min=22 * 60, end_min=6 * 60, people=("malam",))
DAY = Shift(start_min=6 * 60, end_min=22 * 60, people=("siang", "cadangan"))
RULE = Escalation(acknowledge_min=10, rounds=2)
PEOPLE = ("sari", "budi")
Step = tuple[int, Fact, str]


def at(*when: int, zone: ZoneInfo = WIB) -> int:
    return to_micros(datetime(*when, tzinfo=zone))  # type: ignore[arg-type] # year to minute


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ((2025, 10, 3, 5, 59), "malam"), ((2025, 10, 3, 6, 0), "siang"), ((2025, 10, 3, 21, 59), "siang"),
        ((2025, 10, 3, 22, 0), "malam"), ((2025, 10, 4, 0, 0), "malam"),
    ],
)  # fmt: skip
def test_a_shift_holds_to_the_minute_and_over_midnight(when: tuple[int, ...], who: str) -> None:
    assert on_duty([NIGHT, DAY], [], at(*when), WIB).people[0] == who


def test_a_night_shift_belongs_to_the_day_on_which_it_began() -> None:
    friday = Shift(days=("fri",), start_min=22 * 60, end_min=6 * 60, people=("jumat",))
    held = [bool(on_duty([friday], [], at(2025, 10, day, 3, 0), WIB).people) for day in (3, 4, 5)]
    assert held == [False, True, False]


def test_a_shift_goes_by_the_clock_on_the_wall_when_summer_time_ends() -> None:
    for hour_utc, who in ((20, "malam"), (21, "malam"), (0, "malam"), (4, "malam"), (5, "siang")):
        day = 25 if hour_utc >= 20 else 26
        moment = to_micros(datetime(2025, 10, day, hour_utc, 30, tzinfo=UTC))
        assert on_duty([NIGHT, DAY], [], moment, BERLIN).people[0] == who, hour_utc


def test_turns_go_round_and_everybody_is_first_in_turn() -> None:
    week = Shift(people=("a", "b", "c"), rotate_days=7, since_day=date(2025, 10, 6).toordinal())
    firsts = [on_duty([week], [], at(2025, 10, day, 12, 0), WIB).people for day in (5, 6, 12, 13, 20, 27)]
    assert [one[0] for one in firsts] == ["c", "a", "a", "b", "c", "a"]
    assert {frozenset(one) for one in firsts} == {frozenset("abc")}


def test_an_exception_puts_its_person_first_from_its_start_until_its_end_and_the_later_decision_holds() -> None:
    one = Override(id="1", who="ganti", start_us=10, end_us=20, made_by="sari", made_us=1)
    two = Override(id="2", who="lain", start_us=15, end_us=30, made_by="budi", made_us=2)
    always = Shift(people=("a", "ganti"))
    firsts = {moment: on_duty([always], [one, two], moment, WIB).people for moment in (9, 10, 14, 15, 29, 30)}
    assert [people[0] for people in firsts.values()] == ["a", "ganti", "ganti", "lain", "lain", "a"]
    assert firsts[10] == ("ganti", "a")


def grown(*facts: Step) -> list[Entry]:
    """A timeline that begins with a suspicion; each further entry by minutes after it, fact and actor."""
    entries = [opening(JAKARTA)]
    for minute, fact, actor in facts:
        number = len(entries) + 1
        entry = Entry(incident=entries[0].incident, number=number, at_us=START_US + minute * MINUTE_US, actor=actor,
                      reason="ya", fact=fact)  # fmt: skip
        follow(added(entries), entry)
        entries.append(entry)
    return entries


def called(entries: list[Entry], minute: float) -> Called | None:
    now_us = START_US + round(minute * MINUTE_US)
    return next_call(added(entries), entries, PEOPLE, rule=RULE, now_us=now_us)


def lived(facts: list[Fact], minutes: int) -> list[tuple[int, str, str]]:
    """Let people act every seven minutes and the desk look every minute; return whom it called when and about what."""
    entries, made, left = grown(), [], list(facts)
    for minute in range(minutes):
        if left and minute % 7 == 0:
            entries.append(written(entries, minute, left.pop(0), SARI.name))
        fact = called(entries, minute)
        if fact is not None:
            entries.append(written(entries, minute, fact, THE_DESK.name))
            made.append((minute, fact.who, fact.about))
    return made


def written(entries: list[Entry], minute: int, fact: Fact, actor: str) -> Entry:
    at_us = START_US + minute * MINUTE_US
    number = len(entries) + 1
    return Entry(incident=entries[0].incident, number=number, at_us=at_us, actor=actor, reason="ya", fact=fact)


QUIET = Escalation(acknowledge_min=10, rounds=2, about=frozenset({"suspected", "confirmed"}))


def test_the_first_is_called_at_once_the_next_after_the_minutes_allowed_and_twice_round_at_most() -> None:
    entries = grown()
    made = []
    for minute in range(90):
        fact = next_call(added(entries), entries, PEOPLE, rule=QUIET, now_us=START_US + minute * MINUTE_US)
        if fact is not None:
            entries += [Entry(incident=entries[0].incident, number=len(entries) + 1,
                              at_us=START_US + minute * MINUTE_US, actor="desk", fact=fact)]  # fmt: skip
            made.append((minute, fact.step, fact.who))
    assert made == [(0, 1, "sari"), (10, 2, "budi"), (20, 3, "sari"), (30, 4, "budi")]


def test_the_second_is_not_called_one_second_early() -> None:
    entries = grown((0, Called(about="suspected", step=1, who="sari"), "desk"))
    assert called(entries, 10 - 1 / 60) is None
    assert called(entries, 10) == Called(about="suspected", step=2, who="budi")


@pytest.mark.parametrize("fact", [Acknowledged(), OwnerSet(owner="sari")])
def test_who_takes_it_up_ends_the_calling_until_something_new_waits(fact: Fact) -> None:
    entries = grown((0, Called(about="suspected", step=1, who="sari"), "desk"), (3, fact, "sari"))
    assert called(entries, 9) is None
    later = [*entries, Entry(incident=entries[0].incident, number=4, at_us=START_US + 9 * MINUTE_US, actor="sari",
                             reason="ya", fact=Confirmed())]  # fmt: skip
    assert called(later, 9) == Called(about="confirmed", step=1, who="sari")


def test_a_repair_that_reports_contradict_is_called_about_anew() -> None:
    entries = grown((1, Confirmed(), "sari"), (2, Acknowledged(), "sari"), (3, ClaimedFixed(), "sari"))
    assert called(entries, 4) is None
    against = [*entries, written(entries, 5, judged_all("contradicted"), THE_DESK.name)]
    assert called(against, 6) == Called(about="contradicted", step=1, who="sari")
    over = [*against, written(against, 7, judged_all("restored"), THE_DESK.name)]
    assert called(over, 8) is None


def risen(verdict: RecoveryVerdict = "not_yet", scope: Scope = JAKARTA) -> RecoveryJudged:
    return RecoveryJudged(scopes=(ScopeRecovery(scope=scope, verdict=verdict, relapsed=True),))


CLAIMED = ((1, Confirmed(), "sari"), (2, Acknowledged(), "sari"), (3, ClaimedFixed(), "sari"))
OVER = (*CLAIMED, (4, judged_all("restored"), THE_DESK.name), (5, Restored(), "sari"))


@pytest.mark.parametrize("before", [OVER, OVER[:4]], ids=["called restored", "claimed, and judged back"])
def test_what_rises_again_after_it_was_back_is_called_about_until_somebody_takes_it_up(before: Sequence[Step]) -> None:
    assert called(grown(*before), 6) is None
    again = grown(*before, (7, risen(), THE_DESK.name))
    assert called(again, 7) == Called(about="relapsed", step=1, who="sari")
    assert called([*again, written(again, 8, risen("restored"), THE_DESK.name)], 8) is None
    taken = grown(*before, (7, risen(), THE_DESK.name), (8, Acknowledged(), "sari"), (9, risen(), THE_DESK.name))
    assert called(taken, 9) is None
    back = grown(*before, (7, risen(), THE_DESK.name), (8, Acknowledged(), "sari"),
                 (9, risen("restored"), THE_DESK.name), (20, risen("unknown"), THE_DESK.name))  # fmt: skip
    assert called(back, 20) == Called(about="relapsed", step=1, who="sari")


def test_who_reopens_it_has_taken_note_of_its_relapse() -> None:
    again = grown(*OVER, (7, risen(), THE_DESK.name), (8, Relapsed(), "sari"), (9, risen(), THE_DESK.name))
    assert called(again, 9) == Called(about="confirmed", step=1, who="sari")
    taken = [*again, written(again, 10, Acknowledged(), "sari")]
    assert called([*taken, written(taken, 11, risen(), THE_DESK.name)], 11) is None


def test_a_repair_called_restored_in_somebodys_own_name_is_called_about_while_reports_contradict_it() -> None:
    against = (*CLAIMED, (5, judged_all("contradicted"), THE_DESK.name), (6, Restored(overrides=True), "sari"))
    assert called(grown(*against), 7) == Called(about="contradicted", step=1, who="sari")
    assert called(grown(*against, (8, Acknowledged(), "sari")), 9) is None


def test_of_what_is_restored_without_anything_against_it_nobody_is_called_and_nothing_is_taken_up() -> None:
    over = grown(*OVER)
    assert called(over, 600) is None
    assert "acknowledged" not in allowed(added(over), SARI)
    assert "acknowledged" in allowed(added([*over, written(over, 7, risen(), THE_DESK.name)]), SARI)


def test_the_word_that_it_is_over_is_called_about_where_it_is_asked_for_until_it_is_said() -> None:
    told = (
        (1, Confirmed(), "sari"), (2, Acknowledged(), "sari"),
        (3, NoticeDrafted(notice="n1", kind="holding", text_id="a", text_en="b"), "sari"),
        (4, NoticePublished(notice="n1", before_second=True), "sari"), (5, ClaimedFixed(), "sari"),
        (6, judged_all("restored"), THE_DESK.name), (7, Restored(), "sari"),
    )  # fmt: skip
    entries, asked = grown(*told), Escalation(about=frozenset({"recovery_word"}))

    def calls(after_min: int) -> Called | None:
        return next_call(added(entries), entries, PEOPLE, rule=asked, now_us=START_US + after_min * MINUTE_US)

    assert calls(22) is None
    assert calls(23) == Called(about="recovery_word", step=1, who="sari")
    assert called(entries, 23) is None


def test_a_clock_that_was_missed_is_called_about_and_a_task_only_where_it_is_asked_for() -> None:
    entries = grown((1, Acknowledged(), "sari"), (2, TaskAdded(task="t1", what="x", due_us=START_US), "sari"))
    # Trouble began five minutes before it was opened, so the first word was due ten minutes after.
    assert called(entries, 9) is None
    assert called(entries, 11) == Called(about="first_word", step=1, who="sari")
    tasks = Escalation(about=frozenset({"task"}))
    due = grown((2, TaskAdded(task="t1", what="x", due_us=START_US + 3 * MINUTE_US), "sari"))
    now_us = START_US + 5 * MINUTE_US
    assert next_call(added(due), due, PEOPLE, rule=tasks, now_us=now_us) == Called(about="task:t1", step=1, who="sari")


def test_what_is_over_or_has_nobody_on_duty_calls_nobody() -> None:
    rejected = grown((1, Rejected(), "sari"))
    assert called(rejected, 5) is None
    entries = grown()
    assert next_call(begun(JAKARTA), entries, (), rule=RULE, now_us=START_US) is None


def test_after_a_standstill_one_is_called_and_not_all_that_were_missed() -> None:
    entries = grown((0, Called(about="suspected", step=1, who="sari"), "desk"))
    fact = next_call(added(entries), entries, PEOPLE, rule=QUIET, now_us=START_US + 600 * MINUTE_US)
    assert fact == Called(about="suspected", step=2, who="budi")
    entries.append(Entry(incident=entries[0].incident, number=3, at_us=START_US + 600 * MINUTE_US, actor="desk",
                         fact=fact))  # fmt: skip
    assert next_call(added(entries), entries, PEOPLE, rule=QUIET, now_us=START_US + 609 * MINUTE_US) is None


@given(st.lists(st.sampled_from([Acknowledged(), Confirmed(), OwnerSet(owner="sari"), Rejected()]), max_size=4))
def test_nobody_is_called_twice_within_the_minutes_allowed_about_one_matter(facts: list[Fact]) -> None:
    made = lived(facts, 60)
    for (before, _, about), (after, _, again) in pairwise(made):
        assert about != again or after - before >= RULE.acknowledge_min


def test_what_waits_is_said_with_the_moment_it_began() -> None:
    left = waiting(begun(JAKARTA), grown(), RULE, START_US)
    assert left is not None
    assert (left.about, left.since_us) == ("suspected", START_US)
