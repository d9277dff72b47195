"""Compare the second, independent labelling of 200 texts with the first: what two careful readers agree on.

    python tools/agreement.py           and 300 of the hardest texts, labelled twice more, beside the product

No reader can be expected to agree with the first labelling more than another careful one does.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from evaluate_reader import judge, macro_f1
from labelled import CORPUS, Labelled, read_file, read_part
from pulih.main_reading import load_knowledge

Pair = tuple[Labelled, Labelled]


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one reader says of a text in yes and no."""

    is_report: bool
    acute: bool
    recovered: bool


class Hard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the hardest texts of `judge`, with what each of two readers said who saw nothing but the definitions."""

    text: str
    given_operator: str | None
    labels: tuple[Said, Said]


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
    _print_hard()


def _print_hard() -> None:
    """Print F1 of two readers and of the product by the writers' own labels, and of one reader by the other."""
    written = {(row.text, row.given_operator): row for _, row in read_part("judge")}
    lines = (CORPUS / "second" / "hard.jsonl").read_text(encoding="utf-8").splitlines()
    hard = [msgspec.json.decode(line, type=Hard) for line in lines]
    reader = load_knowledge(learnt=True).reader
    asked: list[dict[str, object]] = [
        {
            "the writer": written[one.text, one.given_operator],
            "one": one.labels[0],
            "two": one.labels[1],
            "pulih": reader.read(one.text, operator=one.given_operator or ""),
        }
        for one in hard
    ]
    print(f"\n{len(hard)} of the hardest texts: F1 of is_report, acute, recovered")
    for said, by in (("one", "the writer"), ("two", "the writer"), ("two", "one"), ("pulih", "the writer")):
        figures = [
            judge([getattr(of[by], name) for of in asked], [getattr(of[said], name) for of in asked]).f1
            for name in Said.__struct_fields__
        ]
        print(f"{said:<6}by {by:<12}{'  '.join(f'{one:.3f}' for one in figures)}")


def _same(first: Sequence[object], second: Sequence[object]) -> str:
    return f"{sum(a == b for a, b in zip(first, second, strict=True)) / len(first):.3f}"


if __name__ == "__main__":
    main()
