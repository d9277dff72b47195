"""A whole case of credits in the shapes of its files, and thousands of small random ones that meet in awkward places.

Every engine is run on the same cases: the rules in `core`, the others in `adapters`, all against `credit_oracle`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A row of credits: subscriber, incident, policy, clause, affected_s, amount_minor and currency.
CreditRow = tuple[int, str, str, str, int, int, str]


@dataclass
class CreditCase:
    """One case: `policy` and `incidents` as parsers give them, tables as rows by column, times in microseconds UTC."""

    policy: Row
    incidents: Row
    subscribers: list[Row]
    presence: list[Row] = field(default_factory=list)
    paid: list[Row] = field(default_factory=list)
    affected: list[Row] = field(default_factory=list)


def us(text: str) -> int:
    """An ISO time with offset, in microseconds UTC."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def subscriber(subscriber_id: int = 1, **other: Any) -> Row:
    """A row of subscribers: fee 10,000,000 IDR, home 31.74, prepaid, residential."""
    row = {
        "subscriber_id": subscriber_id,
        "plan_id": "basic",
        "segment": "residential",
        "monthly_fee_minor": 10_000_000,
        "currency": "IDR",
        "payment": "prepaid",
        "home_region": "31.74",
    }
    return {**row, **other}


def paid_again(case: CreditCase, credits_given: list[CreditRow]) -> CreditCase:
    """The same case after credits were given: its rerun."""
    given = [
        {
            "subscriber_id": row[0],
            "incident_id": row[1],
            "policy_id": row[2],
            "clause_id": row[3],
            "amount_minor": row[5],
            "currency": row[6],
        }
        for row in credits_given
    ]
    return CreditCase(case.policy, case.incidents, case.subscribers, case.presence, [*case.paid, *given], case.affected)


# What is drawn. Zones in which clocks change near the dates drawn, at midnight too, and one far from all others.
_ZONES = (
    ("Asia/Jakarta", "2025-10-03"),
    ("Asia/Jayapura", "2025-10-31"),
    ("Europe/London", "2024-10-27"),
    ("Europe/London", "2024-12-24"),
    ("America/New_York", "2025-03-09"),
    ("America/Santiago", "2024-09-08"),
    ("Asia/Beirut", "2024-03-31"),
    ("America/Havana", "2024-11-03"),
    ("Australia/Lord_Howe", "2025-04-06"),
)
_REGIONS = ("31", "31.7", "31.74", "31.74", "31.74.06", "31.74.06", "3", "32.73", "94.01")
_WINDOW_REGIONS = ("*", "*", "31", "31", "31.74", "31.74", *_REGIONS)
_SERVICES = ("data", "voice", "sms", "fixed")
_FEES = (0, 1, 8_400, 14_400, 21_600, 72_000, 10_000_000, 10**14)
_STEP_US = 30 * 60 * 1_000_000
_HOLIDAYS = (date(2024, 12, 25), date(2024, 12, 26), date(2025, 10, 6))


def draw(seed: int) -> CreditCase:
    """The random case of a seed: few subscribers, few windows, everything close together."""
    chance = Random(seed)
    zone, day = chance.choice(_ZONES)
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    start_us = (midnight - EPOCH) // timedelta(microseconds=1) - 24 * 2 * _STEP_US
    span = chance.choice((8, 48, 48, 260))

    def instant() -> int:
        nudge = chance.choice((0, 0, 0, 0, 1, -1, 999_999, 17 * 60_000_000))
        return start_us + chance.randrange(span) * _STEP_US + nudge

    drawn = _Drawn(chance, instant, zone)
    incidents = [drawn.incident(f"I{number}") for number in range(chance.choice((1, 2, 2, 3)))]
    if chance.random() < 0.4:
        incidents[0]["supersedes"] = chance.sample(["OLD-1", "OLD-2"], chance.choice((1, 2)))
    policy = drawn.policy()
    subscribers = [drawn.subscriber(number) for number in range(1, chance.choice((2, 3, 5)))]
    case = CreditCase(policy, {"incidents": incidents}, subscribers)
    if len(incidents) == 1 and chance.random() < 0.5:
        case.incidents = incidents[0]
    ids = [row["subscriber_id"] for row in subscribers] + [99]
    for id_ in ids:
        case.presence += [drawn.presence(id_) for _ in range(chance.choice((0, 1, 2, 2, 4)))]
        case.affected += [drawn.listed(id_) for _ in range(chance.choice((0, 1, 2, 4)))]
        case.paid += [drawn.paid(id_, policy) for _ in range(chance.choice((0, 0, 1, 4)))]
    for rows in (case.subscribers, case.presence, case.affected, case.paid, incidents):
        chance.shuffle(rows)
    return case


