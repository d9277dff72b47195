"""Cases of credits about days on which the clock was set over midnight, back or forth, or a day was left out."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from credit_cases import EPOCH, CreditCase, Row, subscriber, us

# Zone, and the instant of the jump: back over midnight, back to midnight, forth over midnight, a day left out.
JUMPS = (
    ("America/St_Johns", "2010-11-07T02:31:00Z"),
    ("America/Goose_Bay", "2009-11-01T03:01:00Z"),
    ("Antarctica/Casey", "2010-03-04T15:00:00Z"),
    ("America/Havana", "2024-11-03T05:00:00Z"),
    ("America/Toronto", "1919-03-31T04:30:00Z"),
    ("Asia/Beirut", "2024-03-30T22:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
)
_MINUTE_US = 60_000_000
_LENGTHS = (1, 20, 59, 61, 180, 1500, 2940)


def near_jumps(cases_of_a_jump: int) -> list[CreditCase]:
    """Outages of some minutes to two days that begin within 80 minutes of a jump, counted by every kind of day."""
    chance = Random(2011)
    kinds: list[Row] = [
        {"kind": "local_days", "op": ">", "seconds": 0},
        {"kind": "local_days", "op": ">=", "seconds": 1800},
        *({"kind": "days_after_working_days", "n": n, "weekend": ["sat"]} for n in (0, 1)),
    ]
    cases = []
    for zone, jump in JUMPS:
        for _ in range(cases_of_a_jump):
            start_us = us(jump) + chance.randrange(-80, 80) * _MINUTE_US
            window = {"region": "*", "service": "*", "start": _iso(start_us)}
            window["end"] = _iso(start_us + chance.choice(_LENGTHS) * _MINUTE_US)
            clause = {"id": "c", "location": "home", "quantity": chance.choice(kinds), "value": {"kind": "days"}}
            incident = {"id": "I", "operator": "op-1", "zone": zone, "windows": [window]}
            cases.append(CreditCase({"id": "p", "clause": [clause]}, {"incidents": [incident]}, [subscriber()]))
    return cases


def _iso(at_us: int) -> str:
    return (EPOCH + timedelta(microseconds=at_us)).isoformat()
