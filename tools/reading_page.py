"""The page of the reader's figures, docs/benchmarks/reading.md: tables in Markdown, and its pictures."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np

from evaluate_reader import Exact, Judged, Pair, by_label, exact, macro
from evaluate_reader import calibration as calibrated
from pulih.model.reading import Symptom
from reading_pictures import Counts, calibration, matrix

ROOT = Path(__file__).resolve().parents[1]
BINS = 10
SYMPTOMS: tuple[str, ...] = get_args(Symptom)

PAGE = """# How well and how fast texts are read

Written by `python tools/bench_reading.py --page` at commit {commit}, on {machine}.
`make bench` prints the same figures.

## How well
The held-out part of the own corpus, {texts} texts that taught nothing (corpus/README.md), read by the rules alone and
with the learnt weights too (docs/decisions/0005). Symptoms are judged on the reports that were read as reports, all
else on all texts.

| label | precision, by rules | recall | F1 | precision, with both | recall | F1 | texts |
|---|---|---|---|---|---|---|---|
{labels}

Of the reports that were read as reports, the share that is exactly right: of all, and of those that truly have a value.

| label | of all, by rules | with a value | of all, with both | with a value | texts with a value |
|---|---|---|---|---|---|
{values}

| p_report | by rules | with both |
|---|---|---|
{calibration}

With the learnt weights, all texts:

![Symptom: a row for each true value, a column for each that was read](reading-symptom.svg)

![Is it a report: a row for each true value, a column for each that was read](reading-report.svg)

![Is it acute: a row for each true value, a column for each that was read](reading-acute.svg)

![Share of reports over the probability said](reading-calibration.svg)

## How fast
One process on one core, by its processor time. The texts are those of the training part, no two alike, in batches of
64. Stage 1 is the rules alone, everything the learnt weights too. All are read once before the rates are taken: words
are known then, texts are never remembered, but in the row of those said again: there `pulih read` gets each of them
forty times more, as in a flood of copies. "Each word new" is the first time. Start and memory are those of `pulih
read`.

| what | figure | asked (requirement U1) |
|---|---|---|
{speeds}

**Both rates stay far below what is asked.** Where the time goes, under a profiler, which makes small steps look larger:

| step | share of the whole |
|---|---|
{shares}

No step stands out: what is done by compiled libraries (finding words and phrases) is the lesser part, and the rest is
what phrases are said of, in the interpreter, spread over some forty small functions. The same code compiled by mypyc
was 1.6 times as fast, tried once at commit cc29b2c. Ten times as fast would take another representation: arrays of many
texts in place of objects of one.
"""


def page(
    rules: Sequence[Pair],
    both: Sequence[Pair],
    *,
    speeds: Sequence[tuple[str, str, str]],
    shares: Sequence[tuple[str, float]],
) -> str:
    """Return the page.

    Args:
        rules, both: texts of the held-out part as read by the rules alone, and with the learnt weights too.
        speeds: what was measured, the figure, and what is asked.
        shares: steps of reading, and what part of the time each takes.
    """
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return PAGE.format(
        commit=commit,
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        texts=len(both),
        labels=_label_rows(by_label(rules), by_label(both)),
        values=_value_rows(exact(rules), exact(both)),
        calibration=_calibration_rows(rules, both),
        speeds="\n".join(f"| {' | '.join(row)} |" for row in speeds),
        shares="\n".join(f"| {step} | {share:.0%} |" for step, share in shares),
    )


def _label_rows(rules: dict[str, Judged], both: dict[str, Judged]) -> str:
    rows = []
    for name, one in both.items():
        first = rules[name]
        figures = (first.precision, first.recall, first.f1, one.precision, one.recall)
        told = " | ".join(f"{figure:.3f}" for figure in figures)
        rows.append(f"| {name} | {told} | **{one.f1:.3f}** | {one.support} |")
    means = ((kind, macro(rules, kind), macro(both, kind)) for kind in ("group", "symptom"))
    rows += [f"| {kind}, mean of all | | | {first:.3f} | | | **{one:.3f}** | |" for kind, first, one in means]
    return "\n".join(rows)


def _value_rows(rules: dict[str, Exact], both: dict[str, Exact]) -> str:
    return "\n".join(
        f"| {name} | {rules[name][0]:.3f} | {rules[name][1]:.3f} | {right:.3f} | **{named:.3f}** | {count} |"
        for name, (right, named, count) in both.items()
    )


def _calibration_rows(rules: Sequence[Pair], both: Sequence[Pair]) -> str:
    told = [
        calibrated([row.is_report for row, _ in pairs], [one.p_report for _, one in pairs]) for pairs in (rules, both)
    ]
    names = ("Brier score", "expected calibration error")
    return "\n".join(f"| {name} | {told[0][at]:.3f} | **{told[1][at]:.3f}** |" for at, name in enumerate(names))


def pictures(pairs: Sequence[Pair]) -> dict[str, str]:
    """Return each picture of the page under the name of its file."""
    yes_no = ("yes", "no")
    shown: dict[str, tuple[Sequence[str], list[tuple[str, str]]]] = {
        "symptom": (SYMPTOMS, [(row.symptom, one.symptom) for row, one in pairs]),
        "report": (yes_no, [(_yes(row.is_report), _yes(one.is_report)) for row, one in pairs]),
        "acute": (yes_no, [(_yes(row.acute), _yes(one.acute)) for row, one in pairs]),
    }
    titles = {"symptom": "How it fails", "report": "Is it a report", "acute": "Is it acute"}
    drawn = {
        f"reading-{name}.svg": matrix(f"{titles[name]}? {len(pairs)} texts", names, confusion(names, told))
        for name, (names, told) in shown.items()
    }
    drawn["reading-calibration.svg"] = calibration("Is it a report as often as said?", *tenths(pairs))
    return drawn


def confusion(names: Sequence[str], told: Sequence[tuple[str, str]]) -> Counts:
    """Return how many texts have each true value and each that was read; shape (true, read)."""
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    for true, read in told:
        counts[names.index(true), names.index(read)] += 1
    return counts


def tenths(pairs: Sequence[Pair]) -> tuple[list[float], list[float], list[int]]:
    """Return of each tenth of p_report that texts fall in: its mean, the share of reports, the number of texts."""
    chances = np.array([one.p_report for _, one in pairs])
    true = np.array([row.is_report for row, _ in pairs])
    tenth = np.minimum((chances * BINS).astype(int), BINS - 1)
    held = [tenth == one for one in range(BINS) if (tenth == one).any()]
    return (
        [float(chances[one].mean()) for one in held],
        [float(true[one].mean()) for one in held],
        [int(one.sum()) for one in held],
    )


def _yes(so: bool) -> str:
    return "yes" if so else "no"
