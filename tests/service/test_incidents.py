"""Incidents as people and the desk change them: acting, opening for findings, merging, splitting, looking back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from msgspec.structs import replace

from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.communicate.speech import Speech
from pulih.model.actor import Actor
from pulih.model.clock import MICROS
from pulih.model.entry import (
    DESK,
    CauseSet,
    ClaimedFixed,
    Confirmed,
    Entry,
    Explained,
    FindingJoined,
    MergedInto,
    NoticeDrafted,
    Opened,
    OwnerSet,
    Rejected,
    Restored,
    RumourAdded,
    ScopesSet,
    SplitOff,
    TaskAdded,
    TookOver,
)
from pulih.model.errors import ForbiddenMove, RefusedInput, StaleVersion
from pulih.model.finding import Finding
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.ports.live import PlannedChange
from pulih.service.incidents import Incidents
from pulih.service.view import Verdict

SARI, BUDI, VIEWER = Actor("sari", "duty"), Actor("budi", "approver"), Actor("tamu", "viewer")
HOUR_US = 3_600 * MICROS
# 3 October 2025, 00:10 in Jakarta, which is still the 2nd in UTC.
START_US = 1_759_425_000 * MICROS
PARENTS = {"31.74": "31", "31.71": "31", "32.73": "32"}
JAKARTA = Scope(operator="sf", service="mobile_data", region="31", symptom="no_internet")
SELATAN = replace(JAKARTA, region="31.74")
BANDUNG = replace(JAKARTA, region="32.73")


SPEECH = Speech(
    zone=ZoneInfo("Asia/Jakarta"),
    operators={"sf": "Smartfren"},
    regions={"31": "DKI Jakarta", "31.74": "Jakarta Selatan", "31.71": "Jakarta Pusat", "32.73": "Bandung"},
    parents=PARENTS,
)


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at_us = START_US

    def now_us(self) -> int:
        """Return what it was set to."""
        return self.at_us


class Desk:
    """Incidents with the clock and the planned changes beside them, and what their listener heard."""

    def __init__(self, path: Path) -> None:
        self.engine = database_in(path)
        self.clock = SetClock()
        self.changes = SqlPlannedChanges(self.engine)
        self.heard: list[Entry] = []
        self.incidents = self.restarted()

    def restarted(self) -> Incidents:
        """Return the incidents of a desk that was started again on the same database."""
        store = SqlIncidentStore(self.engine)
        incidents = Incidents(store, self.clock, speech=SPEECH, changes=self.changes)
        incidents.on_change(lambda _, entry: self.heard.append(entry))
        return incidents


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    yield desk
    desk.engine.dispose()


def finding(name: str, scope: Scope = JAKARTA, *, onset_us: int = START_US - 300 * MICROS) -> Finding:
    return Finding(
        id=name, incident=name, operator=scope.operator, operator_name="Smartfren", service=scope.service,
        region=scope.region, region_name="", symptom=scope.symptom, onset_us=onset_us, alarm_us=onset_us + MICROS,
        peak_us=None, cleared_us=None, signals=9, expected=1.0, evidence_nats=20.0, false_alarms_per_week=0.1,
        why="9 reports naming Smartfren.", mengapa="9 laporan yang menyebut Smartfren.",
    )  # fmt: skip


def _restored(desk: Desk, incident: Incident) -> Incident:
    for fact in (Confirmed(), CauseSet(cause_id="a", cause_en="b"), ClaimedFixed(), Restored(overrides=True)):
        incident = desk.incidents.act(incident.id, fact, actor=SARI, version=incident.version, reason="diukur")
    return incident


def test_a_finding_opens_a_suspected_incident_named_after_the_local_day(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"), Verdict(certainty="high", reasons=()))
    assert incident.id.startswith("20251003-")
    assert incident.state == "suspected"
    assert [part.scope for part in incident.scopes] == [JAKARTA]
    entry = desk.incidents.timeline(incident.id)[0]
    assert entry.actor == DESK
    assert entry.reason.split("\n") == [
        "9 laporan yang menyebut Smartfren. Keyakinan tinggi.",
        "9 reports naming Smartfren. Certainty high.",
    ]
    assert desk.incidents.open_for(finding("f1")).version == 1


@pytest.mark.parametrize(
    ("scope", "hours", "joins"),
    [
        (SELATAN, 0, True),
        (replace(JAKARTA, region=None), 0, True),
        (BANDUNG, 0, False),
        (replace(JAKARTA, operator="xl"), 0, False),
        (SELATAN, 5, True),
        (SELATAN, 7, False),
    ],
)
def test_a_finding_joins_what_is_nested_with_it_and_less_than_six_hours_apart(
    desk: Desk, scope: Scope, hours: int, joins: bool
) -> None:
    first = desk.incidents.open_for(finding("f1"))
    desk.incidents.clear("f1")
    desk.clock.at_us += hours * HOUR_US
    second = desk.incidents.open_for(finding("f2", scope, onset_us=desk.clock.at_us))
    assert (second.id == first.id) == joins
    if joins:
        assert second.findings == ("f1", "f2")
        assert len(second.scopes) == 2


def test_a_finding_of_nobody_joins_the_only_incident_that_goes_on_and_adds_no_scope(desk: Desk) -> None:
    first = desk.incidents.open_for(finding("f1"))
    joined = desk.incidents.open_for(finding("f2", Scope(), onset_us=desk.clock.at_us))
    assert (joined.id, joined.findings, len(joined.scopes)) == (first.id, ("f1", "f2"), 1)
    desk.incidents.open_for(finding("f3", replace(JAKARTA, operator="xl")))
    alone = desk.incidents.open_for(finding("f4", Scope(), onset_us=desk.clock.at_us))
    assert alone.findings == ("f4",)


def test_a_finding_joins_an_outage_that_goes_on_however_long(desk: Desk) -> None:
    first = desk.incidents.open_for(finding("f1"))
    desk.clock.at_us += 30 * HOUR_US
    assert desk.incidents.open_for(finding("f2", onset_us=desk.clock.at_us)).id == first.id


def test_a_finding_joins_nothing_that_is_over(desk: Desk) -> None:
    first = desk.incidents.open_for(finding("f1"))
    _restored(desk, first)
    assert desk.incidents.open_for(finding("f2")).id != first.id
    other = desk.incidents.open_for(finding("f3", BANDUNG))
    desk.incidents.act(other.id, Rejected(), actor=SARI, version=1, reason="promosi")
    assert desk.incidents.open_for(finding("f3", BANDUNG)).state == "rejected"


def test_an_incident_opened_by_hand_takes_findings_up(desk: Desk) -> None:
    fact = Opened(operator="sf", onset_us=START_US - MICROS, scopes=(JAKARTA,))
    incident = desk.incidents.open(fact, actor=SARI, reason="telepon rumah sakit")
    assert desk.incidents.open_for(finding("f1", onset_us=START_US)).id == incident.id
    with pytest.raises(RefusedInput, match="needs a reason"):
        desk.incidents.open(fact, actor=SARI, reason=" ")
    with pytest.raises(ForbiddenMove, match="role viewer"):
        desk.incidents.open(fact, actor=VIEWER, reason="a")
    with pytest.raises(RefusedInput, match="must lie between"):
        desk.incidents.open(replace(fact, onset_us=START_US + HOUR_US), actor=SARI, reason="a")


def test_reports_back_to_usual_are_evidence_and_no_recovery(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    cleared = desk.incidents.clear("f1")
    assert cleared is not None
    assert cleared.state == "suspected"
    assert cleared.quiet_us == START_US
    assert desk.incidents.clear("f1") == cleared
    assert desk.incidents.clear("f9") is None
    assert cleared.version == incident.version + 1


def test_who_saw_an_older_version_is_told_what_people_did_since(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    desk.incidents.act(incident.id, OwnerSet(owner="budi"), actor=BUDI, version=1)
    with pytest.raises(StaleVersion, match=r"has moved on: .* budi owner_set") as refused:
        desk.incidents.act(incident.id, Confirmed(), actor=SARI, version=1, reason="diukur")
    assert "confirmed" in refused.value.allowed
    with pytest.raises(RefusedInput, match="no version 9"):
        desk.incidents.act(incident.id, Confirmed(), actor=SARI, version=9, reason="diukur")


def test_what_the_desk_added_since_is_not_confirmed_unseen(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    desk.incidents.open_for(finding("f2", SELATAN))
    confirmed = desk.incidents.act(incident.id, Confirmed(), actor=SARI, version=1, reason="diukur")
    assert [part.state for part in confirmed.scopes] == ["confirmed", "suspected"]
    assert desk.incidents.timeline(incident.id)[-1].fact == Confirmed(scopes=(JAKARTA,))


@pytest.mark.parametrize("fact", [Rejected(), ScopesSet(scopes=(JAKARTA,))])
def test_nobody_decides_on_the_whole_without_having_seen_all_of_it(desk: Desk, fact: Rejected) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    desk.incidents.open_for(finding("f2", SELATAN))
    with pytest.raises(StaleVersion, match="desk finding_joined"):
        desk.incidents.act(incident.id, fact, actor=SARI, version=1, reason="promosi")


def test_ids_that_are_not_given_are_given(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    for fact in (
        TaskAdded(task="", what="telepon vendor"),
        TaskAdded(task="", what="telepon menara"),
        RumourAdded(rumour="", claim="satelit jatuh"),
        NoticeDrafted(notice="", kind="holding", text_id="a", text_en="b"),
    ):
        incident = desk.incidents.act(incident.id, fact, actor=SARI, version=incident.version)
    assert [task.id for task in incident.tasks] == ["t1", "t2"]
    assert (incident.rumours[0].id, incident.notices[0].id) == ("r1", "n1")


def test_a_refused_move_leaves_the_timeline_alone(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    heard = len(desk.heard)
    with pytest.raises(ForbiddenMove):
        desk.incidents.act(incident.id, Restored(overrides=True), actor=SARI, version=1, reason="a")
    assert len(desk.incidents.timeline(incident.id)) == 1
    assert len(desk.heard) == heard
    with pytest.raises(RefusedInput, match="There is no incident"):
        desk.incidents.act("20251003-none", Confirmed(), actor=SARI, version=1, reason="a")
    assert desk.incidents.get("20251003-none") is None


def test_every_entry_is_heard_once_by_listeners(desk: Desk) -> None:
    incident = _restored(desk, desk.incidents.open_for(finding("f1")))
    assert desk.heard == list(desk.incidents.timeline(incident.id))


def test_a_clock_that_is_set_back_turns_no_timeline_round(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    desk.clock.at_us -= 3 * HOUR_US
    desk.incidents.act(incident.id, Confirmed(), actor=SARI, version=1, reason="diukur")
    times = [entry.at_us for entry in desk.incidents.timeline(incident.id)]
    assert times == sorted(times)


def test_a_restarted_desk_knows_all_that_was_known(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    ended = _restored(desk, desk.incidents.open_for(finding("f2", BANDUNG)))
    again = desk.restarted()
    assert again.current() == [incident]
    assert again.past() == [ended]
    assert again.past(before_us=ended.onset_us) == []
    assert again.get(incident.id) == incident
    assert again.open_for(finding("f1")) == incident


def test_merging_lets_the_other_go_on_with_scopes_states_and_findings(desk: Desk) -> None:
    one, other = desk.incidents.open_for(finding("f1")), desk.incidents.open_for(finding("f2", BANDUNG))
    one = desk.incidents.act(one.id, Confirmed(), actor=SARI, version=1, reason="diukur")
    desk.incidents.clear("f1")
    into = desk.incidents.merge(one.id, other.id, actor=SARI, version=one.version, reason="satu kabel")
    assert into.id == other.id
    assert {(part.scope.region, part.state) for part in into.scopes} == {("32.73", "suspected"), ("31", "confirmed")}
    assert into.findings == ("f2", "f1")
    assert into.cleared == ("f1",)
    gone = desk.incidents.get(one.id)
    assert gone is not None
    assert gone.merged_into == other.id
    assert desk.incidents.current() == [into]
    assert desk.incidents.open_for(finding("f1")) == into
    with pytest.raises(ForbiddenMove, match=f"goes on as {other.id}. Allowed to sari .*: noted"):
        desk.incidents.act(one.id, Confirmed(), actor=SARI, version=gone.version, reason="a")


def test_an_incident_is_merged_into_none_that_is_over(desk: Desk) -> None:
    one = desk.incidents.open_for(finding("f1"))
    over = _restored(desk, desk.incidents.open_for(finding("f2", BANDUNG)))
    with pytest.raises(ForbiddenMove, match="is restored"):
        desk.incidents.act(one.id, MergedInto(incident=over.id), actor=SARI, version=1, reason="sama")
    assert len(desk.incidents.timeline(one.id)) == 1


def test_splitting_gives_scopes_an_incident_of_their_own_as_they_are(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    desk.incidents.open_for(finding("f2", SELATAN))
    desk.incidents.clear("f2")
    incident = desk.incidents.act(incident.id, Confirmed(), actor=SARI, version=3, reason="diukur")
    parting = SplitOff(incident="", scopes=(SELATAN,), findings=("f2",))
    new = desk.incidents.split(incident.id, parting, actor=SARI, version=incident.version, reason="dua sebab")
    assert [(part.scope, part.state) for part in new.scopes] == [(SELATAN, "confirmed")]
    assert (new.findings, new.cleared, new.onset_us) == (("f2",), ("f2",), incident.onset_us)
    left = desk.incidents.get(incident.id)
    assert left is not None
    assert [part.scope for part in left.scopes] == [JAKARTA]
    assert left.findings == ("f1",)
    assert desk.incidents.open_for(finding("f2", SELATAN)) == new
    assert desk.incidents.timeline(new.id)[0].fact.split_from == incident.id  # type: ignore[union-attr]


def test_what_is_split_off_must_be_a_part(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    desk.incidents.act(incident.id, ScopesSet(scopes=(JAKARTA, BANDUNG)), actor=SARI, version=1, reason="meluas")
    with pytest.raises(RefusedInput, match="not all of them"):
        desk.incidents.act(
            incident.id, SplitOff(incident="", scopes=(JAKARTA, BANDUNG)), actor=SARI, version=2, reason="a"
        )
    assert len(desk.incidents.current()) == 1


def test_entries_of_the_desk_are_not_written_by_hand(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    for fact in (TookOver(incident="a", scopes=()), Opened(operator="sf", onset_us=0, scopes=(JAKARTA,))):
        with pytest.raises(RefusedInput, match="written by the desk"):
            desk.incidents.act(incident.id, fact, actor=SARI, version=1, reason="a")


def test_only_a_known_planned_change_explains(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    with pytest.raises(RefusedInput, match="no planned change 'kerja-1'"):
        desk.incidents.act(incident.id, Explained(maintenance="kerja-1"), actor=SARI, version=1, reason="jadwal")
    desk.changes.put([PlannedChange(id="kerja-1", operator="sf", start_us=0, end_us=1)])
    explained = desk.incidents.act(
        incident.id, Explained(maintenance="kerja-1"), actor=SARI, version=1, reason="jadwal"
    )
    assert explained.maintenance == "kerja-1"


def test_past_incidents_like_one_are_found(desk: Desk) -> None:
    old = _restored(desk, desk.incidents.open_for(finding("f1")))
    new = desk.incidents.open_for(finding("f2", SELATAN))
    found = desk.incidents.similar(new)
    assert [one.incident.id for one in found] == [old.id]
    assert found[0].incident.cause_en == "b"


def test_a_finding_that_joined_by_hand_is_not_opened_again(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    joined = desk.incidents.act(incident.id, FindingJoined(finding="f7"), actor=SARI, version=1)
    assert desk.incidents.open_for(finding("f7", BANDUNG)) == joined


def test_past_incidents_are_found_by_state_too_however_many_of_the_other_began_later(desk: Desk) -> None:
    restored = _restored(desk, desk.incidents.open_for(finding("f1")))
    desk.clock.at_us += 9 * HOUR_US
    later = desk.incidents.open_for(finding("f2", onset_us=desk.clock.at_us))
    desk.incidents.act(later.id, Rejected(), actor=SARI, version=later.version, reason="lelucon")
    assert [one.id for one in desk.incidents.past(1)] == [later.id]
    assert [one.id for one in desk.incidents.past(1, states=frozenset({"restored"}))] == [restored.id]
