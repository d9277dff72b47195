"""Reports of an operator drawn from a seed, as entries of a tally: quiet days with an outage, and a small country."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pulih.detect.family import Region
from pulih.detect.tally import Columns
from pulih.series.rhythm import prior_shape

DAY_S = 86_400


def country(provinces: int = 3, regencies: int = 9) -> dict[str, Region]:
    """Return provinces and regencies whose shares of people fall as 1/rank."""
    share = 1.0 / np.arange(1, regencies + 1)
    share /= share.sum()
    parent = [f"{11 + number % provinces}" for number in range(regencies)]
    regions = {
        f"{above}.{number:02d}": Region(f"{above}.{number:02d}", above, float(part))
        for number, (above, part) in enumerate(zip(parent, share, strict=True))
    }
    for above in dict.fromkeys(parent):
        inside = sum(region.share for code, region in regions.items() if code.startswith(above))
        regions[above] = Region(above, "", inside)
    return regions


def reports(codes: list[str], *, days: int, per_day: float, seed: int, start_s: int, outage: bool = True) -> Columns:
    """Return entries of some days, four in ten with a place; an outage of three hours in one region on the last day."""
    rng = np.random.default_rng([seed, days, round(per_day)])
    hours = np.tile(prior_shape() / 24, days) * per_day
    hour = np.repeat(np.arange(hours.size), rng.poisson(hours))
    at_s = hour * 3600 + rng.integers(0, 3600, hour.size)
    region = np.where(rng.random(at_s.size) < 0.4, rng.integers(0, len(codes), at_s.size), -1)
    if outage:
        more = int(rng.poisson(25 + per_day / 4))
        begin = (days - 1) * DAY_S + int(rng.integers(3 * 3600, 18 * 3600))
        at_s = np.concatenate([at_s, begin + rng.integers(0, 3 * 3600, more)])
        region = np.concatenate([region, np.where(rng.random(more) < 0.7, seed % len(codes), -1)])
    order = np.argsort(at_s, kind="stable")
    y = rng.choice([0.3, 0.55, 0.81, 1.0], at_s.size).astype(np.float32)
    return entries(start_s + at_s[order], region[order], y=y, p=rng.choice([0.6, 0.95], at_s.size).astype(np.float32))


def entries(
    at_s: NDArray[np.int64], region: NDArray[np.int64], *, y: NDArray[np.float32], p: NDArray[np.float32]
) -> Columns:
    """Return entries of one signal each."""
    placed = np.where(region >= 0, p, 0).astype(np.float32)
    loss = (y >= 0.4).astype(np.float32)
    return Columns(
        at_s=at_s.astype(np.int64),
        y=y,
        loss=loss,
        talk=np.ones(at_s.size, np.float32),
        region=region.astype(np.int32),
        placed=(y * placed).astype(np.float32),
        loss_placed=(loss * placed).astype(np.float32),
        signals=np.ones(at_s.size, np.int32),
    )


def between(columns: Columns, first_s: int, last_s: int) -> Columns:
    """Return the entries in [first_s, last_s)."""
    low, high = np.searchsorted(columns.at_s, [first_s, last_s])
    return Columns(**{name: getattr(columns, name)[low:high] for name in Columns.__struct_fields__})
