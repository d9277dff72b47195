"""Compare the second, independent labelling of 200 texts with the first: what two careful readers agree on.

    python tools/agreement.py

No reader can be expected to agree with the first labelling more than another careful one does.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluate_reader import judge, macro_f1
from labelled import CORPUS, Labelled, read_file, read_part

Pair = tuple[Labelled, Labelled]


def pairs() -> list[Pair]:
    """Return (first, second) labels of each text that was labelled twice."""
    first = {(row.text, row.given_operator): row for part in ("train", "held_out") for _, row in read_part(part)}
    return [(first[row.text, row.given_operator], row) for row in read_file(CORPUS / "second" / "labels.jsonl")]


def kappa(first: Sequence[object], second: Sequence[object]) -> float:
    """Return Cohen's kappa: agreement beyond what chance gives, 1 where all agree.

    >>> kappa([True, False], [True, False]), kappa([1, 1, 2, 2], [1, 2, 1, 2])
    (1.0, 0.0)
    """
    size = len(first)
    same = sum(a == b for a, b in zip(first, second, strict=True)) / size
    chance = sum(list(first).count(value) * list(second).count(value) for value in set(first)) / size**2
    return (same - chance) / (1 - chance) if chance < 1 else 1.0


def main() -> None:
    """Print agreement, kappa, and the F1 of the second labelling judged by the first."""
    both = pairs()
    print(f"{len(both)} texts{'':<7}same   kappa  F1 of the second by the first")
    for name in ("is_report", "acute", "recovered"):
        first, second = [getattr(a, name) for a, _ in both], [getattr(b, name) for _, b in both]
        print(f"{name:<14}{_same(first, second)}  {kappa(first, second):.3f}  {judge(first, second).f1:.3f}")
    reports = [(a, b) for a, b in both if a.is_report and b.is_report]
    for name in ("service", "symptom", "operator", "place", "groups", "language"):
        told = [(getattr(a, name), getattr(b, name)) for a, b in reports]
        first, second = [a for a, _ in told], [b for _, b in told]
        macro = f"{macro_f1(first, second):.3f} (macro)" if name == "symptom" else ""
        print(f"{name:<14}{_same(first, second)}  {kappa(first, second):.3f}  {macro}")
    print(f"service to groups, language: of the {len(reports)} texts that both call a report")


def _same(first: Sequence[object], second: Sequence[object]) -> str:
    return f"{sum(a == b for a, b in zip(first, second, strict=True)) / len(first):.3f}"


if __name__ == "__main__":
    main()
