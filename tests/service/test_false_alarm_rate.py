"""The asked rate of false alarms holds on quiet streams with replies, and the threshold follows the volume.

One real series of some months cannot prove a rate: at 0.1 a week, 19 weeks expect two alarms and often show none
or five. Simulated years can. The test is one-sided at 99 %: more alarms than a Poisson with the asked mean shows
once in a hundred would fail it. Streams of many reports take long; most of their weeks are in tests/long.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

from rare_by_chance import chance_allows
from simulated_streams import quiet_stream

from pulih import Wishes, backtest
from pulih.service.outcome import Outcome

ASKED = 0.1


def quiet(folder: Path, *, per_day: float, weeks: int, seed: int, asked: float = ASKED, bin_s: int = 300) -> Outcome:
    path = folder / "quiet.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["time", "text"])
        for at, text in quiet_stream("Zonanet", per_day=per_day, weeks=weeks, seed=seed):
            writer.writerow([at.isoformat(), text])
    return backtest([path], wishes=Wishes(operator="Zonanet", false_alarms_per_week=asked, bin_s=bin_s))


def keeps_the_rate(folder: Path, seeds: range, *, per_day: float, weeks: int, bin_s: int = 300) -> bool:
    """Tell whether quiet streams, one a seed, raise no more alarms than chance gives at the asked rate."""
    alarms = sum(len(quiet(folder, per_day=per_day, weeks=weeks, seed=seed, bin_s=bin_s).views) for seed in seeds)
    return alarms <= chance_allows(ASKED * weeks * len(seeds))


def test_quiet_streams_with_replies_keep_the_asked_rate(tmp_path: Path) -> None:
    assert keeps_the_rate(tmp_path, range(9000, 9001), per_day=40, weeks=12)


def test_the_threshold_follows_the_volume(tmp_path: Path) -> None:
    levels = []
    for per_day in (1, 5, 40):
        trace = quiet(tmp_path, per_day=per_day, weeks=6, seed=77).traces[0]
        known = [level for level in trace.alarm_at[-24 * 7 :] if not math.isnan(level)]
        levels.append(sum(known) / len(known))
    assert levels[0] < levels[1] < levels[2]
