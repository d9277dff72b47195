"""Lives stories through again with other customers, to see what chance does to the verdict that they are over.

Run as a program with ids of stories, a first seed, a number and, if fewer or more people are to write, how many times
as many (on any day too), it prints for each life when it was first called restored, in minutes after the last customer
was served, and what share was still cut off then.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from journal_in_memory import MINUTE_US
from scenario_desk import ScenarioDesk, cut_off, us
from scenario_stories import LONG_STORIES, STORIES, Story

from pulih.model.entry import RecoveryJudged


def first_end(story: Story, folder: Path) -> int | None:
    """Return when a story was first called restored in all scopes, microseconds UTC; None when it never was."""
    desk = ScenarioDesk(folder, story)
    incident = desk.run()
    ends = (
        entry.at_us
        for entry in desk.incidents.timeline(incident.id)
        if isinstance(entry.fact, RecoveryJudged)
        and len(entry.fact.scopes) == len(incident.scopes)
        and all(one.verdict == "restored" for one in entry.fact.scopes)
    )
    return next(ends, None)


def among(story: Story, times: float) -> Story:
    """Return a story in which so many times as many people write."""
    hit = tuple(replace(one, per_hour=one.per_hour * times) for one in story.stretches)
    return replace(story, stretches=hit, usual_per_day=story.usual_per_day * times)


def line_of(story: Story) -> str:
    """Return what is printed of one life."""
    with tempfile.TemporaryDirectory() as folder:
        at_us = first_end(story, Path(folder))
    if at_us is None:
        return f"{story.id} {story.seed}: never"
    minutes = (at_us - us(story.relief)) // MINUTE_US
    return f"{story.id} {story.seed}: {minutes:+d} min, {cut_off(story, at_us):.0%} cut off"


if __name__ == "__main__":
    known = {**STORIES, **LONG_STORIES}
    first, many = int(sys.argv[2]), int(sys.argv[3])
    times = float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
    for name in sys.argv[1].split(","):
        for seed in range(first, first + many):
            sys.stdout.write(f"{line_of(among(replace(known[name], seed=seed), times))}\n")
            sys.stdout.flush()
