"""What sources are worth on a desk: learned hour by hour from what was heard, set against what people decided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from database_here import database_in
from journal_in_memory import MemoryJournal, MemoryLedger, MemorySnapshots, NoChanges, SetClock, line, post
from sqlalchemy import Engine

from pulih.adapters.reading_workers import OneReader
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.adapters.sql.spoke_store import SqlSpokeStore
from pulih.communicate.speech import Speech
from pulih.learn.usefulness import Sort, Spoke, Worth, usefulness
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.entry import ClaimedFixed, Confirmed, Opened, Rejected, Restored
from pulih.model.finding import Finding
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.ports.live import Row
from pulih.service.incidents import Incidents
from pulih.service.live.desk import LiveDesk, LiveRooms, LiveSettings
from pulih.service.recovery_view import RecoveryView
from pulih.service.speaking import Speaking
from pulih.service.usefulness import Usefulness

SARI = Actor("sari", "duty")
HOUR_US = HOUR_S * MICROS
# Hours are told from this one on, which begins a day.
FIRST = 488_400
NETWORKS = {"byu": "telkomsel"}


class Desk:
    """What is heard and decided at a desk, in SQLite; rows and findings are written as they would be kept."""

    def __init__(self, folder: Path) -> None:
        self.engine: Engine = database_in(folder / "desk.db")
        self.clock, self.signals = SetClock(), SqlSignalStore(self.engine)
        speech = Speech(zone=ZoneInfo("Asia/Jakarta"))
        self.incidents = Incidents(SqlIncidentStore(self.engine), self.clock, speech=speech, changes=NoChanges())
        self._frame = 0
        self._rows: list[Row] = []
        self.usefulness = self.begin()

    def begin(self) -> Usefulness:
        """Begin to learn as a new process would."""
        speaking = Speaking(
            self.signals, network_of=lambda one: NETWORKS.get(one, one), members=lambda one: (one, "byu"), afar={"ioda"}
        )
        self.usefulness = Usefulness(SqlSpokeStore(self.engine), speaking, self.incidents, self.clock)
        return self.usefulness

    def state(self, hour: float, source: str, *, well: bool = False, kind: str = "alarm", author: str = "t") -> None:
        self._keep(hour, Row(
            frame=0, position=0, at_us=0, window_us=1, source=source, author=author, kind=kind,  # type: ignore[arg-type]
            operator="byu", recovered=well, weight=1.0,
        ))  # fmt: skip

    def complaints(self, hour: float, **many: int) -> None:
        for source, count in many.items():
            for number in range(count):
                self._keep(hour + number / 1_000, Row(
                    frame=0, position=0, at_us=0, window_us=1, source=source, author=f"a{number}",
                    counts_for="telkomsel", operator="telkomsel", p_report=0.9, weight=1.0, evidence=0.9,
                ))  # fmt: skip

    def _keep(self, hour: float, row: Row) -> None:
        self._frame += 1
        at_us = round((FIRST + hour) * HOUR_US)
        self._rows.append(msgspec.structs.replace(row, frame=self._frame, at_us=at_us))

    def write(self) -> None:
        """Keep the rows that were told, at once."""
        self.signals.keep(self._rows)
        self._rows.clear()

    def found(self, onset: float, alarm: float) -> None:
        self.signals.tell([Finding(
            id=f"f{onset}", incident=f"f{onset}", operator="telkomsel", operator_name="T", service=None, region=None,
            region_name=None, symptom=None, onset_us=round((FIRST + onset) * HOUR_US), peak_us=None, cleared_us=None,
            alarm_us=round((FIRST + alarm) * HOUR_US), signals=9, expected=1.0, evidence_nats=9.0,
            false_alarms_per_week=0.1, why="w", mengapa="m",
        )])  # fmt: skip

    def suspected(self, hour: float) -> Incident:
        self.at(hour + 0.5)
        onset_us = round((FIRST + hour) * HOUR_US)
        scope = Scope(operator="telkomsel", service=None, region=None)
        fact = Opened(operator="telkomsel", onset_us=onset_us, scopes=(scope,))
        return self.incidents.open(fact, actor=SARI, reason="ramai")

    def decided(self, incident: Incident, *facts: object, hour: float) -> None:
        self.at(hour)
        for fact in facts:
            now = self.incidents.get(incident.id)
            assert now is not None
            self.incidents.act(now.id, fact, actor=SARI, version=now.version, reason="diperiksa")  # type: ignore[arg-type]

    def at(self, hour: float) -> None:
        self.clock.at_us = round((FIRST + hour) * HOUR_US)

    def learn(self, hour: float, *, goes: int = 4) -> None:
        self.write()
        self.at(hour)
        for _ in range(goes):
            self.usefulness.learn(self.clock.at_us)

    def worth(self, source: str, sort: Sort = "alarm") -> Worth:
        self.clock.at_us += 60 * MICROS
        return self.usefulness.of(source, sort)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()


def spoken(desk: Desk) -> list[Spoke]:
    return SqlSpokeStore(desk.engine).spoke()


def test_an_alarm_speaks_from_when_it_is_raised_until_it_is_resolved_or_a_day_is_over(desk: Desk) -> None:
    desk.state(10.2, "noc")
    desk.state(12.1, "noc", well=True)
    desk.state(40.0, "other", author="never resolved")
    desk.state(10.0, "ioda", kind="probe")
    desk.learn(80)
    hours = {
        one: [said.hour - FIRST for said in spoken(desk) if said.source == one] for one in ("noc", "other", "ioda")
    }
    assert hours["noc"] == [10, 11, 12]
    assert hours["other"] == [*range(40, 65)]
    assert hours["ioda"] == [*range(10, 17)]
    assert {(said.sort, said.network) for said in spoken(desk)} == {("alarm", "telkomsel"), ("afar", "telkomsel")}


def test_an_alarm_that_counts_as_of_when_it_was_told_is_over_by_an_end_of_before_that_is_told_after_it(
    desk: Desk,
) -> None:
    desk.state(10.2, "noc", author="told late")
    desk.state(9.1, "noc", well=True, author="told late")
    desk.learn(80)
    assert [said.hour - FIRST for said in spoken(desk)] == [10]


def test_probes_speak_when_they_fail_more_than_on_the_day_before(desk: Desk) -> None:
    for hour in range(48):
        for minute in range(0, 60, 10):
            failing = hour == 40 or (minute == 0 and hour % 3 == 0)
            desk.state(hour + minute / 60, "probe-dns", kind="probe", well=not failing)
    desk.learn(60)
    assert [said.hour - FIRST for said in spoken(desk)] == [40]


def test_who_brought_the_reports_of_a_finding_speaks_of_it(desk: Desk) -> None:
    desk.complaints(20.1, forum=30, form=10, telegram=2)
    desk.found(20.0, 20.5)
    desk.learn(40)
    assert {said.source for said in spoken(desk)} == {"forum", "form"}
    assert {(said.sort, said.hour - FIRST) for said in spoken(desk)} == {("complaint", 20)}


def test_a_source_is_worth_what_people_decided_also_when_they_decide_late(desk: Desk) -> None:
    desk.state(10.0, "noc")
    desk.state(11.0, "noc", well=True)
    incident = desk.suspected(10.0)
    desk.learn(30)
    assert (desk.worth("noc").agreed, desk.worth("noc").undecided) == (0, 1)
    desk.decided(incident, Confirmed(), hour=90)
    assert desk.worth("noc").agreed == 1
    assert desk.worth("noc").usefulness == usefulness("alarm", 1, 0)


def test_what_was_rejected_or_never_was_an_incident_speaks_against_a_source(desk: Desk) -> None:
    for hour in (10, 60, 130):
        desk.state(hour, "noc")
        desk.state(hour + 1, "noc", well=True)
    desk.decided(desk.suspected(10), Rejected(), hour=12)
    desk.learn(180)
    worth = desk.worth("noc")
    assert (worth.agreed, worth.alone) == (0, 3)


def heard(desk: Desk) -> None:
    for hour in range(0, 60, 7):
        desk.state(hour, "noc", author=str(hour % 3), well=hour % 2 == 1)
        desk.state(hour + 0.3, "probe-web", kind="probe", well=hour % 21 != 0)
        desk.state(hour + 0.6, "ioda", kind="probe", well=hour % 14 == 0)
    desk.complaints(33.0, forum=20)
    desk.found(32.9, 33.5)


def test_in_however_many_goes_and_by_whichever_process_hours_are_looked_at_the_same_is_learned(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("once", "steps")]
    for folder in folders:
        folder.mkdir()
    once, steps = (Desk(folder) for folder in folders)
    for one in (once, steps):
        heard(one)
    once.learn(80)
    for hour in range(0, 81, 16):
        steps.begin()
        steps.learn(hour, goes=1 if hour else 4)
    steps.begin()
    steps.learn(80)
    assert spoken(once) == spoken(steps) != []
    for one in (once, steps):
        one.engine.dispose()


def test_what_was_learned_is_there_after_a_restart_though_its_rows_have_expired(desk: Desk) -> None:
    desk.state(10.0, "noc")
    desk.decided(desk.suspected(10.0), Confirmed(), hour=11)
    desk.learn(30)
    before = desk.worth("noc")
    desk.signals.expire(FIRST * HOUR_US + 500 * HOUR_US)
    desk.begin()
    assert desk.worth("noc") == before


def test_carriers_are_asked_for_only_where_a_source_of_complaints_is_doubted(desk: Desk) -> None:
    desk.complaints(20.1, forum=30)
    desk.found(20.0, 20.5)
    finding = desk.signals.findings()[0]
    desk.learn(21)
    assert desk.usefulness.carriers(finding) == {}
    desk.learn(40)
    desk.clock.at_us += 60 * MICROS
    assert desk.worth("forum", "complaint").alone == 1
    assert desk.usefulness.carriers(finding) == {"forum": 1.0}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def test_no_flood_from_afar_opens_an_incident_or_proves_a_recovery(tmp_path: Path, knowledge: Knowledge) -> None:
    desk = Desk(tmp_path)
    journal, ledger = MemoryJournal(), MemoryLedger()
    rooms = LiveRooms(
        journal=journal, ledger=ledger, store=desk.signals, snapshots=MemorySnapshots(),
        readers=OneReader(knowledge.reader), planned=NoChanges(), clock=desk.clock, catalogue=knowledge.catalogue,
        gazetteer=knowledge.gazetteer, key=b"k" * 32,
    )  # fmt: skip
    live = LiveDesk(rooms, LiveSettings(bin_s=300, false_alarms_per_week=0.5, afar=frozenset({"ioda"})))
    opened: list[object] = []
    live.on_opened(lambda finding, verdict: opened.append(finding))
    first_us = FIRST * HOUR_US
    for minute in range(0, 240, 2):
        at_us = first_us + minute * 60 * MICROS
        lines = [
            line(f"{minute}-{number}", at_us, f"failed: ioda/bgp{number} AS23693: internet mati total Telkomsel",
                 source="ioda", kind="probe", operator="telkomsel", symptom="no_internet")
            for number in range(10)
        ]  # fmt: skip
        post(journal, ledger, lines, at_us)
    desk.at(4.5)
    live.advance(desk.clock.at_us)
    assert len(desk.signals.states(first_us, desk.clock.at_us)) == 1_200
    assert (live.findings(open_only=False), opened) == ([], [])
    incident = desk.suspected(1.0)
    view = RecoveryView(live, desk.signals, knowledge.catalogue, knowledge.gazetteer)
    assert view.heard(incident, desk.clock.at_us).states == []
    desk.engine.dispose()


def test_restored_outages_stay_agreed(desk: Desk) -> None:
    desk.state(10.0, "noc")
    desk.state(10.5, "noc", well=True)
    desk.decided(desk.suspected(10.0), Confirmed(), ClaimedFixed(), Restored(overrides=True), hour=12)
    desk.learn(60)
    assert (desk.worth("noc").agreed, desk.worth("noc").alone) == (1, 0)
