"""Across operators, end to end (requirement U3): who cannot be reached is found, and those who cannot reach are not.

Streams are invented and seeded (`across_streams`). What is looked at is the evening of the trouble; a quiet stream may
raise a false alarm on another day, at the rate that was asked for.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from across_streams import CATALOGUE, EVENING, Crossing, quiet_market, with_crossing, with_outage
from simulated_streams import Told

from pulih import Wishes, backtest
from pulih.model.clock import from_micros
from pulih.model.finding import Finding
from pulih.service.outcome import Outcome

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
A, B, C = "pandusel", "melatix", "samudrafon"
SEEDS = (5, 11, 23)
# Of customers who cannot reach another operator so many complain of their own alone.
MISTAKEN = 45


@cache
def market(seed: int) -> list[Told]:
    return quiet_market(seed=seed)


@pytest.fixture(params=SEEDS[:1])
def seed(request: pytest.FixtureRequest) -> int:
    """What a stream is drawn from; tests/long draws the others."""
    return int(request.param)


def run(folder: Path, told: Sequence[Told], *, out: bool = False) -> Outcome:
    catalogue, posts = folder / "operators.toml", folder / "posts.csv"
    catalogue.write_text(CATALOGUE, encoding="utf-8")
    with posts.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "text", "author"])
        writer.writerows((at.isoformat(), text, f"akun{number}") for number, (at, text) in enumerate(told))
    wishes = Wishes(tz="Asia/Jakarta", catalogue=catalogue)
    return backtest([posts], out=folder / "out" if out else None, wishes=wishes)


def of_the_evening(outcome: Outcome) -> list[Finding]:
    """Return the findings raised within six hours from the evening's trouble on, by alarm."""
    found = [view.finding for view in outcome.views]
    return [one for one in found if EVENING <= from_micros(one.alarm_us) < EVENING + 6 * HOUR]


def operators_of(found: Sequence[Finding]) -> set[str]:
    return {one.operator for one in found}


def first(found: Sequence[Finding], operator: str) -> Finding:
    return next(one for one in found if one.operator == operator)


def b_fails(market: Sequence[Told], *, seed: int) -> list[Told]:
    """B fails for three hours; its customers say so, A's and C's that they cannot reach it, or that A or C fails."""
    told = with_outage(market, "Melatix", start=EVENING, hours=3, seed=seed)
    for near in ("Pandusel", "Samudrafon"):
        crossing = Crossing(near, "Melatix", EVENING + 5 * MINUTE, hours=3, told=3 * MISTAKEN, mistaken=MISTAKEN)
        told = with_crossing(told, crossing, seed=seed)
    return told


class Evening(msgspec.Struct, frozen=True):
    """What is found of an evening, and how the page and the file of findings tell of it."""

    found: list[Finding]
    page: str
    told: list[dict[str, str]]


@cache
def evening_of_b(seed: int) -> Evening:
    """Return what is found when B fails; several tests look at it."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        found = of_the_evening(run(folder, b_fails(market(seed), seed=seed), out=True))
        page = (folder / "out" / "report.html").read_text(encoding="utf-8")
        told = json.loads((folder / "out" / "findings.json").read_text(encoding="utf-8"))["findings"]
        return Evening(found, page, told)


def test_who_cannot_be_reached_is_found_in_time_and_nobody_who_cannot_reach_them(seed: int) -> None:
    found = evening_of_b(seed).found
    assert operators_of(found) == {B}
    assert from_micros(found[0].alarm_us) - EVENING < 20 * MINUTE
    assert found[-1].cleared_us is not None
    assert abs(from_micros(found[-1].cleared_us) - EVENING - 3 * HOUR) < HOUR


def test_as_many_mistaken_complaints_alone_would_raise_the_one_they_name(seed: int, tmp_path: Path) -> None:
    alone = Crossing("Samudrafon", "Melatix", EVENING + 5 * MINUTE, hours=3, told=0, mistaken=MISTAKEN)
    assert C in operators_of(of_the_evening(run(tmp_path, with_crossing(market(seed), alone, seed=seed))))


def test_a_finding_speaks_of_reports_naming_it_and_blames_nobody() -> None:
    evening = evening_of_b(SEEDS[0])
    finding = evening.found[0]
    assert re.match(r"\d+ reports naming Melatix within ", finding.why)
    assert re.match(r"\d+ laporan yang menyebut Melatix dalam ", finding.mengapa)
    shown = re.sub(r"<[^>]+>|[\u2066-\u2069]", "", evening.page)
    assert re.search(r"[\d,]+ reports naming Melatix, where ", shown)
    assert re.search(r"[\d.]+ laporan yang menyebut Melatix, biasanya ", shown)
    assert (
        re.search(r"at fault|to blame|responsible|caused by|salah Melatix|kesalahan Melatix|disebabkan Melatix", shown)
        is None
    )
    assert any("reports naming Melatix" in one["why"] for one in evening.told)


def test_where_several_truly_fail_at_once_each_is_found(seed: int, tmp_path: Path) -> None:
    told = list(market(seed))
    for number, name in enumerate(("Pandusel", "Melatix", "Samudrafon")):
        told = with_outage(told, name, start=EVENING, hours=3, seed=seed + number)
    pairs = (("Pandusel", "Melatix"), ("Melatix", "Pandusel"), ("Samudrafon", "Melatix"), ("Pandusel", "Samudrafon"))
    for near, far in pairs:
        crossing = Crossing(near, far, EVENING + 5 * MINUTE, hours=3, told=30, mistaken=8)
        told = with_crossing(told, crossing, seed=seed)
    found = of_the_evening(run(tmp_path, told))
    assert operators_of(found) == {A, B, C}
    assert all(from_micros(first(found, one).alarm_us) - EVENING < 30 * MINUTE for one in (A, B, C))
