"""A whole operator on quiet days: the rate asked for holds over all of its scopes; tests/long has more of them."""

from __future__ import annotations

from datetime import UTC

import msgspec
import numpy as np
import pytest
from rare_by_chance import chance_allows

from pulih.detect.calendar import lay_out
from pulih.detect.family import CROWD, FamilyScan, Region
from pulih.detect.tally import Columns
from pulih.series.rhythm import prior_shape

WEEKS, ASKED = 26, 0.1
PROVINCES, REGENCIES = 38, 514


def _country() -> dict[str, Region]:
    """Return provinces and regencies whose shares of people fall as 1/rank, as those of real ones about do."""
    share = 1.0 / np.arange(1, REGENCIES + 1)
    share /= share.sum()
    parent = [f"{11 + number % PROVINCES}" for number in range(REGENCIES)]
    regions = {
        f"{above}.{number:03d}": Region(f"{above}.{number:03d}", above, float(part))
        for number, (above, part) in enumerate(zip(parent, share, strict=True))
    }
    for above in dict.fromkeys(parent):
        inside = sum(region.share for code, region in regions.items() if code.startswith(above))
        regions[above] = Region(above, "", inside)
    return regions


def _quiet(regions: dict[str, Region], per_day: float, rng: np.random.Generator) -> Columns:
    """Return reports of an operator with a daily mood, a third of which name a regency by the number of people."""
    hours = np.tile(prior_shape() / 24, 7 * WEEKS) * per_day
    mood = np.repeat(rng.gamma(25.0, 1 / 25.0, 7 * WEEKS), 24)
    hour = np.repeat(np.arange(hours.size), rng.poisson(hours * mood))
    at_s = np.sort(hour * 3600 + rng.integers(0, 3600, hour.size))
    codes = [code for code in regions if "." in code]
    shares = np.array([regions[code].share for code in codes])
    place = rng.choice(len(codes), at_s.size, p=shares / shares.sum())
    region = np.where(rng.random(at_s.size) < 1 / 3, place, -1).astype(np.int32)
    one, placed = np.ones(at_s.size, np.float32), (region >= 0).astype(np.float32)
    return Columns(
        at_s=at_s, y=one, loss=one, talk=one, region=region, placed=placed, loss_placed=placed,
        signals=np.ones(at_s.size, np.int32),
    )  # fmt: skip


def alarms_of(per_day: float, operators: int) -> int:
    """Return how many alarms quiet operators raise over all of their scopes."""
    regions = _country()
    codes = [code for code in regions if "." in code]
    calendar = lay_out(0, WEEKS * 604_800 - 1, bin_s=300, zone=UTC)
    tuning = msgspec.structs.replace(CROWD, false_alarms_per_week=ASKED)
    rng = np.random.default_rng(round(per_day))
    alarms = 0
    for _ in range(operators):
        scan = FamilyScan(_quiet(regions, per_day, rng), codes, regions, calendar=calendar, tuning=tuning)
        # One false suspicion in several nested scopes is one alarm to those on duty.
        alarms += len({rise.onset // 72 for rise in scan.rises})
    return alarms


@pytest.mark.parametrize(("per_day", "operators"), [(5.0, 2), (40.0, 1)])
def test_quiet_operators_keep_the_rate_over_all_their_scopes(per_day: float, operators: int) -> None:
    assert alarms_of(per_day, operators) <= chance_allows(ASKED * WEEKS * operators)
