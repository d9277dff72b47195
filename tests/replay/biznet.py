"""The real posts of 2025 that name one Indonesian provider, and ways to change them that must not matter."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pulih import Wishes, backtest
from pulih.model.clock import from_micros
from pulih.model.finding import Finding

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
TEXTS = DATA / "texts"
# The four local outages: day, and the moment of the third post of that event that names the place.
LOCAL = {
    "2025-08-11": "2025-08-11T11:57:00Z",
    "2025-09-04": "2025-09-04T06:18:00Z",
    "2025-09-06": "2025-09-06T09:37:00Z",
    "2025-10-04": "2025-10-04T09:59:00Z",
}
PLACE_NAMES = re.compile(r"\bsetia ?budi\b|\btebet\b", re.IGNORECASE)
PLACE = "31.74"
Row = dict[str, str]


def rows() -> list[Row]:
    """Return the posts, oldest first."""
    path = TEXTS / "biznet_tweets_2025.csv"
    assert path.exists(), f"{path} is missing: replay tests need the shared data beside the checkout."
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def outages() -> dict[str, Any]:
    """Return the outages that were read by hand, and the flags that count neither way."""
    return dict(json.loads((TEXTS / "biznet_known_outages.json").read_text(encoding="utf-8")))


def moment(text: str) -> datetime:
    """Return the moment written as 2025-08-11T11:57:00Z."""
    return datetime.fromisoformat(text)


def find(posts: list[Row], folder: Path, *, operator: str = "Biznet") -> list[Finding]:
    """Write `posts` as CSV, run a backtest, and return its findings."""
    path = folder / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["time_utc", "text"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(posts)
    outcome = backtest([path], wishes=Wishes(operator=operator))
    return [view.finding for view in outcome.views]


def changed(posts: list[Row], change: Callable[[str], str]) -> list[Row]:
    """Return `posts` with `change` applied to every text."""
    return [{**post, "text": change(post["text"])} for post in posts]


def moved(posts: list[Row], weeks: int) -> list[Row]:
    """Return `posts` with every time moved by whole weeks."""
    step = timedelta(weeks=weeks)
    return [{**post, "time_utc": (moment(post["time_utc"]) + step).isoformat()} for post in posts]


def alarm(finding: Finding) -> datetime:
    """Return when a finding was raised."""
    return from_micros(finding.alarm_us)


def cleared(finding: Finding) -> datetime | None:
    """Return when a finding was over."""
    return None if finding.cleared_us is None else from_micros(finding.cleared_us)


def during(findings: list[Finding], first: datetime, last: datetime) -> list[Finding]:
    """Return the findings raised within [first, last]."""
    return [finding for finding in findings if first <= alarm(finding) <= last]


def local_alarms(findings: list[Finding], region: str) -> dict[str, datetime]:
    """Return the first alarm placed in `region` on each of the four days."""
    found: dict[str, datetime] = {}
    for day in LOCAL:
        start = moment(f"{day}T00:00:00+00:00")
        placed = [f for f in during(findings, start, start + timedelta(hours=26)) if f.region == region]
        if placed:
            found[day] = min(alarm(f) for f in placed)
    return found


def incidents(findings: list[Finding], gap: timedelta = timedelta(hours=6)) -> list[list[Finding]]:
    """Group findings less than `gap` apart, whatever their scope."""
    groups: list[list[Finding]] = []
    ends = datetime.min.replace(tzinfo=UTC)
    for finding in sorted(findings, key=lambda f: f.onset_us):
        if not groups or from_micros(finding.onset_us) - ends > gap:
            groups.append([])
            ends = from_micros(finding.onset_us)
        groups[-1].append(finding)
        ends = max(ends, cleared(finding) or datetime.max.replace(tzinfo=UTC) - gap * 2)
    return groups
