"""Every clock of every regulator: one second either side, across midnight, zones and summer time (requirement N2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from learn_world import HOUR_US, MINUTE_US, ONSET_US, RULES, SECOND_US, at, clock_of, exactly, outage
from msgspec.structs import replace

from pulih.learn.regulator import ClockRow
from pulih.learn.rule_clocks import due_after
from pulih.model.clock import from_micros, to_micros
from pulih.model.record import Affected, Figures, Filing, Record

DAY_US = 24 * HOUR_US
# Large, long ago begun, and everything about it known: each rule applies from some moment on.
EVERYTHING = {"area": "remote", "whole": ("country",), "personal_data": True, "served": exactly(10_000_000)}
# Onsets just before midnight in Jakarta, at both changes of summer time in New York and Sydney, and on a quiet day.
ONSETS = (
    "2026-03-04T23:59:30+07:00",
    "2026-03-08T01:30:00-05:00",
    "2026-11-01T00:30:00-04:00",
    "2026-04-05T01:30:00+11:00",
    "2026-10-04T01:30:00+10:00",
    "2026-06-15T12:00:00+00:00",
)
TIMED = [
    (rule.id, row.id)
    for rule in RULES.values()
    for row in rule.clock
    if (row.minutes, row.days, row.months) != (None, None, None)
]


def _grown(onset_us: int, *, over: bool) -> Record:
    ended_us = onset_us + 9 * HOUR_US if over else None
    return outage(
        exactly(5_000_000),
        onset_us=onset_us,
        ended_us=ended_us,
        emergency_calls="not_reachable",
        figures=EVERYTHING,
    )


def _due_by_the_book(row: ClockRow, start_us: int, zone: str) -> int:
    """Work a due time out the slow way: passed minutes in UTC, days and months on the wall."""
    if row.minutes is not None:
        return to_micros(from_micros(start_us) + timedelta(minutes=row.minutes))
    local = from_micros(start_us).astimezone(ZoneInfo(zone))
    wall = local.replace(tzinfo=None) + timedelta(days=row.days or 0)
    if row.months:
        wall = wall.replace(month=wall.month % 12 + 1, year=wall.year + (wall.month == 12))
    return to_micros(wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))


@pytest.mark.parametrize("written", ONSETS)
def test_every_clock_runs_until_its_last_second_and_is_missed_one_second_later(written: str) -> None:
    far_us = at(written) + 400 * DAY_US
    for rule_id, clock in TIMED:
        rule = RULES[rule_id]
        row = next(one for one in rule.clock if one.id == clock)
        record = _grown(at(written), over=row.since == "restored")
        begun = clock_of(rule, clock, record, far_us)
        assert begun.start_us is not None, (rule_id, clock)
        due_us = _due_by_the_book(row, begun.start_us, rule.zone)
        assert begun.due_us == due_us, (rule_id, clock)
        states = [clock_of(rule, clock, record, due_us + away).state for away in (-SECOND_US, 0, SECOND_US)]
        assert states == ["running", "running", "missed"], (rule_id, clock)


@pytest.mark.parametrize("written", ONSETS)
def test_every_clock_is_met_until_its_last_second_and_late_one_second_after(written: str) -> None:
    for rule_id, clock in TIMED:
        rule = RULES[rule_id]
        row = next(one for one in rule.clock if one.id == clock)
        record = _grown(at(written), over=row.since == "restored")
        due_us = clock_of(rule, clock, record, at(written) + 400 * DAY_US).due_us
        assert due_us is not None
        for away, state in ((-SECOND_US, "met"), (0, "met"), (SECOND_US, "late")):
            done = _done(record, rule_id, row, due_us + away)
            assert clock_of(rule, clock, done, due_us + DAY_US).state == state, (rule_id, clock, away)


def _done(record: Record, rule: str, row: ClockRow, at_us: int) -> Record:
    if row.met_by == "filing":
        return replace(record, filings=(Filing(rule=rule, clock=row.id, at_us=at_us),))
    told = outage(onset_us=record.incident.onset_us, words=(at_us,)).incident.notices
    return replace(record, incident=replace(record.incident, notices=told))


def test_a_clock_that_starts_when_it_is_notifiable_starts_at_the_very_microsecond() -> None:
    # 30,000 users reach 900,000 user-minutes after thirty minutes, which is also how long it must last.
    record = outage(exactly(30_000))
    crossed_us = ONSET_US + 30 * MINUTE_US
    notice = clock_of("us.nors", "notice", record, crossed_us)
    assert (notice.start_us, notice.due_us) == (crossed_us, crossed_us + 120 * MINUTE_US)
    assert clock_of("us.nors", "notice", record, crossed_us - SECOND_US).state == "waiting"


def test_discovering_it_late_moves_what_counts_from_discovery_and_not_what_counts_from_the_onset() -> None:
    known_us = ONSET_US + 3 * HOUR_US
    record = outage(exactly(2_000_000), detected_us=known_us)
    now_us = ONSET_US + 4 * HOUR_US
    assert clock_of("us.nors", "notice", record, now_us).start_us == known_us
    assert clock_of("jp.mic.2023", "first", record, now_us).start_us == ONSET_US


def test_acma_counts_six_passed_hours_across_the_hour_that_sydney_skips_and_the_one_it_repeats() -> None:
    for written, due in (
        ("2026-10-04T00:00:00+10:00", "2026-10-04T07:00:00+11:00"),
        ("2026-04-05T00:00:00+11:00", "2026-04-05T05:00:00+10:00"),
    ):
        first_us = at(written)
        record = outage(exactly(200_000), onset_us=first_us - 2 * HOUR_US, words=(first_us,))
        states = [clock_of("au.major.2024", "updates", record, at(due) + away) for away in (-SECOND_US, 0, SECOND_US)]
        assert [one.state for one in states] == ["running", "running", "missed"]
        assert states[0].due_us == at(due)


def test_acma_wants_a_word_every_six_hours_for_a_day_and_then_every_day() -> None:
    first_us = ONSET_US + HOUR_US
    words = tuple(first_us + hours * HOUR_US for hours in (0, 6, 12, 18))
    record = outage(exactly(200_000), words=words)
    day_us = first_us + DAY_US
    before = clock_of("au.major.2024", "updates", record, day_us)
    assert (before.due_us, before.kept, before.broken, before.state) == (day_us, 3, 0, "running")
    later = outage(exactly(200_000), words=(*words, day_us))
    after = clock_of("au.major.2024", "updates", later, day_us + DAY_US + SECOND_US)
    assert (after.due_us, after.kept, after.state) == (day_us + DAY_US, 4, "missed")


def test_an_update_that_came_a_second_late_is_broken_for_good_and_the_next_one_still_counts() -> None:
    first_us = ONSET_US + 10 * MINUTE_US
    words = (first_us, first_us + HOUR_US + SECOND_US)
    clock = clock_of("jp.mic.2023", "updates", outage(words=words), words[1] + HOUR_US)
    assert (clock.kept, clock.broken, clock.state) == (0, 1, "running")


def test_an_update_that_fell_due_before_the_outage_was_large_enough_was_not_owed() -> None:
    # A word after five minutes; nine hours later a second region fails, and an hour after that it is a major outage.
    later = Affected(users=exactly(90_000), start_us=ONSET_US + 9 * HOUR_US)
    crossed_us = ONSET_US + 10 * HOUR_US + 1
    rows = {"affected": (Affected(users=exactly(20_000)), later), "whole": ()}
    one = replace(outage(words=(ONSET_US + 5 * MINUTE_US,)), figures=Figures(**rows))
    updates = clock_of("au.major.2024", "updates", one, crossed_us)
    assert (updates.state, updates.start_us, updates.due_us, updates.broken) == ("at_once", crossed_us, None, 0)
    told = outage(words=(ONSET_US + 5 * MINUTE_US, crossed_us + MINUTE_US))
    after = replace(one, incident=told.incident)
    updates = clock_of("au.major.2024", "updates", after, crossed_us + 6 * HOUR_US)
    assert (updates.state, updates.kept, updates.broken) == ("running", 0, 0)
    assert updates.due_us == crossed_us + MINUTE_US + 6 * HOUR_US
    late = clock_of("au.major.2024", "updates", after, updates.due_us + SECOND_US)
    assert (late.state, late.broken) == ("missed", 1)


def test_who_was_told_that_it_is_over_is_owed_no_update() -> None:
    first_us, over_us = ONSET_US + 10 * MINUTE_US, ONSET_US + 60 * MINUTE_US
    record = outage(words=(first_us, over_us + MINUTE_US), ended_us=over_us)
    clock = clock_of("jp.mic.2023", "updates", record, over_us + 10 * DAY_US)
    assert (clock.state, clock.kept, clock.broken) == ("ended", 1, 0)


def test_thirty_days_end_at_the_same_hour_in_new_york_though_summer_time_began_meanwhile() -> None:
    onset_us = at("2026-02-20T23:59:59-05:00")
    record = outage(exactly(2_000_000), onset_us=onset_us)
    due_us = at("2026-03-22T23:59:59-04:00")
    assert clock_of("us.nors", "final", record, due_us).due_us == due_us
    assert due_us - onset_us == 30 * DAY_US - HOUR_US
    assert clock_of("us.nors", "initial", record, due_us).due_us == onset_us + 72 * HOUR_US


def test_an_hour_that_the_wall_skips_is_the_first_moment_after_the_gap_and_a_double_one_the_earlier() -> None:
    row = ClockRow(id="c", kind="final_report", since="known", to_id="", to_en="", days=1)
    assert due_after(row, at("2026-03-07T02:30:00-05:00"), "America/New_York") == at("2026-03-08T03:00:00-04:00")
    assert due_after(row, at("2026-10-31T01:30:00-04:00"), "America/New_York") == at("2026-11-01T01:30:00-04:00")


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    row = ClockRow(id="c", kind="final_report", since="known", to_id="", to_en="", months=1)
    for written, due in (
        ("2026-01-31T12:00:00+01:00", "2026-02-28T12:00:00+01:00"),
        ("2028-01-31T12:00:00+01:00", "2028-02-29T12:00:00+01:00"),
        ("2026-12-31T12:00:00+01:00", "2027-01-31T12:00:00+01:00"),
    ):
        assert due_after(row, at(written), "Europe/Brussels") == at(due)


def test_the_final_report_of_nis2_counts_from_the_notification_and_from_its_due_time_while_it_is_awaited() -> None:
    record = outage()
    waits = clock_of("eu.nis2.23", "final", record, ONSET_US + 200 * DAY_US)
    assert waits.start_us == ONSET_US + 72 * HOUR_US
    sent_us = ONSET_US + 50 * HOUR_US
    sent = replace(record, filings=(Filing(rule="eu.nis2.23", clock="notification", at_us=sent_us),))
    assert clock_of("eu.nis2.23", "final", sent, ONSET_US + 200 * DAY_US).start_us == sent_us


def test_a_report_of_another_rule_meets_no_clock() -> None:
    filed = (Filing(rule="ca.crtc.2025-225", clock="notice", at_us=ONSET_US + HOUR_US),)
    record = replace(outage(exactly(2_000_000)), filings=filed)
    assert clock_of("us.nors", "notice", record, ONSET_US + 2 * HOUR_US).met_us is None


@pytest.mark.parametrize("written", ONSETS)
def test_what_is_due_as_soon_as_practicable_begins_with_the_threshold_and_waits_without_a_time(written: str) -> None:
    record = outage(exactly(200_000), onset_us=at(written))
    crossed_us = at(written) + 60 * MINUTE_US + 1
    for clock in ("first_public", "first_authorities"):
        states = [
            clock_of("au.major.2024", clock, record, crossed_us + away).state for away in (-SECOND_US, 0, SECOND_US)
        ]
        assert states == ["waiting", "at_once", "at_once"], clock
        assert clock_of("au.major.2024", clock, record, crossed_us + 400 * DAY_US).due_us is None


def test_a_word_to_the_public_is_no_notice_to_the_authorities_and_a_notice_no_word() -> None:
    now_us = ONSET_US + 61 * MINUTE_US
    told = outage(exactly(200_000), words=(ONSET_US + 5 * MINUTE_US,))
    filed = replace(
        outage(exactly(200_000)),
        filings=(Filing(rule="au.major.2024", clock="first_authorities", at_us=ONSET_US + 5 * MINUTE_US),),
    )
    seen = {
        name: [
            clock_of("au.major.2024", clock, record, now_us).state for clock in ("first_public", "first_authorities")
        ]
        for name, record in (("told", told), ("filed", filed))
    }
    assert seen == {"told": ["met", "at_once"], "filed": ["at_once", "met"]}
    # Updates follow the word to the public, whatever the authorities got.
    assert clock_of("au.major.2024", "updates", filed, now_us).state == "waiting"
    assert clock_of("au.major.2024", "updates", told, now_us).due_us == ONSET_US + 5 * MINUTE_US + 6 * HOUR_US


STEPS = [(rule.id, row.id, step) for rule in RULES.values() for row in rule.clock for step in row.every]


@pytest.mark.parametrize("written", ONSETS)
def test_every_clock_of_updates_runs_until_its_last_second_at_each_of_its_paces(written: str) -> None:
    assert {rule for rule, _, _ in STEPS} == {"au.major.2024", "id.house.2026", "jp.mic.2023"}
    for rule_id, clock, step in STEPS:
        first_us = at(written) + 10 * MINUTE_US
        last_us = first_us + step.from_min * MINUTE_US
        record = _grown(at(written), over=False)
        words = outage(onset_us=at(written), words=(first_us, last_us)[: 1 + (step.from_min > 0)]).incident.notices
        told = replace(record, incident=replace(record.incident, notices=words))
        due_us = to_micros(from_micros(last_us) + timedelta(minutes=step.every_min))
        seen = [clock_of(rule_id, clock, told, due_us + away) for away in (-SECOND_US, 0, SECOND_US)]
        assert [(one.state, one.due_us) for one in seen] == [
            ("running", due_us), ("running", due_us), ("missed", due_us),
        ], (rule_id, clock, step)  # fmt: skip
        for away, kept in ((-SECOND_US, True), (0, True), (SECOND_US, False)):
            again = outage(onset_us=at(written), words=(*(one.published_us or 0 for one in words), due_us + away))
            after = clock_of(
                rule_id,
                clock,
                replace(told, incident=replace(told.incident, notices=again.incident.notices)),
                due_us + away,
            )
            before = seen[0]
            assert (after.kept - before.kept, after.broken - before.broken) == (int(kept), int(not kept)), (clock, away)


def test_a_repair_that_is_only_claimed_starts_no_clock_of_a_final_report() -> None:
    now_us = ONSET_US + DAY_US
    claimed = outage(exactly(2_000_000), state="claimed_fixed")
    assert clock_of("ca.crtc.2025-225", "final", claimed, now_us).state == "waiting"
    over = outage(exactly(2_000_000), ended_us=now_us)
    assert clock_of("ca.crtc.2025-225", "final", over, now_us).start_us == now_us


def test_the_next_hour_of_a_day_counts_by_utc_whatever_the_machine_believes() -> None:
    onset = datetime.fromisoformat("2026-03-04T23:50:00+07:00")
    record = outage(onset_us=to_micros(onset))
    first = clock_of("jp.mic.2023", "first", record, to_micros(onset))
    assert first.due_us == at("2026-03-05T00:20:00+07:00") == at("2026-03-04T17:20:00+00:00")


def test_recipients_of_a_service_are_told_under_nis2_by_a_word_in_public_and_at_once() -> None:
    waits = clock_of("eu.nis2.23", "recipients", outage(), ONSET_US + HOUR_US)
    assert (waits.state, waits.due_us) == ("at_once", None)
    told = clock_of("eu.nis2.23", "recipients", outage(words=(ONSET_US + HOUR_US,)), ONSET_US + 2 * HOUR_US)
    assert told.state == "met"
    # A report to the authority tells no customer.
    filed = replace(outage(), filings=(Filing(rule="eu.nis2.23", clock="early_warning", at_us=ONSET_US + HOUR_US),))
    assert clock_of("eu.nis2.23", "recipients", filed, ONSET_US + 2 * HOUR_US).state == "at_once"


def test_ofcom_is_told_as_soon_as_practicable_by_a_report() -> None:
    assert clock_of("gb.ofcom.105k", "notice", outage(), ONSET_US + HOUR_US).state == "at_once"
    filed = replace(outage(), filings=(Filing(rule="gb.ofcom.105k", clock="notice", at_us=ONSET_US + HOUR_US),))
    assert clock_of("gb.ofcom.105k", "notice", filed, ONSET_US + 2 * HOUR_US).state == "met"