class _Drawn:
    """Draws the parts of one case."""

    def __init__(self, chance: Random, instant: Callable[[], int], zone: str) -> None:
        self.chance, self.instant, self.zone = chance, instant, zone

    def incident(self, id_: str) -> Row:
        chance = self.chance
        incident: Row = {
            "id": id_,
            "operator": "op-1",
            "zone": self.zone if chance.random() < 0.8 else chance.choice(_ZONES)[0],
            "windows": [self.window() for _ in range(chance.choice((0, 1, 2, 2, 3, 3, 5)))],
        }
        if chance.random() < 0.1:
            incident["excluded"] = chance.random() < 0.5
        if chance.random() < 0.3:
            incident["cause"] = chance.choice(("weather", "fibre_cut"))
        if chance.random() < 0.5:
            incident["attributes"] = {"towers": chance.choice((9, 10, 12))}
        return incident

    def window(self) -> Row:
        offset = self.chance.choice((UTC, ZoneInfo("Asia/Jakarta"), ZoneInfo("America/New_York")))
        start_us, end_us = self.pair()
        return {
            "region": self.chance.choice(_WINDOW_REGIONS),
            "service": self.chance.choice(("*", "*", "data", "data", *_SERVICES)),
            "start": _written(start_us, offset),
            "end": _written(end_us, offset),
        }

    def pair(self) -> tuple[int, int]:
        """Two instants, mostly in order."""
        pair = (self.instant(), self.instant())
        return pair if self.chance.random() < 0.1 else (min(pair), max(pair))

    def subscriber(self, id_: int) -> Row:
        chance = self.chance
        return subscriber(
            id_,
            plan_id=chance.choice(("basic", "plus")),
            segment=chance.choice(("residential", "business")),
            monthly_fee_minor=chance.choice(_FEES),
            currency=chance.choice(("IDR", "IDR", "JPY")),
            payment=chance.choice(("prepaid", "postpaid")),
            home_region=chance.choice(_REGIONS),
        )

    def presence(self, id_: int) -> Row:
        start_us, end_us = self.pair()
        return {"subscriber_id": id_, "region": self.chance.choice(_REGIONS), "start": start_us, "end": end_us}

    def listed(self, id_: int) -> Row:
        start_us, end_us = self.pair()
        incident = self.chance.choice(("I0", "I0", "I1", "I2", "OLD-1"))
        service = self.chance.choice(("*", *_SERVICES))
        return {"subscriber_id": id_, "incident_id": incident, "service": service, "start": start_us, "end": end_us}

    def paid(self, id_: int, policy: Row) -> Row:
        chance = self.chance
        return {
            "subscriber_id": id_,
            "incident_id": chance.choice(("I0", "I0", "I1", "OLD-1", "OLD-2", "OLD-3")),
            "policy_id": chance.choice(("p", "p", "older", "other")),
            "clause_id": chance.choice(policy["clause"])["id"],
            "amount_minor": chance.choice((1, 5, 100, 833, -500, -7, 10**6, 10**9)),
            "currency": chance.choice(("IDR", "IDR", "JPY", "DAY", "MB")),
        }

    def policy(self) -> Row:
        chance = self.chance
        clauses = [self.clause(name) for name in chance.sample(("a", "B", "c-1", "é"), chance.choice((1, 2, 3)))]
        policy: Row = {"id": "p", "clause": clauses}
        if chance.random() < 0.3:
            policy["supersedes"] = chance.choice((["older"], ["older", "p", "older"]))
        if chance.random() < 0.3:
            policy["excluded_causes"] = ["weather"]
        policy.update(self.validity())
        return policy

    def validity(self) -> Row:
        chance = self.chance
        if chance.random() < 0.9:
            return {}
        limit = EPOCH.date() + timedelta(days=self.instant() // 86_400_000_000)
        return {chance.choice(("valid_from", "valid_to")): limit}

    def clause(self, id_: str) -> Row:
        chance = self.chance
        clause: Row = {"id": id_, **self.validity()}
        if chance.random() < 0.15:
            clause["scope"] = "all"
        elif chance.random() < 0.5:
            clause["threshold"] = {
                "measure": chance.choice(("total", "longest")),
                "op": chance.choice((">", ">=")),
                "seconds": chance.choice((0, 1800, 3600, 7200, 86_400)),
            }
        if chance.random() < 0.6:
            clause["services"] = chance.sample(_SERVICES, chance.choice((1, 2, 2, 4)))
            clause["service_mode"] = chance.choice(("any", "all"))
        clause["location"] = chance.choice(("presence", "home", "presence_else_home", "listed"))
        if chance.random() < 0.2:
            clause["window_max_depth"] = chance.choice((0, 1, 2))
        if chance.random() < 0.2:
            clause["requires"] = [{"attribute": "towers", "min": 10}]
        if chance.random() < 0.3:
            clause["applies"] = {chance.choice(("payment",)): ["prepaid"], "segment": ["residential", "business"]}
        if chance.random() < 0.1:
            clause["applies"] = {"plans": ["basic"]}
        clause["quantity"] = self.quantity(clause)
        clause["value"] = self.value()
        if chance.random() < 0.3:
            clause["multiplier"] = chance.choice((2, 10, 10**6))
        if chance.random() < 0.4:
            clause["cap"] = self.cap(clause["value"])
        return clause

    def quantity(self, clause: Row) -> Row:
        chance = self.chance
        kind = chance.choice(("duration", "duration", "local_days", "days_after_working_days", "fixed"))
        if clause.get("scope") == "all" or kind == "fixed":
            return {"kind": "fixed", "units": chance.choice((0, 1, 5))}
        if kind == "local_days":
            return {"kind": kind, "op": chance.choice((">", ">=")), "seconds": chance.choice((0, 1800, 3600, 43_200))}
        if kind == "duration":
            froms = ("start", "threshold") if "threshold" in clause else ("start",)
            return {
                "kind": kind,
                "measure": chance.choice(("total", "longest")),
                "unit_s": chance.choice((1, 60, 3600, 86_400, 7)),
                "rounding": chance.choice(("up", "down", "exact")),
                "count_from": chance.choice(froms),
            }
        rule: Row = {"kind": kind, "n": chance.choice((0, 1, 2))}
        if chance.random() < 0.5:
            rule["weekend"] = chance.choice((["sun"], ["fri", "sat"], []))
        if chance.random() < 0.5:
            rule["holidays"] = list(_HOLIDAYS)
        return rule

    def value(self) -> Row:
        chance = self.chance
        return chance.choice(
            (
                {"kind": "fee", "per_s": chance.choice((60, 3600, 86_400)), "month": chance.choice(("30", "calendar"))},
                {"kind": "amount", "amount_minor": chance.choice((0, 200, 976)), "currency": "IDR"},
                {"kind": "days"},
                {"kind": "benefit", "unit": "MB", "amount": 5},
            )
        )

    def cap(self, value: Row) -> Row:
        amount = {"amount_minor": self.chance.choice((0, 7, 20, 50_000))}
        percent = {"fee_percent": self.chance.choice((0, 33, 100))}
        if value["kind"] == "benefit":
            return amount
        return self.chance.choice((amount, percent, {**amount, **percent}))


def _written(at_us: int, offset: Any) -> str:
    return (EPOCH + timedelta(microseconds=at_us)).astimezone(offset).isoformat()
