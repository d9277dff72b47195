"""An alarm that stands is evidence now, however long ago it began; one whose end was told is none (D3, L2)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from database_here import database_in
from journal_in_memory import MINUTE_US, line, post
from simulated_streams import Told
from started_desk import END_US, OUTAGE, READER, World, told_of_an_outage, us

from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sql.ledger import SqlLedger
from pulih.listen.payload import Heard, raw_report, report_of
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.ports.live import Row
from pulih.service.accepting import Accepting, Outcome
from pulih.service.live.states import decisive, firing

DAY_US, HOUR_US = DAY_S * MICROS, HOUR_S * MICROS
OUTAGE_US = us(OUTAGE)
# A minute before people begin to complain.
TOLD_US = OUTAGE_US - MINUTE_US


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return told_of_an_outage()


def alarm(text: str, at_us: int) -> bytes:
    return line(f"{text} {at_us}", at_us, text, source="noc", kind="alarm", operator="smartfren")


def network_reasons(world: World, told: list[Told], alarms: list[bytes]) -> list[str]:
    """Return what a verdict says of alarms that were told together, a minute before an outage."""
    first = next(number for number, (at, _) in enumerate(told) if us(at) > TOLD_US)
    world.post(told[:first], 0)
    post(world.journal, world.ledger, alarms, TOLD_US)
    world.post(told[first:], first)
    world.advance(END_US)
    findings = [one for one in world.desk.findings(open_only=False) if one.onset_us >= OUTAGE_US - HOUR_US]
    reasons = world.desk.verdict(min(findings, key=lambda one: one.alarm_us).id).reasons
    return [one.text_en for one in reasons if "network alarm" in one.text_en]


def test_an_alarm_that_began_three_days_before_is_active_from_when_it_is_told(
    tmp_path: Path, knowledge: Knowledge, told: list[Told]
) -> None:
    world = World(tmp_path, knowledge)
    [said] = network_reasons(world, told, [alarm("firing: CoreDown", TOLD_US - 3 * DAY_US)])
    assert said.startswith("1 network alarm is active, from: noc")


def test_of_alarms_that_a_desk_hears_after_days_those_that_ended_meanwhile_are_not_active(
    tmp_path: Path, knowledge: Knowledge, told: list[Told]
) -> None:
    alarms = [
        alarm("firing: CoreDown", TOLD_US - 60 * HOUR_US),
        alarm("firing: LinkDown", TOLD_US - 50 * HOUR_US),
        alarm("resolved: CoreDown", TOLD_US - 10 * HOUR_US),
        alarm("resolved: LinkDown", TOLD_US - 40 * HOUR_US),
        alarm("firing: PortDown", TOLD_US - 30 * HOUR_US),
        alarm("resolved: PortDown", TOLD_US - 20 * HOUR_US),
        alarm("firing: PortDown", TOLD_US - 5 * HOUR_US),
    ]
    [said] = network_reasons(World(tmp_path, knowledge), told, alarms)
    assert said.startswith("1 network alarm is active")


@pytest.mark.parametrize("kind", ["complaint", "recovered", "probe"])
def test_what_does_not_hold_is_late_as_before(kind: str) -> None:
    heard = heard_of(kind)
    assert not heard.holds
    report = report_of(heard.line)
    assert raw_report(report, 3 * DAY_US).at_us == 0


def test_an_alarm_of_the_last_day_keeps_its_moment() -> None:
    report = report_of(heard_of("alarm").line)
    assert [raw_report(report, at_us).at_us for at_us in (DAY_US, DAY_US + 1)] == [0, DAY_US + 1]


class _Clock:
    def now_us(self) -> int:
        return 3 * DAY_US


def test_accepting_counts_an_alarm_of_three_days_ago_and_calls_a_complaint_of_then_late(tmp_path: Path) -> None:
    for name in ("journal", "keys"):
        (tmp_path / name).mkdir()
    ledger = SqlLedger(database_in(tmp_path / "intake.db", "intake"))
    journal = SegmentJournal(tmp_path / "journal", DayKeys(tmp_path / "keys"))
    accepting = Accepting(journal, ledger, _Clock(), READER)
    accepting.start()
    body = b"\n".join([heard_of("alarm").line, heard_of("complaint").line])
    assert accepting.accept(READER.batch(body, 3 * DAY_US)) == Outcome(accepted=1, late=1)
    accepting.close()
    journal.close()
    [count] = ledger.counts()
    assert (count.heard, count.counted, count.late) == (2, 1, 1)


def heard_of(kind: str) -> Heard:
    told = {"id": kind, "source": "noc", "kind": kind, "at": "1970-01-01T00:00:00Z", "text": "firing: CoreDown"}
    [heard] = READER.one(json.dumps(told).encode(), 0).heard
    return heard


def state(frame: int, hour: int, *, well: bool, kind: str = "alarm") -> Row:
    return Row(
        frame=frame, position=0, at_us=hour * HOUR_US, window_us=1, source="noc", author="a", kind=kind, recovered=well
    )  # type: ignore[arg-type]


def test_an_end_that_is_told_after_an_alarm_takes_it_back_though_it_is_dated_earlier() -> None:
    assert firing([state(2, 8, well=True), state(1, 9, well=False)]) == []
    assert len(firing([state(2, 8, well=True), state(3, 9, well=False)])) == 1
    # What is measured from afar may be judged in another order than it was, and is as it was.
    assert len(firing([state(2, 8, well=True, kind="probe"), state(1, 9, well=False, kind="probe")])) == 1


def test_what_decides_is_a_few_rows_and_decides_alike() -> None:
    rows = [state(frame, hour, well=well) for frame, hour, well in ((1, 1, False), (4, 2, True), (3, 3, False))]
    rows += [state(5, 4, well=False), state(7, 5, well=False), state(6, 6, well=True)]
    assert firing(decisive(rows)) == firing(rows)
    assert len(decisive(rows * 9)) <= 4
