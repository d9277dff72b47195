"""Schemathesis asks the TM Forum interfaces for all that TM Forum's specifications promise (requirement P4).

In the suite it draws few cases of each operation; docs/tmforum.md has the command and the result of a thorough run.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_desk import ApiDesk, running
from test_tmf_shapes import T621, T642, T656
from tmf_partner import ALARMS, PROBLEMS, TICKETS
from tmf_schemas import STANDARDS


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("tmf")) as made:
        yield made


@pytest.mark.parametrize(("file", "root"), [(T621, TICKETS), (T642, ALARMS), (T656, PROBLEMS)])
def test_schemathesis_finds_nothing_that_is_not_as_specified(
    desk: ApiDesk, tmp_path: Path, file: str, root: str
) -> None:
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program, "schemathesis is missing. Install it with: pip install 'pulih[dev]'"
    asked = subprocess.run(
        [program, "run", str(STANDARDS / file), "--url", f"{desk.address}{root}", "--no-color",
         "--header", "Authorization: Bearer admin-token", "--checks", "all", "--phases", "fuzzing",
         "--max-examples", "2", "--seed", "20251003", "--generation-deterministic"],
        capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stdout[-8_000:] + asked.stderr[-2_000:]
    assert " passed" in asked.stdout
