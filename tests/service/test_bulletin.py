"""The bulletin of a desk: whose incidents, in which order, what is heard beside them, and until when it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from msgspec.structs import replace

from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.communicate.speech import Speech
from pulih.model.actor import Actor
from pulih.model.bulletin import Bulletin, ComplaintLevel, Work
from pulih.model.clock import MICROS
from pulih.model.entry import (
    CauseSet,
    ClaimedFixed,
    Confirmed,
    Fact,
    NoticeDrafted,
    NoticePublished,
    Opened,
    Restored,
    SeveritySet,
)
from pulih.model.errors import OutsideFailed
from pulih.model.incident import Incident
from pulih.model.reading import Service
from pulih.model.scope import Scope
from pulih.ports.live import PlannedChange, Row
from pulih.service.bulletin import Bulletins, Masthead, work_of
from pulih.service.incidents import Incidents
from pulih.service.levels import MEASURED_US, Asked, Heard, can_hear, levels, measurements
from pulih.service.view import OperatorNow, RegionNow, Series, SourceNow, Weighed

NOW_US = 1_759_461_120 * MICROS
MINUTE_US = 60 * MICROS
SARI = Actor("sari", "duty")
SPEECH = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"sf": "Smartfren"}, regions={"31": "DKI Jakarta"})
LEVEL = ComplaintLevel(operator="sf", level="usual", reports=3, usual=4.0)


class SetClock:
    """A clock that a test sets."""

    at_us = NOW_US

    def now_us(self) -> int:
        return self.at_us


class Desk:
    """Incidents in a database of their own, and what a test says is heard."""

    def __init__(self, path: Path) -> None:
        self.engine = database_in(path)
        self.clock = SetClock()
        changes = SqlPlannedChanges(self.engine)
        self.incidents = Incidents(SqlIncidentStore(self.engine), self.clock, speech=SPEECH, changes=changes)
        self.heard: Heard | OutsideFailed = Heard(heard=True, levels=(LEVEL,))
        self.works: Sequence[Work] = ()

    def bulletins(self, **more: object) -> Bulletins:
        return Bulletins(
            self.incidents,
            Masthead(desk="Pulih Contoh", **more),  # type: ignore[arg-type]
            speech=SPEECH,
            heard=self._hear,
            works=lambda now_us: self.works,
        )

    def _hear(self, now_us: int) -> Heard:
        if isinstance(self.heard, OutsideFailed):
            raise self.heard
        return self.heard

    def open(self, operator: str = "sf", *facts: Fact, minutes_ago: int = 10) -> Incident:
        scope = Scope(operator=operator, service="mobile_data", region="31", symptom="no_internet")
        opened = Opened(operator=operator, onset_us=NOW_US - minutes_ago * MINUTE_US, scopes=(scope,))
        return self.act(self.incidents.open(opened, actor=SARI, reason="dilihat"), *facts)

    def act(self, incident: Incident, *facts: Fact) -> Incident:
        for fact in facts:
            incident = self.incidents.act(
                incident.id, fact, actor=SARI, version=incident.version, reason="sudah diukur di lapangan"
            )
        return incident


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    yield desk
    desk.engine.dispose()


def ids(bulletin: Bulletin) -> tuple[list[str], list[str]]:
    return [one.id for one in bulletin.current], [one.id for one in bulletin.past]


def test_a_suspicion_is_no_incident_to_the_public(desk: Desk) -> None:
    desk.open()
    assert ids(desk.bulletins().make(NOW_US)) == ([], [])


def test_what_goes_on_is_told_gravest_first_and_what_is_over_latest_first(desk: Desk) -> None:
    over = (Confirmed(), CauseSet(cause_id="a", cause_en="b"), ClaimedFixed(), Restored(overrides=True))
    older = desk.open("sf", *over, minutes_ago=50)
    desk.clock.at_us += MINUTE_US
    newer = desk.open("sf", *over, minutes_ago=90)
    minor = desk.open("sf", Confirmed(), SeveritySet(severity="minor"))
    fixed = desk.open("sf", Confirmed(), SeveritySet(severity="critical"), ClaimedFixed())
    grave = desk.open("sf", Confirmed(), SeveritySet(severity="critical"), minutes_ago=30)
    made = desk.bulletins().make(NOW_US)
    assert ids(made) == ([grave.id, minor.id, fixed.id], [newer.id, older.id])
    assert {one.stage for one in made.past} == {"resolved"}


def test_the_desk_of_an_operator_tells_of_its_own_and_an_independent_one_of_all(desk: Desk) -> None:
    own, other = desk.open("sf", Confirmed()), desk.open("xl", Confirmed())
    assert ids(desk.bulletins(own=("sf",)).make(NOW_US))[0] == [own.id]
    assert set(ids(desk.bulletins(own=("sf",), mode="independent").make(NOW_US))[0]) == {own.id, other.id}


def test_an_incident_that_changed_is_told_beside_what_was_heard_at_the_turn(desk: Desk) -> None:
    bulletins = desk.bulletins()
    first = bulletins.make(NOW_US)
    incident = desk.open("sf", Confirmed())
    desk.heard = Heard(heard=True)
    between = bulletins.make(NOW_US + MICROS, turn=False)
    assert ids(between)[0] == [incident.id]
    assert (between.stale_us, between.levels) == (first.stale_us + MICROS, (LEVEL,))
    turned = bulletins.make(NOW_US + MINUTE_US)
    assert (turned.stale_us, turned.levels) == (first.stale_us + MINUTE_US, ())


def test_while_the_counts_cannot_be_had_levels_are_unknown_and_incidents_are_told(desk: Desk) -> None:
    incident = desk.open("sf", Confirmed())
    desk.heard = OutsideFailed("The store does not answer.")
    made = desk.bulletins().make(NOW_US)
    assert (made.heard, made.levels, ids(made)[0]) == (False, (), [incident.id])


def test_a_promise_breaks_without_an_entry(desk: Desk) -> None:
    words = NoticeDrafted(
        notice="", kind="update", text_id="a", text_en="b", next_update_by_us=desk.clock.at_us + MINUTE_US
    )
    incident = desk.open("sf", Confirmed(), words)
    desk.act(incident, NoticePublished(notice=incident.notices[0].id, break_glass=True))
    bulletins = desk.bulletins()
    states = [bulletins.make(at).current[0].promises[0].state for at in (NOW_US, NOW_US + 2 * MINUTE_US)]
    assert states == ["open", "broken"]


def test_works_are_those_of_operators_that_are_shown(desk: Desk) -> None:
    change = PlannedChange(id="w1", operator="xl", start_us=NOW_US, end_us=NOW_US + MINUTE_US, text="router bdg-04")
    desk.works = [work_of(change, NOW_US - 1)]
    assert desk.bulletins(own=("sf",)).make(NOW_US).works == ()
    told = desk.bulletins().make(NOW_US).works
    assert told[0].state == "scheduled"
    assert "bdg-04" not in repr(told)


def source(name: str, liveness: str) -> SourceNow:
    return SourceNow(
        source=name, heard=1, counted=1, refused=0, repeated=0, late=0, last_heard_us=NOW_US, usual_gap_s=60.0,
        liveness=liveness,  # type: ignore[arg-type]
    )  # fmt: skip


def asked(*operators: OperatorNow, regions: Sequence[RegionNow] = ()) -> Asked:
    def series(operator: str, region: str, start_us: int, end_us: int) -> Series:
        counts = tuple(float(number) for number in range(12))
        return Series(
            operator=operator, region=region, start_us=start_us, step_s=900, counts=counts, expected=(), alarm_at=()
        )

    return Asked(
        operators=lambda: operators,
        sources=tuple,
        regions=lambda operator, start_us, end_us: regions,
        series=series,
    )


def operator(name: str, reports: int, usual: float) -> OperatorNow:
    return OperatorNow(operator=name, name=name, reports=reports, usual=usual)


def test_levels_are_of_the_country_and_of_each_region_that_was_named() -> None:
    jakarta = RegionNow(code="31", name="DKI Jakarta", parent="", reports=40, usual=2.0)
    aceh = RegionNow(code="11", name="Aceh", parent="", reports=1, usual=1.0)
    told = levels(
        asked(operator("sf", 41, 3.0), operator("", 9, 1.0), operator("xl", 2, 2.0), regions=(jakarta, aceh)),
        lambda one: one == "sf",
        NOW_US,
        heard=True,
    )
    assert [(one.operator, one.region, one.level) for one in told] == [
        ("sf", None, "far_above"),
        ("sf", "31", "far_above"),
        ("sf", "11", "usual"),
    ]
    assert told[0].curve == tuple(range(12))
    assert told[2].curve == ()


def test_a_service_is_above_usual_where_its_reports_alone_are_more_than_usual_of_all() -> None:
    def told(reports: int, *services: tuple[Service, int]) -> list[tuple[Service | None, str]]:
        heard = replace(operator("sf", reports, 4.0), services=services)
        return [(one.service, one.level) for one in levels(asked(heard), lambda _: True, NOW_US, heard=True)]

    loud = told(230, ("mobile_data", 216), ("sms", 2))
    assert loud == [(None, "far_above"), ("mobile_data", "far_above"), ("sms", "unknown")]
    assert told(5, ("mobile_data", 5)) == [(None, "usual"), ("mobile_data", "usual")]


def test_a_thousand_reports_that_weigh_little_are_as_usual_and_told_as_repeated() -> None:
    flood = replace(operator("sf", 1_000, 115.0), weighed=Weighed(2.6, 0.3), services=(("sms", 900),))
    there = RegionNow(code="31", name="DKI Jakarta", parent="", reports=900, usual=90.0, weighed=Weighed(2.4, 0.1))
    told = levels(asked(flood, regions=(there,)), lambda _: True, NOW_US, heard=True)
    assert [(one.level, one.reports, one.repeated) for one in told] == [
        ("usual", 1_000, True),
        ("usual", 900, False),
        ("usual", 900, True),
    ]


def test_where_nothing_can_be_heard_levels_are_unknown_and_never_usual() -> None:
    told = levels(asked(operator("sf", 0, 3.0)), lambda _: True, NOW_US, heard=False)
    assert [(one.level, one.reports, one.curve) for one in told] == [("unknown", 0, ())]
    probes = frozenset({"probe-dns"})
    assert not can_hear([source("probe-dns", "live"), source("tickets", "silent")], probes)
    assert can_hear([source("probe-dns", "unknown"), source("tickets", "live")], probes)


def test_a_measurement_is_the_last_answer_of_each_target_while_it_is_fresh() -> None:
    def said(name: str, minutes_ago: int, *, well: bool, of: str = "sf") -> Row:
        at_us = NOW_US - minutes_ago * MINUTE_US
        return Row(frame=1, position=1, at_us=at_us, window_us=at_us, source=name, operator=of, recovered=well)

    kinds = {"probe-a": "http", "probe-b": "http", "probe-c": "dns", "probe-x": "dns"}
    rows = [
        said("probe-c", MEASURED_US // MINUTE_US + 1, well=False),
        said("probe-a", 3, well=False),
        said("probe-b", 3, well=False),
        said("probe-a", 1, well=True),
        said("alarm-core", 1, well=False),
        said("probe-x", 1, well=False, of="xl"),
    ]
    told = measurements(rows, kinds, lambda one: one == "sf", NOW_US)
    assert [(one.kind, one.asked, one.failed) for one in told] == [("http", 2, 1)]
    assert told[0].at_us == NOW_US - MINUTE_US
    assert measurements([replace(rows[1], operator=None)], kinds, lambda _: True, NOW_US) == ()
