"""Sets of instants and local days behave as sets and days do."""

from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pulih.compensate.days import midnight_us, time_on_days
from pulih.compensate.runs import Runs, difference, intersection, longest_us, total_us, union
from pulih.compensate.written import amount, number, span

_PIECES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)
HOUR_US = 3_600_000_000


def _instants(runs: Runs | list[tuple[int, int]]) -> set[int]:
    return {at for start, end in runs for at in range(start, end)}


@given(_PIECES, _PIECES)
def test_runs_are_the_sets_that_they_stand_for(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    ours, theirs = union(left), union(right)
    assert _instants(ours) == _instants(left)
    assert _instants(intersection(ours, theirs)) == _instants(left) & _instants(right)
    assert _instants(difference(ours, theirs)) == _instants(left) - _instants(right)
    assert total_us(ours) == len(_instants(left))


@given(_PIECES, _PIECES)
def test_every_set_has_one_form_only(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    for runs in (union(left), intersection(union(left), union(right)), difference(union(left), union(right))):
        assert union(runs) == runs
        assert all(end < start for (_, end), (start, _) in pairwise(runs))
        assert longest_us(runs) <= total_us(runs)


@given(
    st.integers(-40_000, 40_000),
    st.sampled_from(["Asia/Jakarta", "America/New_York", "Pacific/Apia", "America/St_Johns"]),
)
def test_all_time_lies_on_some_day_and_none_twice(start_h: int, name: str) -> None:
    runs = ((start_h * HOUR_US, (start_h + 75) * HOUR_US + 1), ((start_h + 80) * HOUR_US, (start_h + 81) * HOUR_US))
    assert sum(time_on_days(runs, ZoneInfo(name)).values()) == total_us(runs)


def test_days_are_23_24_or_25_hours_long_and_begin_after_a_midnight_that_is_jumped_over() -> None:
    def length_h(zone: str, day: int) -> float:
        return (midnight_us(day + 1, ZoneInfo(zone)) - midnight_us(day, ZoneInfo(zone))) / HOUR_US

    assert length_h("Europe/London", 19_813) == 23  # 31 March 2024
    assert length_h("Europe/London", 20_023) == 25  # 27 October 2024
    assert length_h("Asia/Jakarta", 20_023) == 24
    assert length_h("America/Santiago", 19_974) == 23  # 8 September 2024, which begins at 01:00


def test_numbers_are_written_as_people_write_them() -> None:
    assert [number(1234, "id"), number(1234, "en")] == ["1.234", "1,234"]
    assert amount(-205, "IDR", "id", in_kind=False) == "IDR -2,05"
    assert amount(200, "JPY", "en", in_kind=False) == "JPY 200"
    assert amount(1234, "KWD", "en", in_kind=False) == "KWD 1.234"
    assert amount(3, "DAY", "id", in_kind=True) == "3 hari masa aktif"
    assert span(0, "id") == "0 detik"
