"""The bundled day is what its script writes, says that it is a simulation, and tells the story it should."""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from checkout import ROOT, SOURCE

from pulih import Wishes, backtest
from pulih.model.clock import from_micros
from pulih.model.finding import Finding
from pulih.model.signal import SIMULATION

BUNDLED = SOURCE / "data" / "demo" / "smartfren-2025-10-03-simulated.csv.gz"
DAY = "2025-10-03"


def test_the_bundled_day_is_byte_for_byte_what_the_script_writes(tmp_path: Path) -> None:
    again = tmp_path / "again.csv.gz"
    _simulate("--out", str(again))
    assert gzip.decompress(again.read_bytes()) == gzip.decompress(BUNDLED.read_bytes())
    # Ten bytes of head: no name, no time stamp, so that equal content stays equal.
    assert again.read_bytes()[:10] == BUNDLED.read_bytes()[:10]
    assert BUNDLED.read_bytes()[4:8] == b"\0\0\0\0"


def test_another_seed_gives_another_day(tmp_path: Path) -> None:
    other = tmp_path / "other.csv.gz"
    _simulate("--seed", "7", "--out", str(other))
    assert gzip.decompress(other.read_bytes()) != gzip.decompress(BUNDLED.read_bytes())


def test_the_bundled_day_is_small_and_labelled_in_name_rows_and_readme() -> None:
    assert BUNDLED.stat().st_size < 600_000
    assert 6_000 <= len(_rows()) <= 12_000
    assert all(row["id"].startswith("sim-") and row["author"].endswith("_sim") for row in _rows())
    assert {row["source"] for row in _rows()} == {SIMULATION}
    assert "simulation" in (BUNDLED.parent / "README.md").read_text()


def test_the_bundled_day_names_only_invented_accounts_and_no_number_or_address() -> None:
    for row in _rows():
        assert all(handle.endswith("_sim") for handle in re.findall(r"@(\w+)", row["text"])), row
        assert not re.search(r"\d{7}|https?:|\w@\w", row["text"]), row


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    """What `make demo` finds in its first half; tests/long runs the whole of it."""
    outcome = backtest([BUNDLED], wishes=Wishes(operator="Smartfren", tz="Asia/Jakarta"))
    return sorted((view.finding for view in outcome.views), key=lambda one: one.alarm_us)


def test_a_backtest_finds_the_outage_of_the_day_and_nothing_on_the_quiet_days(found: list[Finding]) -> None:
    assert found
    assert {one.operator for one in found} == {"smartfren"}
    assert {f"{from_micros(one.alarm_us):%Y-%m-%d}" for one in found} == {DAY}


def test_a_backtest_dates_the_outage_as_the_day_was_written(found: list[Finding]) -> None:
    first = found[0]
    # In UTC, seven hours behind WIB.
    moments = (first.onset_us, first.alarm_us, first.peak_us, first.cleared_us)
    onset, alarm, peak, cleared = (f"{from_micros(at_us or 0):%H:%M}" for at_us in moments)
    assert "01:30" <= onset <= "02:05"
    assert "01:48" <= alarm <= "02:10"
    assert "03:15" <= peak <= "03:25"
    assert "09:00" <= cleared <= "16:00"


def test_reports_begin_at_0848_peak_around_1018_and_go_on_in_the_afternoon() -> None:
    naming = [row for row in _rows() if row["time"].startswith(DAY) and _names_the_operator(row["text"])]
    fives = Counter(row["time"][11:15] + "05"[row["time"][15] > "4"] for row in naming)
    assert max(fives, key=lambda five: fives[five]) == "10:15"
    assert sum(fives[five] for five in fives if "08:00" <= five < "08:45") < 5
    assert min(row["time"][11:16] for row in naming if row["time"][11:16] >= "08:45") == "08:48"
    assert sum(count for five, count in fives.items() if "14:00" <= five < "16:00") > 200


def test_people_say_that_it_is_back_in_the_afternoon_and_evening_and_not_before_noon() -> None:
    back = [row["time"][11:13] for row in _rows() if row["time"].startswith(DAY) and "normal" in row["text"].lower()]
    hours = Counter(back)
    assert sum(count for hour, count in hours.items() if "15" <= hour <= "21") > 100


def test_the_quiet_weeks_are_quiet() -> None:
    days = Counter(row["time"][:10] for row in _rows() if not row["time"].startswith(DAY))
    assert len(days) == 28
    assert max(days.values()) < 2 * min(days.values())


def test_the_phrases_are_many() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    names = ("pieces", "reports_day", "recovery", "quiet", "chatter")
    loaded = [importlib.import_module(f"simulation.{name}") for name in names]
    phrases = {
        text for module in loaded for name, value in vars(module).items() if name.isupper() for text in _leaves(value)
    }
    assert len(phrases) >= 400


def _simulate(*options: str) -> None:
    script = str(ROOT / "tools" / "simulate_day.py")
    subprocess.run([sys.executable, script, *options], check=True, capture_output=True)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with gzip.open(BUNDLED, "rb") as packed:
        return tuple(csv.DictReader(io.StringIO(packed.read().decode())))


def _names_the_operator(text: str) -> bool:
    return re.search(r"smart ?(?:fr|pr)", text.lower()) is not None


def _leaves(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return {text for part in value.values() for text in _leaves(part)}
    if isinstance(value, tuple):
        return {text for part in value for text in _leaves(part)}
    return set()
