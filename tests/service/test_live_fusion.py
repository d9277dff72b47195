"""One verdict out of all evidence: each kind speaks once, in both languages, and volume alone makes nothing sure."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.model.finding import Finding
from pulih.ports.intake import SourceCount
from pulih.ports.live import Pace, PlannedChange, Row
from pulih.service.live.fusion import Around, failure_nats, judge
from pulih.service.live.present import liveness_of, sources_of

HOUR_US = 3_600_000_000
FINDING = Finding(
    id="f1", incident="f1", operator="alpha", operator_name="Alpha", service=None, region="31.74",
    region_name="Jakarta Selatan", symptom=None, onset_us=100 * HOUR_US, alarm_us=101 * HOUR_US, peak_us=None,
    cleared_us=None, signals=30, expected=0.5, evidence_nats=19.0, false_alarms_per_week=0.1, why="why.",
    mengapa="mengapa.", standing="likely",
)  # fmt: skip


def state(hour: float, *, well: bool, kind: str = "probe", region: str | None = None, operator: str = "alpha") -> Row:
    return Row(
        frame=round(hour * 60), position=0, at_us=round(hour * HOUR_US), window_us=1, source="noc", author="t",
        kind=kind, operator=operator, region=region, recovered=well, weight=1.0,
    )  # fmt: skip


def probes(*, failing: int, well: int) -> list[Row]:
    before = [state(90 + step / 10, well=True) for step in range(60)]
    return before + [state(100.1 + step / 60, well=step >= failing) for step in range(failing + well)]


def sides(around: Around, finding: Finding = FINDING) -> tuple[str, list[str]]:
    verdict = judge(finding, around)
    assert all(one.text_id and one.text_en for one in verdict.reasons)
    return verdict.certainty, [one.side for one in verdict.reasons]


def test_likely_complaints_alone_are_medium_and_suspected_ones_low() -> None:
    assert sides(Around()) == ("medium", ["for"])
    assert sides(Around(), msgspec.structs.replace(FINDING, standing="suspected")) == ("low", ["unknown"])


def test_failing_probes_make_it_high_and_probes_that_go_well_keep_it_from_that() -> None:
    assert sides(Around(states=probes(failing=8, well=1))) == ("high", ["for", "for"])
    assert sides(Around(states=probes(failing=0, well=9))) == ("medium", ["for", "against"])
    assert sides(Around(states=probes(failing=0, well=1))) == ("medium", ["for", "unknown"])


@pytest.mark.parametrize(("region", "operator", "said"), [
    (None, "alpha", True), ("31", "alpha", True), ("32", "alpha", False), (None, "beta", False),
])  # fmt: skip
def test_an_alarm_speaks_where_it_may_concern_the_finding(region: str | None, operator: str, said: bool) -> None:
    firing = [state(100.5, well=False, kind="alarm", region=region, operator=operator)]
    around = Around(states=firing, nested=lambda one, other: other.startswith(one))
    assert sides(around)[1] == (["for", "for"] if said else ["for"])


def test_an_alarm_that_was_resolved_says_nothing_more() -> None:
    rows = [state(100.5, well=False, kind="alarm"), state(100.6, well=True, kind="alarm")]
    assert sides(Around(states=rows)) == ("medium", ["for"])


def test_planned_work_speaks_against_and_others_and_silence_leave_it_open() -> None:
    work = PlannedChange(id="c", operator="alpha", start_us=0, end_us=1, text="Ganti perangkat")
    assert sides(Around(changes=[work])) == ("medium", ["for", "against"])
    elsewhere = msgspec.structs.replace(work, region="32")
    assert sides(Around(changes=[elsewhere]))[1] == ["for"]
    other = msgspec.structs.replace(FINDING, id="f2", operator="beta", operator_name="Beta")
    quiet = sources_of([SourceCount("form", 20, 20, last_heard_us=0)], {"form": Pace(60.0, 20, False)}, 9 * HOUR_US, {})
    assert sides(Around(others=[other], sources=quiet)) == ("medium", ["for", "unknown", "unknown"])


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_one_more_failure_never_speaks_less_for_trouble_than_one_more_success(
    failed: int, well: int, failed_before: int, well_before: int
) -> None:
    before = failed_before, failed_before + well_before
    more = failure_nats(failed + 1, failed + well + 1, *before)
    less = failure_nats(failed, failed + well + 1, *before)
    assert more >= less - 1e-9


def test_a_source_that_was_rarely_heard_is_unknown_and_never_fine() -> None:
    assert liveness_of(None, None, 0) == "unknown"
    assert liveness_of(0, Pace(60.0, 9, False), 0) == "unknown"
    assert liveness_of(0, Pace(60.0, 99, False), HOUR_US // 2) == "live"
    assert liveness_of(0, Pace(60.0, 99, False), HOUR_US) == "silent"
