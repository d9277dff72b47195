"""One verdict out of all evidence: each kind speaks once, in both languages, and volume alone makes nothing sure."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.learn.usefulness import Sort, Worth, unknown, usefulness
from pulih.model.finding import Finding
from pulih.ports.intake import SourceCount
from pulih.ports.live import Pace, PlannedChange, Row
from pulih.service.live.fusion import Around, judge
from pulih.service.live.present import liveness_of, sources_of
from pulih.service.live.states import failure_nats
from pulih.service.view import Alive, FilterNow, Liveness

HOUR_US = 3_600_000_000
FINDING = Finding(
    id="f1", incident="f1", operator="alpha", operator_name="Alpha", service=None, region="31.74",
    region_name="Jakarta Selatan", symptom=None, onset_us=100 * HOUR_US, alarm_us=101 * HOUR_US, peak_us=None,
    cleared_us=None, signals=30, expected=0.5, evidence_nats=19.0, false_alarms_per_week=0.1, why="why.",
    mengapa="mengapa.", standing="likely",
)  # fmt: skip


def state(
    hour: float, *, well: bool, kind: str = "probe", region: str | None = None, operator: str | None = "alpha",
    source: str = "noc", author: str = "t",
) -> Row:  # fmt: skip
    return Row(
        frame=round(hour * 60), position=0, at_us=round(hour * HOUR_US), window_us=1, source=source, author=author,
        kind=kind, operator=operator, region=region, recovered=well, weight=1.0,
    )  # fmt: skip


def known(**cases: tuple[int, int]) -> Callable[[str, Sort], Worth]:
    """Return what tells that sources agreed so often, and were alone so often."""

    def worth(source: str, sort: Sort) -> Worth:
        if source not in cases:
            return unknown(source, sort)
        agreed, alone = cases[source]
        found = usefulness(sort, agreed, alone)
        return msgspec.structs.replace(unknown(source, sort), agreed=agreed, alone=alone, usefulness=found)

    return worth


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


def alarms(source: str, many: int) -> list[Row]:
    return [state(100.5, well=False, kind="alarm", source=source, author=str(number)) for number in range(many)]


def test_an_alarm_of_a_source_of_unknown_value_counts_little_and_of_a_proven_one_in_full() -> None:
    around = Around(states=alarms("noc", 1))
    assert sides(around) == ("medium", ["for", "for"])
    assert "not known yet" in judge(FINDING, around).reasons[1].text_en
    assert sides(msgspec.structs.replace(around, worth=known(noc=(5, 1)))) == ("high", ["for", "for"])


def test_a_flood_of_one_useless_source_cannot_lift_a_verdict() -> None:
    useless = Around(states=alarms("noc", 2_000), worth=known(noc=(0, 20)))
    assert sides(useless) == ("medium", ["for", "unknown"])
    assert sides(useless, msgspec.structs.replace(FINDING, standing="suspected")) == ("low", ["unknown", "unknown"])
    many = [row for number in range(50) for row in alarms(f"noc{number}", 40)]
    crowd = Around(states=many, worth=known(**{f"noc{number}": (0, 20) for number in range(50)}))
    assert sides(crowd) == ("medium", ["for", "unknown"])


def test_useless_probes_neither_speak_nor_drown_those_that_are_right() -> None:
    flood = [state(100.2 + step / 5_000, well=True, source="broken") for step in range(2_000)]
    around = Around(states=sorted([*probes(failing=8, well=1), *flood], key=lambda row: row.at_us))
    assert sides(around)[1] == ["for", "against"]
    assert sides(msgspec.structs.replace(around, worth=known(broken=(0, 30)))) == ("high", ["for", "for"])


def test_complaints_from_a_source_that_was_mostly_wrong_make_nothing_sure() -> None:
    around = Around(carried={"forum": 0.9, "form": 0.1}, worth=known(forum=(0, 30)))
    assert sides(around) == ("low", ["for"])
    assert "mostly wrong" in judge(FINDING, around).reasons[0].text_en
    assert sides(msgspec.structs.replace(around, carried={"forum": 0.2, "form": 0.8})) == ("medium", ["for"])
    assert sides(msgspec.structs.replace(around, worth=known(forum=(9, 0)))) == ("medium", ["for"])


AFAR = Around(states=[state(99.5, well=False, source="ioda")], afar={"ioda"})


def test_trouble_seen_from_afar_corroborates_and_alone_makes_nothing_sure() -> None:
    assert sides(AFAR) == ("medium", ["for", "for"])
    assert sides(AFAR, msgspec.structs.replace(FINDING, standing="suspected"))[0] == "low"
    assert "ioda" in judge(FINDING, AFAR).reasons[1].text_en
    assert sides(msgspec.structs.replace(AFAR, worth=known(ioda=(5, 1))))[0] == "high"


def test_what_is_seen_from_afar_is_no_probe_of_our_own_and_never_speaks_against() -> None:
    well = [state(100.1 + step / 60, well=True, source="ioda") for step in range(20)]
    assert sides(msgspec.structs.replace(AFAR, states=well)) == ("medium", ["for"])
    assert sides(Around(states=well))[1] == ["for", "against"]


def test_a_view_from_afar_may_be_of_a_whole_country_and_is_forgotten_when_nobody_repeats_it() -> None:
    country = [state(100.5, well=False, source="ioda", operator=None)]
    assert sides(msgspec.structs.replace(AFAR, states=country))[1] == ["for", "for"]
    assert sides(Around(states=country))[1] == ["for"]
    stale = msgspec.structs.replace(AFAR, states=[state(90, well=False, source="ioda")], until_us=101 * HOUR_US)
    assert sides(stale)[1] == ["for"]
    elsewhere = msgspec.structs.replace(AFAR, states=[state(100.5, well=False, source="ioda", operator="beta")])
    assert sides(elsewhere)[1] == ["for"]


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


def test_a_source_that_measures_from_afar_is_live_while_it_answers_and_need_not_say_anything() -> None:
    spoken = [SourceCount("ioda", 20, 20, last_heard_us=0)]
    paces = {"ioda": Pace(60.0, 99, True)}

    def told(liveness: Liveness, away_s: float, afar: set[str]) -> str:
        watched = FilterNow(name="AS64500", last_us=0, usual_gap_s=300.0, liveness=liveness)
        alive = {"ioda": Alive(away_s=away_s, filters=(watched,))}
        return sources_of(spoken, paces, 9 * HOUR_US, alive, afar=afar)[0].liveness

    assert told("live", 0.0, {"ioda"}) == "live"
    assert told("live", 0.0, set()) == "silent"
    assert told("silent", 0.0, {"ioda"}) == "unknown"
    assert told("live", 900.0, {"ioda"}) == "silent"
