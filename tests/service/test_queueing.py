"""Queueing: every published word once, also one published while the desk was cut off; nothing old or foreign."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from outbox_database import made_database
from subscriptions import MINUTE_US, NOW_US, about, subscription

from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.communicate.speech import Speech
from pulih.model.actor import Actor
from pulih.model.entry import Fact, HelpSet, NoticeDrafted, NoticePublished, NoticeWithdrawn, Opened
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.service.incidents import Incidents
from pulih.service.queueing import FRESH_US, PAGE_S_MAX, Queueing

ADMIN = Actor("ayu", "admin")
SPEECH = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"smartfren": "Smartfren"}, regions={"31": "DKI Jakarta"})


class World:
    def __init__(self, folder: Path) -> None:
        engine = made_database(folder)
        self.at_us = NOW_US
        self.outbox = SqlOutbox(engine)
        self.incidents = Incidents(SqlIncidentStore(engine), self, speech=SPEECH, changes=SqlPlannedChanges(engine))
        store = SqlSubscriptionStore(engine)
        for number, place in enumerate(("31.74", "73")):
            assert store.add(subscription(number, topics=about(place), quiet=True))

    def now_us(self) -> int:
        return self.at_us

    def queueing(self, *own: str, **more: Any) -> Queueing:
        zone = ZoneInfo("Asia/Jakarta")
        return Queueing(self.incidents, self.outbox, speech=SPEECH, zone=zone, own=own, **more)

    def outage(self) -> Incident:
        scope = Scope(operator="smartfren", service="mobile_data", region="31", symptom="no_internet")
        opened = Opened(operator="smartfren", onset_us=self.at_us - MINUTE_US, scopes=(scope,))
        return self.incidents.open(opened, actor=ADMIN, reason="Laporan dari lapangan")

    def act(self, incident: Incident, fact: Fact) -> Incident:
        return self.incidents.act(incident.id, fact, actor=ADMIN, version=incident.version, reason="Untuk uji coba")

    def say(self, incident: Incident) -> Incident:
        drafted = self.act(incident, NoticeDrafted(notice="", kind="update", text_id="Kabar.", text_en="Word."))
        self.at_us += MINUTE_US
        return self.act(drafted, NoticePublished(notice=drafted.notices[-1].id, break_glass=True))

    def claimed(self) -> list[tuple[str, ...]]:
        return [tuple(one.word.id for one in each.words) for each in self.outbox.claim("email", self.at_us, 99)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_word_is_queued_once_for_those_of_its_places_also_by_a_desk_that_was_started_anew(world: World) -> None:
    incident = world.say(world.outage())
    first = world.queueing()
    assert [first.sweep(world.at_us), first.sweep(world.at_us), world.queueing().sweep(world.at_us)] == [1, 0, 0]
    assert world.claimed() == [("n1",)]
    world.say(incident)
    assert first.sweep(world.at_us) == 1
    assert world.claimed() == [("n2",)]


def test_drafts_and_what_is_of_others_are_sent_to_nobody(world: World) -> None:
    incident = world.outage()
    world.act(incident, NoticeDrafted(notice="", kind="update", text_id="Kabar.", text_en="Word."))
    assert world.queueing().sweep(world.at_us) == 0
    world.say(world.outage())
    assert world.queueing("xl").sweep(world.at_us) == 0


def test_a_word_that_is_a_day_old_is_no_news_any_more(world: World) -> None:
    world.say(world.outage())
    world.at_us += FRESH_US
    assert world.queueing().sweep(world.at_us) == 0


def test_what_is_taken_back_goes_to_nobody_who_does_not_have_it_yet(world: World) -> None:
    incident, queueing = world.say(world.outage()), world.queueing()
    queueing.sweep(world.at_us)
    world.act(incident, NoticeWithdrawn(notice="n1"))
    queueing.sweep(world.at_us)
    assert world.claimed() == []


def test_a_word_waits_for_its_page_and_no_longer_than_a_minute(world: World) -> None:
    incident = world.say(world.outage())
    why, passed_s = {"now": "cdn: its pages are not put yet."}, [0.0]
    queueing = world.queueing(awaited=lambda _: why["now"], elapsed_s=lambda: passed_s[0])
    assert queueing.sweep(world.at_us) == 0
    assert [(one.word, one.why) for one in queueing.held] == [(f"{incident.id}/n1", why["now"])]
    why["now"] = ""
    assert (queueing.sweep(world.at_us), queueing.held, queueing.early) == (1, (), ())
    assert world.claimed() == [("n1",)]
    why["now"] = "cdn: nobody answers."
    world.say(incident)
    assert (queueing.sweep(world.at_us), len(queueing.held)) == (0, 1)
    passed_s[0] += PAGE_S_MAX
    assert (queueing.sweep(world.at_us), queueing.held) == (1, ())
    assert [(one.word, one.why) for one in queueing.early] == [(f"{incident.id}/n2", why["now"])]
    assert (queueing.sweep(world.at_us), len(queueing.early)) == (0, 1)


def test_that_help_cannot_be_called_waits_for_no_page(world: World) -> None:
    fails = HelpSet(emergency_calls="not_reachable", priority_customers=(), alternatives_id="", alternatives_en="")
    world.say(world.act(world.outage(), fails))
    assert world.queueing(awaited=lambda _: "cdn: nobody answers.").sweep(world.at_us) == 1


@pytest.mark.parametrize("calls", ["reachable", "not_reachable"])
def test_quiet_hours_hold_a_word_back_unless_calls_for_help_fail(world: World, calls: str) -> None:
    # 23.12 WIB.
    world.at_us += 14 * 60 * MINUTE_US
    incident = world.act(
        world.outage(),
        HelpSet(emergency_calls=calls, priority_customers=(), alternatives_id="", alternatives_en=""),  # type: ignore[arg-type]
    )
    world.say(incident)
    world.queueing().sweep(world.at_us)
    assert bool(world.claimed()) == (calls == "not_reachable")
    world.at_us += 7 * 60 * MINUTE_US
    assert bool(world.claimed()) == (calls == "reachable")
