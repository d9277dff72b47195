"""A family that is taken on bin by bin says what a scan of the whole history says, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from family_streams import between, country, reports
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.detect.calendar import Calendar, lay_out
from pulih.detect.family import CROWD, FamilyScan
from pulih.detect.live_family import Feed, Grid, LiveFamily, marks_of
from pulih.detect.live_state import Mark
from pulih.detect.tally import Columns
from pulih.model.errors import RefusedInput

REGIONS = country()
CODES = [code for code in REGIONS if "." in code]
START_S = 1_727_740_800
JAKARTA = ZoneInfo("Asia/Jakarta")
SEEDS = st.integers(0, 10_000)
WIDTHS_S, PER_DAY = st.sampled_from([60, 300, 3600]), st.sampled_from([4.0, 30.0, 300.0])


class World:
    """One drawn history, and both ways to scan it."""

    def __init__(
        self, seed: int, *, days: int = 9, per_day: float = 30.0, bin_s: int = 300, zone: ZoneInfo = JAKARTA
    ) -> None:
        # Half of the worlds have holidays, one day in three.
        special = (lambda day: "a holiday" if day.toordinal() % 3 == 0 else None) if seed % 2 else None
        self.columns = reports(CODES, days=days, per_day=per_day, seed=seed, start_s=START_S)
        self.tuning = msgspec.structs.replace(CROWD, bin_s=bin_s, false_alarms_per_week=2.0)
        self.grid = Grid(int(self.columns.at_s[0]) // bin_s * bin_s, bin_s, zone, special)
        self.zone = zone
        # A day and a half of silence in the middle, as when the source is off.
        quiet = START_S + 4 * 86_400
        at = self.columns.at_s
        kept = np.flatnonzero((at < quiet) | (at >= quiet + 130_000))
        self.columns = Columns(**{name: getattr(self.columns, name)[kept] for name in Columns.__struct_fields__})
        self.calendar = self.laid_out(None)

    def laid_out(self, last_s: int | None) -> Calendar:
        at = self.columns.at_s
        end = int(at[-1]) if last_s is None else last_s
        heard = np.unique(at[at <= end])
        return lay_out(int(at[0]), end, bin_s=self.grid.bin_s, zone=self.zone, heard_s=heard, special=self.grid.special)

    def whole(self, bins: int | None = None) -> FamilyScan:
        """Scan all, or the first bins as if no more were known."""
        if bins is None:
            return FamilyScan(self.columns, CODES, REGIONS, calendar=self.calendar, tuning=self.tuning)
        end_s = self.grid.second(bins)
        known = between(self.columns, 0, end_s)
        calendar = lay_out(
            self.grid.start_s,
            end_s - 1,
            bin_s=self.grid.bin_s,
            zone=self.zone,
            heard_s=np.unique(known.at_s),
            special=self.grid.special,
        )
        return FamilyScan(known, CODES, REGIONS, calendar=calendar, tuning=self.tuning)

    def feed(self) -> Feed:
        return Feed(
            between=lambda first, last: between(self.columns, first, last),
            codes=CODES,
            silent=lambda first, last: self.calendar.silent[first:last],
        )

    def live(self, marks: list[Mark] | None = None) -> LiveFamily:
        return LiveFamily(REGIONS, self.grid, tuning=self.tuning, feed=self.feed(), marks=marks or [Mark(0)])

    def steps(self, seed: int) -> Iterator[int]:
        """Yield growing numbers of bins, single ones and many at once, to the end."""
        rng, done = np.random.default_rng(seed), 0
        while done < self.calendar.bins:
            done = min(self.calendar.bins, done + int(rng.choice([1, 1, 2, 7, 60, 400, 2000])))
            yield done


def told(live: LiveFamily, steps: Sequence[int]) -> LiveFamily:
    for step in steps:
        live.take(step)
    return live


@settings(max_examples=6)
@given(SEEDS, WIDTHS_S, PER_DAY)
def test_taken_on_in_any_steps_a_family_finds_what_a_scan_of_the_whole_finds(
    seed: int, bin_s: int, per_day: float
) -> None:
    world = World(seed, bin_s=bin_s, per_day=per_day)
    whole = world.whole()
    live = told(world.live(), list(world.steps(seed)))
    assert live.rises() == whole.rises
    for code in ("", "11", CODES[seed % len(CODES)]):
        first, series = live.series(code, 0)
        assert first == 0
        assert np.array_equal(series.y, whole.series(code).y)
        assert np.array_equal(series.expected, whole.series(code).expected)


def test_the_worlds_of_these_tests_hold_outages_that_are_found() -> None:
    found = [rise.region for seed in range(4) for rise in World(seed).whole().rises]
    assert "" in found
    assert any("." in region for region in found)


@settings(max_examples=6)
@given(st.integers(0, 10_000), st.integers(0, 1 << 20))
def test_after_each_bin_it_says_what_a_scan_up_to_then_says(seed: int, where: int) -> None:
    world = World(seed)
    cut = 1 + where % world.calendar.bins
    live = told(world.live(), [one for one in world.steps(seed) if one < cut])
    live.take(cut)
    assert live.rises() == world.whole(cut).rises


@settings(max_examples=6)
@given(st.integers(0, 10_000))
def test_a_restart_at_any_bin_changes_nothing(seed: int) -> None:
    world = World(seed)
    live = world.live()
    for step in world.steps(seed):
        live.take(step)
        usual = [live.usual(code, max(0, step - 12), step + 1) for code in ("", "11")]
        live = world.live(marks_of(live.to_bytes()))
        assert [live.usual(code, max(0, step - 12), step + 1) for code in ("", "11")] == usual
    assert live.rises() == world.whole().rises
    _, series = live.series("11", 0)
    assert np.array_equal(series.expected, world.whole().series("11").expected)


def test_bytes_that_were_asked_for_at_every_step_are_those_that_are_asked_for_once() -> None:
    world = World(5, days=20)
    often, once = world.live(), told(world.live(), list(world.steps(5)))
    for step in world.steps(5):
        often.take(step)
        kept = often.to_bytes()
    assert kept == once.to_bytes()


def test_days_on_which_clocks_change_make_no_difference() -> None:
    world = World(3, zone=ZoneInfo("Europe/Berlin"), days=30)
    live = told(world.live(), list(world.steps(3)))
    assert live.rises() == world.whole().rises


def test_a_series_that_is_asked_for_from_a_bin_on_is_the_end_of_the_whole() -> None:
    world = World(5, days=20)
    live = told(world.live(), list(world.steps(5)))
    since = world.calendar.bins - 400
    first, series = live.series("", since)
    assert 0 < since - first < 289
    assert np.array_equal(series.expected, world.whole().series("").expected[first:])


def test_a_series_that_is_followed_is_at_every_look_what_is_drawn_anew() -> None:
    world = World(5, days=20)
    live = told(world.live(), [step for step in world.steps(5) if step < 15 * 288])
    codes = {rise.region for rise in live.rises()} | {""}
    followed = {code: live.follow(code, 15 * 288 - 400) for code in codes}
    for step in (one for one in world.steps(5) if one >= 15 * 288):
        live.take(step)
        for code, one in followed.items():
            (begin, shown), (first, drawn) = one.series(), live.series(code, 15 * 288 - 400)
            assert one.goes_on()
            assert begin <= first
            assert np.array_equal(shown.y[first - begin :], drawn.y)
            assert np.array_equal(shown.expected[first - begin :], drawn.expected)


def test_a_region_that_was_never_scanned_is_not_followed() -> None:
    world = World(5)
    assert not world.live().follow("11", 0).goes_on()


def test_a_fork_that_hears_the_same_stands_where_its_origin_stands() -> None:
    world = World(6, days=20)
    live = told(world.live(), list(world.steps(6)))
    assert live.fork(world.calendar.bins - 2000, world.feed()).rises() == live.rises()


@pytest.mark.parametrize("ago", [1, 100, 2000])
def test_a_fork_shows_the_series_of_its_origin_from_where_it_began(ago: int) -> None:
    """Within a day, too: a look at an outage whose reports are partly another's draws what the fork has heard."""
    world = World(6, days=20)
    live = told(world.live(), list(world.steps(6)))
    since = world.calendar.bins - ago
    fork = live.fork(since, world.feed())
    for code in {rise.region for rise in live.rises()} | {""}:
        begin, shown = fork.series(code, since)
        first, whole = live.series(code, since)
        assert begin <= since
        assert shown.y.size == world.calendar.bins - begin
        assert np.array_equal(shown.y, whole.y[begin - first :])
        assert np.array_equal(shown.expected, whole.expected[begin - first :])


