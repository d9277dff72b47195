"""`make demo` tells the story of the bundled day twice: one outage, found in the morning, over in the evening."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Run the demo without a display and return what it printed and where it wrote."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, str(ROOT / "tools" / "demo.py"), "--out", str(folder), "--port", port]
    env = {**os.environ, "HEADLESS": "1", "COLUMNS": "120"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, folder


def test_the_demo_says_that_it_is_a_simulation_and_which_file_to_open(demo: tuple[str, Path]) -> None:
    printed, folder = demo
    assert "simulation" in printed
    assert str(folder / "report.html") in printed
    assert "simula" in (folder / "report.html").read_text().lower()


def test_the_demo_finds_the_outage_of_the_day_and_nothing_on_the_quiet_days(demo: tuple[str, Path]) -> None:
    findings = _findings(demo[1])
    assert findings
    assert {finding["operator"] for finding in findings} == {"smartfren"}
    assert {finding["alarm"][:10] for finding in findings} == {"2025-10-03"}


def test_the_demo_dates_the_outage_as_the_day_was_written(demo: tuple[str, Path]) -> None:
    first = min(_findings(demo[1]), key=lambda finding: finding["alarm"])
    assert "01:30" <= _clock(first["onset"]) <= "02:05"
    assert "01:48" <= _clock(first["alarm"]) <= "02:10"
    assert "03:15" <= _clock(first["peak"]) <= "03:25"
    assert "09:00" <= _clock(first["cleared"]) <= "16:00"


def test_the_live_desk_of_the_demo_hears_all_of_it_and_opens_one_incident_in_time(demo: tuple[str, Path]) -> None:
    printed, _ = demo
    assert "Heard 9,634 = counted 9,634 + refused 0 + repeated 0 + late 0." in printed
    [(hour, minute)] = re.findall(r"Fri 03 Oct (\d\d):(\d\d)  Smartfren, [^:]*: began Fri 03 Oct 08:4\d", printed)
    assert "08:48" <= f"{hour}:{minute}" <= "09:05"
    assert len(re.findall(r"smartfren, .*: suspected", printed)) == 1


def _findings(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "findings.json").read_text())["findings"])


def _clock(moment: str) -> str:
    """Return the time of day in UTC, seven hours behind WIB."""
    return f"{datetime.fromisoformat(moment):%H:%M}"
