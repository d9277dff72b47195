"""The reader against our own labelled texts: how often it is right, label by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from readers import Case, cases, reader

from pulih.model.reading import Reading


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """Return the F1 of (wanted, got) pairs."""
    counts = Counter(pairs)
    hits, misses = counts[True, True], counts[True, False] + counts[False, True]
    return 2 * hits / (2 * hits + misses)


def read_all() -> list[tuple[Case, Reading]]:
    return [(case, reader().read(case.text)) for case in cases()]


def test_there_are_at_least_250_labelled_texts_and_no_two_are_equal() -> None:
    texts = [case.text for case in cases()]
    assert len(texts) >= 250
    assert len(set(texts)) == len(texts)


def test_reports_are_told_from_other_talk() -> None:
    decided = [(case.report, got.is_report) for case, got in read_all() if not case.report_any]
    assert f1(decided) >= 0.95


def test_reports_of_now_are_told_from_habits_and_memories() -> None:
    assert f1((case.acute, got.acute) for case, got in read_all() if case.report) >= 0.9


def test_every_symptom_is_recognised_on_average_at_least_nine_times_in_ten() -> None:
    read = [(case.symptom, got.symptom) for case, got in read_all() if not case.report_any]
    wanted = {symptom for symptom, _ in read}
    scores = {name: f1((want == name, got == name) for want, got in read) for name in wanted}
    assert sum(scores.values()) / len(scores) >= 0.9, scores


def test_the_operator_at_fault_is_named_and_no_other() -> None:
    right = [case.operator == got.operator for case, got in read_all() if not (case.operator_any or case.report_any)]
    assert sum(right) / len(right) >= 0.95


def test_the_service_that_fails_is_named() -> None:
    right = [case.service == got.service for case, got in read_all() if not case.report_any]
    assert sum(right) / len(right) >= 0.93


def test_recoveries_are_told_from_wishes_and_relapses() -> None:
    assert f1((case.recovered, got.recovered) for case, got in read_all()) >= 0.9


def test_activities_that_are_hit_are_named() -> None:
    pairs = [
        (group in case.groups, group in got.groups)
        for case, got in read_all()
        for group in {*case.groups, *got.groups}
        if not case.report_any
    ]
    assert f1(pairs) >= 0.9


def test_the_language_of_most_words_is_named() -> None:
    right = [case.language == got.language for case, got in read_all() if case.language is not None]
    assert sum(right) / len(right) >= 0.9
