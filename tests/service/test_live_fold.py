"""What the journal adds up to depends on nothing else: not on batches, restarts, clocks or order within a window."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from live_world import JAKARTA, SECOND_US, START_US, TUNING, complaints, families_of, fold, framed, heard, report

from pulih.detect.calendar import lay_out
from pulih.detect.family import FamilyScan, ScopeRise
from pulih.ports.live import Row
from pulih.service.live.fold import Closed, Fold, Frame

END_US = 2 * 3600 * SECOND_US


def run(frames: Iterable[Frame]) -> tuple[Fold, list[Closed]]:
    """Take all frames, and let time pass until all windows are closed."""
    state, closed = fold(), []
    for frame in frames:
        closed += state.take(frame)
    closed += state.close(state.received_us + END_US)
    state.settle()
    return state, closed


def rises(state: Fold) -> dict[str, tuple[ScopeRise, ...]]:
    return {operator: scan.rises() for operator, scan in state.scans.items()}


def rows(closed: Iterable[Closed]) -> list[Row]:
    return [row for one in closed for row in one.rows]


SEEDS = st.integers(0, 1000)
# Each lives through days; tests/long draws more.
FEW = 2


@settings(max_examples=FEW)
@given(SEEDS)
def test_what_is_found_is_what_a_scan_of_the_whole_history_finds(seed: int) -> None:
    state, _ = run(framed(complaints(seed, days=4), seed))
    calendar = lay_out(
        state.grid.start_s, state.grid.second(state.bin) - 1, bin_s=60, zone=JAKARTA, heard_s=state.tally.heard_s()
    )
    for family in state.families:
        columns = state.tally.between(family.members, 0, 1 << 40)
        whole = FamilyScan(columns, state.tally.codes, family.regions, calendar=calendar, tuning=TUNING)
        assert state.scans[family.operator].rises() == whole.rises


def test_the_outage_of_these_worlds_is_found_where_it_is() -> None:
    found = [rise.region for seed in range(3) for rise in rises(run(framed(complaints(seed, days=4), seed))[0])["beta"]]
    assert "31.74" in found


@settings(max_examples=FEW)
@given(SEEDS, st.integers(1, 40))
def test_batches_clocks_and_restarts_between_frames_change_nothing(seed: int, every: int) -> None:
    frames = framed(complaints(seed, days=2), seed)
    plain, closed = run(frames)
    state, again = fold(), []
    for number, frame in enumerate(frames):
        again += state.take(frame)
        if number % every == 0:
            # The clock closes what is over before the next frame is received, and scans are taken there.
            until_us = frames[number + 1].received_us if number + 1 < len(frames) else frame.received_us
            again += state.close(until_us)
            state.settle()
            saved, state = state.to_bytes(), fold()
            state.restore(saved)
    again += state.close(state.received_us + END_US)
    state.settle()
    assert rows(again) == rows(closed)
    assert rises(state) == rises(plain)
    assert state.to_bytes() == plain.to_bytes()


@settings(max_examples=FEW)
@given(SEEDS, SEEDS)
def test_the_order_in_which_reports_of_open_windows_come_makes_no_difference(seed: int, other: int) -> None:
    told = complaints(seed, days=2)
    one, closed = run(framed(told, seed, delay_s=9))
    two, again = run(framed(told, other + 2000, delay_s=9))
    without = [{name: getattr(row, name) for name in Row.__struct_fields__[2:]} for row in rows(closed)]
    assert without == [{name: getattr(row, name) for name in Row.__struct_fields__[2:]} for row in rows(again)]
    assert rises(one) == rises(two)


def frame(number: int, received_s: float, *said_s: float) -> Frame:
    told = [(START_US + round(at * SECOND_US), f"n{number}-{place}", report("beta")) for place, at in enumerate(said_s)]
    items = tuple(heard(number, place, one) for place, one in enumerate(told))
    return Frame(number, START_US + round(received_s * SECOND_US), items)


def counted_in(closed: Iterable[Closed]) -> list[float]:
    """Return seconds from the start at which the windows of the rows begin; -1 for latecomers."""
    return [(row.window_us - START_US) / SECOND_US if row.window_us else -1 for row in rows(closed)]


def test_a_report_that_comes_when_its_window_is_closed_counts_in_the_first_open_one() -> None:
    _, closed = run([frame(1, 0, 0), frame(2, 70, 59), frame(3, 129, 61, 128)])
    assert counted_in(closed) == [0, 60, 60, 120]


def test_a_report_that_comes_much_too_late_is_kept_at_its_own_time_and_not_counted() -> None:
    _, closed = run([frame(1, 0, 0), frame(2, 3600, 3540 - 900, 3540 - 901)])
    assert counted_in(closed) == [0, -1, 3540]
    latecomer = rows(closed)[1]
    assert (latecomer.weight, latecomer.evidence, latecomer.counts_for) == (0.0, 0.0, None)
    assert latecomer.at_us == START_US + (3540 - 901) * SECOND_US


def test_a_report_from_a_clock_that_is_ahead_waits_for_its_window() -> None:
    state, closed = run([frame(1, 0, 0), frame(2, 10, 250)])
    assert counted_in(closed) == [0, 240]
    assert state.waiting() == []


def test_a_network_that_a_catalogue_names_since_the_snapshot_is_scanned_from_what_is_kept() -> None:
    frames = framed(complaints(3, days=3), 3)
    before = Fold(TUNING, JAKARTA, lambda heard: [one for one in families_of(heard) if one.operator != "alpha"])
    for frame in frames:
        list(before.take(frame))
    before.settle()
    after, whole = fold(), fold()
    after.restore(before.to_bytes())
    for frame in frames:
        list(whole.take(frame))
    for state in (after, whole):
        list(state.close(state.received_us + END_US))
        state.settle()
    assert rises(after) == rises(whole)
    assert "alpha" in after.scans


def test_expired_frames_before_anything_is_known_do_not_begin_the_history() -> None:
    state = fold()
    assert list(state.take(Frame(7, 0, ()))) == []
    assert (state.frame, state.open_us) == (7, 0)
    list(state.take(Frame(8, START_US, ())))
    assert START_US - 120 * SECOND_US <= state.open_us <= START_US


def test_frames_that_come_while_a_big_window_is_closed_in_pieces_change_nothing() -> None:
    many = frame(2, 59, *(number / 100 for number in range(5_000)))
    frames = [frame(1, 0, 0), many, *(frame(number, 67 + number, 60 + number) for number in range(3, 30))]
    plain, closed = run(frames)
    state, again, between = fold(), [], 0
    for one in frames:
        late = state.receive(one)
        piece = state.close_piece()
        again += [some for some in (late, piece) if some]
        between += piece is not None
    again += state.close(state.received_us + END_US)
    state.settle()
    assert between >= 2
    assert rows(again) == rows(closed)
    assert state.to_bytes() == plain.to_bytes()


def test_a_frame_that_was_taken_before_is_left_alone() -> None:
    _, closed = run([frame(1, 0, 0), frame(1, 5, 1), frame(2, 9, 2)])
    assert len(rows(closed)) == 2


def test_before_the_first_frame_no_window_is_closed() -> None:
    state = fold()
    assert list(state.close(START_US)) == []
    assert state.open_us == 0


def test_older_counts_are_dropped_and_memory_stays_bounded() -> None:
    state = fold()
    for week in range(40):
        for moment in (0, 1000):
            at = week * 604_800 + moment
            list(state.take(frame(2 * week + (moment > 0) + 1, at, at)))
    columns = state.tally.between(["beta"], 0, 1 << 40)
    assert 20 <= columns.at_s.size <= 30
    assert state.scans["beta"].first >= state.bin - 14 * 10_080
    assert np.all(np.diff(columns.at_s) >= 0)
