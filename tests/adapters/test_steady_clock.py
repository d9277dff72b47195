"""The clock of a desk: it goes as time passes, and follows a jump of the machine's when somebody vouches for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from set_machine import NOW_US, SECOND_US, Machine

from pulih.adapters.clock_file import LastSeen, keep_last_seen, read_last_seen
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.machine_time import this_machine
from pulih.model.errors import ForbiddenMove, OutsideFailed
from pulih.serve.clock_start import accept_clock, steady_clock
from pulih.serve.clocks import ReplayClock, SteadyClock, latest_of

HOUR_S = 3600
MONTH_S = 30 * 24 * HOUR_S


def clock_of(machine: Machine) -> SteadyClock:
    return SteadyClock(machine.time(), machine.told.append)


def test_it_goes_as_time_passes() -> None:
    machine = Machine()
    clock = clock_of(machine)
    machine.passes(7)
    assert clock.now_us() == NOW_US + 7 * SECOND_US
    assert (clock.says(), clock.jumps, machine.told) == ("", 0, [])


@pytest.mark.parametrize("jump_s", [6, HOUR_S, 27_000 * 24 * HOUR_S, -6, -HOUR_S, -20_000 * 24 * HOUR_S])
def test_a_jump_of_the_machine_is_not_followed_and_is_told_once(jump_s: float) -> None:
    machine = Machine()
    clock = clock_of(machine)
    machine.jumps(jump_s)
    for second in range(1, 2 * HOUR_S, 600):
        machine.passed_us, machine.wall_us = 50 * SECOND_US, NOW_US + round(jump_s * SECOND_US)
        machine.passes(second)
        assert clock.now_us() == NOW_US + second * SECOND_US
    assert clock.jumps == 1
    assert len(machine.told) == 1
    assert f"{abs(jump_s):,.0f} s {'ahead' if jump_s > 0 else 'behind'}" in clock.says()
    assert clock.apart_us() == jump_s * SECOND_US


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S])
def test_a_jump_that_stands_and_is_vouched_for_is_taken_over(jump_s: float) -> None:
    machine = Machine()
    clock = clock_of(machine)
    machine.jumps(jump_s)
    machine.kept_right = True
    clock.now_us()
    machine.passes(9)
    assert clock.now_us() == NOW_US + 9 * SECOND_US
    machine.passes(1)
    clock.now_us()
    assert clock.now_us() == machine.wall_us
    assert (clock.says(), clock.jumps) == ("", 1)
    assert len(machine.told) == 2


def test_a_jump_that_a_hand_takes_back_leaves_no_trace_in_time() -> None:
    machine = Machine()
    clock = clock_of(machine)
    machine.jumps(7 * HOUR_S)
    clock.now_us()
    machine.passes(60)
    machine.jumps(-7 * HOUR_S)
    assert clock.now_us() == machine.wall_us
    assert clock.says() == ""
    assert "back" in machine.told[-1]


def test_another_jump_has_to_stand_anew() -> None:
    machine = Machine()
    clock = clock_of(machine)
    machine.jumps(HOUR_S)
    clock.now_us()
    machine.passes(9)
    machine.jumps(HOUR_S)
    machine.kept_right = True
    clock.now_us()
    machine.passes(9)
    assert clock.now_us() == NOW_US + 18 * SECOND_US
    assert clock.jumps == 2


@given(st.lists(st.tuples(st.floats(0, 120), st.floats(-5, 5)), max_size=30))
def test_small_steps_are_followed_and_never_lead_back(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    clock = clock_of(machine)
    last_us = clock.now_us()
    for passed_s, step_s in steps:
        machine.passes(passed_s)
        machine.jumps(step_s)
        now_us = clock.now_us()
        assert now_us >= last_us
        assert now_us >= machine.wall_us
        last_us = now_us
    assert clock.jumps == 0


def test_a_report_that_is_of_the_future_by_one_clock_only_is_not_refused_for_it() -> None:
    machine = Machine()
    clock = clock_of(machine)
    latest = latest_of(clock)
    assert latest.now_us() == NOW_US
    machine.jumps(HOUR_S)
    assert latest.now_us() == NOW_US + HOUR_S * SECOND_US
    machine.jumps(MONTH_S)
    assert latest.now_us() == NOW_US + 24 * HOUR_S * SECOND_US
    machine.jumps(-2 * MONTH_S)
    assert latest.now_us() == NOW_US
    replay = ReplayClock(5)
    assert latest_of(replay) is replay


def test_a_desk_that_is_started_again_on_the_same_run_of_a_machine_keeps_its_time(tmp_path: Path) -> None:
    machine, path = Machine(), tmp_path / "clock"
    keep_last_seen(path, steady_clock(path, machine.time()).seen())
    machine.passes(600)
    machine.jumps(MONTH_S)
    clock = steady_clock(path, machine.time())
    assert clock.now_us() == NOW_US + 600 * SECOND_US
    assert "ahead" in clock.says()


@pytest.mark.parametrize(
    ("wall_us", "says"),
    [
        (0, "1970-01-01T00:00:00Z, and no desk of this version is as old"),
        (NOW_US - HOUR_S * SECOND_US, "2026-11-26T03:00:00Z, but the desk was last seen at 2026-11-26T04:00:00Z"),
        (NOW_US + MONTH_S * SECOND_US, "2026-12-26T04:00:00Z, the desk was last seen at 2026-11-26T04:00:00Z, and"),
    ],
)
def test_a_start_by_a_clock_that_cannot_be_right_is_refused_and_says_what_to_do(
    tmp_path: Path, wall_us: int, says: str
) -> None:
    path = tmp_path / "clock"
    keep_last_seen(path, steady_clock(path, Machine().time()).seen())
    later = Machine("second")
    later.wall_us = wall_us
    with pytest.raises(OutsideFailed, match=says) as refused:
        steady_clock(path, later.time())
    assert "timedatectl" in str(refused.value)


def test_a_desk_that_was_away_for_long_starts_when_somebody_keeps_the_clock_right(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    keep_last_seen(path, LastSeen(NOW_US, 0, "first"))
    later = Machine("second")
    later.jumps(MONTH_S)
    later.kept_right = True
    assert steady_clock(path, later.time()).now_us() == later.wall_us


def test_a_clock_that_a_person_accepts_is_gone_by_from_the_next_start_on(tmp_path: Path) -> None:
    data = tmp_path / "desk"
    later = Machine("second")
    later.jumps(MONTH_S)
    with DataFolder(data) as folder:
        keep_last_seen(folder.layout.clock, LastSeen(NOW_US, 0, "first"))
        with pytest.raises(ForbiddenMove, match="stop it"):
            accept_clock(data, later.time())
    assert "2026-12-26T04:00:00Z" in accept_clock(data, later.time())
    assert steady_clock(data / "clock", later.time()).now_us() == later.wall_us


def test_a_damaged_note_of_when_the_desk_was_last_seen_is_told(tmp_path: Path) -> None:
    (tmp_path / "clock").write_bytes(b"half")
    with pytest.raises(OutsideFailed, match="remove the file"):
        read_last_seen(tmp_path / "clock")


def test_this_machine_tells_its_time() -> None:
    machine = this_machine()
    first_us = machine.passed_us()
    assert machine.passed_us() >= first_us
    assert machine.is_synchronised() in {True, False}
