"""Whether a source brings a part of its talk only: soon where it talks much, never where it does not talk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinned_feeds import HOUR, found_out_min, talked, thin

from pulih.restore.judging import judge, share_of
from pulih.restore.observed import Counted, Observed, windows_of
from pulih.restore.reasons import reasons_of
from pulih.restore.thinning import thin_windows

WINDOW_US = 300_000_000
SEEDS = range(200_000, 200_040)


@pytest.mark.parametrize("per_hour", [4, 30, 120, 2_000])
def test_a_source_that_brings_all_of_its_talk_is_hardly_ever_taken_for_thin(per_hour: float) -> None:
    found = [thin(*talked(seed, per_hour, [1.0] * 24 * HOUR)) for seed in SEEDS]
    assert np.mean(found) <= 0.03


@pytest.mark.parametrize(("per_hour", "within_min"), [(30, 30), (120, 10), (2_000, 5)])
def test_a_source_that_brings_a_tenth_is_found_out_soon(per_hour: float, within_min: int) -> None:
    after = [found_out_min(seed, per_hour) for seed in SEEDS]
    assert np.mean([one is not None and one <= within_min for one in after]) >= 0.8


@pytest.mark.parametrize("per_hour", [30, 120, 2_000])
def test_what_was_thin_is_so_from_where_it_began_until_now(per_hour: float) -> None:
    begun = 6 * HOUR
    since = []
    for seed in SEEDS:
        found = np.flatnonzero(thin(*talked(seed, per_hour, [1.0] * begun + [0.1] * begun)))
        since.append(int(found[found >= begun - HOUR // 2][0]) - begun)
        assert found[-1] >= 2 * begun - HOUR
    assert abs(np.median(since)) <= 1


def test_what_is_whole_again_is_so_from_its_first_window_on_and_thin_again_when_it_is() -> None:
    talk = np.repeat([6.0, 0.0, 6.0, 0.0, 6.0], HOUR)
    assert thin_windows(talk, np.full(talk.size, 6.0)).tolist() == np.repeat([False, True] * 2 + [False], HOUR).tolist()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_who_never_talked_or_always_brings_half_is_not_thin(talk: list[int]) -> None:
    now = np.array(talk, dtype=np.float64)
    assert not thin_windows(now, np.zeros(now.size)).any()
    assert not thin_windows(now, 2.0 * now).any()


def _outage(*, thin: tuple[int, int] | None, over: int = 60, part: float = 1.0, many: int = 60) -> Observed:
    """Return an outage of 40 reports a window where one is usual; from a window to another a source is thin."""
    reports = [41.0 if at < over else 1.0 for at in range(many)]
    flags = [thin is not None and thin[0] <= at < thin[1] for at in range(many)]
    heard = [one * part if flag else one for one, flag in zip(reports, flags, strict=True)]
    now_us = many * WINDOW_US
    counted = Counted(
        start_us=0, step_s=300, counts=tuple(heard), expected=(1.0,) * many, thin=tuple(flags) if thin else ()
    )
    return Observed(onset_us=0, now_us=now_us, counted=counted, alive_until_us=now_us)


@pytest.mark.parametrize("part", [0.0, 0.03, 0.1])
def test_quiet_of_a_thin_source_proves_nothing_and_the_reason_says_so(part: float) -> None:
    judged = judge(_outage(thin=(24, 60), part=part))
    assert judge(_outage(thin=None, over=24)).verdict == "restored"
    assert (judged.verdict, judged.silent) == ("unknown" if part <= 0.03 else "not_yet", part <= 0.03)
    if judged.silent:
        assert any("far quieter" in one.text_en for one in reasons_of(judged))


def test_what_a_thin_source_reports_beyond_usual_tells_that_it_goes_on() -> None:
    judged = judge(_outage(thin=(24, 60), part=0.5))
    assert (judged.verdict, judged.silent) == ("not_yet", False)


def test_once_the_source_is_whole_again_an_end_within_that_time_is_known() -> None:
    judged = judge(_outage(thin=(24, 36), over=30, part=0.1))
    assert judged.verdict == "restored"
    assert judged.known_us is not None and judged.known_us > 36 * WINDOW_US
    assert judge(_outage(thin=(24, 36), part=0.1)).verdict == "not_yet"


def test_how_far_reports_faded_is_told_from_what_was_heard_whole() -> None:
    assert share_of(windows_of(_outage(thin=(24, 60), part=0.1))) == 1.0
    assert share_of(windows_of(_outage(thin=None, over=24))) == 0.0
