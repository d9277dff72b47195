"""Measure how findings stand that are raised by floods of few hands, by crowds and by outages; docs/decisions/0006.

    python tools/floods.py            two seeds a kind on quiet streams of 1, 12, 40 and 300 reports a day; ten minutes

Each line counts streams: in how many something was found while the flood lasted, and in how many of these any finding
is likely.
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "service"))

from simulated_hoaxes import Post, crowd, handed_out, handed_out_short
from simulated_streams import Outage, quiet_stream, with_outages

from pulih import Wishes, backtest
from pulih.model.clock import to_micros

OPERATOR = "Zonanet"
PER_DAY, SEEDS = (1.0, 12.0, 40.0, 300.0), (11, 12)
# Reports a day, how many times as many in the outage, and its hours.
OUTAGES = ((1, 300, 2), (5, 40, 3), (12, 30, 2), (40, 15, 3), (40, 6, 10), (300, 5, 4), (300, 3, 12), (5, 20, 24))


def main() -> None:
    """Run all kinds and print one line each."""
    many, few = partial(handed_out, OPERATOR, posts=20_000), partial(handed_out_short, OPERATOR, posts=20_000)
    _floods("reworded copies, 1,000 authors, 6 h", partial(many, authors=1_000), hours=6)
    _floods("reworded copies, 20,000 accounts, 6 h", partial(many, authors=20_000), hours=6)
    _floods("reworded copies, authors unknown, 6 h", partial(many, authors=1_000), hours=6, authors=False)
    for hours in (1, 6, 12, 24, 48, 96):
        _floods(f"short copies, 1,000 authors, {hours} h", partial(few, authors=1_000), hours=hours)
    _floods("300 people, three words, 2 h", partial(crowd, f"{OPERATOR} mati lagi", people=300), hours=2)
    for often in (1.3, 1.7):
        _outages(f"outages, {often} reports an author", often)


def _floods(name: str, flood: Callable[..., list[Post]], *, hours: float, authors: bool = True) -> None:
    stands = []
    for per_day in PER_DAY:
        for seed in SEEDS:
            quiet = quiet_stream(OPERATOR, per_day=per_day, weeks=4, seed=seed)
            start = quiet[0][0] + timedelta(days=20, hours=9)
            everyday = [(at, f"orang{number}", text) for number, (at, text) in enumerate(quiet)]
            posts = [*everyday, *flood(start=start, hours=hours, seed=seed)]
            stands.append(_stands(posts, start, hours, authors=authors))
    _say(name, stands)


def _outages(name: str, often: float) -> None:
    stands = []
    for per_day, times, hours in OUTAGES:
        for seed in SEEDS:
            quiet = quiet_stream(OPERATOR, per_day=per_day, weeks=4, seed=seed)
            start = quiet[0][0] + timedelta(days=20, hours=9)
            outage = Outage(start, timedelta(hours=hours), times)
            hit = with_outages([], OPERATOR, per_day=per_day, outages=[outage], seed=seed)
            everyday = [(at, f"orang{number}", text) for number, (at, text) in enumerate(quiet)]
            stands.append(_stands([*everyday, *_by_people(hit, often, seed)], start, hours))
    _say(name, stands)


def _by_people(told: list[tuple[datetime, str]], often: float, seed: int) -> Iterator[Post]:
    """Yield the reports with authors; whoever has written writes again, the more so the more often."""
    chance = random.Random(f"people {seed}")
    wrote: list[str] = []
    for number, (at, text) in enumerate(told):
        wrote.append(chance.choice(wrote) if wrote and chance.random() > 1 / often else f"korban{number}")
        yield at, wrote[-1], text


def _stands(posts: list[Post], start: datetime, hours: float, *, authors: bool = True) -> list[str]:
    """Return how those findings stand that were raised while it lasted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["time", "text", *(["author"] if authors else [])])
            writer.writerows([at.isoformat(), text, *([who] if authors else [])] for at, who, text in posts)
        views = backtest([path], wishes=Wishes(operator=OPERATOR)).views
    first, last = to_micros(start), to_micros(start + timedelta(hours=hours))
    found = [view.finding for view in views]
    return [one.standing for one in found if first <= one.alarm_us and one.onset_us <= last]


def _say(name: str, stands: list[list[str]]) -> None:
    found = [one for one in stands if one]
    likely = sum("likely" in one for one in found)
    findings = [level for one in found for level in one]
    print(
        f"{name}: found in {len(found)} of {len(stands)} streams, likely in {likely}; "
        f"{findings.count('likely')} of {len(findings)} findings likely",
        flush=True,
    )


if __name__ == "__main__":
    main()
