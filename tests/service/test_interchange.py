"""What partners send and are told survives: heard before it is kept, sealed by day, told in order until it is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from database_here import database_in
from intake_in_memory import MemoryJournal, MemoryLedger, SetClock

from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.sealing import DaySeal
from pulih.adapters.sql.document_store import SqlDocumentStore
from pulih.adapters.sql.event_store import SqlEventStore
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.communicate.speech import Speech
from pulih.interchange.asking import Asked
from pulih.interchange.kinds import ALARM
from pulih.interchange.problem_scopes import Names
from pulih.listen.payload import PayloadReader
from pulih.model.actor import Actor
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import ForbiddenMove, OutsideFailed
from pulih.ports.channels import Outcome
from pulih.service.accepting import Accepting
from pulih.service.incidents import Incidents
from pulih.service.interchange.alarms import Alarms
from pulih.service.interchange.hearing import Hearing
from pulih.service.interchange.hub import KEPT_US, Hub
from pulih.service.interchange.problems import Problems
from pulih.service.interchange.shelf import Sender, Shelf
from pulih.service.interchange.tickets import Tickets

DUTY = Sender(actor=Actor("sari", "duty"), name="sari")
SOURCE = Sender(actor=None, name="noc [1]", source="noc", token="1")
SENT: dict[str, Any] = {
    "alarmType": "Equipment Alarm",
    "perceivedSeverity": "major",
    "probableCause": "Power problem",
    "alarmedObject": {"id": "olt-7"},
    "sourceSystemId": "ems-5",
    "state": "raised",
    "alarmRaisedTime": "2025-10-03T01:41:00Z",
}
TICKET = {"description": "internet mati, hubungi 0812", "severity": "Urgent", "ticketType": "complaint"}
PROBLEM = {
    "category": "x", "priority": 3, "description": "Core", "reason": "?",
    "originatorParty": {"id": "a", "@referredType": "Organization"},
}  # fmt: skip


class Rooms:
    """The rooms of partners over one database; made again, they are a desk that was started again."""

    def __init__(self, folder: Path, clock: SetClock) -> None:
        self.clock, self.journal = clock, MemoryJournal()
        self.engine = database_in(folder / "desk.db")
        (folder / "keys").mkdir(exist_ok=True)
        self.keys = DayKeys(folder / "keys")
        seal, reader = DaySeal(self.keys), PayloadReader(b"k" * 32)
        self.accepting = Accepting(self.journal, MemoryLedger(), clock, reader)
        self.accepting.start()
        speech, changes = Speech(zone=ZoneInfo("Asia/Jakarta")), SqlPlannedChanges(self.engine)
        self.incidents = Incidents(SqlIncidentStore(self.engine), clock, speech=speech, changes=changes)
        self.documents, self.events = SqlDocumentStore(self.engine), SqlEventStore(self.engine)
        self.shelf = Shelf(self.documents, seal, clock)
        hearing = Hearing(self.accepting, reader, clock)
        self.alarms = Alarms(self.shelf, hearing)
        self.tickets = Tickets(self.shelf, hearing, self.incidents)
        self.problems = Problems(self.shelf, self.incidents, Names())
        self.hub = Hub(
            self.events, seal, self.shelf, problems=self.problems, incidents=self.incidents, usable=lambda _: None
        )

    def close(self) -> None:
        self.accepting.close()
        self.engine.dispose()


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    made = Rooms(tmp_path, SetClock())
    yield made
    made.close()


class Peer:
    """A listener that takes events, or does not, as it is set."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.outcome = Outcome("sent")

    async def post(self, _: str, body: bytes) -> Outcome:
        if self.outcome.fate == "sent":
            self.told.append(msgspec.json.decode(body))
        return self.outcome

    @property
    def types(self) -> list[str]:
        return [one["eventType"] for one in self.told]


def test_an_alarm_that_could_not_be_heard_is_not_kept_and_its_sender_is_told(rooms: Rooms) -> None:
    rooms.journal.fail = OutsideFailed("The disk is full.")
    with pytest.raises(OutsideFailed):
        rooms.alarms.create(SENT, SOURCE)
    assert rooms.alarms.found(Asked()).total == 0
    rooms.journal.fail = None
    rooms.alarms.create(SENT, SOURCE)
    assert (rooms.alarms.found(Asked()).total, len(rooms.journal.kept)) == (1, 1)


