"""What was listened to can be replayed: lines of a source are found in, as reports of people or as states."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from simulated_streams import FIRST_DAY, Outage, Told, quiet_stream, with_outages

from pulih import Wishes, backtest
from pulih.listen.payload import PayloadReader
from pulih.model.clock import iso, to_micros
from pulih.ports.sources import Item
from pulih.service.outcome import Outcome

WISHES = Wishes(operator="Zonanet", tz="Asia/Jakarta")
START = FIRST_DAY + timedelta(days=20, hours=9)


def line_of(item: Item, source: str) -> bytes:
    """Return an item as POST /v1/reports takes it, which is what a source's items are kept as."""
    told = {
        name: value for name in ("id", "text", "author", "operator", "place", "kind") if (value := getattr(item, name))
    }
    more = {"service": item.service, "symptom": item.symptom}
    at = {} if item.at_us is None else {"at": iso(item.at_us)}
    return msgspec.json.encode(
        {**told, **{name: value for name, value in more.items() if value}, **at, "source": source}
    )


def people() -> list[bytes]:
    quiet = quiet_stream("Zonanet", per_day=12, weeks=3, seed=5)
    posts: list[Told] = with_outages(
        quiet, "Zonanet", per_day=12, outages=[Outage(START, timedelta(hours=2), 30.0)], seed=6
    )
    items = [
        Item(id=f"p{number}", at_us=to_micros(at), text=text, author=f"akun{number % 400}")
        for number, (at, text) in enumerate(posts)
    ]
    return [line_of(item, "bluesky") for item in items]


def states(kind: str, text: str, *, at_hours: float, many: int) -> list[bytes]:
    """Return a flood of states within an hour."""
    first_us = to_micros(START) + round(at_hours * 3_600_000_000)
    return [
        line_of(
            Item(id=f"{kind}{at_hours}-{number}", at_us=first_us + number * 1_000_000, text=text, operator="Zonanet",
                 symptom="no_internet" if kind == "probe" else None, kind=kind),  # type: ignore[arg-type]
            f"some-{kind}",
        )
        for number in range(many)
    ]  # fmt: skip


def replay(folder: Path, lines: list[bytes]) -> Outcome:
    folder.mkdir()
    (folder / "heard.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return backtest([folder / "heard.jsonl"], out=folder / "out", wishes=WISHES)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Outcome]:
    """A replay of people alone, and of the same with a flood of alarms and of probes two days before."""
    folder = tmp_path_factory.mktemp("replays")
    heard = people()
    network = [
        *states("alarm", "firing: internet mati total, Zonanet down", at_hours=-48, many=300),
        *states("probe", "failed: ioda/bgp AS64500: internet mati Zonanet", at_hours=-47, many=300),
        *states("alarm", "resolved: internet mati total, Zonanet down", at_hours=-46, many=1),
    ]
    return replay(folder / "people", heard), replay(folder / "both", [*network, *heard])


def test_the_lines_are_those_that_the_intake_takes() -> None:
    lines = [*people()[:50], *states("probe", "failed: x y: z", at_hours=0, many=2)]
    assert PayloadReader(b"k" * 16).batch(b"\n".join(lines), to_micros(START)).refused == ()


def test_what_people_said_to_a_source_is_found_in_a_backtest(outcomes: tuple[Outcome, Outcome]) -> None:
    found = [view.finding for view in outcomes[0].views]
    assert found and abs(found[0].onset_us - to_micros(START)) < 3_600_000_000
    assert outcomes[0].chosen[0].native_id == "id"


def test_a_flood_of_alarms_and_probes_raises_nothing_and_takes_nothing_away(outcomes: tuple[Outcome, Outcome]) -> None:
    alone, both = outcomes
    assert [one.finding.id for one in both.views] == [one.finding.id for one in alone.views]
    assert [one.finding.signals for one in both.views] == [one.finding.signals for one in alone.views]
    assert both.counters.counted == alone.counters.counted + 601
    assert both.counters.reports == alone.counters.reports
    assert both.chosen[0].kind == "kind"
    assert any("probes and alarms: 601" in english for english, _ in both.notes)


def test_a_file_of_states_alone_is_counted_and_raises_nothing(tmp_path: Path) -> None:
    outcome = replay(tmp_path / "states", states("alarm", "firing: Zonanet down", at_hours=0, many=3))
    assert (outcome.views, outcome.counters.counted, outcome.counters.reports) == ((), 3, 0)


def test_a_network_that_was_watched_before_people_were_heard_does_not_make_them_seem_loud(
    tmp_path: Path, outcomes: tuple[Outcome, Outcome]
) -> None:
    early = states("alarm", "firing: Zonanet down", at_hours=-24 * 60, many=3)
    outcome = replay(tmp_path / "early", [*early, *people()])
    assert (outcome.first_us, outcome.last_us) == (outcomes[0].first_us, outcomes[0].last_us)
    assert [one.finding.id for one in outcome.views] == [one.finding.id for one in outcomes[0].views]