def thinned(world: World) -> tuple[Columns, Feed]:
    """Return the columns of a world without each third entry, and a feed that hears them."""
    kept = np.flatnonzero(np.arange(world.columns.at_s.size) % 3)
    columns = Columns(**{name: getattr(world.columns, name)[kept] for name in Columns.__struct_fields__})
    return columns, Feed(lambda first, last: between(columns, first, last), CODES, world.feed().silent)


def stands(live: LiveFamily) -> list[tuple[int, dict[str, tuple[bytes, bytes, float, float, int]]]]:
    """Return what each mark of a scan, and its present, knows of each region."""
    return [
        (
            mark.done,
            {
                code: (one.state.tobytes(), one.alt.tobytes(), one.spoken, one.lately, len(one.rows))
                for code, one in sorted(mark.scopes.items())
            },
        )
        for mark in marks_of(live.to_bytes())
    ]


@pytest.mark.parametrize(("seed", "ago"), [(6, 1700), (8, 300), (9, 1100), (11, 3 * 288)])
def test_a_fork_from_before_a_region_woke_stands_where_one_that_begins_anew_stands(seed: int, ago: int) -> None:
    world = World(seed, days=20, per_day=4.0)
    last = world.calendar.bins
    live, (_, feed) = world.live(), thinned(world)
    live.take(last - 288)
    kept, known = live.fork(last - 288 - ago, feed), set(marks_of(live.to_bytes())[-1].scopes)
    for step in range(last - 287, last + 1):
        live.take(step)
        if step % 7 == 0 or step == last:
            assert live.goes_on(kept, last - 288 - ago)
            kept.take(step)
    assert set(marks_of(live.to_bytes())[-1].scopes) > known
    anew = live.fork(last - 288 - ago, feed)
    assert stands(kept) == stands(anew)
    assert kept.rises() == anew.rises()


