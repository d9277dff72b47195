"""Measures what looks cost while sixteen operators are down whose customers name each other; no intake, no readers.

    python bench/desk/measure_looks.py [--minutes 14] [--quiet-hours 38] [--per-minute 60000]

Invented complaints (`tools/simulation`), read beforehand, are counted minute by minute as the desk counts them, behind
hours in which hardly anybody writes; places that speak for the first time wake while the outage goes on. Seconds are
CPU of the process. The last line is a digest of what is told: it stays the same where only the cost changes.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import sys
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from pulih.adapters.sql.engine import open_engine, sqlite_url  # noqa: E402
from pulih.adapters.sql.signal_store import SqlSignalStore  # noqa: E402
from pulih.adapters.sql.upgrading import upgrade  # noqa: E402
from pulih.detect.family import CROWD  # noqa: E402
from pulih.main_reading import Knowledge, load_knowledge  # noqa: E402
from pulih.model.clock import HOUR_S, MICROS  # noqa: E402
from pulih.model.reading import Reading  # noqa: E402
from pulih.model.signal import Signal  # noqa: E402
from pulih.service.hierarchy import families  # noqa: E402
from pulih.service.live.fold import Fold, Frame  # noqa: E402
from pulih.service.live.heard import Heard  # noqa: E402
from pulih.service.live.looking import Looks  # noqa: E402
from pulih.service.live.watching import Watch  # noqa: E402
from pulih.understand.reader import Told  # noqa: E402
from simulation.story import Story  # noqa: E402

# Wednesday 1 October 2025, midnight in Jakarta.
START_S, MINUTE_S = 1_759_251_600, 60
TEXTS, READ_AT_ONCE, QUIET_A_MINUTE = 160_000, 500, 0.5
# One row in so many is kept in the store: what a look counts there is no part of what is measured.
KEPT = 10


def read(known: Knowledge) -> list[Reading]:
    """Return readings of complaints; each begins with words of another, so that customers of one name another."""
    posts: dict[str, None] = {}
    for seed in itertools.count(1):
        posts |= dict.fromkeys(post.text for post in Story(random.Random(seed)).posts())
        if len(posts) >= TEXTS // 4:
            break
    pool, chance = list(posts)[: TEXTS // 4], random.Random(1)
    texts = [" ".join([one, *chance.choice(pool).split()[:3]]) for one in pool * 4]
    parts = (texts[first : first + READ_AT_ONCE] for first in range(0, len(texts), READ_AT_ONCE))
    return [one for part in parts for one in known.reader.read_all([Told(text) for text in part])]


def frames(readings: list[Reading], counts: list[int]) -> list[Frame]:
    """Return a frame for each minute, received at its end, with as many reports as are asked for."""
    rng, numbers = np.random.default_rng(1), itertools.count()
    made = [Frame(1, START_S * MICROS, ())]
    for minute, count in enumerate(counts):
        first_us, number = (START_S + minute * MINUTE_S) * MICROS, len(made) + 1
        moments = (first_us + np.sort(rng.integers(0, MINUTE_S * MICROS, count))).tolist()
        heard = [
            Heard(number, place, Signal(at_us, "form", f"id{one}", f"u{one % 90_001}", f"{one}"), readings[one % TEXTS])
            for place, (at_us, one) in enumerate(zip(moments, numbers, strict=False))
        ]
        made.append(Frame(number, first_us + MINUTE_S * MICROS, tuple(heard)))
    return made


def main() -> None:
    """Print what each look of the outage took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=14)
    parser.add_argument("--quiet-hours", type=int, default=38)
    parser.add_argument("--per-minute", type=int, default=60_000)
    asked = parser.parse_args()
    known = load_knowledge()
    tuning = msgspec.structs.replace(CROWD, bin_s=MINUTE_S, false_alarms_per_week=0.1)
    fold = Fold(tuning, ZoneInfo("Asia/Jakarta"), lambda heard: families(known.catalogue, known.gazetteer, heard))
    quiet = np.random.default_rng(2).poisson(QUIET_A_MINUTE, asked.quiet_hours * HOUR_S // MINUTE_S).tolist()
    told = frames(read(known), [*quiet, *[asked.per_minute] * asked.minutes])
    with tempfile.TemporaryDirectory(prefix="pulih-bench-") as folder:
        engine = open_engine(sqlite_url(Path(folder) / "desk.db"), "desk")
        upgrade(engine, "desk")
        store = SqlSignalStore(engine)
        watch = Watch(fold, Looks(store, lambda _: None), known.gazetteer.name, tuning)
        for closed in itertools.chain.from_iterable(map(fold.take, told)):
            store.keep(closed.rows[::KEPT])
            if not closed.window_us:
                continue
            began_s = time.process_time()
            watch.look(closed, lambda: None)
            took_s = time.process_time() - began_s
            if closed.number > len(quiet):
                print(f"minute {closed.number - len(quiet):3}  look {took_s:5.2f} s", flush=True)
    found = sorted(watch.told.values(), key=lambda one: one.id)
    print(f"{len(found)} findings, digest {hashlib.sha256(msgspec.json.encode(found)).hexdigest()[:16]}")


if __name__ == "__main__":
    main()
