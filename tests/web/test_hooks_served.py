"""A delivery to a hook is heard once, whoever sends it again; a forged one is not heard at all (L1, L2, P3)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from api_desk import ApiDesk, SlowClock, running
from hook_payloads import (
    ALERTMANAGER,
    CHATWOOT,
    STANDARD,
    WHATSAPP,
    WHATSAPP_RECEIPT,
    ZAMMAD,
    ZENDESK_TICKET,
    changed,
)
from hook_signing import SECRET, signed

from pulih.adapters.sources.people import chatwoot, zammad
from pulih.adapters.sources.people._tickets import item_of
from pulih.listen.hooks import zammad as zammad_hook
from pulih.listen.hooks import zendesk as zendesk_hook
from pulih.ports.sources import Item
from pulih.service.listening.lines import line_of

DELIVERED: dict[str, tuple[dict[str, Any], int]] = {
    "standard": (STANDARD, 2),
    "alertmanager": (ALERTMANAGER, 2),
    "zammad": (ZAMMAD, 1),
    "zendesk": (ZENDESK_TICKET, 1),
    "chatwoot": (CHATWOOT, 1),
    "whatsapp": (WHATSAPP, 3),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ApiDesk]:
    with running(tmp_path, clock=SlowClock()) as running_desk:
        yield running_desk


def deliver(
    desk: ApiDesk, kind: str, body: bytes, *, secret: str = SECRET, at_s: float | None = None
) -> httpx.Response:
    headers = signed(kind, secret, body, time.time() if at_s is None else at_s)
    return desk.ask("POST", f"/v1/hooks/{kind}", content=body, headers={**headers, "content-type": "application/json"})


@pytest.mark.parametrize("kind", sorted(DELIVERED))
def test_a_delivery_that_comes_again_is_repeated_and_counts_once(desk: ApiDesk, kind: str) -> None:
    payload, count = DELIVERED[kind]
    body = msgspec.json.encode(payload)
    first, again = deliver(desk, kind, body), deliver(desk, kind, body)
    assert first.status_code == (200 if kind == "whatsapp" else 202)
    assert first.json() == {"accepted": count, "repeated": 0, "late": 0, "refused": []}
    assert again.json() == {"accepted": 0, "repeated": count, "late": 0, "refused": []}
    assert {report["source"] for report in desk.kept()} == {kind}
    assert all(report["text"] and "<" not in report["text"] for report in desk.kept())


def _asked_for() -> dict[str, list[Item]]:
    """Return what sources that ask a help desk tell of what its hook delivered, by kind."""
    ticket, article = ZAMMAD["ticket"], ZAMMAD["article"]
    raw = msgspec.Raw(msgspec.json.encode(article))
    known = msgspec.convert(ticket, zammad_hook.Ticket)
    message = msgspec.Raw(msgspec.json.encode({**CHATWOOT, "message_type": 0, "created_at": 1_759_456_212}))
    opened = zendesk_hook.opened(msgspec.convert(ZENDESK_TICKET["detail"], zendesk_hook.Detail), "zendesk")
    return {
        "zendesk": [item_of(opened)],
        "zammad": [*zammad.page_of(known, [raw], "zammad", operator="", since_us=0).items],
        "chatwoot": [*chatwoot.page_of([message], "chatwoot", operator="", since_us=0).items],
    }


@pytest.mark.parametrize("kind", sorted(_asked_for()))
@pytest.mark.parametrize("first", ["hook", "source"])
def test_what_comes_by_a_hook_and_by_asking_under_one_name_counts_once(desk: ApiDesk, kind: str, first: str) -> None:
    lines = b"\n".join(line_of(item, kind, now_us=SlowClock().now_us()) for item in _asked_for()[kind])

    def hook() -> httpx.Response:
        return deliver(desk, kind, msgspec.json.encode(DELIVERED[kind][0]))

    def source() -> httpx.Response:
        return desk.ask(
            "POST", "/v1/reports", role="source", content=lines, headers={"content-type": "application/x-ndjson"}
        )

    order = (hook, source) if first == "hook" else (source, hook)
    told = [one().json() for one in order]
    assert [(one["accepted"], one["repeated"]) for one in told] == [(1, 0), (0, 1)]
    assert desk.ask("GET", "/v1/counters", role="viewer").json()["total"]["counted"] == 1


@pytest.mark.parametrize("kind", sorted(DELIVERED))
def test_a_forged_delivery_leaves_nothing(desk: ApiDesk, kind: str) -> None:
    body = msgspec.json.encode(DELIVERED[kind][0])
    forged = deliver(desk, kind, body, secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    assert forged.status_code == 401
    assert set(forged.json()) == {"error", "where", "right"}
    assert desk.kept() == []
    told = desk.calls.now()[kind]
    assert (told.shut, len(told.refused)) == (True, 1)
    assert deliver(desk, kind, body).is_success
    assert not desk.calls.now()[kind].shut


@pytest.mark.parametrize("kind", ["standard", "zendesk", "chatwoot"])
def test_a_recorded_delivery_is_refused_when_it_is_old(desk: ApiDesk, kind: str) -> None:
    old = deliver(desk, kind, msgspec.json.encode(DELIVERED[kind][0]), at_s=time.time() - 3_600)
    assert old.status_code == 401
    assert "too old" in old.json()["error"]


def test_a_receipt_is_taken_and_no_report(desk: ApiDesk) -> None:
    taken = deliver(desk, "whatsapp", msgspec.json.encode(WHATSAPP_RECEIPT))
    assert (taken.status_code, taken.json()["accepted"]) == (200, 0)
    assert desk.kept() == []


def test_a_long_mail_is_heard_by_its_beginning(desk: ApiDesk) -> None:
    body = changed(ZAMMAD, "article", "body", to="internet mati " * 2_000)
    assert deliver(desk, "zammad", body).json()["accepted"] == 1
    assert len(desk.kept()[0]["text"]) == 8_000


def test_a_body_of_another_system_is_refused_with_its_name(desk: ApiDesk) -> None:
    refused = deliver(desk, "alertmanager", msgspec.json.encode(CHATWOOT))
    assert refused.status_code == 400
    assert "Alertmanager" in refused.json()["error"]


def test_an_alert_of_another_shape_is_refused_with_its_reason_and_the_others_are_counted(desk: ApiDesk) -> None:
    odd = changed(ALERTMANAGER, "alerts", 0, "labels", to={"alertname": 5})
    answer = deliver(desk, "alertmanager", odd)
    [refused] = answer.json()["refused"]
    assert (answer.status_code, answer.json()["accepted"], refused["line"]) == (202, 1, 1)
    assert "Expected `str`, got `int`" in refused["error"]
    every = changed(ALERTMANAGER, "alerts", to=[{"labels": 5}])
    assert deliver(desk, "alertmanager", every).status_code == 400


def test_an_unknown_hook_is_missing(desk: ApiDesk) -> None:
    assert desk.ask("POST", "/v1/hooks/fax", content=b"{}").status_code == 404
    assert desk.ask("PUT", "/v1/hooks/zammad", content=b"{}").headers["allow"] == "POST, GET"


def test_whatsapp_is_answered_with_its_challenge(desk: ApiDesk) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "t" * 8, "hub.challenge": "1158201444"}
    answer = desk.ask("GET", "/v1/hooks/whatsapp", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert desk.ask("GET", "/v1/hooks/whatsapp", params={**asked, "hub.verify_token": "x"}).status_code == 401
