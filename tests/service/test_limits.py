"""Limits let so many through within a span, whatever the order, and never hold more keys than they may."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pulih.model.clock import MICROS
from pulih.service.limits import KEYS_MAX, Limit


@given(st.lists(st.integers(0, 200), max_size=60), st.integers(1, 5), st.integers(1, 60))
def test_no_span_ever_holds_more_tries_than_allowed(gaps_s: list[int], tries: int, span_s: int) -> None:
    limit, now_s, taken = Limit(tries, span_s), 0, list[int]()
    for gap_s in gaps_s:
        now_s += gap_s
        wait_s = limit.wait_s("a", now_s * MICROS)
        within = [at_s for at_s in taken if now_s - span_s < at_s]
        assert (wait_s == 0) == (len(within) < tries)
        if wait_s == 0:
            limit.note("a", now_s * MICROS)
            taken.append(now_s)
        else:
            assert limit.wait_s("a", (now_s + wait_s) * MICROS) == 0


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    limit = Limit(1, 60)
    limit.note("a", 10**15)
    assert limit.wait_s("a", 10**12) == 0


def test_strangers_with_many_names_fill_no_memory() -> None:
    limit = Limit(1, 60)
    for number in range(KEYS_MAX + 10):
        limit.note(str(number), 0)
    assert limit.wait_s("0", 0) == 0
    assert limit.wait_s(str(KEYS_MAX + 9), 0) == 60
