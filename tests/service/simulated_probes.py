"""Simulated probes of networks that are well: answers lost by chance, lines of homes that break, targets that are away.

Made with a seed. Nothing here is an outage of an operator, so whatever is raised is a false alarm.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pulih.model.clock import HOUR_S, MICROS, WEEK_S
from pulih.model.reading import Place, Reading
from pulih.model.signal import Signal
from pulih.series.tuning import Tuning
from pulih.service.live.failing import Probed

START_US = 1_767_571_200 * MICROS
TARGET = "tcp a.example:443"
# Seconds between two questions of a source, and the width of a window.
EVERY_S = 300


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """How probes fail while the networks are well.

    Attributes:
        sources: how many ask over each operator's lines.
        operators: how many are asked over.
        regions: the sources of an operator stand in so many, in turn; 0 = nobody knows where.
        homes: they are probes at home, which all ask for the same.
        lost: share of single answers that are lost.
        breaks: how often a week the own line of a source is broken, and for how many hours on average, exponential.
        away: how often a week the target is away for everybody, and for how many hours.
    """

    sources: int = 2
    operators: int = 1
    regions: int = 0
    homes: bool = False
    lost: float = 0.0
    breaks: tuple[float, float] = (0.0, 1.0)
    away: tuple[float, float] = (0.0, 1.0)


def false_alarms(quiet: Quiet, weeks: int, *, seed: int, asked: float) -> int:
    """Return how many suspicions probes raise in so many weeks in which the networks are well.

    Args:
        quiet: how they fail.
        weeks: from the first answer on, so learning what is usual is part of them.
        seed: of what happens by chance.
        asked: false alarms a week that are asked for.
    """
    probed, raised = Probed(), set[tuple[str, str, int]]()
    tuning = Tuning(bin_s=EVERY_S, false_alarms_per_week=asked)
    probes = [(over, number) for over in range(quiet.operators) for number in range(quiet.sources)]
    for step, answers in enumerate(_failures(quiet, len(probes), weeks, np.random.default_rng(seed))):
        at_us = START_US + step * EVERY_S * MICROS
        for (over, number), failed in zip(probes, answers, strict=True):
            probed.hear(*_answer(quiet, over, number, at_us=at_us, well=not failed))
        found = probed.look(at_us + EVERY_S * MICROS, tuning, lambda *_: False)
        raised |= {(one.operator, one.target, one.alarm_us) for one in found}
    return len(raised)


def _failures(quiet: Quiet, sources: int, weeks: int, chance: Generator) -> NDArray[np.bool_]:
    """Return which source fails when; shape (steps, sources)."""
    steps = weeks * WEEK_S // EVERY_S
    failed = chance.random((steps, sources)) < quiet.lost
    for source in range(sources):
        failed[:, source] |= _spans(quiet.breaks, steps, chance)
    return failed | _spans(quiet.away, steps, chance)[:, None]


def _spans(often: tuple[float, float], steps: int, chance: Generator) -> NDArray[np.bool_]:
    """Return when something is broken that breaks so often a week for so many hours on average."""
    a_week, hours = often
    broken = np.zeros(steps, dtype=np.bool_)
    for begin in np.flatnonzero(chance.random(steps) < a_week * EVERY_S / WEEK_S):
        broken[begin : begin + 1 + int(chance.exponential(hours * HOUR_S / EVERY_S))] = True
    return broken


def _answer(quiet: Quiet, over: int, number: int, *, at_us: int, well: bool) -> tuple[Signal, Reading, str]:
    source, region = f"probe-{over}-{number}", f"3{number % quiet.regions}" if quiet.regions else ""
    target = f"home {source}" if quiet.homes else TARGET
    signal = Signal(at_us, source, f"{at_us}", "", f"ok: {target}: 12 ms", kind="probe")
    reading = Reading(
        False, 0.0, not well, "mobile_data", "none" if well else "no_internet", f"operator-{over}",
        places=(Place(region, region, 1.0),) if region else (), recovered=well,
    )  # fmt: skip
    return signal, reading, target
