"""Tickets of Freshdesk and over TMF621 are heard once each, over pages, late changes, refusals and nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from direct_sources import (
    NOW_US,
    SECRET,
    AnsweringServer,
    Asked,
    answering,
    hears,
    items,
    last_cursor,
    means,
    opened,
    refusals,
    texts,
    told_between,
)
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.sources.people import freshdesk, tmf621
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Later

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
HOUR_US = 3_600_000_000


def fresh(number: int, subject: str, created: str, updated: str = "", **more: Any) -> dict[str, Any]:
    """A ticket, shaped as Freshdesk's reference shows it."""
    return {
        "cc_emails": [], "fwd_emails": [], "fr_escalated": False, "spam": False, "group_id": 6, "priority": 1,
        "requester_id": 129, "responder_id": None, "source": 2, "status": 2, "subject": subject, "to_emails": None,
        "id": number, "type": None, "created_at": created, "updated_at": updated or created,
        "description": "<div>dari <b>pagi</b></div>", "description_text": "dari pagi", "custom_fields": {}, **more,
    }  # fmt: skip


class Desk:
    """A help desk that tells its tickets by pages, those that changed first before the others."""

    def __init__(self) -> None:
        self.tickets: list[Any] = []
        self.next: list[tuple[int, Any, dict[str, str]]] = []
        self.key = SECRET

    def __call__(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        import base64

        if self.next:
            return self.next.pop(0)
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(f'{self.key}:X'.encode()).decode()}":
            return 401, {"code": "invalid_credentials", "message": "You have to be logged in."}, {}
        assert asked.path == "/api/v2/tickets"
        assert (asked.query["order_by"], asked.query["order_type"]) == ("updated_at", "asc")
        since = asked.query["updated_since"]
        fit = [one for one in self.tickets if not isinstance(one, dict) or one.get("updated_at", "9") >= since]
        start, size = (int(asked.query["page"]) - 1) * 100, int(asked.query["per_page"])
        return 200, fit[start : start + size], {}


@pytest.fixture
def desk() -> Iterator[tuple[Desk, AnsweringServer]]:
    """A help desk on this machine."""
    made = Desk()
    with answering(made) as server:
        yield made, server


def freshdesk_source(server: AnsweringServer, **more: Any) -> Any:
    given = {"address": server.address, "key_file": "token", "every_s": 0.02, "operator": "smartfren"}
    return opened(freshdesk.KIND, means(secrets=more.pop("secrets", None)), **{**given, **more})


def test_a_ticket_of_freshdesk_is_one_report_however_often_it_changes(desk: Any) -> None:
    made, server = desk
    made.tickets = [fresh(20, "Internet mati", "2025-10-03T01:47:30Z")]

    def change(batches: list[Any]) -> None:
        made.tickets[0]["updated_at"] = f"2025-10-03T01:47:{30 + len(batches)}Z"

    heard = hears(freshdesk_source(server), str(NOW_US - HOUR_US), enough=lambda told: len(told) > 8, between=change)
    [one] = items(heard)
    assert (one.id, one.text, one.author) == ("ticket:20", "Internet mati. dari pagi", "here:129")
    assert (one.at_us, one.operator) == (NOW_US - 30_000_000, "smartfren")


def test_an_old_ticket_that_an_agent_touches_and_spam_are_no_reports(desk: Any) -> None:
    made, server = desk
    made.tickets = [
        fresh(1, "lama", "2024-01-01T00:00:00Z", "2025-10-03T01:47:00Z"),
        fresh(2, "menang undian", "2025-10-03T01:47:01Z", spam=True),
        fresh(3, "baru", "2025-10-03T01:47:02Z"),
    ]
    heard = hears(freshdesk_source(server), str(NOW_US - HOUR_US), enough=lambda told: bool(told[-1].cursor))
    assert texts(heard) == ["baru. dari pagi"]
    assert last_cursor(heard) == str(NOW_US - 58_000_000)


def test_three_pages_of_tickets_are_heard_and_a_restart_asks_for_no_more_than_it_must(desk: Any) -> None:
    made, server = desk
    made.tickets = [
        fresh(number, f"mati {number}", f"2025-10-03T01:{number // 60:02}:{number % 60:02}Z") for number in range(250)
    ]
    first = hears(freshdesk_source(server), str(NOW_US - HOUR_US), enough=250)
    first += hears(freshdesk_source(server), str(NOW_US - HOUR_US), enough=lambda told: bool(told[-1].cursor))
    assert {one.id for one in items(first)} == {f"ticket:{number}" for number in range(250)}
    asked = len(server.asked)
    again = hears(freshdesk_source(server), last_cursor(first), enough=lambda told: bool(told[-1].cursor))
    assert len(server.asked) == asked + 2
    assert {one.id for one in items(again)} <= {one.id for one in items(first)}


