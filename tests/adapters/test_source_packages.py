"""A stranger's package adds a kind of source by an entry point, and is held to the contract like our own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from installed_sources import lay_out

from pulih.adapters.sources.kinds import kind_names, kind_of
from pulih.model.errors import RefusedInput

HERE = Path(__file__).parent
TRIED = """
import asyncio, sys
from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.kinds import kind_names, kind_of
assert "made-up" in kind_names()
assert "made_up_source" not in sys.modules
kind = kind_of("made-up")
import made_up_source
means = tried_means()
trial = Trial(open=lambda: kind.open(kind.settings(), means), peer=made_up_source.PEER, wait_s=5.0)
asyncio.run(hold(trial))
print(kind.says)
"""


REFUSED = """
from pulih.adapters.sources.kinds import kind_of
try:
    kind_of("made-up")
except Exception as no:
    print(no)
"""


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a process that finds the packages of a folder beside all others."""
    path = ":".join([str(folder), *sys.path])
    return subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )


def package(folder: Path, target: str) -> Path:
    """Lay a package out as installing it would: its module, and the folder that says what it offers."""
    (folder / "made_up_source.py").write_text((HERE / "made_up_source.py").read_text())
    (folder / "unreadable_source.py").write_text("KIND = = 1\n")
    (folder / "failing_source.py").write_text('raise RuntimeError("no forum today")\n')
    lay_out(folder, {"made-up": target})
    return folder


def test_a_kind_of_a_package_is_found_by_its_name_and_keeps_the_contract(tmp_path: Path) -> None:
    folder = package(tmp_path, "made_up_source:KIND")
    found = run(TRIED, folder)
    assert (found.returncode, found.stdout, found.stderr) == (0, "A list in memory.\n", "")


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("made_up_source:NOTHING", "cannot be loaded"),
        ("made_up_source:PEER", "gives no source of that name"),
        ("unreadable_source:KIND", "cannot be loaded (invalid syntax"),
        ("failing_source:KIND", "cannot be loaded (no forum today)"),
    ],
)
def test_a_package_that_gives_no_kind_is_refused_with_what_to_do(tmp_path: Path, target: str, says: str) -> None:
    folder = package(tmp_path, target)
    found = run(REFUSED, folder)
    assert says in found.stdout, found.stderr


def test_a_kind_that_nobody_has_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(RefusedInput, match='there is no source "nowhere"; right would be one of'):
        kind_of("nowhere")
    assert kind_names() == tuple(sorted(kind_names()))
