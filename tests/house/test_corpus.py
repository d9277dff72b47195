"""The labelled corpus is sound: labels are valid, no text is another's copy, the held-out part stands apart."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from checkout import ROOT
from rensa import RMinHash

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer

Rows = list[tuple[str, Any]]

ALIKE = 0.8
BANDS, BAND = 25, 5
FRAME_WORDS = 5
# Of every kind all parts hold some, so that a reader is judged on what it was shown the like of.
LEAST_OF_A_KIND = {"train": 8, "judge": 5, "held_out": 2}
# Parts of the handles of companies abroad, whom the shipped catalogue does not know, and short handles as a whole.
ABROAD = frozenset(Path(__file__).with_name("handles_abroad.txt").read_text().split())
SHORT_ABROAD = frozenset({"att", "ee", "o2"})
# Only one label goes with these.
OF_SYMPTOM = {"sms_failure": {"sms"}, "billing_quota": {"billing"}, "app_failure": {"app"}}


@cache
def rows() -> dict[str, Rows]:
    sys.path.insert(0, str(ROOT / "tools"))
    from labelled import read_part

    return {"train": read_part("train"), "judge": read_part("judge"), "held_out": read_part("held_out")}


def everywhere() -> Rows:
    return [row for part in rows().values() for row in part]


def test_the_corpus_is_large_enough_to_judge_by() -> None:
    assert len(rows()["held_out"]) >= 500
    assert len(rows()["train"]) >= 2_000


def test_operators_and_places_are_known() -> None:
    operators = {one.id for one in load_catalogue().operators} | {None}
    codes = set(load_gazetteer().regions) | {None}
    unknown = [
        at
        for at, row in everywhere()
        if row.operator not in operators or row.given_operator not in operators or row.place not in codes
    ]
    assert unknown == []


def test_labels_of_one_text_agree_with_each_other() -> None:
    wrong = []
    for at, row in everywhere():
        speaks = row.is_report or row.recovered
        agree = (
            row.is_report == (row.symptom != "none")
            and speaks == (row.service is not None)
            and (row.is_report or not row.acute)
            and (speaks or not row.groups)
            and row.service in OF_SYMPTOM.get(row.symptom, {row.service})
            and list(row.groups) == sorted(set(row.groups))
            and row.text == row.text.strip() != ""
        )
        wrong += [] if agree else [at]
    assert wrong == []


def test_no_text_is_nearly_another() -> None:
    """Trigram similarity (shared over all) stays below 0.8 for every pair of texts of all parts."""
    named = everywhere()
    bags = [_trigrams(row.text) for _, row in named]
    alike = [
        (named[one][0], named[other][0])
        for one, other in _may_be_alike(bags)
        if len(bags[one] & bags[other]) >= ALIKE * len(bags[one] | bags[other])
    ]
    assert alike == []


def _may_be_alike(bags: Sequence[frozenset[str]]) -> set[tuple[int, int]]:
    """Return pairs of sets of which one in twenty thousand of those that are alike is missing (MinHash, in bands)."""
    hashes = np.array(RMinHash.digest_matrix_from_token_sets(map(list, bags), BANDS * BAND, 1).to_rows(), np.uint64)
    # One number for each band of a text; that two bands have the same by chance adds a pair, and takes none away.
    weighed = hashes.reshape(-1, BANDS, BAND) * np.uint64(1_000_003) ** np.arange(BAND, dtype=np.uint64)
    pairs: set[tuple[int, int]] = set()
    for numbers in weighed.sum(axis=2, dtype=np.uint64).T:
        order = np.argsort(numbers, kind="stable")
        edges = np.concatenate([[0], np.flatnonzero(np.diff(numbers[order])) + 1, [order.size]])
        for at in np.flatnonzero(np.diff(edges) > 1):
            pairs.update(combinations(order[edges[at] : edges[at + 1]].tolist(), 2))
    return pairs


def test_the_held_out_part_shares_no_frame_of_five_words_with_another() -> None:
    held = {frame for _, row in rows()["held_out"] for frame in _frames(row.text)}
    others = [*rows()["train"], *rows()["judge"]]
    assert [(at, frame) for at, row in others for frame in _frames(row.text) if frame in held] == []


def test_texts_of_one_part_are_not_made_from_a_frame() -> None:
    """No five words stand in more than three texts; a template would show itself so."""
    seen = Counter(frame for _, row in everywhere() for frame in set(_frames(row.text)))
    assert {frame: count for frame, count in seen.items() if count > 3} == {}


def test_every_kind_of_text_is_there_in_all_parts() -> None:
    for part, named in rows().items():
        counts = Counter(row.kind for _, row in named)
        counts |= Counter(f"in {row.language}" for _, row in named)
        counts |= Counter(f"fails: {row.symptom}" for _, row in named)
        assert {kind: count for kind, count in counts.items() if count < LEAST_OF_A_KIND[part]} == {}


def test_the_figures_in_the_readme_are_those_of_the_files() -> None:
    page = (ROOT / "corpus" / "README.md").read_text()
    for part, named in rows().items():
        counts = Counter(row.kind for _, row in named)
        told = re.search(rf"^\| {part} \| (\d+) \| (\d+) \|", page, re.MULTILINE)
        assert told is not None, part
        assert (int(told[1]), int(told[2])) == (len(named), sum(row.is_report for _, row in named))
        for kind, count in counts.items():
            assert re.search(rf"^\| {kind} \| .*\b{count}\b", page, re.MULTILINE), (part, kind, count)


def test_no_handle_of_a_person_and_no_telephone_number_is_in_a_text() -> None:
    handles = {handle.casefold() for one in load_catalogue().operators for handle in one.handles}
    loud = re.compile(r"(?<!\w)@([a-z][\w.]+)", re.IGNORECASE)
    known = handles | SHORT_ABROAD | {"nomorhoki_fiktif", "minbiz", "teman"}
    names = {one.id for one in load_catalogue().operators} | ABROAD
    strangers = {
        found[1]
        for _, row in everywhere()
        for found in loud.finditer(row.text)
        if not any(name in found[1].casefold() for name in names) and found[1].casefold() not in known
    }
    assert strangers == set()
    assert [at for at, row in everywhere() if re.search(r"\b(?:\+62|08)\d{8,}", row.text)] == []


def test_no_two_parts_hold_the_same_text() -> None:
    parts = [{" ".join(_words(row.text)) for _, row in named} - {""} for named in rows().values()]
    assert [one & other for one, other in combinations(parts, 2)] == [set()] * 3


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _frames(text: str) -> list[tuple[str, ...]]:
    words = _words(text)
    return [tuple(words[at : at + FRAME_WORDS]) for at in range(len(words) - FRAME_WORDS + 1)]


def _trigrams(text: str) -> frozenset[str]:
    padded = f" {' '.join(text.lower().split())} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
