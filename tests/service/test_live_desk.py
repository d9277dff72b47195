"""The live desk end to end: from lines in the journal to findings with reasons, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from journal_in_memory import MINUTE_US, line, post
from simulated_streams import FIRST_DAY, Told
from started_desk import ALL, END_US, OUTAGE, World, told_of_an_outage, us

from pulih.adapters.reading_workers import OneReader
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.reading import Reading
from pulih.ports.files import Wanted
from pulih.ports.live import PlannedChange, ReadersAhead, Row, Tallied, Text


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return told_of_an_outage()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge, told: list[Told]) -> World:
    """A desk that took everything at once."""
    world = World(tmp_path_factory.mktemp("undisturbed"), knowledge)
    world.post(told, 0)
    world.advance(END_US)
    return world


def parts(told: Sequence[Told], seed: int, most: int) -> Iterator[tuple[int, list[Told]]]:
    rng, first = np.random.default_rng(seed), 0
    while first < len(told):
        size = int(rng.integers(1, most))
        yield first, list(told[first : first + size])
        first += size


def test_an_outage_is_found_where_it_is_with_texts_and_reasons(undisturbed: World) -> None:
    found = [one for one in undisturbed.desk.findings(open_only=False) if one.onset_us >= us(OUTAGE) - HOUR_S * MICROS]
    assert {one.operator for one in found} == {"smartfren"}
    first = min(found, key=lambda one: one.alarm_us)
    assert first.alarm_us - us(OUTAGE) < HOUR_S * MICROS
    assert "31.74" in {one.region for one in found}
    assert first.symptom is not None
    assert first.phrases
    assert undisturbed.desk.voices(first.id) == first.voices != ()
    assert undisturbed.desk.verdict(first.id).reasons[0].side == "for"
    assert [one.id for one, _ in undisturbed.opened].count(first.id) == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_taken_in_any_batches_with_restarts_between_the_desk_finds_the_same(
    tmp_path: Path, knowledge: Knowledge, told: list[Told], *, undisturbed: World, seed: int
) -> None:
    world = World(tmp_path, knowledge)
    rng = np.random.default_rng(seed)
    for first, some in parts(told, seed, 120):
        world.post(some, first)
        world.advance(us(some[-1][0]))
        if rng.random() < 0.4:
            world.desk.snapshot()
        if rng.random() < 0.4:
            # As after kill -9: the process and what it had not kept are gone.
            world.start()
    world.advance(END_US)
    assert world.desk.findings(open_only=False) == undisturbed.desk.findings(open_only=False)
    assert [one.id for one, _ in world.opened] == [one.id for one, _ in undisturbed.opened]
    assert {one.id for one in world.cleared} == {one.id for one in undisturbed.cleared}
    assert world.store.findings() == undisturbed.store.findings()


def test_a_desk_without_any_snapshot_finds_the_same_from_the_journal(undisturbed: World) -> None:
    before = undisturbed.desk.findings(open_only=False)
    kept, undisturbed.snapshots.kept = undisturbed.snapshots.kept, []
    opened = len(undisturbed.opened)
    undisturbed.start()
    undisturbed.advance(END_US)
    undisturbed.snapshots.kept = kept
    assert undisturbed.desk.findings(open_only=False) == before
    assert len(undisturbed.opened) == opened


class Dying:
    """Readers that die once, in the middle of it."""

    def __init__(self, inner: ReadersAhead, at: int) -> None:
        self._inner, self._left = inner, at

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        self._left -= 1
        if self._left == 0:
            raise OutsideFailed("a reader died")
        return self._inner.read(texts)

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        return lambda: self.read(texts)


def test_after_a_failure_outside_the_desk_goes_on_and_finds_the_same(
    tmp_path: Path, knowledge: Knowledge, told: list[Told], undisturbed: World
) -> None:
    world = World(tmp_path, knowledge)
    world.start(Dying(OneReader(knowledge.reader), 2))
    world.post(told, 0)
    with pytest.raises(OutsideFailed):
        world.advance(END_US)
    world.advance(END_US)
    assert world.desk.findings(open_only=False) == undisturbed.desk.findings(open_only=False)


class FullOnce(SqlSignalStore):
    """A store whose disk is full when rows are kept for the `left`th time, and has room again later."""

    left = 3

    def keep(self, rows: Sequence[Row]) -> None:
        self.left -= 1
        if self.left == 0:
            raise OutsideFailed("the disk is full")
        super().keep(rows)


def test_a_desk_that_is_stopped_behind_a_failure_keeps_no_state_that_lacks_something(
    tmp_path: Path, knowledge: Knowledge, told: list[Told], undisturbed: World
) -> None:
    world = World(tmp_path, knowledge)
    world.store = FullOnce(world.store._engine)
    world.start()
    world.post(told, 0)
    with pytest.raises(OutsideFailed):
        world.advance(END_US)
    world.desk.snapshot()
    world.start()
    world.advance(END_US)
    assert world.desk.findings(open_only=False) == undisturbed.desk.findings(open_only=False)
    assert world.store.count(ALL).total == undisturbed.store.count(ALL).total


def test_without_a_snapshot_rows_whose_texts_have_expired_stay_and_the_rest_is_counted_anew(
    tmp_path: Path, knowledge: Knowledge, told: list[Told], undisturbed: World
) -> None:
    world = World(tmp_path, knowledge)
    world.post(told, 0)
    world.advance(END_US)
    world.snapshots.kept = []
    world.journal.gone = 100
    world.start()
    world.advance(END_US)
    assert world.store.count(ALL).total == undisturbed.store.count(ALL).total
    first_us, hour_us = us(told[100][0]), HOUR_S * MICROS
    series = world.desk.series("smartfren", "", first_us - hour_us, END_US)
    whole = undisturbed.desk.series("smartfren", "", first_us - hour_us, END_US)
    assert sum(one or 0 for one in series.counts[12:]) == sum(one or 0 for one in whole.counts[12:]) > 0


def test_texts_that_findings_quote_expire_and_are_never_in_the_database(
    tmp_path: Path, knowledge: Knowledge, told: list[Told]
) -> None:
    world = World(tmp_path, knowledge)
    world.post(told, 0)
    world.advance(END_US)
    found = next(one for one in world.desk.findings(open_only=False) if one.voices)
    assert all(not one.voices for one in world.store.findings())
    middle_us = found.voices[len(found.voices) // 2].at_us
    world.desk.forget_quotes(middle_us)
    kept = world.desk.voices(found.id)
    assert kept == tuple(one for one in found.voices if one.at_us >= middle_us) != found.voices
    world.desk.forget_quotes(END_US)
    world.desk.snapshot()
    world.start()
    assert world.desk.voices(found.id) == ()


def test_a_desk_that_hears_nothing_any_more_renews_its_snapshots_until_no_text_is_in_them(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    world, step_us = World(tmp_path, knowledge), 10 * MINUTE_US
    text = (
        "internet smartfren di rumah saya di jaksel mati total dari pagi sampai sekarang kata pakkumis belum pulih juga"
    )
    world.post([(OUTAGE, text)], 0)
    now_us = us(OUTAGE) + HOUR_S * MICROS
    for _ in range(3):
        now_us += step_us
        world.advance(now_us)
    assert len(world.snapshots.kept) == 2
    assert all(b"pakkumis" in state for _, state in world.snapshots.kept)
    now_us += 4 * DAY_S * MICROS
    world.desk.forget_texts(now_us - 2 * DAY_S * MICROS)
    for turn in range(2):
        world.advance(now_us + turn * step_us)
    assert [b"pakkumis" in state for _, state in world.snapshots.kept] == [False, False]
    assert {frame for frame, _ in world.snapshots.kept} == {1}


def test_a_frame_that_was_committed_late_is_taken_alike_after_a_restart(
    tmp_path: Path, knowledge: Knowledge, told: list[Told]
) -> None:
    world = World(tmp_path, knowledge)
    world.post(told[:50], 0)
    behind_us = us(told[49][0])
    world.advance(behind_us + 30 * MINUTE_US)
    late = [line("late", behind_us, "smartfren mati total", author="x")]
    number = post(world.journal, world.ledger, late, behind_us + MICROS)
    world.advance(behind_us + 31 * MINUTE_US)
    assert dict(world.store.held(0)) == {number: behind_us + 30 * MINUTE_US - 3 * MICROS}
    world.start()
    world.advance(behind_us + 31 * MINUTE_US)
    assert dict(world.store.held(0)) == {number: behind_us + 30 * MINUTE_US - 3 * MICROS}


def test_what_is_received_at_work_keeps_its_moment(tmp_path: Path, knowledge: Knowledge, told: list[Told]) -> None:
    world = World(tmp_path, knowledge)
    world.post(told, 0)
    # A week passes by the clock before it gets on.
    world.clock.at_us = END_US
    world.desk.advance(us(told[0][0]))
    assert not world.store.held(0)


def test_a_clock_that_was_a_year_ahead_is_forgotten_with_the_snapshots_it_made(
    tmp_path: Path, knowledge: Knowledge, told: list[Told], undisturbed: World
) -> None:
    world, year_us = World(tmp_path, knowledge), 365 * DAY_S * MICROS
    world.post(told[:50], 0)
    now_us = us(told[49][0])
    world.advance(now_us)
    world.desk.snapshot()
    wise = world.snapshots.kept
    post(world.journal, world.ledger, [line("ahead", now_us, "halo", author="x")], now_us + year_us)
    world.advance(now_us + year_us)
    world.post(told[50:], 50)
    world.advance(END_US)
    assert world.desk.closed_until_us() == now_us + year_us
    world.snapshots.kept = wise
    world.start()
    world.advance(END_US)
    assert world.desk.closed_until_us() <= END_US
    found = world.desk.findings(open_only=False)
    assert [one.id for one in found] == [one.id for one in undisturbed.desk.findings(open_only=False)]


def test_a_series_counts_each_report_once_and_shows_what_is_usual(undisturbed: World) -> None:
    start_us = us(FIRST_DAY)
    series = undisturbed.desk.series("smartfren", "", start_us, END_US, step_s=3600)
    hours = [one or 0.0 for one in series.counts]
    during = hours[5 * 24 + 19]
    assert during > 5 * series.expected[5 * 24 + 19] > 0
    assert during > series.alarm_at[5 * 24 + 19] > series.expected[5 * 24 + 19]
    assert max(hours) == max(hours[5 * 24 + 19 : 5 * 24 + 21])


def test_a_report_is_in_the_series_before_its_window_closes(undisturbed: World) -> None:
    ago_us = END_US - 10 * MINUTE_US
    before = undisturbed.desk.series("smartfren", "", ago_us, END_US + 10 * MINUTE_US)
    text = [line("fresh", END_US, "smartfren mati total", author="fresh")]
    post(undisturbed.journal, undisturbed.ledger, text, END_US)
    undisturbed.advance(END_US)
    after = undisturbed.desk.series("smartfren", "", ago_us, END_US + 10 * MINUTE_US)
    assert sum(one or 0 for one in after.counts) == sum(one or 0 for one in before.counts) + 1


def test_regions_operators_and_sources_say_what_was_heard(undisturbed: World) -> None:
    desk = undisturbed.desk
    regions = desk.regions("smartfren", us(OUTAGE), us(OUTAGE) + 2 * HOUR_S * MICROS)
    assert [one.code for one in regions[:2]] == ["31", "31.74"]
    assert regions[0].reports >= regions[1].reports > 10 * regions[1].usual
    assert desk.operators()[0].operator == "smartfren"
    [source] = desk.sources()
    assert (source.source, source.heard, source.liveness) == ("form", desk.counters().heard, "live")
    assert desk.counters().heard == desk.counters().counted > 0


def test_counting_does_not_wait_for_what_a_page_asks_of_the_store(undisturbed: World) -> None:
    desk, count = undisturbed.desk, undisturbed.store.count

    def slow(wanted: Wanted) -> Tallied:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(desk.findings).result(timeout=5)
        return count(wanted)

    undisturbed.store.count = slow  # type: ignore[method-assign]
    assert desk.operators()[0].services
    undisturbed.store.count = count  # type: ignore[method-assign]


def test_what_cannot_be_shown_is_refused_in_a_sentence(undisturbed: World) -> None:
    with pytest.raises(RefusedInput, match="no finding"):
        undisturbed.desk.verdict("none")
    with pytest.raises(RefusedInput, match="step"):
        undisturbed.desk.series("smartfren", "", 0, 3_600_000_000, step_s=7)
    with pytest.raises(RefusedInput, match="span"):
        undisturbed.desk.series("smartfren", "", 5, 5)


class Work:
    def between(self, start_us: int, end_us: int) -> list[PlannedChange]:
        return [PlannedChange(id="c1", operator="smartfren", start_us=start_us, end_us=end_us, text="Ganti perangkat")]


def test_probes_alarms_and_planned_work_are_reasons_of_their_own(
    tmp_path: Path, knowledge: Knowledge, told: list[Told]
) -> None:
    world = World(tmp_path, knowledge, planned=Work())
    outage_us, last_us = us(OUTAGE), us(told[-1][0])
    lines = [(us(at), line(f"n{number}", us(at), text, author=f"a{number}")) for number, (at, text) in enumerate(told)]
    for minute in range(-200, 100, 5):
        at_us, state = outage_us + minute * MINUTE_US, "ok" if minute < 0 else "failed"
        fields = {"source": "probes", "kind": "probe", "operator": "smartfren"}
        fields["symptom"] = "none" if minute < 0 else "no_internet"
        lines.append((at_us, line(f"p{minute}", at_us, f"{state}: tcp 192.0.2.1:443: connected, 12 ms", **fields)))
    alarm = {"source": "noc", "kind": "alarm", "operator": "smartfren"}
    for number, text in enumerate(("firing: CoreDown", "firing: LinkDown", "resolved: LinkDown")):
        lines.append((last_us, line(f"x{number}", outage_us + number, text, **alarm)))
    for received_us, one in sorted(lines, key=lambda pair: pair[0]):
        post(world.journal, world.ledger, [one], received_us)
    world.advance(END_US)
    finding = min(
        (one for one in world.desk.findings(open_only=False) if one.onset_us >= outage_us - HOUR_S * MICROS),
        key=lambda one: one.alarm_us,
    )
    said = {reason.text_en.split(" ")[1]: reason for reason in world.desk.verdict(finding.id).reasons}
    assert said["of"].side == "for"
    assert said["of"].nats > 10
    assert said["network"].text_en.startswith("1 network alarm is active")
    assert said["work"].side == "against"


def test_probes_that_fail_in_several_places_open_a_suspicion_by_themselves_until_they_are_well_again(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    world = World(tmp_path, knowledge)
    begin_us, hit, over = us(OUTAGE), 300, 400
    fields = {"kind": "probe", "operator": "smartfren", "service": "mobile_data"}

    def ask(first: int, last: int) -> None:
        for minute in range(first, last, 5):
            at_us, symptom = begin_us + minute * MINUTE_US, "no_internet" if hit <= minute < over else "none"
            said = [("ok: tcp 192.0.2.1:443: connected, 12 ms", one) for one in ("a", "b", "c", "d")]
            lines = [line(f"{minute}", at_us, text, **fields, symptom=symptom, source=one) for text, one in said]
            post(world.journal, world.ledger, lines, at_us)
        world.advance(begin_us + last * MINUTE_US)

    ask(0, over)
    (finding,) = world.desk.findings()
    world.start()
    ask(over, over + 60)
    (cleared,) = world.desk.findings(open_only=False)
    assert (finding.operator, finding.standing, finding.rules) == ("smartfren", "suspected", ("probe.several.001",))
    assert begin_us + hit * MINUTE_US <= finding.onset_us < finding.alarm_us <= begin_us + (hit + 30) * MINUTE_US
    assert (cleared.id, cleared.cleared_us is not None) == (finding.id, True)
    assert [one.id for one, _ in world.opened] == [finding.id]
    verdict = world.opened[0][1]
    assert verdict.certainty == "low"
    assert [reason.side for reason in verdict.reasons][:2] == ["unknown", "for"]
