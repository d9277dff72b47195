"""Measure the reader on labelled texts: per label, calibrated or not, and its worst errors.

    python tools/evaluate_reader.py corpus/train/*.jsonl --errors 20

The held-out part is for one figure at the end of a change, never for finding words: whoever looks at its errors has
spent it (corpus/README.md).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path

import msgspec
import numpy as np

from labelled import Labelled, read_file
from pulih.main_reading import load_knowledge
from pulih.model.reading import Reading

CALIBRATION_BINS = 10
Pair = tuple[Labelled, Reading]
# Share that is right of all, and of those that have a value, and how many those are.
Exact = tuple[float, float, int]


class Judged(msgspec.Struct, frozen=True):
    """Precision, recall and F1 of one yes-or-no label, with the number of texts that truly have it."""

    precision: float
    recall: float
    f1: float
    support: int


def place_of(reading: Reading) -> str | None:
    """Return the code of the most probable place, or None."""
    return reading.places[0].code if reading.places else None


# Labels whose value is judged where the text is a report and was read as one.
OF_REPORTS: dict[str, Callable[[Reading], object]] = {
    "service": lambda reading: reading.service,
    "symptom": lambda reading: reading.symptom,
    "operator": lambda reading: reading.operator,
    "place": place_of,
    "language": lambda reading: reading.language,
}


def judge(true: Sequence[bool], said: Sequence[bool]) -> Judged:
    """Return precision, recall and F1 of a label; all 1.0 where neither is ever there.

    >>> judge([True, True, False], [True, False, False])
    Judged(precision=1.0, recall=0.5, f1=0.6666666666666666, support=2)
    """
    hit = sum(a and b for a, b in zip(true, said, strict=True))
    precision = hit / sum(said) if any(said) else float(not any(true))
    recall = hit / sum(true) if any(true) else float(not any(said))
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Judged(precision, recall, f1, sum(true))


def macro_f1(true: Sequence[object], said: Sequence[object]) -> float:
    """Return the mean F1 over all values that occur in `true`."""
    values = sorted({str(one) for one in true})
    each = [judge([str(one) == value for one in true], [str(one) == value for one in said]).f1 for value in values]
    return float(np.mean(each)) if each else 1.0


def calibration(true: Sequence[bool], said: Sequence[float]) -> tuple[float, float]:
    """Return the Brier score and the expected calibration error over ten equal bins.

    >>> calibration([True, False], [1.0, 0.0])
    (0.0, 0.0)
    """
    hits, chances = np.asarray(true, dtype=float), np.asarray(said, dtype=float)
    brier = float(np.mean((chances - hits) ** 2))
    bins = np.minimum((chances * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    error = sum(
        abs(float(chances[bins == one].mean() - hits[bins == one].mean())) * float(np.mean(bins == one))
        for one in np.unique(bins)
    )
    return brier, float(error)


def by_label(pairs: Sequence[Pair]) -> dict[str, Judged]:
    """Return how well each yes-or-no label is read, of all texts; each symptom of the reports that are read as such."""
    told: dict[str, tuple[list[bool], list[bool]]] = {
        "is_report": ([row.is_report for row, _ in pairs], [one.is_report for _, one in pairs]),
        "acute": ([row.acute for row, _ in pairs], [one.acute for _, one in pairs]),
        "recovered": ([row.recovered for row, _ in pairs], [one.recovered for _, one in pairs]),
    }
    for group in sorted({group for row, _ in pairs for group in row.groups}):
        told[f"group {group}"] = [group in row.groups for row, _ in pairs], [group in one.groups for _, one in pairs]
    both = both_reports(pairs)
    for symptom in sorted({row.symptom for row, _ in both}):
        told[f"symptom {symptom}"] = (
            [row.symptom == symptom for row, _ in both],
            [one.symptom == symptom for _, one in both],
        )
    return {name: judge(true, said) for name, (true, said) in told.items()}


def both_reports(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the reports that were read as reports."""
    return [(row, one) for row, one in pairs if row.is_report and one.is_report]


