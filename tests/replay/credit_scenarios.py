"""Real outages worked out under packaged policies: whom they hit, for how long, and what was assumed for it.

Subscribers of one kind are all alike here, so one of each is worked out by the rules and counted as many times as the
source says there were. What the source does not say (a fee, an end) is assumed, and every assumption is written down.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from pulih.adapters.credit.rule_files import parse_policy, policy_text
from pulih.compensate.crediting import accounts
from pulih.compensate.holdings import CreditSubscriber, Holding, Presence
from pulih.compensate.incident_file import read_incidents

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "regulation" / "scenarios.json"
ZONES: Final = {
    "ID": "Asia/Jakarta",
    "AU": "Australia/Sydney",
    "CA": "America/Toronto",
    "KR": "Asia/Seoul",
    "JP": "Asia/Tokyo",
    "GB": "Europe/London",
}
# In force: the policy is what was given then. As if: no policy of the kind was, and this one is tried.
Reading = Literal["in_force", "as_if", "not_in_force"]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """Subscribers alike: how many, the monthly fee in minor units, and how they pay."""

    count: int
    fee: int
    currency: str
    payment: str = "postpaid"
    home: str = "hit"


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario under one policy.

    Attributes:
        end: when the source does not say: local time, or a span such as "+19h".
        services: of the windows; each is down in region "hit" for the whole time.
        total: what the source says was given in all, in minor units of `unit`.
        each: what one subscriber of the first kind gets, by unit.
        assumed: what the source does not say.
    """

    scenario: str
    policy: str
    reading: Reading
    kinds: tuple[Kind, ...]
    each: dict[str, int]
    end: str = ""
    services: tuple[str, ...] = ("*",)
    total: int | None = None
    unit: str = ""
    assumed: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What came out: statuses of the clauses, what one of the first kind gets, and sums over all kinds, by unit."""

    statuses: frozenset[str]
    each: dict[str, int]
    sums: dict[str, int]


def scenarios() -> dict[str, dict[str, Any]]:
    """The scenarios by id, and the context of one of them."""
    assert DATA.exists(), f"{DATA} is missing: replay tests need the shared data beside the checkout."
    content = json.loads(DATA.read_text(encoding="utf-8"))
    return {one["id"]: one for one in [*content["scenarios"], *content["context"]]}


def work_out(trial: Trial) -> Outcome:
    """Work a trial out by the rules."""
    scenario = scenarios()[trial.scenario]
    zone = ZONES[scenario["country"]]
    start, end = _span(scenario, trial, zone)
    windows = [{"region": "hit", "service": one, "start": start, "end": end} for one in trial.services]
    incidents = read_incidents({"id": trial.scenario, "zone": zone, "windows": windows})
    policy = parse_policy(policy_text(trial.policy), trial.policy)
    sums: dict[str, int] = {}
    statuses, each = set(), []
    for kind in trial.kinds:
        got: dict[str, int] = {}
        for account in accounts(policy, incidents, _holding(kind)):
            statuses.add(account.status)
            if account.net:
                got[account.currency] = got.get(account.currency, 0) + account.net
                sums[account.currency] = sums.get(account.currency, 0) + account.net * kind.count
        each.append(got)
    return Outcome(frozenset(statuses), each[0], sums)


def _holding(kind: Kind) -> Holding:
    """One subscriber of a kind; presence is at home all the time."""
    subscriber = CreditSubscriber(
        subscriber_id=1,
        plan_id="any",
        segment="residential",
        monthly_fee_minor=kind.fee,
        currency=kind.currency,
        payment=kind.payment,
        home_region=kind.home,
    )
    return Holding(subscriber=subscriber, presence=(Presence(kind.home, 0, 2**53),))


def _span(scenario: dict[str, Any], trial: Trial, zone: str) -> tuple[str, str]:
    """Start and end with offsets; a date alone is its local midnight."""
    start = _moment(scenario["start"], zone)
    if scenario["end"]:
        return start.isoformat(), _moment(scenario["end"], zone).isoformat()
    if trial.end.startswith("+"):
        hours = int(trial.end.removeprefix("+").removesuffix("h"))
        return start.isoformat(), datetime.fromtimestamp(start.timestamp() + 3600 * hours, ZoneInfo(zone)).isoformat()
    return start.isoformat(), _moment(trial.end, zone).isoformat()


def _moment(written: str, zone: str) -> datetime:
    at = datetime.fromisoformat(written)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


_NO_FEE: Final = "the fee is assumed"
TRIALS: Final = (
    Trial(
        scenario="rogers-2022",
        policy="rogers-2022",
        reading="in_force",
        kinds=(Kind(count=12_250_000, fee=6500, currency="CAD"),),
        end="+19h",
        each={"CAD": 1048},
        total=15_000_000_000,
        unit="CAD",
        assumed="a monthly fee of CAD 65 for mobile and internet lines alike",
    ),
    Trial(
        scenario="kddi-2022",
        policy="kddi-2022",
        reading="in_force",
        kinds=(
            Kind(count=2_710_000, fee=1000, currency="JPY"),
            Kind(count=33_180_000, fee=1000, currency="JPY", home="elsewhere"),
        ),
        services=("voice", "data"),
        each={"JPY": 267},
        total=7_300_000_000,
        unit="JPY",
        assumed="a basic fee of JPY 1,000; the 2.71 million were without both services for the whole time",
    ),
    Trial(
        scenario="indosat-2024",
        policy="indosat-2024",
        reading="in_force",
        kinds=(Kind(count=1, fee=0, currency="IDR", payment="prepaid"),),
        each={"MB": 1024},
        assumed="how many were hit is not known, so there is no total",
    ),
    Trial(
        scenario="telkomsel-papua-2025",
        policy="telkomsel-papua-2025",
        reading="in_force",
        kinds=(
            Kind(count=1, fee=0, currency="IDR", payment="prepaid"),
            Kind(count=1, fee=10_000_000, currency="IDR"),
        ),
        end="+72h",
        each={"SMS": 1000, "DAY": 3},
        assumed="three days from midnight; how many were hit is not known, so there is no total",
    ),
    Trial(
        scenario="kt-2021",
        policy="kor-2022",
        reading="not_in_force",
        kinds=(Kind(count=35_000_000, fee=40_000, currency="KRW"),),
        end="2021-10-25T01:29:00",
        each={},
        assumed=f"{_NO_FEE}; the terms of June 2022 came after it",
    ),
    Trial(
        scenario="o2-2018",
        policy="uk-auto-2024",
        reading="not_in_force",
        kinds=(Kind(count=25_000_000, fee=2000, currency="GBP"),),
        end="+24h",
        each={},
        assumed="the British scheme is for fixed lines, and its amounts are of 2024",
    ),
    Trial(
        scenario="uk-voice-2025-07-24",
        policy="uk-auto-2024",
        reading="not_in_force",
        kinds=(Kind(count=1, fee=2000, currency="GBP"),),
        end="+24h",
        services=("voice",),
        each={},
        assumed="a day; the amounts of 2024 ended in March 2025",
    ),
    Trial(
        scenario="smartfren-2025-10-03",
        policy="idn-generous-day",
        reading="as_if",
        kinds=(Kind(count=35_900_000, fee=2_400_000, currency="IDR"),),
        end="2025-10-03T15:00:00",
        each={"IDR": 80_000},
        total=2_870_000_000_000,
        unit="IDR",
        assumed="every subscriber hit, until 15:00, at the ARPU of 2024; the total is the source's own sum for one day",
    ),
    Trial(
        scenario="smartfren-2013-03",
        policy="idn-generous-day",
        reading="as_if",
        kinds=(Kind(count=1, fee=2_400_000, currency="IDR"),),
        end="2013-03-26T23:59:00",
        each={"IDR": 960_000},
        assumed=f"{_NO_FEE}; without a break from the first to the last day that has a capacity",
    ),
    Trial(
        scenario="smartfren-2016-08",
        policy="idn-generous-day",
        reading="as_if",
        kinds=(Kind(count=1, fee=2_400_000, currency="IDR"),),
        each={"IDR": 160_000},
        assumed=f"{_NO_FEE}; from midnight",
    ),
    Trial(
        scenario="telkom-2021",
        policy="idn-generous-day",
        reading="as_if",
        kinds=(Kind(count=1, fee=30_000_000, currency="IDR"),),
        end="2021-09-25T00:00:00",
        services=("fixed",),
        each={"IDR": 6_000_000},
        assumed=f"{_NO_FEE}; until the day on which it was declared normal",
    ),
    Trial(
        scenario="telkomsel-indihome-2026",
        policy="idn-default",
        reading="as_if",
        kinds=(Kind(count=1, fee=10_000_000, currency="IDR"),),
        end="+2h",
        services=("data", "fixed"),
        each={"IDR": 27_778},
        assumed=f"{_NO_FEE}, and two hours",
    ),
    Trial(
        scenario="biznet-2025-08-28",
        policy="idn-default",
        reading="as_if",
        kinds=(Kind(count=1, fee=30_000_000, currency="IDR"),),
        services=("fixed",),
        each={"IDR": 52_778},
        assumed=_NO_FEE,
    ),
    Trial(
        scenario="optus-2023",
        policy="idn-default",
        reading="as_if",
        kinds=(Kind(count=10_200_000, fee=5000, currency="AUD"),),
        services=("data", "voice", "sms", "fixed"),
        each={"AUD": 83},
        assumed=f"{_NO_FEE}; what was given was 200 GB",
    ),
)
