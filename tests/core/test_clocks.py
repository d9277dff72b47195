"""Clocks run, are met or missed: the first word, promises, second signatures, tasks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from incident_world import BUDI, JAKARTA, MINUTE_US, SARI, START_US, after, begun, histories, lived

from pulih.confirm.clocks import RULES, clocks, next_due
from pulih.confirm.timeline import added
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    MergedInto,
    NoticeDrafted,
    NoticePublished,
    NoticeSigned,
    NoticeWithdrawn,
    Rejected,
    Relapsed,
    Restored,
    TaskAdded,
    TaskDone,
)
from pulih.model.incident import Incident

# The onset of the incident in `incident_world`.
ONSET_US = START_US - 5 * MINUTE_US


def _told(incident: Incident, notice: str = "n1", *, by_us: int | None = None) -> Incident:
    drafted = NoticeDrafted(
        notice=notice, kind="holding", text_id="a", text_en="b", next_update_by_us=by_us, as_worded=True
    )
    return after(after(incident, drafted), NoticePublished(notice=notice, before_second=True), SARI)


def test_the_first_word_is_due_fifteen_minutes_after_the_onset() -> None:
    due = next_due(begun(JAKARTA), START_US)
    assert due is not None
    assert (due.kind, due.rule, due.state) == ("first_word", "clock.first_word.house", "running")
    assert due.due_us == ONSET_US + 15 * MINUTE_US


def test_a_first_word_in_time_meets_every_rule_and_one_too_late_only_the_wider() -> None:
    told = _told(begun(JAKARTA))
    assert {one.state for one in clocks(told, START_US + 90 * MINUTE_US) if one.kind == "first_word"} == {"met"}
    silent = [one.state for one in clocks(begun(JAKARTA), ONSET_US + 20 * MINUTE_US)]
    assert silent == ["missed", "running"]


def test_a_promise_is_kept_by_the_next_word_and_broken_without_one() -> None:
    by_us = START_US + 10 * MINUTE_US
    told = _told(begun(JAKARTA), by_us=by_us)
    promise = next(one for one in clocks(told, START_US + 5 * MINUTE_US) if one.kind == "next_word")
    assert (promise.state, promise.of, promise.due_us) == ("running", "n1", by_us)
    assert next_due(told, START_US + 11 * MINUTE_US) is not None
    kept = _told(told, "n2")
    assert [one.state for one in clocks(kept, START_US + 60 * MINUTE_US) if one.kind == "next_word"] == ["met"]
    assert [one.state for one in clocks(told, START_US + 60 * MINUTE_US) if one.kind == "next_word"] == ["missed"]


def test_a_second_signature_is_awaited_until_it_is_there() -> None:
    told = _told(begun(JAKARTA))
    assert [one.of for one in clocks(told, START_US) if one.kind == "second_signature"] == ["n1"]
    signed = after(told, NoticeSigned(notice="n1"), BUDI)
    assert [one for one in clocks(signed, START_US) if one.kind == "second_signature"] == []


def test_a_task_with_a_time_has_a_clock() -> None:
    incident = after(begun(JAKARTA), TaskAdded(task="t1", what="a", due_us=START_US + 30 * MINUTE_US))
    task = next(one for one in clocks(incident, START_US) if one.kind == "task")
    assert (task.of, task.state) == ("t1", "running")
    done = after(incident, TaskDone(task="t1"))
    assert next(one for one in clocks(done, START_US + 90 * MINUTE_US) if one.kind == "task").state == "met"


def test_nobody_is_owed_a_word_about_what_was_no_outage_or_goes_on_elsewhere() -> None:
    assert clocks(after(begun(JAKARTA), Rejected()), START_US) == ()
    assert clocks(after(begun(JAKARTA), MergedInto(incident="20251003-zz99")), START_US) == ()


def _over(incident: Incident) -> Incident:
    return after(after(incident, ClaimedFixed()), Restored(overrides=True))


def _recovery(incident: Incident, now_us: int) -> list[str]:
    return [one.state for one in clocks(incident, now_us) if one.kind == "recovery_word"]


def _said_over(incident: Incident, notice: str) -> Incident:
    drafted = after(incident, NoticeDrafted(notice=notice, kind="restored", text_id="a", text_en="b"))
    return after(drafted, NoticePublished(notice=notice), BUDI)


def test_whoever_was_told_of_trouble_is_owed_the_word_that_it_is_over() -> None:
    told = after(_told(begun(JAKARTA)), Confirmed())
    over = _over(told)
    ended_us = over.ended_us or 0
    assert _recovery(told, START_US) == _recovery(_over(after(begun(JAKARTA), Confirmed())), ended_us) == []
    due = next(one for one in clocks(over, ended_us) if one.kind == "recovery_word")
    assert (due.due_us, due.met_us, due.rule) == (ended_us + 15 * MINUTE_US, None, "clock.recovery_word.house")
    assert [_recovery(over, ended_us + one * MINUTE_US) for one in (14, 16, 1440)] == [["running"], ["missed"], []]
    said = _said_over(over, "n2")
    assert _recovery(said, ended_us + 1440 * MINUTE_US) == ["met"]
    # Taken back it was not said, and of an end before a relapse nothing is heard of this one.
    assert _recovery(after(said, NoticeWithdrawn(notice="n2"), BUDI), ended_us) == ["running"]
    again = _over(after(said, Relapsed()))
    assert _recovery(again, again.ended_us or 0) == ["running"]
    assert _recovery(_said_over(again, "n3"), again.ended_us or 0) == ["met"]


def test_whoever_was_told_that_it_is_over_is_owed_the_word_that_it_is_not() -> None:
    def states(incident: Incident, now_us: int) -> list[str]:
        return [one.state for one in clocks(incident, now_us) if one.kind == "relapse_word"]

    over = _said_over(_over(after(_told(begun(JAKARTA)), Confirmed())), "n2")
    assert (over.reopened_us, states(over, START_US)) == (None, [])
    back = after(over, Relapsed())
    since_us = back.reopened_us or 0
    assert since_us > (over.ended_us or 0)
    edge_us = since_us + 15 * MINUTE_US
    assert [states(back, at_us) for at_us in (edge_us, edge_us + 1_000_000)] == [["running"], ["missed"]]
    due = next_due(back, since_us)
    assert due is not None and (due.kind, due.rule) == ("relapse_word", "clock.relapse_word.house")
    assert states(_told(back, "n3"), edge_us) == ["met"]
    # Over again, nobody is owed it; and where nobody was told of anything, nobody is owed that it is back.
    assert states(_over(back), edge_us) == []
    assert states(after(_over(after(begun(JAKARTA), Confirmed())), Relapsed()), edge_us) == []


def test_ids_of_rules_are_of_one_rule_each() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@given(histories, st.integers(0, 300))
def test_what_waits_stands_before_what_is_done_and_states_agree_with_times(attempted: list, minutes: int) -> None:
    now_us = START_US + minutes * MINUTE_US
    found = clocks(added(lived(attempted)), now_us)
    waits = [one.met_us is None for one in found]
    assert waits == sorted(waits, reverse=True)
    for one in found:
        late = (now_us if one.met_us is None else one.met_us) > one.due_us
        assert (one.state == "missed") == late
