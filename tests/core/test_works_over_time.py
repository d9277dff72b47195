"""Planned work over time: how it stands, what may be changed, and when it is an outage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pulih.confirm.works import (
    OVERRUN_US,
    called_off,
    check_plan,
    completed,
    extended,
    has_overrun,
    public_work,
    reminder_of,
    signed,
    state_of,
)
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.work import PlannedWork

HOUR_US = HOUR_S * MICROS
NOW_US = 1_759_461_120 * MICROS
WORK = PlannedWork(
    id="w20251003-k7qm",
    operator="xl",
    start_us=NOW_US + 10 * HOUR_US,
    end_us=NOW_US + 14 * HOUR_US,
    title_id="Pemutakhiran",
    title_en="Upgrade",
    announced_by="sari",
    signed_by="budi",
    signed_us=NOW_US,
)


@given(st.integers(0, 40 * HOUR_US), st.booleans())
def test_work_overruns_only_past_its_end_and_never_twice(after_us: int, opened: bool) -> None:
    work = replace(WORK, incident="20251003-ab12" if opened else "")
    at_us = NOW_US + after_us
    assert has_overrun(work, at_us) == (not opened and at_us >= WORK.end_us + OVERRUN_US)
    assert not has_overrun(work, at_us) or state_of(work, at_us) == "verifying"


def test_what_waits_is_told_before_it_begins_before_it_ends_and_when_it_is_late() -> None:
    told = [reminder_of(WORK, WORK.start_us + at * HOUR_US) for at in (-25, -10, 1, 3.5, 5)]
    assert [one.kind if one else "" for one in told] == ["", "begins", "", "ends", "overdue"]
    assert reminder_of(completed(WORK, WORK.end_us), WORK.end_us + HOUR_US) is None


def test_a_second_person_signs_and_only_once() -> None:
    fresh = replace(WORK, signed_by="", signed_us=0)
    assert [one.kind for one in (reminder_of(fresh, NOW_US), reminder_of(WORK, NOW_US)) if one] == [
        "signature",
        "begins",
    ]
    for who in ("sari", "sari via noc bot [9f2c]"):
        with pytest.raises(ForbiddenMove, match="somebody else has to sign"):
            signed(fresh, who, NOW_US)
    with pytest.raises(ForbiddenMove, match="made for no person"):
        signed(fresh, "command line via noc bot [9f2c]", NOW_US)
    done = signed(fresh, "budi", NOW_US + 5)
    assert (done.signed_by, public_work(done, NOW_US + 5).announced_us) == ("budi", NOW_US + 5)
    with pytest.raises(ForbiddenMove, match="signed by budi already"):
        signed(done, "citra", NOW_US + 6)


def test_work_that_has_begun_is_completed_and_never_called_off() -> None:
    with pytest.raises(ForbiddenMove, match="has begun"):
        called_off(WORK, WORK.start_us)
    with pytest.raises(ForbiddenMove, match="has not begun"):
        completed(WORK, WORK.start_us - 1)
    done = completed(WORK, WORK.start_us + HOUR_US)
    assert (state_of(done, WORK.start_us + HOUR_US), done.version) == ("completed", 2)
    for change in (lambda: called_off(done, NOW_US), lambda: extended(done, WORK.end_us + 1, NOW_US)):
        with pytest.raises(ForbiddenMove, match="is over"):
            change()


def test_work_that_was_called_off_says_since_when_in_public() -> None:
    told = public_work(called_off(WORK, NOW_US), NOW_US)
    assert (told.state, told.cancelled_us) == ("completed", NOW_US)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"title_en": " "}, "work.title"),
        ({"title_id": "x" * 161}, "work.long_title"),
        ({"text_id": "ada"}, "work.one_language"),
        ({"text_id": "x" * 2_001, "text_en": "x"}, "work.long_text"),
        ({"operator": ""}, "work.operator"),
        ({"end_us": WORK.start_us}, "work.backwards"),
        ({"start_us": NOW_US - 2 * HOUR_US, "end_us": NOW_US}, "work.past"),
        ({"end_us": WORK.start_us + 32 * DAY_S * MICROS}, "work.longest"),
        ({"start_us": NOW_US + 400 * DAY_S * MICROS, "end_us": NOW_US + 401 * DAY_S * MICROS}, "work.ahead"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_reason(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(RefusedInput) as refused:
        check_plan(replace(WORK, **wrong), NOW_US)
    assert refused.value.key == why


def test_a_sound_plan_is_taken() -> None:
    check_plan(WORK, NOW_US)
