"""Who calls the desk keeps a delivery until it is taken: a desk that cannot keep it says 503, and counts it once (L2).

Vendors deliver again what was not answered with 2xx: Meta for days, Alertmanager and the help desks for minutes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from api_desk import ApiDesk, SlowClock, running
from faulty_disk import FaultyDisk
from hook_payloads import STANDARD
from hook_signing import SECRET, signed
from test_hooks_served import DELIVERED
from tmf_partner import ALARM, ALARMS, TICKET, TICKETS


@pytest.fixture
def disk() -> FaultyDisk:
    return FaultyDisk()


@pytest.fixture
def desk(tmp_path: Path, disk: FaultyDisk) -> Iterator[ApiDesk]:
    with running(tmp_path, clock=SlowClock(), disk=disk.disk) as one:
        yield one


def deliver(desk: ApiDesk, kind: str, body: bytes) -> httpx.Response:
    headers = {**signed(kind, SECRET, body, time.time()), "content-type": "application/json"}
    return desk.ask("POST", f"/v1/hooks/{kind}", content=body, headers=headers)


def counts(answer: httpx.Response) -> tuple[int, int]:
    assert answer.is_success, answer.text
    told = answer.json()
    return told["accepted"], told["repeated"]


@pytest.mark.parametrize("kind", sorted(DELIVERED))
def test_a_delivery_that_cannot_be_kept_is_refused_with_503_and_counts_once_when_it_comes_again(
    desk: ApiDesk, disk: FaultyDisk, kind: str
) -> None:
    payload, count = DELIVERED[kind]
    body = msgspec.json.encode(payload)
    disk.room = 0
    for _ in range(2):
        refused = deliver(desk, kind, body)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert set(refused.json()) == {"error", "where", "right"}
    assert desk.kept() == []
    disk.room = None
    assert counts(deliver(desk, kind, body)) == (count, 0)
    assert counts(deliver(desk, kind, body)) == (0, count)
    assert len({report["id"] for report in desk.kept()}) == count


@pytest.mark.parametrize("what", ["alarm", "ticket"])
def test_what_a_partner_posts_by_tm_forum_is_refused_with_503_until_it_can_be_kept(
    desk: ApiDesk, disk: FaultyDisk, what: str
) -> None:
    where, body = (ALARMS + "/alarm", ALARM) if what == "alarm" else (TICKETS + "/troubleTicket", TICKET)
    told = {**body, "externalAlarmId" if what == "alarm" else "externalId": "gap-1"}
    disk.room = 0
    refused = desk.ask("POST", where, role="source", json=told)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    disk.room = None
    for _ in range(2):
        assert desk.ask("POST", where, role="source", json=told).is_success
    assert len({report["id"] for report in desk.kept()}) == 1


def test_what_was_taken_just_before_a_desk_ended_is_known_when_it_comes_again(tmp_path: Path) -> None:
    """The answer may be lost on its way while the desk has the delivery: whoever calls delivers it to the next one."""
    for turn in range(2):
        with running(tmp_path, clock=SlowClock()) as desk:
            for kind, (payload, count) in DELIVERED.items():
                told = counts(deliver(desk, kind, msgspec.json.encode(payload)))
                assert told == ((count, 0) if turn == 0 else (0, count))


def test_deliveries_that_overtake_each_other_are_each_counted_once(desk: ApiDesk) -> None:
    said = STANDARD["data"][0]
    for number in (3, 0, 2, 0, 1, 3):
        at = f"2025-10-03T08:0{number}:00+07:00"
        deliver(desk, "standard", msgspec.json.encode({**STANDARD, "data": [{**said, "id": f"r{number}", "at": at}]}))
    told = desk.ask("GET", "/v1/counters", role="viewer").json()["total"]
    assert (told["counted"], told["repeated"]) == (4, 2)
