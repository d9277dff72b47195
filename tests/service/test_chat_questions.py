"""Who complained in a chat is asked once after a claim whether it works again, and nobody else is (R1, privacy)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from journal_in_memory import MINUTE_US, NoChanges, SetClock

from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.sealing import DaySeal
from pulih.adapters.sql.chat_store import SqlChatStore
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.communicate.speech import Speech
from pulih.listen.acceptance import pseudonym_of
from pulih.model.actor import Actor
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.entry import ClaimedFixed, Confirmed, Opened, Relapsed, Restored
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.ports.live import Row
from pulih.service.chat_questions import FRESH_US, KEPT_US, ChatQuestions, Near, Put
from pulih.service.incidents import Incidents

SARI = Actor("sari", "duty")
KEY = b"k" * 32
ONSET_US = 1_764_150_000 * MICROS
JAKARTA = Scope(operator="biznet", service="fixed_broadband", region="31")


class World:
    """An incident, reports of a bot's chats, and who asks there; a restart makes the asking anew."""

    def __init__(self, folder: Path) -> None:
        self.engine = database_in(folder / "desk.db")
        self.clock = SetClock(ONSET_US)
        self.signals, self.store = SqlSignalStore(self.engine), SqlChatStore(self.engine)
        speech = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"biznet": "Biznet"})
        self.incidents = Incidents(SqlIncidentStore(self.engine), self.clock, speech=speech, changes=NoChanges())
        (folder / "keys").mkdir()
        self._seal = DaySeal(DayKeys(folder / "keys"))
        self._rows = 0
        self.restart()

    def restart(self) -> None:
        self.asking = ChatQuestions(
            "telegram",
            self.store,
            self.signals,
            incidents=self.incidents,
            clock=self.clock,
            seal=self._seal,
            key=KEY,
            near=Near(lambda operator: (operator,), lambda region: {region, region.partition(".")[0]}),
        )

    def complains(self, chat: int, *, language: Any = "id", **fields: Any) -> None:
        """Have somebody complain in a chat, a minute after the last."""
        self.clock.at_us += MINUTE_US
        self.asking.complained(str(chat), str(chat), language)
        self.reports(chat, **fields)

    def reports(self, chat: int, **fields: Any) -> None:
        self._rows += 1
        told = {"operator": "biznet", "service": "fixed_broadband", "region": "31.74", "symptom": "no_internet"}
        row = Row(
            frame=self._rows,
            position=0,
            at_us=self.clock.at_us,
            window_us=self.clock.at_us,
            **{"source": "telegram", "author": pseudonym_of(str(chat), KEY), "counts_for": "biznet", **told, **fields},
        )
        self.signals.keep([row])

    def begun(self) -> Incident:
        opened = Opened(operator="biznet", onset_us=ONSET_US, scopes=(JAKARTA,))
        return self.act(self.incidents.open(opened, actor=SARI, reason="ramai"), Confirmed())

    def act(self, incident: Incident, fact: Any) -> Incident:
        self.clock.at_us += MINUTE_US
        now = self.incidents.get(incident.id)
        assert now is not None
        return self.incidents.act(incident.id, fact, actor=SARI, version=now.version, reason="diperiksa")

    def asked(self, most: int = 100) -> list[str]:
        return sorted(one.chat for one in self.put(most))

    def put(self, most: int = 100) -> list[Put]:
        return [one for one in self.asking.due(most) if self.asking.mark(one.id)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.engine.dispose()


def test_who_complained_within_the_incident_is_asked_once_after_the_claim_and_after_a_restart_not_again(
    world: World,
) -> None:
    world.complains(1)
    world.complains(2, language="en")
    world.complains(3, region="32.73")
    world.complains(4, operator="indihome")
    world.complains(5, service="mobile_data")
    world.complains(6, symptom="none")
    world.complains(7, region=None)
    world.reports(8)
    incident = world.begun()
    assert world.asked() == []
    world.act(incident, ClaimedFixed())
    world.complains(9)
    found = {one.chat: one.words for one in world.put()}
    assert sorted(found) == ["1", "2"]
    assert "Biznet" in found["1"].text and (found["1"].yes, found["2"].yes) == ("Sudah normal", "It works again")
    world.restart()
    assert world.asked() == []


def test_what_was_due_and_not_put_is_due_again_and_two_who_ask_put_it_once(world: World) -> None:
    world.complains(1)
    world.act(world.begun(), ClaimedFixed())
    first = world.asking
    [one] = first.due(9)
    world.restart()
    [again] = world.asking.due(9)
    assert (world.asking.mark(again.id), first.mark(one.id), world.asking.mark(again.id)) == (True, False, False)


def test_two_scopes_of_one_claim_ask_a_person_once(world: World) -> None:
    world.complains(1)
    voice = Scope(operator="biznet", region="31.74")
    opened = Opened(operator="biznet", onset_us=ONSET_US, scopes=(JAKARTA, voice))
    incident = world.act(world.incidents.open(opened, actor=SARI, reason="ramai"), Confirmed())
    world.act(incident, ClaimedFixed())
    assert world.asked() == ["1"]


def test_who_said_meanwhile_that_it_works_is_not_asked(world: World) -> None:
    for chat in (1, 2):
        world.complains(chat)
    world.reports(1, kind="recovered", symptom="none")
    world.act(world.begun(), ClaimedFixed())
    assert world.asked() == ["2"]


def test_a_relapse_drops_what_was_not_asked_yet_and_the_next_claim_asks_once_more(world: World) -> None:
    for chat in range(4):
        world.complains(chat)
    incident = world.begun()
    world.act(incident, ClaimedFixed())
    first = world.asked(most=2)
    assert len(first) == 2
    world.act(incident, Relapsed())
    assert world.asked() == []
    world.act(incident, ClaimedFixed())
    assert world.asked() == ["0", "1", "2", "3"]
    world.act(incident, Restored(overrides=True))
    assert world.asked() == []


def test_a_question_that_the_platform_did_not_take_is_due_again(world: World) -> None:
    world.complains(1)
    world.act(world.begun(), ClaimedFixed())
    [put] = world.put()
    world.asking.take_back(put.id)
    assert world.asked() == ["1"]


def test_who_stopped_gets_no_question_however_they_complain_until_they_begin_again(world: World) -> None:
    for chat in (1, 2):
        world.complains(chat)
    world.asking.stop("1")
    world.complains(1)
    incident = world.begun()
    world.act(incident, ClaimedFixed())
    assert world.asked() == ["2"]
    world.asking.stop("1", stopped=False)
    world.complains(1)
    world.act(incident, Relapsed())
    world.act(incident, ClaimedFixed())
    assert world.asked() == ["1", "2"]


def test_only_the_chat_that_was_asked_can_answer(world: World) -> None:
    world.complains(1)
    world.act(world.begun(), ClaimedFixed())
    [put] = world.put()
    assert world.asking.answered(put.id, "2") is None
    assert world.asking.answered("0123456789abcdef", "1") is None
    world.restart()
    found = world.asking.answered(put.id, "1")
    assert found is not None
    assert (found.operator, found.service, found.region, found.symptom) == (
        "biznet",
        "fixed_broadband",
        "31.74",
        "no_internet",
    )


def test_an_old_claim_asks_nobody_and_after_a_week_nothing_is_kept_but_who_stopped(world: World) -> None:
    world.complains(4_242_424_242)
    world.asking.stop("9")
    world.act(world.begun(), ClaimedFixed())
    world.clock.at_us += FRESH_US
    assert world.asked() == []
    key = world.asking._chat_key("4242424242")
    assert world.store.chat("telegram", key) is not None
    world.clock.at_us += KEPT_US
    assert world.asked() == []
    assert world.store.chat("telegram", key) is None
    stopped = world.store.chat("telegram", world.asking._chat_key("9"))
    assert stopped is not None and (stopped.stopped, stopped.sealed, stopped.author) == (True, b"", "")


def test_the_address_of_a_chat_is_nowhere_readable_and_gone_with_the_key_of_its_day(
    world: World, tmp_path: Path
) -> None:
    world.complains(4_242_424_242)
    world.act(world.begun(), ClaimedFixed())
    world.engine.dispose()
    assert b"4242424242" not in b"".join(one.read_bytes() for one in tmp_path.glob("desk.db*"))
    for kept in (tmp_path / "keys").iterdir():
        kept.unlink()
    world._seal = DaySeal(DayKeys(tmp_path / "keys"))
    world.restart()
    assert world.asked() == []


def test_what_asking_takes_is_bounded_by_hours_and_days() -> None:
    assert (FRESH_US, KEPT_US) == (6 * HOUR_S * MICROS, 7 * DAY_S * MICROS)
