"""Write the bundled simulated day: a labelled, invented replay of 3 October 2025, the same bytes every time.

    python tools/simulate_day.py [--seed 20251003] [--out FILE]

What is fact and what is invented stands in the README beside the file.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import random
from pathlib import Path

from pulih.model.signal import SIMULATION
from simulation.story import Story

SEED = 20251003
BUNDLED = Path(__file__).resolve().parent.parent / "src/pulih/data/demo/smartfren-2025-10-03-simulated.csv.gz"


def simulated_csv(seed: int = SEED) -> bytes:
    """Return the day as CSV (id, time, author, text, place, source), UTF-8, oldest first."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(("id", "time", "author", "text", "place", "source"))
    for number, post in enumerate(Story(random.Random(seed)).posts(), start=1):
        writer.writerow((f"sim-{number:05d}", post.at.isoformat(), post.author, post.text, post.place, SIMULATION))
    return written.getvalue().encode()


def packed(content: bytes) -> bytes:
    """Return `content` as gzip without a name or a time stamp, so that equal content gives equal bytes."""
    file = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=9, mtime=0) as pack:
        pack.write(content)
    return file.getvalue()


def main() -> None:
    """Write the file that was asked for, the bundled one by default."""
    parser = argparse.ArgumentParser(description="Write the bundled simulated day.")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed gives another invented day")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="where to write; default: the bundled file")
    asked = parser.parse_args()
    content = simulated_csv(asked.seed)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(packed(content))
    rows = len(content.splitlines()) - 1
    print(f"simulate_day: wrote {rows:,} invented posts to {asked.out}")


if __name__ == "__main__":
    main()
