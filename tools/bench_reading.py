"""Measure the reader: how well it reads the held-out part of the own corpus, and how fast it reads.

    python tools/bench_reading.py           prints both; a part of `make bench`
    python tools/bench_reading.py --page    also writes docs/benchmarks/reading.md and its pictures

The held-out part is read for these figures alone; none of its texts and none of its errors is shown (corpus/README.md).
Speeds are of one process on one core, by its processor time, for the texts of the training part: no two are alike.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from evaluate_reader import read_pairs, report
from labelled import read_part
from pulih.adapters.reading_lines import read_lines
from pulih.adapters.recalled import REMEMBERED
from pulih.main_reading import load_knowledge
from pulih.understand.learnt import BATCH_TEXTS
from pulih.understand.reader import Reader, Told
from reading_page import page, pictures

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "benchmarks"
PULIH = str(Path(sys.executable).with_name("pulih"))
ROUNDS = 3
AGAIN = 40
# The steps of reading, each with the function that does it; none is a part of another.
STEPS = {
    "canonical words": ("normal.py", "words"),
    "phrases": ("matcher.py", "hits"),
    "operators": ("naming.py", "mentions"),
    "troubles": ("troubles.py", "find_troubles"),
    "recovery": ("recovery.py", "find_recovery"),
    "whom the text clears": ("fault.py", "excused"),
    "facts": ("facts.py", "facts_of"),
    "probability by the rules": ("score.py", "probability"),
    "places": ("places.py", "look"),
    "labels by the rules": ("verdict.py", "ruled"),
    "marks for names": ("reader.py", "_nameless_forms"),
    "learnt weights, decision": ("decision.py", "decide"),
    "reading and evidence": ("verdict.py", "verdict"),
}
# What requirement U1 asks of a reader on one core.
ASKED = {
    "stage 1, in batches": "at least 200,000 texts/s",
    "everything, in batches": "at least 60,000 texts/s",
    "everything, each word new": "",
    "said again, word for word": "",
    "one text alone": "at most 5 ms",
    "memory": "below 300 MB",
    "start": "below 1 s",
}


def main() -> None:
    """Measure, print, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks/reading.md and its pictures")
    asked = parser.parse_args()
    rows = [row for _, row in read_part("held_out")]
    rules, both = read_pairs(rows, learnt=False), read_pairs(rows, learnt=True)
    print(
        f"held-out part, by the rules alone\n{report(rules)}\n\nheld-out part, with the learnt weights\n{report(both)}"
    )
    texts = [row.text for _, row in read_part("train")]
    speeds = [(name, figure, ASKED[name]) for name, figure in measured(texts)]
    print("\n" + "\n".join(f"{name:<28}{figure:<36}{wanted}" for name, figure, wanted in speeds))
    shares = profiled(texts)
    print("\n" + "\n".join(f"{step:<28}{share:>4.0%}" for step, share in shares))
    if asked.page:
        for name, drawn in pictures(both).items():
            (FOLDER / name).write_text(drawn, encoding="utf-8")
        (FOLDER / "reading.md").write_text(page(rules, both, speeds=speeds, shares=shares), encoding="utf-8")


def measured(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return what is measured of speed, and the figure."""
    rules, both = load_knowledge().reader, load_knowledge(learnt=True).reader
    first = _rate(both, texts)
    alone = [1e3 / _rate(both, [text]) for text in texts]
    again = max(_rate(both, texts) for _ in range(ROUNDS))
    _rate(rules, texts)
    stage_1 = max(_rate(rules, texts) for _ in range(ROUNDS))
    _, memory_mb = _whole_process(texts)
    start_s = min(_whole_process(texts[:1])[0] for _ in range(ROUNDS))
    return [
        ("stage 1, in batches", f"{stage_1:,.0f} texts/s"),
        ("everything, in batches", f"{again:,.0f} texts/s"),
        ("everything, each word new", f"{first:,.0f} texts/s"),
        ("said again, word for word", f"{_rate_again(both, texts):,.0f} texts/s"),
        ("one text alone", f"{np.median(alone):.2f} ms, the slowest {max(alone):.1f} ms"),
        ("memory", f"{memory_mb:.0f} MB"),
        ("start", f"{start_s:.2f} s"),
    ]


def _rate(reader: Reader, texts: Sequence[str]) -> float:
    """Return texts read per second of processor time, in batches."""
    told = [Told(text) for text in texts]
    begin = time.process_time()
    for at in range(0, len(told), BATCH_TEXTS):
        reader.read_all(told[at : at + BATCH_TEXTS])
    return len(texts) / (time.process_time() - begin)


def _rate_again(reader: Reader, texts: Sequence[str]) -> float:
    """Return lines that `pulih read` answers per second of processor time, of texts that it has answered before."""
    # Of the first thousands, which is what it remembers at least; longer ones it reads anew.
    lines = b"".join(msgspec.json.encode({"text": text}) + b"\n" for text in texts[:REMEMBERED])
    took = []
    for times in (1, 1 + AGAIN):
        begin = time.process_time()
        read_lines(reader, io.BytesIO(lines * times), io.BytesIO())
        took.append(time.process_time() - begin)
    return AGAIN * lines.count(b"\n") / (took[1] - took[0])


def profiled(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Return the steps of reading and what part of the time each takes, the largest first."""
    reader = load_knowledge(learnt=True).reader
    _rate(reader, texts)
    profiler = cProfile.Profile()
    profiler.runcall(_rate, reader, texts)
    taken = {(Path(key[0]).name, key[2]): figures[3] for key, figures in _figures(profiler).items()}
    whole = taken["bench_reading.py", "_rate"]
    shares = [(step, taken[called] / whole) for step, called in STEPS.items()]
    shares.append(("all between", 1.0 - sum(share for _, share in shares)))
    return sorted(shares, key=lambda share: -share[1])


def _figures(profiler: cProfile.Profile) -> dict[tuple[str, int, str], tuple[int, int, float, float]]:
    """Return of each function its calls, and its own and its whole seconds."""
    profiler.create_stats()
    return {key: figures[:4] for key, figures in profiler.stats.items()}


def _whole_process(texts: Sequence[str]) -> tuple[float, float]:
    """Run `pulih read` on texts; return its seconds of processor time and its peak memory in MB."""
    with tempfile.TemporaryFile() as lines:
        # As objects: a text may itself look like one.
        lines.write(b"".join(msgspec.json.encode({"text": text}) + b"\n" for text in texts))
        lines.seek(0)
        process = subprocess.Popen([PULIH, "read"], stdin=lines, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"bench_reading: pulih read ended with status {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
