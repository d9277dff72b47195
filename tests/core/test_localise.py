"""Of all scopes that rose, the fewest that explain what is seen remain; nothing looks ahead."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from pulih.detect.family import Region, ScopeRise
from pulih.detect.localise import Localiser, Locator, localise
from pulih.detect.tally import Columns

REGIONS = {
    "31": Region("31", "", 0.3),
    "31.74": Region("31.74", "31", 0.1),
    "31.71": Region("31.71", "31", 0.1),
    "32": Region("32", "", 0.7),
    "32.73": Region("32.73", "32", 0.3),
}
CODES = list(REGIONS)


def _locator(placed: list[tuple[int, str]]) -> Locator:
    """Return a locator of signals (bin, region code), each a full report."""
    size = len(placed)
    ones = np.ones(size, dtype=np.float32)
    columns = Columns(
        at_s=np.array([b * 300 for b, _ in placed], dtype=np.int64),
        y=ones,
        loss=ones,
        talk=ones,
        region=np.array([CODES.index(code) for _, code in placed], dtype=np.int32),
        placed=ones,
        loss_placed=ones,
        signals=np.ones(size, dtype=np.int32),
    )
    return Locator(columns, CODES, REGIONS, bin_of=np.array([b for b, _ in placed], dtype=np.int64))


def _rise(region: str, alarm: int, *, onset: int = 10, ended: int = 100) -> ScopeRise:
    return ScopeRise(
        region=region, alarm=alarm, onset=onset, declared=ended + 10, ended=ended, peak=alarm, evidence_nats=20.0
    )


def _names(rises: list[ScopeRise], placed: list[tuple[int, str]]) -> list[tuple[str, int, int | None]]:
    ordered = tuple(sorted(rises, key=lambda rise: (rise.alarm, rise.region)))
    return [
        (one.rise.region, one.alarm, one.narrowed_to)
        for one in localise(ordered, _locator(placed), bins=500, together_bins=72)
    ]


def test_a_local_outage_seen_at_all_levels_is_told_once_where_it_is() -> None:
    placed = [(10, "31.74"), (14, "31.74"), (20, "31.74"), (30, "31.74")]
    rises = [_rise("31.74", 20), _rise("31", 22), _rise("", 30)]
    assert _names(rises, placed) == [("31.74", 20, None)]


def test_a_country_that_was_raised_first_is_narrowed_to_its_place() -> None:
    placed = [(10, "31.74"), (14, "31.74"), (20, "31.74")]
    assert _names([_rise("", 12), _rise("31.74", 20)], placed) == [("", 12, 1), ("31.74", 20, None)]


def test_a_place_within_a_country_wide_outage_is_only_part_of_it() -> None:
    placed = [(10, "31.74"), (11, "32.73"), (12, "31.71"), (13, "31.74"), (14, "32.73"), (15, "31.74")]
    assert _names([_rise("", 12), _rise("31.74", 15)], placed) == [("", 12, None)]


def test_trouble_that_spreads_widens_when_other_places_speak() -> None:
    placed = [(10, "31.74"), (12, "31.74"), (20, "31.74"), (40, "32.73"), (41, "32.73"), (42, "32.73")]
    assert _names([_rise("31.74", 20), _rise("", 25)], placed) == [("31.74", 20, None), ("", 42, None)]


def test_two_places_with_trouble_at_once_stay_two() -> None:
    placed = [(10, "31.74"), (11, "32.73"), (12, "31.74"), (13, "32.73"), (20, "31.74"), (21, "32.73")]
    rises = [_rise("31.74", 20), _rise("32.73", 21), _rise("", 25)]
    assert [name for name, _, _ in _names(rises, placed)] == ["31.74", "32.73"]


def test_three_places_at_once_are_the_trouble_of_the_country() -> None:
    placed = [(10, "31.74"), (11, "32.73"), (12, "31.71"), (20, "31.74"), (21, "32.73"), (22, "31.71")]
    rises = [_rise("31.74", 20), _rise("32.73", 21), _rise("31.71", 22, ended=130), _rise("", 25)]
    found = localise(tuple(rises), _locator(placed), bins=500, together_bins=72)
    assert [(one.rise.region, one.alarm, one.rise.ended) for one in found] == [
        ("31.74", 20, 100),
        ("32.73", 21, 100),
        ("", 22, 130),
    ]


def test_places_that_are_found_in_one_bin_are_told_by_the_whole_alone() -> None:
    placed = [(10, "31.74"), (11, "32.73"), (12, "31.71"), (20, "31.74"), (21, "32.73"), (22, "31.71")]
    rises = [_rise("31.74", 22), _rise("32.73", 22), _rise("31.71", 22)]
    assert [(name, alarm) for name, alarm, _ in _names(rises, placed)] == [("", 22)]


def test_three_places_days_apart_stay_three() -> None:
    placed = [(10, "31.74"), (90, "32.73"), (170, "31.71"), (20, "31.74"), (100, "32.73"), (180, "31.71")]
    rises = [
        _rise("31.74", 20, ended=400),
        _rise("32.73", 100, onset=90, ended=400),
        _rise("31.71", 180, onset=170, ended=400),
    ]
    assert [name for name, _, _ in _names(rises, placed)] == ["31.74", "32.73", "31.71"]


def test_a_province_does_not_repeat_what_its_regency_told_before_it_was_over() -> None:
    placed = [(10, "31.74"), (14, "31.74"), (20, "31.74"), (60, "31.74"), (112, "31.71")]
    rises = [_rise("31.74", 20, ended=70), _rise("31", 115, onset=12)]
    assert [name for name, _, _ in _names(rises, placed)] == ["31.74"]


def test_the_end_of_the_data_does_not_change_what_was_said_before() -> None:
    placed = [(10, "31.74"), (12, "31.74"), (20, "31.74"), (40, "32.73"), (41, "32.73"), (42, "32.73")]
    whole = _names([_rise("31.74", 20), _rise("", 25)], placed)
    assert _names([_rise("31.74", 20), _rise("", 25)], placed[:3])[0] == whole[0]


def test_regions_contain_their_parts_and_the_country_contains_all() -> None:
    locator = _locator([(1, "31.74")])
    assert locator.contains("", "31.74")
    assert locator.contains("31", "31.74")
    assert not locator.contains("32", "31.74")
    assert not locator.contains("31.74", "31")


def _known_by(rise: ScopeRise, bins: int) -> ScopeRise:
    """Return a rise as it is known when so many bins have passed: its evidence still grows, its end is not told."""
    evidence = rise.evidence_nats + 0.01 * bins
    if rise.declared is not None and rise.declared < bins:
        return msgspec.structs.replace(rise, evidence_nats=evidence)
    return msgspec.structs.replace(rise, declared=None, ended=None, evidence_nats=evidence)


@example(420)
@example(608)
@given(st.integers(0, 2**32 - 1))
def test_looks_that_go_on_say_what_a_look_at_the_whole_would(seed: int) -> None:
    rng = np.random.default_rng(seed)
    placed = sorted((int(rng.integers(0, 120)), str(rng.choice(CODES))) for _ in range(rng.integers(1, 40)))
    rises = []
    for region in ("", *CODES):
        onset = 0
        while onset < 110 and rng.random() < 0.7:
            onset += int(rng.integers(1, 40))
            alarm = onset + int(rng.integers(0, 15))
            ended = alarm + int(rng.integers(-2, 30))
            declared = max(ended, alarm) + int(rng.integers(0, 10))
            rises.append(ScopeRise(region, alarm, onset, declared, max(ended, onset), alarm, 20.0))
            onset = declared
    rises.sort(key=lambda rise: (rise.alarm, rise.region))
    going_on = Localiser(24)
    bins = 1
    while bins < 130:
        known = tuple(_known_by(rise, bins) for rise in rises if rise.alarm < bins)
        heard = _locator([one for one in placed if one[0] < bins])
        whole = localise(known, heard, bins=bins, together_bins=24)
        assert going_on.placed(known, heard, bins=bins, first=0) == whole
        bins += int(rng.integers(1, 8))
