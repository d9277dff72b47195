"""The table that people see first: in the order of time, in the words of the report, with whole numbers."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
from rich.console import Console

from pulih.adapters.terminal import show_outcome
from pulih.model.finding import Finding
from pulih.service.outcome import Counters, FindingView, Outcome, Settings, Trace

HOUR_US = 3_600_000_000
FIRST = Finding(
    id="a", incident="a", operator="biznet", operator_name="Biznet", service="fixed_broadband", region="31.74",
    region_name="Jakarta Selatan", symptom="los_red", onset_us=2 * HOUR_US, alarm_us=9 * HOUR_US, peak_us=None,
    cleared_us=9 * HOUR_US, signals=1_234, expected=0.4, evidence_nats=20.0, false_alarms_per_week=0.1,
)  # fmt: skip
SECOND = msgspec.structs.replace(
    FIRST, id="b", incident="b", onset_us=3 * HOUR_US, alarm_us=4 * HOUR_US, cleared_us=None, region=None,
    region_name=None, symptom=None, expected=17.6,
)  # fmt: skip
NOBODY = msgspec.structs.replace(SECOND, id="c", incident="c", operator="", operator_name="", scattered=True)


def shown(*findings: Finding) -> str:
    trace = Trace(
        operator="", operator_name="", region=None, region_name=None, start_us=0, step_s=300, reports=[], expected=[],
        alarm_at=[],
    )  # fmt: skip
    outcome = Outcome(
        names=(), digest="", chosen=(), first_us=0, last_us=HOUR_US,
        settings=Settings(operator=None, bin_s=300, false_alarms_per_week=0.1, zone="UTC", version="0"),
        counters=Counters(heard=9, counted=9, refused=0, repeated=0, reports=5, unsure=2, acute=4),
        views=tuple(FindingView(finding=one, trace=trace) for one in findings), traces=(), regions=(), symptoms=(),
        talks=(),
    )  # fmt: skip
    out = io.StringIO()
    show_outcome(outcome, Path("out"), Console(file=out, width=200))
    return out.getvalue()


def test_findings_stand_in_the_order_in_which_they_began() -> None:
    lines = shown(SECOND, FIRST).splitlines()
    assert [line.split()[0] for line in lines if "Biznet" in line] == ["1", "2"]
    assert "Jakarta Selatan" in next(line for line in lines if line.startswith("1 "))


def test_symptoms_places_and_ends_are_told_as_in_the_report() -> None:
    text = shown(FIRST, SECOND)
    assert "red LOS lamps" in text
    assert "trouble with fixed broadband" in text
    assert "place not known" in text
    assert "by then" in text
    assert "still open" in text
    assert "1,234" in text
    assert "< 1" in text
    assert "7 taken as reports of trouble, 2 of these unsure" in text


def test_how_each_finding_stands_is_told_at_the_end_of_its_line() -> None:
    lines = shown(FIRST, msgspec.structs.replace(SECOND, standing="likely")).splitlines()
    assert [line.split()[-1] for line in lines if "Biznet" in line] == ["suspected", "likely"]


def test_reports_that_name_no_operator_are_told_beside_the_outage_of_their_time() -> None:
    line = next(line for line in shown(SECOND, NOBODY).splitlines() if "(not named)" in line)
    assert line.startswith("with 1")
    assert "no single place" in line
