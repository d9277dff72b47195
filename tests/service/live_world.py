"""A small world for the live desk: two operators, few regions, complaints drawn from a seed and read beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from pulih.detect.family import CROWD, Region
from pulih.model.reading import Evidence, Place, Reading
from pulih.model.signal import Signal
from pulih.service.hierarchy import Family
from pulih.service.live.fold import Fold, Frame
from pulih.service.live.heard import Heard

JAKARTA = ZoneInfo("Asia/Jakarta")
# Wednesday 1 October 2025, midnight in Jakarta.
START_US = 1_759_251_600_000_000
SECOND_US = 1_000_000
REGIONS = {
    code: Region(code, code.partition(".")[0] if "." in code else "", share)
    for code, share in {
        "31": 0.6, "32": 0.4, "31.71": 0.3, "31.74": 0.3, "32.01": 0.25, "32.04": 0.15,
    }.items()
}  # fmt: skip
PLACES = [code for code in REGIONS if "." in code]
TUNING = msgspec.structs.replace(CROWD, bin_s=60, false_alarms_per_week=1.0)


def families_of(heard: list[str]) -> list[Family]:
    """Return a family for each operator, "alpha" first when its brand is heard of; its network carries "alpha-lite"."""
    networks = {"alpha"} if {"alpha", "alpha-lite"} & set(heard) else set()
    return [
        Family(
            one,
            one.title(),
            ("alpha", "alpha-lite") if one == "alpha" else (one,),
            ("alpha", "alpha-lite") if one == "alpha-lite" else (),
            REGIONS,
        )
        for one in sorted(networks | set(heard), key=lambda one: (one not in networks, one))
    ]


def fold() -> Fold:
    return Fold(TUNING, JAKARTA, families_of)


def report(operator: str, place: str = "", *, talk: str = "trouble") -> Reading:
    """Return the reading of a report, or of mere talk."""
    trouble = talk == "trouble"
    return Reading(
        trouble, 0.9 if trouble else 0.05, trouble, "mobile_data" if trouble else None,
        "no_internet" if trouble else "none", operator if trouble else None,
        places=(Place(place, place, 0.9),) if place else (), named=(operator,) if operator else (),
        evidence=(Evidence("mati total", "sym.dead.001"),) if trouble else (), talk=talk,
    )  # fmt: skip


def complaints(seed: int, *, days: float, per_day: float = 60.0) -> list[tuple[int, str, Reading]]:
    """Return (moment, native id, reading), by time: quiet talk of two operators, and an outage of one near the end."""
    rng = np.random.default_rng(seed)
    span_s = int(days * 86_400)
    moments = np.sort(rng.integers(0, span_s, rng.poisson(per_day * days)))
    begin = int(span_s - rng.integers(2 * 3600, 5 * 3600))
    outage = begin + np.sort(rng.integers(0, 5400, 40))
    told = [(int(at), str(rng.choice(["alpha", "beta", "alpha-lite", ""])), False) for at in moments]
    told += [(int(at), "beta", True) for at in outage]
    result = []
    for number, (at, operator, hit) in enumerate(sorted(told)):
        place = "31.74" if hit and rng.random() < 0.6 else str(rng.choice(["", "", "", *PLACES]))
        talk = "trouble" if hit or rng.random() < 0.5 else "other"
        reading = report(operator, place if operator else "", talk=talk)
        result.append((START_US + at * SECOND_US, f"id{number:06d}", reading))
    return result


def heard(frame: int, position: int, told: tuple[int, str, Reading]) -> Heard:
    at_us, native_id, reading = told
    signal = Signal(at_us, "form", native_id, native_id[-3:], "mati total")
    return Heard(frame, position, signal, reading)


def framed(told: Sequence[tuple[int, str, Reading]], seed: int, *, delay_s: int = 8) -> list[Frame]:
    """Return complaints as frames: each report is received up to `delay_s` after it was said, some frames hold many."""
    rng = np.random.default_rng([seed, 7])
    arrivals = sorted(
        ((one[0] + int(rng.integers(0, delay_s * SECOND_US + 1)), one) for one in told), key=lambda pair: pair[0]
    )
    # The desk is opened before anybody speaks, so that its first window does not hang on the first report's way.
    frames = [Frame(1, START_US, ())]
    while arrivals:
        size = int(rng.choice([1, 1, 1, 2, 5]))
        # What was received within a second is committed together.
        group = [pair for pair in arrivals[:size] if pair[0] - arrivals[0][0] < SECOND_US]
        arrivals = arrivals[len(group) :]
        number = len(frames) + 1
        items = tuple(heard(number, position, one) for position, (_, one) in enumerate(group))
        frames.append(Frame(number, group[-1][0], items))
    return frames
