"""Public measurement on a whole desk, from its settings to what it shows: heard, weighed, and never an incident."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_here import desk_here
from listening_in_memory import wait_for
from measurement_services import Service, service
from typing_hands import typed

from pulih.adapters.config import read_config
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.sources.kinds import kind_of
from pulih.listen.payload import PayloadReader
from pulih.model.clock import iso
from pulih.serve.clocks import WorldClock

SETTINGS = """
[site]
on = false

[reading]
workers = 1

[[source]]
name = "ioda"
kind = "ioda"
allow_networks = ["127.0.0.0/8"]
address = "{address}"
watch = [
  {{ asn = 64500, operator = "smartfren", service = "mobile_data" }},
  {{ country = "ID" }},
  {{ region = "4416", place = "Jawa Barat" }},
]
"""


@pytest.fixture(scope="module")
def served() -> Iterator[Service]:
    """IODA says since half an hour that all that is watched is cut off."""
    at_s = int(time.time()) - 1_800
    told = {"datasource": "bgp", "time": at_s, "level": "critical", "value": 1.0, "historyValue": 100.0}
    with service() as made:
        made.answers["/outages/alerts"] = {"error": None, "data": [[told]]}
        made.answers["/outages/events"] = {"error": None, "data": []}
        yield made


@pytest.fixture
def config(served: Service, tmp_path: Path) -> Path:
    path = tmp_path / "pulih.toml"
    path.write_text(SETTINGS.format(address=served.address))
    return path


def test_what_is_measured_is_heard_shown_and_opens_nothing(config: Path, tmp_path: Path) -> None:
    with DataFolder(tmp_path / "desk") as folder:
        desk = desk_here(folder, read_config(config, kind_of), WorldClock())
        desk.start()
        try:
            wait_for(lambda: any(one.counted == 3 for one in desk.live.sources() if one.source == "ioda"), 60)
            assert desk.live.afar == {"ioda"}
            now_us = desk._clock.now_us()
            wait_for(lambda: len(desk._signals.states(now_us - 3_600_000_000, now_us)) == 3, 60)
            rows = desk._signals.states(now_us - 3_600_000_000, now_us)
            told = {(one.operator, one.region, one.kind, one.recovered) for one in rows}
            assert told == {
                ("smartfren", None, "probe", False),
                (None, None, "probe", False),
                (None, "32", "probe", False),
            }
            assert (desk.incidents.current(), desk.live.findings(open_only=False)) == ([], [])
            assert desk.usefulness.worths() == ()
        finally:
            desk.stop()


def test_the_past_is_written_as_lines_of_the_intake_and_replayed_without_a_finding(
    config: Path, tmp_path: Path
) -> None:
    out, now_us = tmp_path / "ioda.jsonl", time.time_ns() // 1000
    span = ("--since", iso(now_us - 7_200_000_000), "--until", iso(now_us))
    done = typed("listen", "ioda", *span, "--out", str(out), "--config", str(config))
    assert done.returncode == 0, done.stderr
    lines = out.read_bytes().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["probe"] * 3
    assert PayloadReader(b"k" * 16).batch(b"\n".join(lines), now_us).refused == ()
    replayed = typed("backtest", str(out), "--out", str(tmp_path / "found"))
    assert replayed.returncode == 0, replayed.stderr
    found = json.loads((tmp_path / "found" / "findings.json").read_text())
    assert found["findings"] == []
    assert found["counters"]["counted"] == 3
