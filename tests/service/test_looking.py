"""However many findings an outage has, and however large it grows, so many of its rows are counted a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from pulih.model.clock import MICROS
from pulih.ports.files import Wanted
from pulih.ports.live import Row, SignalStore, Tallied
from pulih.service.finding_out import Asked
from pulih.service.live.looking import COUNTED_A_SECOND, COUNTED_AT_ONCE, EVERY_S, NEW_S, Looks


@dataclass
class Flooded:
    """Rows of an outage in which each finding has as many, and how many were counted so far."""

    each: int
    counted: int = field(default=0)

    def count(self, wanted: Wanted) -> Tallied:
        self.counted += self.each
        return Tallied(total=self.each, last_us=wanted.end_us)

    def loudest(self, wanted: Wanted, limit: int) -> Sequence[Row]:
        return []


def counted_a_second(each: int, findings: int, *, seconds: int, alarm_s: int = 0) -> float:
    """Return how many rows are counted a second while all findings are looked at every minute, from the second on."""
    store = Flooded(each)
    looks = Looks(cast("SignalStore", store), lambda _: None)
    for second in range(0, seconds + 1, 60):
        if second == 60:
            store.counted = 0
        looks.begin(second * MICROS)
        for region in range(findings):
            wanted = Wanted(start_us=0, end_us=second * MICROS, operators=frozenset({"alpha"}))
            looks.look(Asked(wanted, f"{region}", alarm_s * MICROS))
    return store.counted / seconds


def test_many_findings_share_what_is_counted_a_second() -> None:
    assert counted_a_second(100_000, 40, seconds=3_600) <= 1.1 * COUNTED_A_SECOND


def test_a_large_finding_alone_is_counted_as_much_a_second_and_no_more() -> None:
    assert 0.5 * COUNTED_A_SECOND < counted_a_second(6_000_000, 1, seconds=3_600) <= 1.1 * COUNTED_A_SECOND


def test_a_small_one_is_looked_at_every_minute_while_it_is_new_and_then_every_few() -> None:
    assert counted_a_second(60, 1, seconds=NEW_S) == 1.0
    assert counted_a_second(300, 1, seconds=3_600, alarm_s=-NEW_S) == 300 / EVERY_S


def test_no_bin_counts_more_than_may_be_at_once_and_each_finding_has_its_turn() -> None:
    store = Flooded(60_000)
    looks = Looks(cast("SignalStore", store), lambda _: None)
    looked: dict[str, list[int]] = {}
    for minute in range(120):
        looks.begin(minute * 60 * MICROS)
        before = store.counted
        for region in map(str, range(10)):
            wanted = Wanted(start_us=0, end_us=minute * 60 * MICROS, operators=frozenset({"alpha"}))
            at_us = looks.seen[_key(looks, region)].at_us if minute else -1
            looks.look(Asked(wanted, region, 0))
            if looks.seen[_key(looks, region)].at_us != at_us:
                looked.setdefault(region, []).append(minute)
        assert minute == 0 or store.counted - before <= COUNTED_AT_ONCE
    assert len(looked) == 10
    assert max(later - earlier for turns in looked.values() for earlier, later in pairwise(turns)) <= 10


def _key(looks: Looks, region: str) -> str:
    return next(key for key in looks.seen if f"|{region}|" in key)
