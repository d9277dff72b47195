"""Every worked example of docs/credit.md as a case with the rows and totals that the document states.

A list of `Example`; each engine is run on all of them. Where a line of the document holds several results, it is
several examples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from credit_cases import CreditCase, CreditRow, Row, subscriber, us

P_CLAUSE: Row = {
    "id": "pro-rata-minute",
    "services": ["data", "voice", "sms", "fixed"],
    "location": "presence_else_home",
    "threshold": {"measure": "total", "op": ">=", "seconds": 3600},
    "quantity": {"kind": "duration", "measure": "total", "unit_s": 60, "rounding": "down", "count_from": "start"},
    "value": {"kind": "fee", "per_s": 60, "month": "30"},
    "cap": {"fee_percent": 100},
}
P: Row = {"id": "idn-default", "clause": [P_CLAUSE]}


@dataclass
class Example:
    """A case, and what the document says of it.

    Attributes:
        rows: (subscriber, incident, clause, affected_s or None where the document is silent, amount, currency).
        tally: keys of the totals of the first incident and clause that the document states.
    """

    name: str
    case: CreditCase
    rows: list[tuple[int, str, str, int | None, int, str]]
    tally: dict[str, Any] = field(default_factory=dict)


def at(clock: str, day: str = "2025-10-03", offset: str = "+07:00") -> str:
    """A time of day in Jakarta on 3 October 2025, or of another day or place."""
    return f"{day}T{clock}{offset}"


def window(start: str, end: str, *, region: str = "31.74", service: str = "data") -> Row:
    """A window; "10:00" means Jakarta on the usual day, anything longer is a whole time."""
    return {"region": region, "service": service, "start": _whole(start), "end": _whole(end)}


def incident(*windows: Row, id: str = "INC-1", zone: str = "Asia/Jakarta", **other: Any) -> Row:
    """An incident with these windows."""
    return {"id": id, "operator": "op-1", "zone": zone, "windows": list(windows), **other}


def present(region: str = "31.74", start: str = "2025-01-01T00:00Z", end: str = "2026-01-01T00:00Z") -> Row:
    """A row of presence of subscriber 1, a whole year when not told."""
    return {"subscriber_id": 1, "region": region, "start": us(_whole(start)), "end": us(_whole(end))}


def listed(service: str, start: str, end: str, incident_id: str = "INC-1") -> Row:
    """A row of affected subscribers for subscriber 1."""
    return {
        "subscriber_id": 1,
        "incident_id": incident_id,
        "service": service,
        "start": us(_whole(start)),
        "end": us(_whole(end)),
    }


def paid(amount_minor: int, incident_id: str = "INC-1", **other: Any) -> Row:
    """An earlier credit of subscriber 1 under P."""
    row = {
        "subscriber_id": 1,
        "incident_id": incident_id,
        "policy_id": "idn-default",
        "clause_id": "pro-rata-minute",
        "amount_minor": amount_minor,
        "currency": "IDR",
    }
    return {**row, **other}


def one_clause(id: str = "c", **keys: Any) -> Row:
    """A policy of one clause."""
    return {"id": "p", "clause": [{"id": id, **keys}]}


def _whole(time: str) -> str:
    return at(time) if len(time) < 16 and "T" not in time else time


def _case(*incidents: Row, policy: Row = P, who: Row | None = None, **tables: list[Row]) -> CreditCase:
    tables.setdefault("presence", [present()])
    content = incidents[0] if len(incidents) == 1 else {"incidents": list(incidents)}
    return CreditCase(policy, content, [who or subscriber()], **tables)


def _p(
    amount: int, affected_s: int | None = None, incident_id: str = "INC-1"
) -> tuple[int, str, str, int | None, int, str]:
    return (1, incident_id, "pro-rata-minute", affected_s, amount, "IDR")


def _c(amount: int, currency: str, affected_s: int | None = None) -> list[tuple[int, str, str, int | None, int, str]]:
    return [(1, "INC-1", "c", affected_s, amount, currency)] if amount else []


USUAL = incident(window("10:00", "11:30"))
OUTSIDE = [present("51.71")]


def durations() -> list[Example]:
    """Lines about minutes, thresholds and rounding."""
    three = incident(window("10:00", "10:20"), window("11:00", "11:20"), window("12:00", "12:20"))
    half = _case(incident(window("10:00", "11:01")), who=subscriber(monthly_fee_minor=21_600))
    more = _case(incident(window("10:00", "11:03")), who=subscriber(monthly_fee_minor=21_600))
    both = incident(window("10:00", "11:00"), window("10:30", "11:30", service="voice"))
    return [
        Example("90 minutes", _case(USUAL), [_p(20_833, 5400)], {"qualified": 1, "gross_minor": {"IDR": 20_833}}),
        Example("a union of two services", _case(both), [_p(20_833, 5400)]),
        Example("completed minutes", _case(incident(window("10:00", "11:30:59.999999"))), [_p(20_833, 5459)]),
        Example("just too short", _case(incident(window("10:00", "10:59:59.999999"))), [], {"qualified": 0}),
        Example("just long enough", _case(incident(window("10:00", "11:00"))), [_p(13_889, 3600)]),
        Example("30.5 becomes 30", half, [_p(30, 3660)]),
        Example("31.5 becomes 32", more, [_p(32, 3780)]),
        Example("rounded once", _case(three, who=subscriber(monthly_fee_minor=14_400)), [_p(20, 3600)]),
    ]


def places() -> list[Example]:
    """Lines about where the subscriber was."""
    two_hours = incident(window("10:00", "12:00"))
    moved = [present(end=at("11:00")), present("51.71", start=at("11:00"))]
    away = [present("51.71", start=at("10:00"), end=at("11:00"))]

    def located(location: str) -> Row:
        return {"id": "idn-default", "clause": [{**P_CLAUSE, "location": location}]}

    return [
        Example("moved away", _case(two_hours, presence=moved), [_p(13_889, 3600)]),
        Example("presence else home", _case(two_hours, presence=away), [_p(13_889, 3600)]),
        Example("home", _case(two_hours, presence=away, policy=located("home")), [_p(27_778, 7200)]),
        Example("presence", _case(two_hours, presence=away, policy=located("presence")), []),
    ]


def several() -> list[Example]:
    """Lines about several incidents."""
    first = incident(window("10:00", "11:30"), id="A")
    second = incident(window("11:00", "12:30"), id="B")
    short = incident(window("10:30", "11:00"), id="A")
    long = incident(window("10:45", "12:00"), id="B")
    return [
        Example("overlapping incidents", _case(second, first), [_p(20_833, 5400, "A"), _p(13_889, 5400, "B")]),
        Example("a failed incident claims nothing", _case(short, long), [_p(17_361, 4500, "B")], {"qualified": 0}),
    ]


def earlier() -> list[Example]:
    """Lines about what was paid before."""
    merged = incident(window("10:00", "11:30"), supersedes=["I0", "I9"])
    both_superseded = {**P, "supersedes": ["old"]}
    chain = [paid(800, "I0"), paid(33, "I9"), paid(5, "I7")]
    renamed = [paid(833, "I0", policy_id="old"), paid(5, "I0", policy_id="older")]
    return [
        Example("paid 833", _case(USUAL, paid=[paid(833)]), [_p(20_000)], {"already_paid_minor": {"IDR": 833}}),
        Example(
            "paid too much",
            _case(USUAL, paid=[paid(99_999)]),
            [],
            {"already_paid_minor": {"IDR": 20_833}, "credited": 0, "qualified": 1},
        ),
        Example("superseded incidents", _case(merged, paid=chain), [_p(20_000)]),
        Example("one sum", _case(merged, paid=[paid(-500, "I0"), paid(833, "INC-1")]), [_p(20_500)]),
        Example("superseded policy", _case(merged, policy=both_superseded, paid=renamed), [_p(20_000)]),
    ]


def local_days() -> list[Example]:
    """Lines about local days."""
    daily = one_clause(
        location="presence_else_home",
        quantity={"kind": "local_days", "op": ">", "seconds": 0},
        value={"kind": "fee", "per_s": 86_400, "month": "30"},
    )
    rebate = one_clause(
        location="home",
        threshold={"measure": "longest", "op": ">", "seconds": 86_400},
        quantity={"kind": "local_days", "op": ">", "seconds": 43_200},
        value={"kind": "days"},
    )

    def night(zone: str, end: str) -> CreditCase:
        down = window("2025-10-03T16:30Z", f"2025-10-03T{end}Z")
        return _case(incident(down, zone=zone), policy=daily, who=subscriber(monthly_fee_minor=3000))

    def spring(start: str, end: str) -> CreditCase:
        down = window(f"2025-05-{start}:00+07:00", f"2025-05-{end}:00+07:00")
        return _case(incident(down), policy=rebate)

    return [
        Example("two days in Jakarta", night("Asia/Jakarta", "17:30"), _c(200, "IDR", 3600)),
        Example("one day in Makassar", night("Asia/Makassar", "17:30"), _c(100, "IDR", 3600)),
        Example("one day in Jayapura", night("Asia/Jayapura", "17:30"), _c(100, "IDR", 3600)),
        Example("until midnight", night("Asia/Jakarta", "17:00"), _c(100, "IDR", 1800)),
        Example("three days above 12 h", spring("01T10:00", "03T13:00"), _c(3, "DAY")),
        Example("a day with exactly 12 h", spring("01T10:00", "03T12:00"), _c(2, "DAY")),
        Example("exactly 24 h", spring("01T10:00", "02T10:00"), [], {"qualified": 0}),
    ]


def working_days() -> list[Example]:
    """Lines about days after working days."""
    holidays = [date(2024, 12, 25), date(2024, 12, 26)]

    def british(start: str, end: str, **more: Any) -> CreditCase:
        quantity = {"kind": "days_after_working_days", "n": 2, **more}
        value = {"kind": "amount", "amount_minor": 976, "currency": "GBP"}
        policy = one_clause(location="home", services=["fixed"], quantity=quantity, value=value)
        down = window(start, end, service="fixed")
        return _case(incident(down, zone="Europe/London"), policy=policy, who=subscriber(currency="GBP"))

    return [
        Example("one day", british("2024-05-31T10:00+01:00", "2024-06-05T09:00+01:00"), _c(976, "GBP")),
        Example("ends as the day begins", british("2024-05-31T10:00+01:00", "2024-06-05T00:00+01:00"), []),
        Example("holidays", british("2024-12-24T10:00Z", "2025-01-02T12:00Z", holidays=holidays), _c(2928, "GBP")),
    ]


def periods() -> list[Example]:
    """Lines about started periods, and about several services at once."""

    def american(start: str, end: str) -> CreditCase:
        policy = one_clause(
            threshold={"measure": "longest", "op": ">=", "seconds": 3600},
            quantity=started(86_400),
            value={"kind": "fee", "per_s": 86_400, "month": "calendar"},
        )
        return _case(
            incident(window(start, end), zone="America/New_York"), policy=policy, who=subscriber(monthly_fee_minor=8400)
        )

    def korean(end: str) -> CreditCase:
        policy = one_clause(
            threshold={"measure": "longest", "op": ">", "seconds": 7200},
            quantity=started(3600),
            value={"kind": "fee", "per_s": 3600, "month": "30"},
            multiplier=10,
        )
        return _case(incident(window("10:00", end)), policy=policy, who=subscriber(monthly_fee_minor=72_000))

    both = one_clause(
        services=["voice", "data"],
        service_mode="all",
        threshold={"measure": "longest", "op": ">", "seconds": 86_400},
        quantity={"kind": "fixed", "units": 2},
        value={"kind": "fee", "per_s": 86_400, "month": "30"},
    )
    voice = window(at("00:00"), at("06:00", "2025-10-04"), service="voice")
    back = incident(voice, window(at("00:00"), at("20:00")))
    return [
        Example("an hour", american("2025-02-10T10:00Z", "2025-02-10T11:00Z"), _c(300, "IDR", 3600)),
        Example("24 hours", american("2025-02-10T10:00Z", "2025-02-11T10:00Z"), _c(300, "IDR", 86_400)),
        Example("and a bit", american("2025-02-10T10:00Z", "2025-02-11T10:00:00.000001Z"), _c(600, "IDR", 86_400)),
        Example("still February", american("2025-03-01T02:00Z", "2025-03-01T03:00Z"), _c(300, "IDR")),
        Example("exactly 2 h", korean("12:00"), [], {"qualified": 0}),
        Example("2 h and a bit", korean("12:00:00.000001"), _c(3000, "IDR", 7200)),
        Example("voice down, data back", _case(back, policy=both), [], {"qualified": 0}),
    ]


def started(unit_s: int) -> Row:
    """The longest run in started units."""
    return {"kind": "duration", "measure": "longest", "unit_s": unit_s, "rounding": "up", "count_from": "start"}


def everybody() -> list[Example]:
    """The line about scope "all"."""
    policy = one_clause(
        scope="all",
        quantity={"kind": "fixed", "units": 1},
        value={"kind": "amount", "amount_minor": 200, "currency": "JPY"},
    )
    people = [
        subscriber(1, currency="JPY"),
        subscriber(2, currency="JPY", monthly_fee_minor=0, home_region="94.01"),
        subscriber(3, currency="USD"),
    ]
    rows: list[tuple[int, str, str, int | None, int, str]] = [
        (1, "INC-1", "c", 5400, 200, "JPY"),
        (2, "INC-1", "c", 0, 200, "JPY"),
    ]
    return [Example("everybody", CreditCase(policy, USUAL, people, [present()]), rows, {"qualified": 2})]


def lists() -> list[Example]:
    """Lines about listed subscribers."""
    policy = {"id": "idn-default", "clause": [{**P_CLAUSE, "location": "listed"}]}
    flat = {"id": "idn-default", "clause": [{**P_CLAUSE, "location": "listed", "window_max_depth": 0}]}
    both = {
        "id": "idn-default",
        "clause": [{**P_CLAUSE, "location": "listed", "services": ["data", "voice"], "service_mode": "all"}],
    }
    down = incident(window("10:00", "12:00"))

    def case(*rows: Row, policy: Row = policy) -> CreditCase:
        return _case(down, policy=policy, who=subscriber(home_region="94.01"), presence=[], affected=list(rows))

    overlapping = case(
        listed("data", "10:00", "11:00"), listed("*", "10:30", "11:30"), listed("voice", "11:00", "11:00")
    )
    crossed = case(listed("data", "10:00", "11:30"), listed("voice", "10:20", "12:00"), policy=both)
    unlisted = {"id": "idn-default", "clause": [{**P_CLAUSE, "location": "listed", "services": ["data", "voice"]}]}
    return [
        Example("listed", overlapping, [_p(20_833, 5400)]),
        Example("rows need no window", case(listed("data", "08:00", "09:30")), [_p(20_833, 5400)]),
        Example("another service", case(listed("fixed", "10:00", "12:00"), policy=unlisted), [], {"qualified": 0}),
        Example("another incident", case(listed("data", "10:00", "12:00", "INC-2")), [], {"qualified": 0}),
        Example("depth has no effect", case(listed("data", "10:00", "11:30"), policy=flat), [_p(20_833, 5400)]),
        Example("listed, both services", crossed, [_p(16_204, 4200)]),
    ]


def benefits() -> list[Example]:
    """Lines about what is given in kind."""

    def in_kind(quantity: Row, unit: str, amount: int, **more: Any) -> Row:
        return one_clause(quantity=quantity, value={"kind": "benefit", "unit": unit, "amount": amount}, **more)

    once = {"kind": "fixed", "units": 1}
    hours = {"kind": "duration", "measure": "total", "unit_s": 3600, "rounding": "exact", "count_from": "start"}
    poor = subscriber(monthly_fee_minor=0, currency="USD")
    before = [
        paid(400, policy_id="p", clause_id="c", currency="SMS"),
        paid(300, policy_id="p", clause_id="c", currency="IDR"),
    ]
    capped = in_kind(hours, "MIN", 5, multiplier=3, cap={"amount_minor": 20})
    return [
        Example("a gigabyte", _case(USUAL, policy=in_kind(once, "MB", 1024), who=poor), _c(1024, "MB", 5400)),
        Example("22.5 minutes", _case(USUAL, policy=in_kind(hours, "MIN", 5, multiplier=3)), _c(22, "MIN")),
        Example("capped minutes", _case(USUAL, policy=capped), _c(20, "MIN")),
        Example("SMS paid before", _case(USUAL, policy=in_kind(once, "SMS", 1000), paid=before), _c(600, "SMS")),
    ]


EXAMPLES: list[Example] = [
    *durations(),
    *places(),
    *several(),
    *earlier(),
    *local_days(),
    *working_days(),
    *periods(),
    *everybody(),
    *lists(),
    *benefits(),
]


def check_example(example: Example, rows: list[CreditRow], totals: dict[str, Any]) -> None:
    """Compare an engine's rows and totals with what the document states."""
    stated = [
        (row[0], row[1], row[3], None if expected[3] is None else row[4], row[5], row[6])
        for row, expected in zip(rows, example.rows, strict=True)
    ]
    assert stated == example.rows
    first = totals["incidents"][0]["clauses"][0]
    assert {key: first[key] for key in example.tally} == example.tally
    assert totals["rows"] == len(rows)
