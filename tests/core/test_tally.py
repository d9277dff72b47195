"""The tally keeps apart whose word a report is, and leaves it out when and only when that is asked."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.detect.tally import CALLS, OWN, Columns, Tally, word_of
from pulih.model.errors import RefusedInput
from pulih.model.reading import Place, Reading, Symptom

SYMPTOMS: tuple[Symptom, ...] = ("no_signal", "call_failure", "sms_failure")


def report(operator: str, *, symptom: Symptom = "call_failure", caller: str | None = None) -> Reading:
    named = (caller, operator) if caller else (operator,)
    return Reading(True, 0.9, True, "mobile_voice", symptom, operator, named=named, caller=caller)


def test_a_report_is_the_word_of_the_caller_of_failing_calls_or_of_the_operators_own() -> None:
    assert word_of(report("b", caller="a")) == "a"
    assert word_of(report("a")) == CALLS
    assert word_of(report("a", symptom="no_signal")) == OWN


def test_who_cannot_reach_whom_is_known_and_when_they_said_so() -> None:
    tally = Tally(60)
    for minute, reading in enumerate([report("b", caller="a"), report("b", caller="c"), report("b"), report("a")]):
        tally.add(minute * 60_000_000, reading, 1.0)
    assert tally.callers(["b"]) == ["a", "c"]
    assert tally.callers(["a"]) == []
    at_s, signals = tally.said(["b"], ["a", "c"])
    assert (at_s.tolist(), signals.tolist()) == ([0, 60], [1, 1])


def test_a_report_counts_in_full_for_each_operator_that_it_blames() -> None:
    tally = Tally(60)
    both = msgspec.structs.replace(report("a", symptom="no_signal"), named=("a", "b", "c"), sharing=("b",))
    tally.add(0, both, 1.0)
    one, two, talk = (tally.columns([operator]) for operator in ("a", "b", "c"))
    assert one.y.tolist() == two.y.tolist() == [pytest.approx(0.9)]
    assert (one.signals.tolist(), two.signals.tolist(), talk.signals.tolist()) == ([1], [1], [0])


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from(SYMPTOMS), st.sampled_from(["", "a", "c"])), max_size=40)
)
def test_setting_all_words_aside_in_two_halves_leaves_nothing_and_none_leaves_all(
    rows: list[tuple[int, Symptom, str]],
) -> None:
    tally = Tally(60)
    for at_s, symptom, caller in sorted(rows):
        tally.add(at_s * 1_000_000, report("b", symptom=symptom, caller=caller or None), 1.0)
    whole = tally.columns(["b"]) if rows else None
    if whole is None:
        return
    assert int(whole.signals.sum()) == len(rows)
    assert bool(np.all(np.diff(whole.at_s) >= 0))
    words = (OWN, CALLS, "a", "c")
    early, late = ((0, 2_000),), ((2_000, 6_000),)
    kept = [int(tally.columns(["b"], dict.fromkeys(words, half)).signals.sum()) for half in (early, late)]
    assert sum(kept) == len(rows)
    assert tally.columns(["b"], dict.fromkeys(words, early + late)).signals.sum() == 0


ROWS = st.lists(
    st.tuples(st.integers(0, 100), st.sampled_from(SYMPTOMS), st.sampled_from(["", "a", "c"]), st.booleans()),
    max_size=40,
)


@given(ROWS, st.integers(0, 100), st.integers(0, 100))
def test_a_part_of_a_tally_is_that_part_of_the_whole_and_a_copy(
    rows: list[tuple[int, Symptom, str, bool]], one: int, other: int
) -> None:
    tally, first, last = Tally(60), min(one, other) * 60, max(one, other) * 60
    for minute, symptom, caller, placed in sorted(rows):
        reading = report("b", symptom=symptom, caller=caller or None)
        places = (Place("31.74", "Jakarta Selatan", 0.9),) if placed else ()
        tally.add(minute * 60_000_000, msgspec.structs.replace(reading, places=places), 0.7)
    part = tally.between(["b"], first, last)
    again = Tally.from_bytes(tally.to_bytes())
    for name in Columns.__struct_fields__:
        assert np.array_equal(getattr(part, name), getattr(again.between(["b"], first, last), name))
    if not rows:
        return
    whole = tally.columns(["b"])
    inside = (whole.at_s >= first) & (whole.at_s < last)
    for name in Columns.__struct_fields__:
        assert np.array_equal(getattr(part, name), getattr(whole, name)[inside])
    del whole
    again.forget(first)
    for name in Columns.__struct_fields__:
        assert np.array_equal(getattr(part, name), getattr(again.between(["b"], 0, last), name))
    again.add(last * 1_000_000, report("b"), 1.0)


def test_bytes_that_are_no_tally_are_refused_in_a_sentence() -> None:
    with pytest.raises(RefusedInput, match="tally"):
        Tally.from_bytes(b"none")
