"""Credits worked out by brute force: between any two instants at which something changes, ask everything anew.

Written from docs/credit.md and from nothing else: it shares no code, no struct and no idea with the engines that it
judges. It knows policies, incidents and rows as plain values, and is as slow as it looks.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from credit_cases import CreditCase, CreditRow, Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Pieces = list[tuple[int, int]]


def _us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _windows(incident: Row) -> list[Row]:
    read = [
        {**w, "start": _us(datetime.fromisoformat(w["start"])), "end": _us(datetime.fromisoformat(w["end"]))}
        for w in incident["windows"]
    ]
    return [w for w in read if w["start"] < w["end"]]


def _local(at_us: int, zone: str) -> date:
    return (EPOCH + timedelta(microseconds=at_us)).astimezone(ZoneInfo(zone)).date()


@cache
def _midnight(day: date, zone: str) -> int:
    """When a local day begins: at the first midnight, or where that is jumped over with the jump."""
    at_us = _us(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))
    while _local(at_us - 1, zone) >= day:
        at_us -= 1_000_000
    return at_us


def _day(at_us: int, zone: str) -> date:
    """The local day that an instant is in: the one whose midnight came last."""
    day = _local(at_us, zone) - timedelta(days=1)
    while _midnight(day + timedelta(days=1), zone) <= at_us:
        day += timedelta(days=1)
    return day


def _began(incident: Row) -> int | None:
    return min((w["start"] for w in _windows(incident)), default=None)


def _in_force(rule: Row, on: date) -> bool:
    return not ("valid_from" in rule and on < rule["valid_from"]) and not (
        "valid_to" in rule and on >= rule["valid_to"]
    )


def _incident_status(policy: Row, incident: Row) -> str:
    began = _began(incident)
    if began is None:
        return "no_time"
    if incident.get("excluded", False) or incident.get("cause") in policy.get("excluded_causes", []):
        return "excluded"
    return "evaluated" if _in_force(policy, _local(began, incident["zone"])) else "policy_not_in_force"


def _clause_status(policy: Row, incident: Row, clause: Row) -> str:
    status = _incident_status(policy, incident)
    if status != "evaluated":
        return status
    began = _began(incident)
    assert began is not None
    if not _in_force(clause, _local(began, incident["zone"])):
        return "not_in_force"
    have = incident.get("attributes", {})
    if any(
        need["attribute"] not in have or have[need["attribute"]] < need["min"] for need in clause.get("requires", [])
    ):
        return "requirement_not_met"
    return "evaluated"


def _covers(window: str, place: str) -> bool:
    if window == "*":
        return True
    return place.split(".")[: len(window.split("."))] == window.split(".")


def _is_affected(clause: Row, down: list[str]) -> bool:
    """Whether these services (any may be "*"), down at an instant, make the subscriber affected."""
    if "services" not in clause:
        return bool(down)
    each = [service in down or "*" in down for service in clause["services"]]
    return all(each) if clause.get("service_mode", "any") == "all" else any(each)


def _down_at(t: int, case: CreditCase, *, incident: Row, clause: Row, who: Row) -> list[str]:
    location = clause.get("location", "presence")
    if location == "listed":
        rows = [r for r in case.affected if r["subscriber_id"] == who["subscriber_id"]]
        return [r["service"] for r in rows if r["incident_id"] == incident["id"] and r["start"] <= t < r["end"]]
    places = [
        r["region"] for r in case.presence if r["subscriber_id"] == who["subscriber_id"] and r["start"] <= t < r["end"]
    ]
    if location == "home" or (location == "presence_else_home" and not places):
        places = [who["home_region"]]
    down = []
    for w in _windows(incident):
        depth = 0 if w["region"] == "*" else len(w["region"].split("."))
        ignored = "window_max_depth" in clause and depth > clause["window_max_depth"]
        if not ignored and w["start"] <= t < w["end"] and any(_covers(w["region"], place) for place in places):
            down.append(w["service"])
    return down


def _breakpoints(case: CreditCase, who: Row) -> list[int]:
    """Every instant at which anything may change for a subscriber, local midnights included."""
    points: set[int] = set()
    for rows in (case.presence, case.affected):
        for r in rows:
            if r["subscriber_id"] == who["subscriber_id"]:
                points.update((r["start"], r["end"]))
    incidents = case.incidents.get("incidents", [case.incidents])
    for incident in incidents:
        for w in _windows(incident):
            points.update((w["start"], w["end"]))
    if points:
        first, last = min(points), max(points)
        for zone in {incident["zone"] for incident in incidents}:
            day = _local(first, zone) - timedelta(days=2)
            while (midnight := _midnight(day, zone)) <= last:
                points.add(midnight)
                day += timedelta(days=1)
    return sorted(points)


def _pieces(case: CreditCase, incident: Row, clause: Row, who: Row) -> Pieces:
    """S in pieces that no breakpoint cuts."""
    points = _breakpoints(case, who)
    return [
        (a, b)
        for a, b in pairwise(points)
        if _is_affected(clause, _down_at(a, case, incident=incident, clause=clause, who=who))
    ]


def _joined(pieces: Pieces) -> Pieces:
    runs: Pieces = []
    for a, b in pieces:
        if runs and runs[-1][1] == a:
            runs[-1] = (runs[-1][0], b)
        else:
            runs.append((a, b))
    return runs


def _measured(pieces: Pieces, measure: str) -> int:
    lengths = [b - a for a, b in _joined(pieces)]
    return sum(lengths) if measure == "total" else max(lengths, default=0)


def _compares(left: int, op: str, right: int) -> bool:
    return left > right if op == ">" else left >= right


def _days_of(pieces: Pieces, zone: str) -> dict[date, int]:
    spent: dict[date, int] = {}
    for a, b in pieces:
        day = _day(a, zone)
        spent[day] = spent.get(day, 0) + b - a
    return spent


def _day_set(quantity: Row, pieces: Pieces, zone: str) -> set[date]:
    if quantity["kind"] == "local_days":
        bound = quantity["seconds"] * 1_000_000
        return {day for day, spent in _days_of(pieces, zone).items() if _compares(spent, quantity["op"], bound)}
    if quantity["kind"] != "days_after_working_days":
        return set()
    days: set[date] = set()
    for a, b in _joined(pieces):
        last = _day(a, zone)
        working = 0
        while working < quantity["n"]:
            last += timedelta(days=1)
            off = WEEK[last.weekday()] in quantity.get("weekend", ["sat", "sun"])
            working += not (off or last in quantity.get("holidays", []))
        days |= {day for day in _days_of([p for p in pieces if a <= p[0] < b], zone) if day > last}
    return days


def _units(clause: Row, new: Pieces, new_days: set[date]) -> Fraction:
    quantity = clause["quantity"]
    if quantity["kind"] == "fixed":
        return Fraction(quantity["units"] if clause.get("scope") == "all" or new else 0)
    if quantity["kind"] != "duration":
        return Fraction(len(new_days))
    x = _measured(new, quantity["measure"])
    if quantity["count_from"] == "threshold":
        x = max(0, x - clause["threshold"]["seconds"] * 1_000_000)
    units = Fraction(x, quantity["unit_s"] * 1_000_000)
    return {"up": Fraction(ceil(units)), "down": Fraction(floor(units)), "exact": units}[quantity["rounding"]]


def _worth(value: Row, who: Row, began: date) -> tuple[Fraction, str]:
    if value["kind"] == "fee":
        days = 30 if value["month"] == "30" else monthrange(began.year, began.month)[1]
        return Fraction(who["monthly_fee_minor"]) * value["per_s"] / (days * 86_400), who["currency"]
    if value["kind"] == "amount":
        return Fraction(value["amount_minor"]), value["currency"]
    if value["kind"] == "days":
        return Fraction(1), "DAY"
    return Fraction(value["amount"]), value["unit"]


def _half_even(x: Fraction) -> int:
    low = floor(x)
    rest = x - low
    if rest == Fraction(1, 2):
        return low + low % 2
    return low + (rest > Fraction(1, 2))


def _due(clause: Row, units: Fraction, worth: Fraction, who: Row) -> int:
    limits = [clause.get("multiplier", 1) * units * worth]
    cap = clause.get("cap", {})
    if "fee_percent" in cap:
        limits.append(Fraction(who["monthly_fee_minor"] * cap["fee_percent"], 100))
    if "amount_minor" in cap:
        limits.append(Fraction(cap["amount_minor"]))
    return _half_even(min(limits))


def _applies(clause: Row, who: Row) -> bool:
    columns = {"payment": "payment", "segment": "segment", "plans": "plan_id"}
    return all(who[columns[key]] in admitted for key, admitted in clause.get("applies", {}).items())


def _before(case: CreditCase, incident: Row, clause: Row, *, who: Row, currency: str) -> int:
    incidents = [incident["id"], *incident.get("supersedes", [])]
    policies = [case.policy["id"], *case.policy.get("supersedes", [])]
    same = [
        r["amount_minor"]
        for r in case.paid
        if r["subscriber_id"] == who["subscriber_id"]
        and r["incident_id"] in incidents
        and r["policy_id"] in policies
        and r["clause_id"] == clause["id"]
        and r["currency"] == currency
    ]
    return max(0, sum(same))


def _qualifies(clause: Row, who: Row, pieces: Pieces) -> bool:
    value = clause["value"]
    if not _applies(clause, who) or (value["kind"] == "amount" and value["currency"] != who["currency"]):
        return False
    if clause.get("scope") == "all":
        return True
    threshold = clause.get("threshold", {"measure": "total", "op": ">", "seconds": 0})
    measured = _measured(pieces, threshold["measure"])
    return bool(pieces) and _compares(measured, threshold["op"], threshold["seconds"] * 1_000_000)


def credits(case: CreditCase) -> tuple[list[CreditRow], Row]:
    """Rows of credits, sorted, and what totals.json holds (currencies with a zero sum left out)."""
    rows: list[CreditRow] = []
    incidents = case.incidents.get("incidents", [case.incidents])
    tallies: dict[tuple[str, str], Row] = {}
    lively = [incident for incident in incidents if _began(incident) is not None]
    lively.sort(key=lambda incident: (_began(incident), incident["id"].encode()))
    for clause in case.policy["clause"]:
        for who in case.subscribers:
            claimed: set[tuple[int, int]] = set()
            claimed_days: set[date] = set()
            for incident in lively:
                if _clause_status(case.policy, incident, clause) != "evaluated":
                    continue
                pieces = _pieces(case, incident, clause, who)
                if not _qualifies(clause, who, pieces):
                    continue
                days = _day_set(clause["quantity"], pieces, incident["zone"])
                units = _units(clause, [p for p in pieces if p not in claimed], days - claimed_days)
                claimed |= set(pieces)
                claimed_days |= days
                began = _local(min(w["start"] for w in _windows(incident)), incident["zone"])
                worth, currency = _worth(clause["value"], who, began)
                due = _due(clause, units, worth, who)
                off = min(due, _before(case, incident, clause, who=who, currency=currency))
                seconds = sum(b - a for a, b in pieces) // 1_000_000
                tally = tallies.setdefault((incident["id"], clause["id"]), _nothing())
                _add(tally, currency, seconds=seconds, due=due, off=off)
                if due > off:
                    row = (who["subscriber_id"], incident["id"], case.policy["id"], clause["id"])
                    rows.append((*row, seconds, due - off, currency))
    rows.sort(key=lambda row: (row[0], row[1].encode(), row[3].encode()))
    return rows, _totals(case, incidents, rows, tallies)


def _nothing() -> Row:
    empty: dict[str, Any] = {"gross_minor": {}, "already_paid_minor": {}, "net_minor": {}}
    return {"qualified": 0, "credited": 0, "affected_s": 0, **empty}


def _add(tally: Row, currency: str, *, seconds: int, due: int, off: int) -> None:
    tally["qualified"] += 1
    tally["credited"] += due > off
    tally["affected_s"] += seconds
    for key, amount in (("gross_minor", due), ("already_paid_minor", off), ("net_minor", due - off)):
        if amount:
            tally[key][currency] = tally[key].get(currency, 0) + amount


def _totals(case: CreditCase, incidents: list[Row], rows: list[CreditRow], tallies: dict[tuple[str, str], Row]) -> Row:
    net: dict[str, int] = {}
    for row in rows:
        net[row[6]] = net.get(row[6], 0) + row[5]
    clauses = sorted(case.policy["clause"], key=lambda clause: clause["id"].encode())
    return {
        "policy_id": case.policy["id"],
        "subscribers": len(case.subscribers),
        "rows": len(rows),
        "credited_subscribers": len({row[0] for row in rows}),
        "net_minor": net,
        "incidents": [
            {
                "incident_id": incident["id"],
                "status": _incident_status(case.policy, incident),
                "clauses": [
                    {
                        "clause_id": clause["id"],
                        "status": _clause_status(case.policy, incident, clause),
                        **tallies.get((incident["id"], clause["id"]), _nothing()),
                    }
                    for clause in clauses
                ],
            }
            for incident in sorted(incidents, key=lambda incident: incident["id"].encode())
        ],
    }
