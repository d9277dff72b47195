"""Lives of an outage during which the feed loses most of what is said, or all of it, while nothing is mended.

An outage of nine hours, from whatever hour of the day; from its third hour on a part of all that is written comes
through, whatever it speaks of. The feed is one of a desk that listens to several operators: people speak of another one
there, too. Run as a program with a first seed and a number, it prints of each life when it was called restored.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from journal_in_memory import MINUTE_US
from scenario_desk import AFTER, HOUR_US, HOURS, ScenarioDesk, Told, told_by, us
from scenario_stories import Story, local, plateau
from scenario_words import CHATTER, said

from pulih.model.clock import DAY_S, MICROS, from_micros
from pulih.model.entry import RecoveryJudged

ZONE: Final = "Asia/Jakarta"
# What the feed brings of another operator, on any day.
TALK_PER_DAY: Final = 4_000
HOURS_OF_DAY: Final = (2, 8, 14, 20)


@dataclass(frozen=True)
class Thinning:
    """What part of all that is written comes through from how many hours after the beginning on, step after step."""

    steps: tuple[tuple[float, float], ...]

    def part(self, hours: float) -> float:
        """Return the part that comes through so many hours after the beginning."""
        return next((part for since, part in reversed(self.steps) if hours >= since), 1.0)


THINNINGS: Final = {
    "a tenth comes through, and nothing else any more": Thinning(((3.0, 0.1),)),
    "a tenth, then nothing": Thinning(((3.0, 0.1), (5.0, 0.0))),
    "a tenth, then all of it again": Thinning(((3.0, 0.1), (5.0, 1.0))),
}


def story(hour: int, seed: int) -> Story:
    """Return an outage that begins at an hour of the day."""
    begin = local(ZONE, 2026, 3, 10, hour, 0)
    relief = begin + timedelta(hours=9)
    return Story(
        id=f"thinned-{hour}", operator="Smartfren", zone=ZONE, language="id", begin=begin, relief=relief,
        trouble="no_internet", stretches=plateau(begin, relief, 600), acts=(), assumed="everything", seed=seed,
    )  # fmt: skip


def heard_of(told: Story, thinning: Thinning) -> list[Told]:
    """Return what of all that is written comes through, talk of another operator with it."""
    rng = random.Random(f"thinned {told.id} {told.seed}")
    begin_us = us(told.begin)
    written = sorted([*told_by(told), *_talk(told, rng)])
    return [one for one in written if rng.random() < thinning.part((one[0] - begin_us) / HOUR_US)]


def _talk(told: Story, rng: random.Random) -> Iterator[Told]:
    """Yield talk of another operator around the outage, and on the days before against which it is held."""
    zone = ZoneInfo(told.zone)
    for days in (7, 2, 1, 0):
        away_us = days * DAY_S * MICROS
        at = us(told.begin) - away_us - 2 * HOUR_US
        while at < us(told.relief + AFTER) - away_us:
            share = HOURS[from_micros(at).astimezone(zone).hour] / sum(HOURS)
            at += round(rng.expovariate(TALK_PER_DAY * share) * HOUR_US)
            yield at, said(rng, CHATTER["id"], "Telkomsel", language="id")


def restored_at(told: Story, thinning: Thinning, folder: Path) -> list[int]:
    """Return when it was called restored, microseconds UTC."""
    desk = ScenarioDesk(folder, told)
    desk.told = heard_of(told, thinning)
    incident = desk.run()
    return [
        entry.at_us
        for entry in desk.incidents.timeline(incident.id)
        if isinstance(entry.fact, RecoveryJudged) and all(one.verdict == "restored" for one in entry.fact.scopes)
    ]


if __name__ == "__main__":
    first, many = int(sys.argv[1]), int(sys.argv[2])
    for name, way in THINNINGS.items():
        for seed in range(first, first + many):
            for hour in HOURS_OF_DAY:
                told = story(hour, seed)
                with tempfile.TemporaryDirectory() as place:
                    ends = restored_at(told, way, Path(place))
                minutes = ", ".join(f"{(at_us - us(told.relief)) // MINUTE_US:+d} min" for at_us in ends)
                sys.stdout.write(f"{name}, from {hour:02}:00, seed {seed}: {minutes or 'never'}\n")
                sys.stdout.flush()
