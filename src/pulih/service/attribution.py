"""Attribution: when operators rise together, whose trouble the complaints across them belong to (requirement U3).

When B cannot be reached, customers of A complain too. Those who name B count for B already (`understand.across`); some
only say that their calls fail, and would raise a finding for A. And when A's own calls fail, its customers name whom
they tried to reach, and would raise findings for B, C and D. So whose word a report is decides, at every moment by what
was known then:

- *B explains A* when others than A's customers raise B too, or B holds most of whom they cannot reach, and they name B
  at least as often as nobody.
- While a finding of B stands that explains A, reports of A that only say that calls fail count for nobody. What is left
  must raise A by itself, as when both fail.
- While a finding of A stands after that, what its customers say of a B that others do not raise, and that does not
  explain A, counts for nobody either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.localise import Placed
from pulih.detect.tally import CALLS, Aside
from pulih.service.hierarchy import Family
from pulih.service.raising import Raised, Scans, raise_rises

# Of all whom A's customers cannot reach, B holds so much: it is B whom they cannot reach. As for places.
HOLDING_SHARE = 0.6

Spans = tuple[tuple[int, int], ...]
# Behind every moment. What goes on ends there, and not now: it is the same at every look, so that a scan without
# somebody's word can go on from the last one.
_NEVER_S = 1 << 62
_EVER: Spans = ((0, _NEVER_S),)
Moments = tuple[NDArray[np.int64], NDArray[np.int64]]


class _Open(msgspec.Struct, frozen=True):
    """A finding while it stands, in seconds since 1970 UTC: onset, alarm, and when it was known to be over."""

    onset_s: int
    start_s: int
    end_s: int


class _Pair(msgspec.Struct, frozen=True):
    """Two operators that rise, of which customers of `near` say that they cannot reach `far`.

    Attributes:
        open: findings of `far` while they stand.
        alone: the same when nothing counts that customers of `near` say.
    """

    near: Family
    far: Family
    open: tuple[_Open, ...]
    alone: tuple[_Open, ...]


class Attribution:
    """Settles which of the operators that rose together are told.

    Args:
        families: all operators watched, networks first.
        scans: counts and their scans.
    """

    def __init__(self, families: Sequence[Family], scans: Scans) -> None:
        self._families = families
        self._scans = scans
        self._tally = scans.tally

    def settle(self, found: Mapping[str, Raised]) -> dict[str, Raised]:
        """Return what stands of each operator once each report counts for whom it belongs to."""
        rising = [one for one in self._families if one.operator in found and found[one.operator].placed]
        pairs = [
            _Pair(near, far, self._open(found[far.operator]), self._open(self._without(near, far)))
            for near in rising
            for far in rising
            if self._tells_of(near, far)
        ]
        settled = dict(found)
        explained = [self._explained(pair, [one.far for one in pairs if one.near is pair.near]) for pair in pairs]
        for near in rising:
            spans = [
                (max(start_s, one.start_s), min(end_s, one.end_s))
                for pair, parts in zip(pairs, explained, strict=True)
                for one in pair.open
                for start_s, end_s in parts
                if pair.near is near and start_s < one.end_s and one.start_s < end_s
            ]
            self._again(near, settled, {CALLS: _merged(spans)} if spans else {})
        for far in rising:
            aside: dict[str, Spans] = {}
            for pair, parts in zip(pairs, explained, strict=True):
                standing = _spans(self._open(settled.get(pair.near.operator)))
                spans_aside = _minus(standing, (*_spans(pair.alone), *parts))
                if pair.far is far and spans_aside:
                    aside.update(dict.fromkeys(pair.near.members, _merged(spans_aside)))
            self._again(far, settled, aside)
        return settled

    def _tells_of(self, near: Family, far: Family) -> bool:
        """Whether customers of one network say that they cannot reach another."""
        networks = {*near.members, *near.carriers} & {*far.members, *far.carriers}
        return not networks and not set(near.members).isdisjoint(self._tally.callers(list(far.members)))

    def _without(self, near: Family, far: Family) -> Raised | None:
        """Return what is raised of `far` when nothing counts that customers of `near` say."""
        return raise_rises(far, self._scans, networks={}, aside=dict.fromkeys(near.members, _EVER))

    def _again(self, family: Family, settled: dict[str, Raised], aside: Aside) -> None:
        """Find out once more about an operator, of whom something is set aside."""
        if aside:
            again = raise_rises(family, self._scans, networks=settled, aside=aside)
            if again is not None:
                settled[family.operator] = again
            else:
                settled.pop(family.operator)

    def _explained(self, pair: _Pair, fars: Sequence[Family]) -> Spans:
        """Return when `pair.far` explains the failing calls of `pair.near`, whose customers tell of all of `fars`."""
        members = list(pair.near.members)
        named = self._tally.said(list(pair.far.members), members)
        everyone = [self._tally.said(list(far.members), members) for far in fars]
        calls = self._tally.said(members, [CALLS])
        alone = _spans(pair.alone)
        spans: list[tuple[int, int]] = []
        for one in pair.open:
            edges = _edges(one, [calls, *everyone], alone)
            starts = np.array(edges[:-1], dtype=np.int64)
            told = _since(named, one.onset_s, starts)
            whole = sum((_since(moments, one.onset_s, starts) for moments in everyone), np.zeros_like(starts))
            apart = np.array([_within(start_s, alone) for start_s in edges[:-1]], dtype=np.bool_)
            plain = (told > 0) & (told >= _since(calls, one.onset_s, starts))
            spans += [
                span
                for span, is_so in zip(pairwise(edges), plain & ((told >= HOLDING_SHARE * whole) | apart), strict=True)
                if is_so
            ]
        return tuple(spans)

    def _open(self, found: Raised | None) -> tuple[_Open, ...]:
        return tuple(self._standing(one) for one in found.placed) if found is not None else ()

    def _standing(self, placed: Placed) -> _Open:
        declared = placed.rise.declared
        end_s = _NEVER_S if declared is None else self._moment(max(declared, placed.alarm) + 1)
        return _Open(self._moment(placed.rise.onset), self._moment(placed.alarm + 1), end_s)

    def _moment(self, bin_number: int) -> int:
        return self._scans.calendar.start_s + bin_number * self._scans.calendar.bin_s


def _spans(findings: Sequence[_Open]) -> Spans:
    return tuple((one.start_s, one.end_s) for one in findings)


def _merged(spans: Sequence[tuple[int, int]]) -> Spans:
    """Return the moments of all spans in as few as hold them, by time.

    >>> _merged([(5, 8), (0, 3), (3, 6), (9, 10)])
    ((0, 8), (9, 10))
    """
    merged: list[tuple[int, int]] = []
    for start_s, end_s in sorted(spans):
        if merged and start_s <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end_s)
        else:
            merged.append((start_s, end_s))
    return tuple(merged)


def _edges(one: _Open, moments: Sequence[Moments], alone: Spans) -> list[int]:
    """Return every second within a finding at which something may change, its two ends included."""
    inside = [at_s[(at_s > one.onset_s) & (at_s < one.end_s)] for at_s, _ in moments]
    turns = [edge for span in alone for edge in span if one.onset_s < edge < one.end_s]
    return sorted({one.onset_s, one.end_s, *turns, *(int(at) for part in inside for at in part)})


def _since(moments: Moments, first_s: int, lasts_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many reports came from `first_s` to each of `lasts_s`, both included."""
    at_s, signals = moments
    so_far = np.concatenate([[0], np.cumsum(signals)])
    result: NDArray[np.int64] = (
        so_far[np.searchsorted(at_s, lasts_s, side="right")] - so_far[np.searchsorted(at_s, first_s)]
    )
    return result


def _within(at_s: int, spans: Spans) -> bool:
    return any(start_s <= at_s < end_s for start_s, end_s in spans)


def _minus(spans: Spans, others: Spans) -> Spans:
    """Return what of `spans` lies in none of `others`.

    >>> _minus(((0, 10), (20, 30)), ((5, 7), (8, 22)))
    ((0, 5), (7, 8), (22, 30))
    """
    for start_s, end_s in others:
        cut = [part for first, last in spans for part in ((first, min(last, start_s)), (max(first, end_s), last))]
        spans = tuple((first, last) for first, last in cut if first < last)
    return spans
