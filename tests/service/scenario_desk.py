"""A desk that lives through an outage of the past: customers write, the pipeline hears, people act by their habits.

All rooms are the product's own; journal, ledger and snapshots are the ones in memory, and time goes in steps of a
window. What people do at documented moments stands in the story. Elsewhere the desk has habits: it confirms six
minutes after a suspicion, speaks at once, and keeps each promise a quarter of an hour before it is due.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from database_here import database_in
from journal_in_memory import MINUTE_US, MemoryJournal, MemoryLedger, MemorySnapshots, NoChanges, SetClock, line, post
from scenario_stories import Story
from scenario_words import CHATTER, RECOVERIES, TROUBLES, said

from pulih.adapters.cadences import load_cadences
from pulih.adapters.reading_workers import OneReader
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.communicate.cadence import proposed_us
from pulih.communicate.speech import Speech
from pulih.communicate.statements import statement
from pulih.main_reading import load_knowledge
from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS, to_micros
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    Fact,
    HelpSet,
    NoticeDrafted,
    NoticePublished,
    NoticeSigned,
    Relapsed,
    Restored,
)
from pulih.model.finding import Finding
from pulih.model.incident import Incident, State
from pulih.model.notice import NoticeKind
from pulih.service.incidents import Incidents
from pulih.service.live.desk import LiveDesk, LiveRooms, LiveSettings
from pulih.service.recovery import Recoveries
from pulih.service.recovery_view import RecoveryView
from pulih.service.view import Verdict

SARI, BUDI = Actor("sari", "duty"), Actor("budi", "approver")
BIN_S: Final = 300
STEP_US: Final = BIN_S * MICROS
HOUR_US: Final = HOUR_S * MICROS
# An outage of days is looked at less often between its turns.
LONG_STEP_US: Final = HOUR_US
HOUSE: Final = load_cadences()["house"]
QUIET: Final = timedelta(days=7)
# How long the desk is watched after the last customer was served again.
AFTER: Final = timedelta(hours=5)
# Shares of a day by local hour; only their shape matters.
HOURS: Final = (12, 8, 6, 4, 5, 12, 24, 34, 42, 47, 50, 49, 47, 46, 45, 46, 49, 54, 66, 78, 82, 76, 60, 34)
CONFIRM_AFTER_US: Final = 6 * 60 * MICROS
KEEP_BEFORE_US: Final = 15 * 60 * MICROS

Told = tuple[int, str]


class ScenarioDesk:
    """One desk through one story; `run` it once.

    Attributes:
        told: what customers write; all of it is heard.
        live, incidents: its rooms.
        incident: the one that the desk opened for the operator of the story, None while there is none.
        clears: when findings cleared, microseconds UTC.
    """

    def __init__(self, folder: Path, story: Story) -> None:
        knowledge = load_knowledge(story.operator)
        assert knowledge.operator is not None
        self.story, self.operator, self.told = story, knowledge.operator, told_by(story)
        engine = database_in(folder / "desk.db")
        self.clock, self.signals, self.clears = SetClock(), SqlSignalStore(engine), list[int]()
        self._journal, self._ledger, self._posted = MemoryJournal(), MemoryLedger(), 0
        rooms = LiveRooms(
            journal=self._journal, ledger=self._ledger, store=self.signals, snapshots=MemorySnapshots(),
            readers=OneReader(knowledge.reader), planned=NoChanges(), clock=self.clock, catalogue=knowledge.catalogue,
            gazetteer=knowledge.gazetteer, key=b"s" * 32,
        )  # fmt: skip
        self.live = LiveDesk(rooms, LiveSettings(bin_s=BIN_S, false_alarms_per_week=0.1, zone=story.zone))
        speech = Speech(
            zone=ZoneInfo(story.zone),
            operators={one.id: one.name for one in knowledge.catalogue.operators},
            regions={code: region.name for code, region in knowledge.gazetteer.regions.items()},
        )
        store, changes = SqlIncidentStore(engine), SqlPlannedChanges(engine)
        self.incidents = Incidents(store, self.clock, speech=speech, changes=changes)
        self.seen: list[str] = []
        self.incident: Incident | None = None
        self._claims = [us(at) for at, act in story.acts if act == "claimed_fixed"]
        self._next_us = 0
        view = RecoveryView(self.live, self.signals, knowledge.catalogue, knowledge.gazetteer)
        self.recoveries = Recoveries(self.incidents, view, self.clock)
        self.live.on_opened(self._opened)
        self.live.on_cleared(self._cleared)

    def run(self) -> Incident:
        """Live through the story, and return the incident as it stands at the end."""
        told, spoken = self.told, 0
        looks = [*_steps(self.story, told[0][0])]
        for at_us, self._next_us in zip(looks, [*looks[1:], looks[-1]], strict=True):
            upto = next((place for place in range(spoken, len(told)) if told[place][0] >= at_us), len(told))
            self._hear(told[spoken:upto], at_us)
            spoken = upto
            self.recoveries.advance(at_us)
            if self.incident is not None:
                self.incident = self.incidents.get(self.incident.id)
            self._work(at_us)
        assert self.incident is not None, f"{self.story.id}: nothing was found"
        return self.incident

    def act(self, fact: Fact, *, actor: Actor = SARI, reason: str = "as the story tells") -> Incident:
        """Write an entry on the incident of the story."""
        assert self.incident is not None
        self.incident = self.incidents.act(
            self.incident.id, fact, actor=actor, version=self.incident.version, reason=reason
        )
        return self.incident

    def say(self, kind: NoticeKind) -> None:
        """Draft a statement in the desk's own words and publish it, a holding statement alone and the rest by two."""
        assert self.incident is not None
        now_us = self.clock.now_us()
        later = kind in {"holding", "update", "fixed"}
        by_us = proposed_us(HOUSE, self.incident, now_us=now_us) if later else None
        draft = statement(kind, self.incident, self.incidents.speech, now_us=now_us, next_update_by_us=by_us)
        self.act(
            NoticeDrafted(
                notice="", kind=kind, text_id=draft.text_id, text_en=draft.text_en,
                next_update_by_us=draft.next_update_by_us,
            )
        )  # fmt: skip
        notice = self.incident.notices[-1].id
        alone = kind == "holding"
        self.act(NoticePublished(notice=notice, before_second=alone), actor=SARI if alone else BUDI)
        if alone:
            self.act(NoticeSigned(notice=notice), actor=BUDI)

    def _hear(self, told: list[Told], now_us: int) -> None:
        self.clock.at_us = now_us
        # Received in the minute in which it was said: what comes later counts in a later window.
        for _, minute in groupby(told, key=lambda one: one[0] // MINUTE_US):
            lines = []
            for at_us, text in minute:
                self._posted += 1
                lines.append(line(f"n{self._posted}", at_us, text, author=f"a{self._posted}"))
            post(self._journal, self._ledger, lines, at_us)
        self.live.advance(now_us)

    def _opened(self, finding: Finding, verdict: Verdict) -> None:
        incident = self.incidents.open_for(finding, verdict)
        self.seen.append(finding.id)
        if finding.operator != self.operator or finding.alarm_us < us(self.story.begin):
            return
        if self.incident is None or incident.id == self.incident.id:
            self.incident = incident
        elif incident.state == "suspected" and self.incident.state in {"suspected", "confirmed", "claimed_fixed"}:
            # Another place of the same trouble.
            self.incident = self.incidents.merge(
                incident.id, self.incident.id, actor=SARI, version=incident.version, reason="the same trouble"
            )

    def _cleared(self, finding: Finding) -> None:
        incident = self.incidents.clear(finding.id)
        self.clears.append(self.clock.now_us())
        if incident is not None and self.incident is not None and incident.id == self.incident.id:
            self.incident = incident

    def _work(self, now_us: int) -> None:
        """Do what the story or a habit asks for now."""
        if self.incident is None:
            return
        if now_us >= self.incident.opened_us + CONFIRM_AFTER_US and self._is_any("suspected"):
            first = self.incident.confirmed_us is None
            # A scope that joins later is confirmed when it does.
            self.act(Confirmed(), reason="reports and the network agree")
            if first and self.story.emergency:
                self.act(HelpSet(emergency_calls="not_reachable"))
        self._speak(now_us)
        if any(one.verdict == "contradicted" for one in self.incident.recovery) and self._is_any("claimed_fixed"):
            self.act(Relapsed(), reason="customers say otherwise")
        if self._claims and now_us >= self._claims[0] and self._is_any("confirmed"):
            del self._claims[0]
            self.act(ClaimedFixed(), reason="engineers report the repair")
            self.say("fixed")
        self._end(now_us)

    def _speak(self, now_us: int) -> None:
        assert self.incident is not None
        said_before = [one for one in self.incident.notices if one.published_us is not None]
        documented = [at for at, act in self.story.acts if act == "first_word"]
        if not said_before:
            if now_us >= us(documented[0]) if documented else True:
                self.say("holding")
        elif self.incident.state in {"suspected", "confirmed", "claimed_fixed"}:
            due_us = said_before[-1].next_update_by_us
            # A promise is kept a quarter of an hour ahead, or at the last look that comes in time.
            if due_us is not None and self._next_us > due_us - KEEP_BEFORE_US:
                self.say("fixed" if self.incident.state == "claimed_fixed" else "update")

    def _is_any(self, state: State) -> bool:
        return self.incident is not None and any(part.state == state for part in self.incident.scopes)

    def _end(self, now_us: int) -> None:
        """Call it restored when what is heard proves it, and not before."""
        incident = self.incident
        if incident is None or incident.state != "claimed_fixed":
            return
        proved = {one.scope for one in incident.recovery if one.verdict == "restored"}
        if proved >= {part.scope for part in incident.scopes}:
            self.act(Restored(), reason="reports are back to usual")
            self.say("restored")


def _steps(story: Story, first_us: int) -> Iterator[int]:
    """Yield when the desk looks: by the hour while all is quiet, each window near an event, else by quarters."""
    begin_us, end_us = us(story.begin), us(story.relief + AFTER)
    marks = [begin_us, us(story.relief), *(us(at) for at, _ in story.acts)]
    at_us = first_us - first_us % STEP_US
    while at_us < end_us:
        if at_us < begin_us - HOUR_US:
            at_us += HOUR_US
        else:
            busy = any(-HOUR_US <= at_us - mark <= 2 * HOUR_US for mark in marks)
            at_us += STEP_US if busy else LONG_STEP_US if _is_long(story) else 3 * STEP_US
        yield at_us


def _is_long(story: Story) -> bool:
    return story.relief - story.begin > timedelta(hours=48)


def rate_of(story: Story, at_us: int) -> float:
    """Return how many beyond usual complain an hour at a moment, were all awake."""
    before_us, rate = us(story.begin), 0.0
    for stretch in story.stretches:
        end_us = us(stretch.end)
        if before_us <= at_us < end_us:
            return rate + (stretch.per_hour - rate) * (at_us - before_us) / (end_us - before_us)
        before_us, rate = end_us, stretch.per_hour
    return 0.0


def cut_off(story: Story, at_us: int) -> float:
    """Return the share of those hit who are still without service: of how many were when it began to return, 0..1.

    In a story those complain who are cut off. They come back one after the other in its last stretch, the last of them
    at `relief`; from then on complaints are what they are on any day.
    """
    return rate_of(story, at_us) / story.stretches[-2].per_hour


def told_by(story: Story) -> list[Told]:
    """Return (moment in microseconds UTC, text) of all that customers write, oldest first."""
    rng = random.Random(f"{story.id} {story.seed}")
    return sorted([*_usual(story, rng), *_hit(story, rng), *_glad(story, rng)])


def us(at: datetime) -> int:
    """Return a moment in microseconds since 1970 UTC."""
    return to_micros(at.astimezone(UTC))


def _usual(story: Story, rng: random.Random) -> Iterator[Told]:
    """Yield what is written on any day: now and then a complaint, and talk of other things."""
    zone = ZoneInfo(story.zone)
    first = (story.begin - QUIET).replace(hour=0, minute=0)
    hours = int((story.relief + AFTER - first) / timedelta(hours=1)) + 1
    for hour in range(hours):
        start = (first.astimezone(UTC) + timedelta(hours=hour)).astimezone(zone)
        share = HOURS[start.hour] / sum(HOURS)
        for kind, phrases in (("trouble", TROUBLES["no_internet"][story.language]), ("talk", CHATTER[story.language])):
            mean = story.usual_per_day * share * (1.0 if kind == "trouble" else 0.5)
            for at in _moments(rng, us(start), 3600 * MICROS, mean):
                yield at, said(rng, phrases, story.operator, language=story.language)


def _hit(story: Story, rng: random.Random) -> Iterator[Told]:
    """Yield what those write who are hit; at night fewer are awake, though never none."""
    zone, phrases = ZoneInfo(story.zone), TROUBLES[story.trouble][story.language]
    before, rate = story.begin, 0.0
    for stretch in story.stretches:
        steps = max(1, int((stretch.end - before) / timedelta(minutes=5)))
        for step in range(steps):
            start = before.astimezone(UTC) + timedelta(minutes=5 * step)
            awake = 0.25 + 0.75 * HOURS[start.astimezone(zone).hour] / max(HOURS)
            mean = (rate + (stretch.per_hour - rate) * (step + 0.5) / steps) / 12 * awake
            for at in _moments(rng, us(start), STEP_US, mean):
                place = rng.choice(stretch.places) if stretch.places and rng.random() < 0.6 else ""
                yield at, said(rng, phrases, story.operator, language=story.language, place=place)
        before, rate = stretch.end, stretch.per_hour


def _glad(story: Story, rng: random.Random) -> Iterator[Told]:
    """Yield what those write who are served again, in the last part of the outage and the hour after it."""
    span = min((story.relief - story.begin) / 5, timedelta(hours=2)) + timedelta(hours=1)
    start = story.relief + timedelta(hours=1) - span
    for at in _moments(rng, us(start), int(span / timedelta(microseconds=1)), 14):
        yield at, said(rng, RECOVERIES[story.language], story.operator, language=story.language)


def _moments(rng: random.Random, start_us: int, span_us: int, mean: float) -> list[int]:
    """Draw the moments of a Poisson process over a span."""
    moments: list[int] = []
    at = rng.expovariate(mean) if mean > 0 else 2.0
    while at < 1.0:
        heapq.heappush(moments, start_us + int(at * span_us))
        at += rng.expovariate(mean)
    return moments