def exact(pairs: Sequence[Pair]) -> dict[str, Exact]:
    """Return how often each label with values is right, where both say report: of all, of those that have a value."""
    found = {}
    both = both_reports(pairs)
    for name, said in OF_REPORTS.items():
        right = [getattr(row, name) == said(one) for row, one in both]
        named = [ok for (row, _), ok in zip(both, right, strict=True) if getattr(row, name) is not None]
        found[name] = float(np.mean(right)), float(np.mean(named or [True])), len(named)
    return found


def macro(judged: dict[str, Judged], kind: str) -> float:
    """Return the mean F1 of the labels of a kind: of all groups, of all symptoms."""
    return float(np.mean([one.f1 for name, one in judged.items() if name.startswith(kind)] or [1.0]))


def report(pairs: Sequence[Pair]) -> str:
    """Return all figures as a page of text."""
    judged = by_label(pairs)
    lines = [f"texts {len(pairs)}, of them reports {sum(row.is_report for row, _ in pairs)}", ""]
    lines.append(f"{'label':<32}{'precision':>10}{'recall':>8}{'F1':>7}{'texts':>7}")
    for name, one in judged.items():
        lines.append(f"{name:<32}{one.precision:>10.3f}{one.recall:>8.3f}{one.f1:>7.3f}{one.support:>7}")
    lines += [f"{kind + ', macro':<50}{macro(judged, kind):>7.3f}" for kind in ("group", "symptom")]
    lines += ["", f"of {len(both_reports(pairs))} reports read as reports:"]
    for name, (right, right_named, named) in exact(pairs).items():
        lines.append(f"{name:<14}exact {right:.3f}   of {named} with a value {right_named:.3f}")
    brier, error = calibration([row.is_report for row, _ in pairs], [one.p_report for _, one in pairs])
    return "\n".join([*lines, "", f"p_report: Brier {brier:.4f}, ECE {error:.4f}"])


def errors(pairs: Sequence[Pair], most: int) -> str:
    """Return the surest mistakes about being a report, then other wrong labels, by label; `most` of each."""
    wrong = [(abs(one.p_report - row.is_report), row, one) for row, one in pairs if one.is_report != row.is_report]
    lines = [f"--- is_report, {len(wrong)} wrong"]
    for _, row, one in sorted(wrong, key=lambda found: -found[0])[:most]:
        rules = ", ".join(item.rule for item in one.evidence)
        lines.append(f"{one.p_report:.2f} for {row.is_report!s:<5} {row.text!r} [{rules}]")
    both = [(row, one) for row, one in pairs if row.is_report == one.is_report]
    told: dict[str, Callable[[Reading], object]] = {
        "acute": lambda one: one.acute, "recovered": lambda one: one.recovered,
        "groups": lambda one: tuple(sorted(one.groups)), **OF_REPORTS,
    }  # fmt: skip
    for name, said in told.items():
        missed = [(row, said(one)) for row, one in both if getattr(row, name) != said(one)]
        counts = Counter(f"{getattr(row, name)} read as {value}" for row, value in missed)
        lines.append(f"--- {name}, {len(missed)} wrong: " + "; ".join(f"{n} {one}" for one, n in counts.most_common(6)))
        lines.extend(f"{value!s} for {getattr(row, name)!s}: {row.text!r}" for row, value in missed[:most])
    return "\n".join(lines)


def read_pairs(rows: Iterable[Labelled], *, learnt: bool) -> list[Pair]:
    """Return texts with their readings, by the rules alone or with the learnt weights too."""
    reader = load_knowledge(learnt=learnt).reader
    return [(row, reader.read(row.text, operator=row.given_operator or "")) for row in rows]


def main() -> None:
    """Read the files named and print the figures."""
    options = argparse.ArgumentParser(description="Measure the reader on labelled texts.")
    options.add_argument("files", nargs="+", type=Path, help="files of the shape in corpus/README.md")
    options.add_argument("--errors", type=int, default=0, metavar="N", help="also list the N worst errors per label")
    options.add_argument("--rules", action="store_true", help="by the rules alone, as a backtest reads")
    asked = options.parse_args()
    rows = chain.from_iterable(read_file(path) for path in asked.files)
    pairs = read_pairs(rows, learnt=not asked.rules)
    print(report(pairs))
    if asked.errors:
        print(errors(pairs, asked.errors))


if __name__ == "__main__":
    main()