def test_a_sender_who_was_cut_off_sends_again_and_the_alarm_is_there_once(rooms: Rooms) -> None:
    first, second = rooms.alarms.create(SENT, SOURCE), rooms.alarms.create(SENT, SOURCE)
    assert first == second
    lines = [line for frame in rooms.journal.kept for line in frame.reports]
    assert len({msgspec.json.decode(line)["id"] for line in lines}) == 1


def test_what_a_customer_wrote_is_in_no_row_and_gone_with_the_key_of_its_day(rooms: Rooms) -> None:
    made = rooms.tickets.create(TICKET, SOURCE)
    [kept] = rooms.documents.part("troubleTicket", offset=0, limit=9)
    assert b"mati" not in kept.shown + kept.sealed
    assert rooms.tickets.get(made["id"])["description"] == TICKET["description"]
    [told] = rooms.events.after("/tmf-api/troubleTicket/v4", 0, 9)
    assert b"mati" not in told.sealed
    rooms.keys.drop(rooms.clock.at_us + 2 * DAY_S * MICROS)
    left = rooms.tickets.get(made["id"])
    # It is mandatory, and whoever lists all tickets looks for it.
    assert left["description"] == "(no longer kept)"
    assert (left["id"], left["status"], left["severity"]) == (made["id"], "acknowledged", "Urgent")
    assert rooms.tickets.found(Asked()).documents == [left]
    with pytest.raises(ForbiddenMove, match="no longer kept"):
        rooms.tickets.change(made["id"], {"severity": "Low"}, SOURCE)


def test_a_listener_that_was_away_is_told_everything_in_order_after_a_new_start(rooms: Rooms, tmp_path: Path) -> None:
    peer = Peer()
    rooms.hub.listen(ALARM.root, {"callback": "https://a.example/"}, "sari")
    peer.outcome = Outcome("later", "no answer")
    made = rooms.alarms.create(SENT, DUTY)
    assert asyncio.run(rooms.hub.tell(peer.post)) == 5.0
    rooms.alarms.change(str(made["id"]), {"state": "cleared"}, DUTY)
    assert rooms.hub.trouble() == "listener 1 does not take events: no answer"
    again = Rooms(tmp_path, rooms.clock)
    try:
        asyncio.run(again.hub.tell(peer.post))
        assert peer.told == []
        rooms.clock.at_us += 6 * MICROS
        peer.outcome = Outcome("sent")
        assert asyncio.run(again.hub.tell(peer.post)) is None
        assert peer.types == ["AlarmCreateEvent", "AlarmAttributeValueChangeEvent", "AlarmStateChangeEvent"]
        asyncio.run(again.hub.tell(peer.post))
        assert len(peer.told) == len({one["eventId"] for one in peer.told}) == 3
    finally:
        again.close()


def test_what_an_incident_did_while_nobody_looked_is_found_on_its_timeline_once(rooms: Rooms, tmp_path: Path) -> None:
    peer = Peer()
    rooms.hub.listen("/tmf-api/serviceProblemManagement/v4", {"callback": "https://a.example/"}, "sari")
    made = rooms.problems.create(PROBLEM, DUTY)
    rooms.problems.change(made["id"], {"status": "inProgress", "statusChangeReason": "ya"}, DUTY)
    again = Rooms(tmp_path, rooms.clock)
    try:
        for _ in range(2):
            again.hub.look()
            asyncio.run(again.hub.tell(peer.post))
    finally:
        again.close()
    assert peer.types == ["ServiceProblemCreateEvent", "ServiceProblemStateChangeEvent"]


def test_a_listener_that_is_gone_is_told_no_more_and_old_events_are_let_go(rooms: Rooms) -> None:
    peer = Peer()
    rooms.hub.listen(ALARM.root, {"callback": "https://a.example/"}, "sari")
    peer.outcome = Outcome("refused", "the peer answered 410", gone=True)
    rooms.alarms.create(SENT, DUTY)
    asyncio.run(rooms.hub.tell(peer.post))
    assert rooms.events.listeners() == []
    rooms.alarms.create({**SENT, "sourceSystemId": "other"}, DUTY)
    rooms.clock.at_us += KEPT_US + 1
    rooms.hub.forget(rooms.clock.at_us)
    assert [one.number for one in rooms.events.after(ALARM.root, 0, 9)] == [2]
