"""Schemathesis asks the TM Forum interfaces for all that TM Forum's specifications promise (requirement P4).

It draws few cases of each operation, and the two larger interfaces are asked in tests/long; docs/tmforum.md has the
command and the result of a thorough run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_desk import ApiDesk, running
from test_tmf_shapes import T656
from tmf_partner import PROBLEMS
from tmf_schemas import STANDARDS


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("tmf")) as made:
        yield made


def check_specified(desk: ApiDesk, folder: Path, file: str, root: str) -> None:
    """Look that schemathesis finds nothing at `root` that is not as the specification `file` has it."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program, "schemathesis is missing. Install it with: pip install 'pulih[dev]'"
    asked = subprocess.run(
        [program, "run", str(STANDARDS / file), "--url", f"{desk.address}{root}", "--no-color",
         "--header", "Authorization: Bearer admin-token", "--checks", "all", "--phases", "fuzzing",
         "--max-examples", "2", "--seed", "20251003", "--generation-deterministic"],
        capture_output=True, text=True, check=False, timeout=120, cwd=folder,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stdout[-8_000:] + asked.stderr[-2_000:]
    assert " passed" in asked.stdout


def test_schemathesis_finds_nothing_that_is_not_as_specified(desk: ApiDesk, tmp_path: Path) -> None:
    check_specified(desk, tmp_path, T656, PROBLEMS)