@settings(max_examples=6)
@given(SEEDS, PER_DAY)
def test_a_fork_from_the_first_day_on_finds_what_a_scan_of_the_whole_finds_in_every_region(
    seed: int, per_day: float
) -> None:
    world = World(seed, days=3, per_day=per_day)
    live, (columns, feed) = told(world.live(), list(world.steps(seed))), thinned(world)
    whole = FamilyScan(columns, CODES, REGIONS, calendar=world.calendar, tuning=world.tuning)
    assert live.fork(0, feed).rises() == whole.rises


def test_a_fork_that_hears_nothing_finds_nothing_new_and_leaves_its_origin_alone() -> None:
    world = World(1)
    live = told(world.live(), list(world.steps(1)))
    before = live.rises()
    since = before[-1].onset - 1
    deaf = Feed(between=lambda first, _: between(world.columns, first, first), codes=CODES, silent=world.feed().silent)
    fork = live.fork(since, deaf)
    assert all(rise.alarm < since for rise in fork.rises())
    assert live.rises() == before


def test_what_is_forgotten_is_not_asked_for_again_and_the_scan_goes_on() -> None:
    world = World(2, days=30)
    live, other = world.live(), world.live()
    live.take(20 * 288)
    live.forget(12 * 288)
    assert live.first >= 12 * 288
    live.take(world.calendar.bins)
    other.take(world.calendar.bins)
    late = [rise for rise in other.rises() if rise.alarm >= 20 * 288]
    assert [rise for rise in live.rises() if rise.alarm >= 20 * 288] == late


def test_a_quiet_bin_can_only_say_something_of_a_tense_family() -> None:
    world = World(7, per_day=300.0)
    live = world.live()
    silent = np.bincount((world.columns.at_s - world.grid.start_s) // 300, minlength=world.calendar.bins) == 0
    for step in range(1, world.calendar.bins + 1):
        tense, before = live.is_tense(), live.rises()
        live.take(step)
        assert tense or not silent[step - 1] or live.rises() == before


def test_bytes_that_are_no_state_are_refused_in_a_sentence() -> None:
    with pytest.raises(RefusedInput, match="live state"):
        marks_of(b"no state")