def test_freshdesk_that_limits_falls_or_changes_its_key_has_its_fate(desk: Any) -> None:
    made, server = desk
    made.next = [(429, {}, {"Retry-After": "44"})]
    with pytest.raises(Later, match="asks to come again in 44 s"):
        hears(freshdesk_source(server))
    for broken in ((502, b"", {}), (0, b"", {}), (200, {"tickets": 1}, {})):
        made.next = [broken]
        with pytest.raises(OutsideFailed):
            hears(freshdesk_source(server))
    made.key = "kunci-baru"
    held = {"token": SECRET}
    source = freshdesk_source(server, secrets=held)
    with pytest.raises(RefusedInput, match="Freshdesk does not let the desk in") as refused:
        hears(source)
    assert SECRET not in str(refused.value)
    # The new key is in its file before anybody starts the desk anew.
    held["token"] = "kunci-baru"
    assert hears(source, enough=bool)


def test_what_was_said_at_freshdesk_of_an_earlier_hour_can_be_heard_again(desk: Any) -> None:
    made, server = desk
    made.tickets = [fresh(1, "satu", "2025-10-03T00:10:00Z"), fresh(2, "dua", "2025-10-03T01:10:00Z")]
    told = told_between(freshdesk_source(server), NOW_US - 2 * HOUR_US, NOW_US - HOUR_US)
    assert texts(told) == ["satu. dari pagi"]


def test_tickets_that_cannot_be_read_are_told_and_the_others_heard(desk: Any) -> None:
    made, server = desk
    made.tickets = ["x", {"id": "a"}, fresh(3, "baru", "2025-10-03T01:47:02Z"), fresh(4, "tanpa waktu", "kapan-kapan")]
    heard = hears(freshdesk_source(server), str(NOW_US - HOUR_US), enough=lambda told: bool(told[-1].cursor))
    assert [one.at_us for one in items(heard)] == [NOW_US - 58_000_000, None]
    assert len(refusals(heard)) == 2


def trouble(number: int, text: str, at: str = "2025-10-03T08:47:00+07:00", **more: Any) -> dict[str, Any]:
    """A trouble ticket, shaped as TMF621 has it."""
    return {
        "id": str(number), "href": f"/troubleTicket/{number}", "name": "Keluhan", "description": text,
        "severity": "major", "ticketType": "complaint", "status": "acknowledged", "creationDate": at, "lastUpdate": at,
        "relatedParty": [{"id": "c-7", "role": "customer", "@referredType": "Individual"}],
        "relatedEntity": [{"id": "mobile_data", "name": "mobile_data", "@referredType": "Service"}], **more,
    }  # fmt: skip


def test_trouble_tickets_of_another_system_are_asked_for_as_they_change() -> None:
    told = [
        trouble(1, "internet mati"),
        trouble(2, "periksa OLT", ticketType="recoveryTask"),
        {"id": 3},
        trouble(4, "x", relatedParty=["?"]),
    ]

    def answers(asked: Asked) -> tuple[int, Any, dict[str, str]]:
        assert asked.headers["authorization"] == f"Bearer {SECRET}"
        assert asked.path == "/tmf-api/troubleTicket/v4/troubleTicket"
        assert asked.query["lastUpdate.gte"].endswith("Z")
        return 200, told[int(asked.query["offset"]) :], {"X-Total-Count": str(len(told))}

    with answering(answers) as server:
        given = {"address": f"{server.address}/tmf-api/troubleTicket/v4", "token_file": "token", "every_s": 0.02}
        source = opened(tmf621.KIND, means(), **given)
        heard = hears(source, str(NOW_US - HOUR_US), enough=lambda batches: bool(batches[-1].cursor))
    [one] = items(heard)
    assert (one.id, one.text, one.author) == ("ticket:1", "Keluhan. internet mati", "here:c-7")
    assert (one.service, one.at_us) == ("mobile_data", NOW_US - 60_000_000)
    assert len(refusals(heard)) == 2


@given(tickets=st.lists(JSON, max_size=3))
def test_any_json_among_tickets_is_read_or_told(tickets: list[Any]) -> None:
    raw = [msgspec.Raw(msgspec.json.encode(one)) for one in tickets]
    for page in (freshdesk.page_of(raw, "here", ""), tmf621.page_of(raw, "here", "")):
        assert len(page.items) + len(page.refused) <= len(tickets)


@given(data=st.data())
def test_any_one_value_exchanged_in_a_ticket_is_read_or_told(data: st.DataObject) -> None:
    ticket = trouble(1, "mati")
    ticket[data.draw(st.sampled_from(sorted(ticket)))] = data.draw(JSON)
    page = tmf621.page_of([msgspec.Raw(msgspec.json.encode(ticket))], "here", "")
    assert len(page.items) + len(page.refused) <= 1
