"""The end of incidents on a live desk: judged from what is heard, and written on the timeline when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from database_here import database_in
from journal_in_memory import MINUTE_US, MemoryJournal, MemoryLedger, MemorySnapshots, NoChanges, SetClock, line, post
from msgspec.structs import replace
from simulated_streams import FIRST_DAY, Outage, Told, quiet_stream, with_outages

from pulih.adapters.reading_workers import OneReader
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.communicate.speech import Speech
from pulih.learn.thresholds import called_over_us, ended_us
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS, to_micros
from pulih.model.entry import ClaimedFixed, Confirmed, Opened, RecoveryJudged, Restored, TaskAdded, TaskSet
from pulih.model.errors import ForbiddenMove, OutsideFailed
from pulih.model.incident import Incident
from pulih.model.record import Record
from pulih.model.scope import Scope
from pulih.ports.live import Row
from pulih.service.incidents import Incidents
from pulih.service.live.desk import LiveDesk, LiveRooms, LiveSettings
from pulih.service.recovery import Recoveries, end_of, given_of, said_left, stages_of
from pulih.service.recovery_view import Heard, RecoveryView

SARI = Actor("sari", "duty")
BEGAN_US = to_micros(FIRST_DAY + timedelta(days=5, hours=19))
OVER_US = BEGAN_US + 2 * HOUR_S * MICROS


class Desk:
    """A live desk in memory with an outage of two hours, whose clock a test moves."""

    def __init__(self, folder: Path, knowledge: Knowledge) -> None:
        engine = database_in(folder / "desk.db")
        self.journal, self.ledger, self.clock = MemoryJournal(), MemoryLedger(), SetClock()
        self.store = SqlSignalStore(engine)
        rooms = LiveRooms(
            journal=self.journal, ledger=self.ledger, store=self.store, snapshots=MemorySnapshots(),
            readers=OneReader(knowledge.reader), planned=NoChanges(), clock=self.clock,
            catalogue=knowledge.catalogue, gazetteer=knowledge.gazetteer, key=b"k" * 32,
        )  # fmt: skip
        self.live = LiveDesk(rooms, LiveSettings(bin_s=300, false_alarms_per_week=0.5))
        self.incidents = Incidents(
            SqlIncidentStore(engine), self.clock, speech=Speech(zone=ZoneInfo("Asia/Jakarta")), changes=NoChanges()
        )
        self.view = RecoveryView(self.live, self.store, knowledge.catalogue, knowledge.gazetteer)
        self.recoveries = Recoveries(self.incidents, self.view, self.clock)
        self._posted = 0

    def hear(self, told: Sequence[Told]) -> None:
        for at, text in told:
            at_us = to_micros(at)
            name = f"n{self._posted}"
            post(self.journal, self.ledger, [line(name, at_us, text, author=f"a{self._posted}")], at_us)
            self._posted += 1

    def at(self, now_us: int) -> list[str]:
        """Let it be so late, and judge; return the incidents of which something new was written."""
        self.clock.at_us = now_us
        self.live.advance(now_us)
        before = {one.id: one.version for one in self.incidents.current()}
        assert self.recoveries.advance(now_us) == []
        return [one.id for one in self.incidents.current() if one.version > before[one.id]]

    def begun(self) -> Incident:
        self.clock.at_us = BEGAN_US + 20 * MINUTE_US
        scope = Scope(operator="smartfren", service=None, region=None)
        fact = Opened(operator="smartfren", onset_us=BEGAN_US, scopes=(scope,))
        return self.act(self.incidents.open(fact, actor=SARI, reason="ramai"), Confirmed())

    def act(self, incident: Incident, fact: Any) -> Incident:
        now = self.incidents.get(incident.id)
        assert now is not None
        return self.incidents.act(incident.id, fact, actor=SARI, version=now.version, reason="diperiksa")

    def now(self, incident: Incident) -> Incident:
        found = self.incidents.get(incident.id)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def stream() -> list[Told]:
    """Return a day and a half of quiet, an outage of two hours, and three hours more."""
    quiet = quiet_stream("Smartfren", per_day=60, weeks=1, seed=5)
    hit = Outage(FIRST_DAY + timedelta(days=5, hours=19), timedelta(hours=2), 90.0, "Jakarta Selatan")
    every = with_outages(quiet, "Smartfren", per_day=60, outages=[hit], seed=5)
    first_us, last_us = BEGAN_US - 36 * HOUR_S * MICROS, OVER_US + 3 * HOUR_S * MICROS
    return [one for one in every if first_us <= to_micros(one[0]) < last_us]


def test_an_outage_is_judged_from_its_height_to_its_end_called_restored_and_its_estimates_scored(
    tmp_path: Path, knowledge: Knowledge, stream: list[Told]
) -> None:
    desk = Desk(tmp_path, knowledge)
    desk.hear(stream)
    incident = desk.begun()
    assert desk.at(BEGAN_US + 60 * MINUTE_US) == [incident.id]
    assert {one.verdict for one in desk.now(incident).recovery} == {"not_yet"}
    _says_why_and_until_when(desk, incident)
    assert desk.at(BEGAN_US + 61 * MINUTE_US) == [], "nothing changed, and no age came"
    desk.act(incident, ClaimedFixed())
    with pytest.raises(ForbiddenMove, match="does not prove"):
        desk.act(incident, Restored())
    desk.at(BEGAN_US + 95 * MINUTE_US)
    assert {one.verdict for one in desk.now(incident).recovery} == {"contradicted"}
    assert desk.recoveries.scored() == (None, ())
    desk.at(OVER_US + 60 * MINUTE_US)
    judged = desk.now(incident).recovery
    assert {one.verdict for one in judged} == {"restored"}
    assert all(one.since_us is not None and abs(one.since_us - OVER_US) <= 20 * MINUTE_US for one in judged)
    over = desk.act(incident, Restored())
    assert (over.state, over.overridden) == ("restored", ())
    scores, given = desk.recoveries.scored()
    assert scores is not None and scores.incidents == 1 and len(given) >= 2
    entries = desk.incidents.timeline(incident.id)
    assert [one.estimate for one in given_of(entries)] == [one.estimate for one in given]
    assert end_of(entries) == judged[0].since_us
    record = Record(incident=over, entries=tuple(entries))
    assert ended_us(record) == judged[0].since_us and called_over_us(record) == OVER_US + 60 * MINUTE_US


def _says_why_and_until_when(desk: Desk, incident: Incident) -> None:
    last = desk.incidents.timeline(incident.id)[-1]
    assert last.actor == "desk" and isinstance(last.fact, RecoveryJudged)
    indonesian, english = last.reason.split("\n")
    assert "Laporan masih di atas biasanya" in indonesian and "Reports are above usual" in english
    estimate = last.fact.estimate
    assert estimate is not None
    assert desk.clock.now_us() < estimate.low_us < estimate.middle_us < estimate.high_us


def test_the_desks_own_word_on_the_end_moves_the_estimate_and_other_tasks_do_not(
    tmp_path: Path, knowledge: Knowledge, stream: list[Told]
) -> None:
    desk = Desk(tmp_path, knowledge)
    desk.hear(stream)
    incident = desk.begun()
    desk.at(BEGAN_US + 45 * MINUTE_US)
    first = desk.recoveries.of(desk.now(incident)).estimate
    assert first is not None and first.desk_s is None
    desk.act(incident, TaskAdded(task="", what="Pulih menurut perkiraan", due_us=first.high_us))
    desk.act(incident, TaskAdded(task="", what="Laporan akhir", due_us=BEGAN_US + 48 * HOUR_S * MICROS))
    assert desk.recoveries.of(desk.now(incident)).estimate == first
    said = TaskAdded(task="", what="Kabel tersambung", due_us=BEGAN_US + 120 * MINUTE_US, tells_end=True)
    desk.act(incident, said)
    heard = desk.recoveries.of(desk.now(incident)).estimate
    assert heard is not None and heard.desk_s == 4_500.0
    assert heard.high_us - heard.low_us < first.high_us - first.low_us
    desk.at(BEGAN_US + 60 * MINUTE_US)
    desk.act(incident, ClaimedFixed())
    desk.at(OVER_US + 60 * MINUTE_US)
    over = desk.act(incident, Restored())
    stages = [one.stage for one in stages_of(over, desk.incidents.timeline(incident.id))]
    assert [one.desk_s for one in stages][-1] == 3_600.0, "how right the desk was is learnt"
    desk.act(incident, TaskSet(task="t3", state="dropped", due_us=said.due_us))
    assert said_left(desk.now(incident), BEGAN_US + 60 * MINUTE_US) is None


def test_a_feed_that_falls_silent_is_unknown_for_as_long_as_it_is_silent(
    tmp_path: Path, knowledge: Knowledge, stream: list[Told]
) -> None:
    desk = Desk(tmp_path, knowledge)
    cut_us = BEGAN_US + 60 * MINUTE_US
    desk.hear([one for one in stream if to_micros(one[0]) < cut_us])
    incident = desk.begun()
    for minutes in (90, 150, 300):
        desk.at(BEGAN_US + minutes * MINUTE_US)
        assert {one.verdict for one in desk.now(incident).recovery} == {"unknown"}


def _talk(hour: int, many: int, source: str) -> list[Row]:
    """Return talk of other things that a source brings in the two hours before an hour of the outage."""
    start_us, step_us = BEGAN_US + (hour - 2) * HOUR_S * MICROS, 2 * HOUR_S * MICROS // max(1, many)
    return [
        Row(
            frame=hour + 1_000, position=one + 500 * (source == "form"), at_us=start_us + one * step_us,
            window_us=start_us, source=source, author="", operator="smartfren", symptom="none", p_report=0.0,
            weight=1.0, evidence=0.0,
        )
        for one in range(many)
    ]  # fmt: skip


@pytest.mark.parametrize("hour", [3, 27], ids=["on the first day", "on the second"])
def test_a_source_that_brings_far_less_of_its_other_talk_is_thin_as_long_as_it_did_so(
    tmp_path: Path, knowledge: Knowledge, hour: int
) -> None:
    desk = Desk(tmp_path, knowledge)
    incident = desk.begun()
    began = hour // 24 * 24
    days = [hour - began - 24 * days for days in (1, 2, 7)]
    desk.store.keep([one for each in days for source in ("x", "form") for one in _talk(each, 60, source)])
    # Yesterday of an outage of a day was in it: what was said then is no measure.
    desk.store.keep([one for source in ("x", "form") for one in _talk(hour - 24, 400, source)] if began else [])
    desk.store.keep([*_talk(hour, 10, "x"), *_talk(hour, 50, "form")])
    now_us = BEGAN_US + hour * HOUR_S * MICROS
    heard = desk.view.heard(incident, now_us)
    assert set(heard.thin) == {"x"}
    assert [now_us - at_us < 15 * MINUTE_US for at_us in heard.last.values()] == [True, True]
    thin = np.flatnonzero(heard.thin["x"])
    steps = (now_us - heard.since_us) // (5 * MINUTE_US)
    assert (thin[0], thin[-1] - steps) == (steps - 24, pytest.approx(-2, abs=1))
    assert np.array_equal(thin, np.arange(thin[0], thin[-1] + 1))
    # What is past is not asked again, and says the same.
    assert np.array_equal(desk.view.heard(incident, now_us).thin["x"], heard.thin["x"])


def test_a_desk_that_never_heard_much_takes_nobody_for_heard_in_part(tmp_path: Path, knowledge: Knowledge) -> None:
    desk = Desk(tmp_path, knowledge)
    incident = desk.begun()
    desk.store.keep([*_talk(-21, 60, "x"), *_talk(3, 1, "x")])
    heard = desk.view.heard(incident, BEGAN_US + 3 * HOUR_S * MICROS)
    assert heard.last["x"] == BEGAN_US + HOUR_S * MICROS
    assert not heard.thin


def test_talk_about_an_outage_does_not_hide_that_a_part_of_the_feed_is_missing(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    desk = Desk(tmp_path, knowledge)
    incident = desk.begun()
    for days in (1, 2, 7):
        of_others = [replace(one, operator="xl") for one in _talk(3 - 24 * days, 60, "x")]
        desk.store.keep([*of_others, *_talk(1 - 24 * days, 20, "x")])
    # A tenth of what is said of others, and as much talk of this one as all talk is usually.
    desk.store.keep([replace(one, operator="xl", position=one.position + 900) for one in _talk(3, 6, "x")])
    desk.store.keep(_talk(3, 80, "x"))
    heard = desk.view.heard(incident, BEGAN_US + 3 * HOUR_S * MICROS)
    assert heard.thin["x"].sum() >= 20


@pytest.mark.parametrize(("reported", "counts_as"), [(True, (1, 0)), (False, (0, 1))], ids=["had reported", "had not"])
def test_whoever_writes_that_it_is_back_is_counted_once(
    tmp_path: Path, knowledge: Knowledge, *, reported: bool, counts_as: tuple[int, int]
) -> None:
    desk = Desk(tmp_path, knowledge)
    said = [("smartfren mati total dari tadi", 5)] if reported else []
    for text, minutes in (*said, ("smartfren sudah normal lagi, terima kasih", 40)):
        at_us = BEGAN_US + minutes * MINUTE_US
        post(desk.journal, desk.ledger, [line(f"m{minutes}", at_us, text, author="one")], at_us)
    incident = desk.begun()
    desk.at(BEGAN_US + 60 * MINUTE_US)
    scope = incident.scopes[0].scope
    seen = desk.view.observed(incident, scope, desk.view.heard(incident, desk.clock.now_us()), None)
    assert (len(seen.answers), len(seen.recoveries)) == counts_as


def test_a_desk_that_hears_nothing_of_an_incident_says_that_nobody_can_tell(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    desk = Desk(tmp_path, knowledge)
    incident = desk.begun()
    desk.at(BEGAN_US + 60 * MINUTE_US)
    assert {one.verdict for one in desk.now(incident).recovery} == {"unknown"}


def test_an_incident_that_cannot_be_judged_is_told_and_keeps_no_other_waiting(
    tmp_path: Path, knowledge: Knowledge, stream: list[Told]
) -> None:
    desk = Desk(tmp_path, knowledge)
    desk.hear(stream)
    first, second = desk.begun(), desk.begun()
    view = desk.view

    class Failing(RecoveryView):
        def heard(self, incident: Incident, now_us: int) -> Heard:
            if incident.id == second.id:
                raise OutsideFailed("The disk is full; free some space.")
            return view.heard(incident, now_us)

    desk.live.advance(BEGAN_US + 60 * MINUTE_US)
    desk.clock.at_us = BEGAN_US + 60 * MINUTE_US
    failing = Failing(desk.live, desk.store, knowledge.catalogue, knowledge.gazetteer)
    recoveries = Recoveries(desk.incidents, failing, desk.clock)
    said = recoveries.advance(desk.clock.now_us())
    assert len(said) == 1 and second.id in said[0] and "disk is full" in said[0]
    assert desk.now(first).recovery and not desk.now(second).recovery
