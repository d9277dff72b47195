"""A target that fails from several probes is suspected without a customer's word; a probe that fails alone is not."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from live_world import SECOND_US, START_US, TUNING

from pulih.model.reading import Place, Reading
from pulih.model.signal import Signal
from pulih.service.live.failing import REMEMBERED, TARGETS_OF_ONE, Failing, Probed

MINUTE_US = 60 * SECOND_US
HOURS = 12
# Minutes: so long all is well, then the trouble, and then all is well again.
HIT, OVER, END = HOURS * 60, HOURS * 60 + 30, HOURS * 60 + 60
WEB = "tcp a.example:443"


class Asks(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks for what, over whose lines, where, every so many minutes; whether it fails in the trouble."""

    source: str
    operator: str = "alpha"
    target: str = WEB
    region: str = ""
    every: int = 1
    fails: bool = True


def run(probes: Iterable[Asks], *, told: bool = False, restarts: bool = False) -> list[list[Failing]]:
    """Return what failed after each minute."""
    probed, found = Probed(), []
    kept = list(probes)
    for minute in range(END):
        at_us = START_US + minute * MINUTE_US
        for one in kept:
            if minute % one.every == 0:
                well = not (one.fails and HIT <= minute < OVER)
                signal = Signal(at_us, one.source, f"{minute}", "", f"ok: {one.target}: 12 ms", kind="probe")
                reading = Reading(
                    False, 0.0, not well, "mobile_data", "none" if well else "no_internet", one.operator,
                    places=(Place(one.region, one.region, 1.0),) if one.region else (), recovered=well,
                )  # fmt: skip
                probed.hear(signal, reading, one.target)
        found.append(probed.look(at_us + MINUTE_US, TUNING, lambda *_: told))
        if restarts:
            probed = Probed.from_bytes(probed.to_bytes())
    return found


def minutes(found: list[list[Failing]]) -> list[int]:
    return [minute for minute, some in enumerate(found) if some]


TWO = (Asks(source="probe-a"), Asks(source="probe-b"))


def test_what_fails_from_two_probes_twice_in_a_row_is_suspected_until_half_of_them_are_well() -> None:
    found = run(TWO)
    assert minutes(found) == list(range(HIT + 1, OVER))
    first, last = found[HIT + 1][0], found[OVER - 1][0]
    assert (first.onset_us, first.alarm_us) == (START_US + HIT * MINUTE_US, START_US + (HIT + 2) * MINUTE_US)
    assert (last.onset_us, last.alarm_us, last.failing, last.asking) == (first.onset_us, first.alarm_us, 2, 2)
    assert (first.operator, first.service, first.symptom) == ("alpha", "mobile_data", "no_internet")


def test_one_probe_that_asks_for_thousands_of_things_pushes_no_other_out() -> None:
    probed = Probed()
    reading = Reading(False, 0.0, True, "mobile_data", "no_internet", "alpha")
    for number in range(2 * REMEMBERED):
        told = f"failed: tcp x{number}: refused"
        probed.hear(Signal(START_US, "probe-evil", f"{number}", "", told, kind="probe"), reading, f"tcp x{number}")
    restarted = Probed.from_bytes(probed.to_bytes())
    for one in (probed, restarted):
        assert len(one._asked) == TARGETS_OF_ONE
        one.hear(Signal(START_US, "probe-evil", "z", "", "failed: tcp z: refused", kind="probe"), reading, "tcp z")
        one.hear(Signal(START_US, "probe-a", "1", "", f"failed: {WEB}: refused", kind="probe"), reading, WEB)
        assert len(one._asked) == TARGETS_OF_ONE + 1
    # Who brings the answers of many under one name, as a whole system does, may do so.
    for number in range(2 * TARGETS_OF_ONE):
        probed.hear(Signal(START_US, "noc", f"{number}", "", "failed: a: b", kind="probe"), reading, f"t{number}")
    assert len(probed._asked) == 3 * TARGETS_OF_ONE + 1


def test_a_restart_between_any_two_windows_changes_nothing() -> None:
    assert run(TWO, restarts=True) == run(TWO)


@pytest.mark.parametrize(
    "probes",
    [
        (Asks(source="probe-a"),),
        (Asks(source="probe-a"), Asks(source="probe-b", target="dns b.example")),
        (Asks(source="probe-a"), Asks(source="probe-b", operator="beta")),
        (*TWO, *(Asks(source=f"probe-{n}", fails=False) for n in range(3))),
        (*TWO, Asks(source="probe-c", operator="beta")),
    ],
    ids=["alone", "other targets", "other operators", "most are well", "the target is away for others too"],
)
def test_a_probe_that_fails_alone_and_a_target_that_is_away_itself_raise_nothing(probes: tuple[Asks, ...]) -> None:
    assert minutes(run(probes)) == []


def test_where_complaints_are_told_already_probes_raise_nothing_beside_them() -> None:
    assert minutes(run(TWO, told=True)) == []


def test_homes_of_one_region_that_fail_are_suspected_there() -> None:
    hit = [Asks(source=f"probe-h{n}", target=f"home h{n}", region="31.74", every=5) for n in range(3)]
    well = [Asks(source=f"probe-w{n}", target=f"home w{n}", region="32.01", every=5, fails=False) for n in range(8)]
    found = run([*hit, *well])
    assert {one.region for some in found for one in some} == {"31.74"}
    assert minutes(found)[0] <= HIT + 15
    assert minutes(run([*hit[:1], *well])) == []


@pytest.mark.parametrize(("hours", "raised"), [(6, False), (24, True)])
def test_two_probes_are_believed_once_they_have_shown_for_long_enough_that_they_do_not_fail_by_themselves(
    hours: int, raised: bool
) -> None:
    seldom = msgspec.structs.replace(TUNING, false_alarms_per_week=0.1)
    probed, found = Probed(), list[Failing]()
    for minute in range(hours * 60 + 2):
        at_us, well = START_US + minute * MINUTE_US, minute < hours * 60
        for source in ("probe-a", "probe-b"):
            signal = Signal(at_us, source, f"{minute}", "", "ok: tcp a: 1 ms", kind="probe")
            reading = Reading(False, 0.0, not well, None, "none" if well else "no_internet", "alpha", recovered=well)
            probed.hear(signal, reading, WEB)
        found = probed.look(at_us + MINUTE_US, seldom, lambda *_: False)
    assert bool(found) is raised


def test_a_snapshot_of_an_older_version_is_taken_and_what_is_usual_learnt_anew() -> None:
    asked = ["alpha", WEB, "probe-a", "", None, None, START_US, 0, 0, 1.0, 700.0]
    assert Probed.from_bytes(msgspec.msgpack.encode(([asked], []))).look(START_US, TUNING, lambda *_: False) == []
    with pytest.raises(msgspec.DecodeError):
        Probed.from_bytes(b"\xc1")


def test_probes_that_fail_every_other_time_when_all_is_well_need_more_than_two_failures() -> None:
    probed = Probed()
    for minute in range(HIT):
        for source in ("probe-a", "probe-b"):
            well = minute % 4 < 2
            signal = Signal(START_US + minute * MINUTE_US, source, f"{minute}", "", "ok: tcp a: 1 ms", kind="probe")
            reading = Reading(False, 0.0, not well, None, "none" if well else "no_internet", "alpha", recovered=well)
            probed.hear(signal, reading, WEB)
        assert probed.look(signal.at_us + MINUTE_US, TUNING, lambda *_: False) == []
