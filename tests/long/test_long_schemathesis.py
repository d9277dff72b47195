"""Schemathesis asks a real `pulih serve` and the larger TM Forum interfaces for all that they promise (P4)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_desk import ApiDesk, running
from test_serving import desk, free_port, token
from test_tmf_schemathesis import check_specified
from test_tmf_shapes import T621, T642
from tmf_partner import ALARMS, TICKETS

EXAMPLES = 30


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("tmf")) as made:
        yield made


def test_schemathesis_finds_nothing_that_is_not_as_described(tmp_path: Path) -> None:
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program, "schemathesis is missing. Install it with: pip install 'pulih[dev]'"
    folder, port = tmp_path / "desk", free_port()
    with desk(folder, port):
        # Its own files go where the test's do.
        asked = subprocess.run(
            [program, "run", f"http://127.0.0.1:{port}/v1/openapi.json", "--no-color",
             "--header", f"Authorization: Bearer {token(folder, 'admin')}", "--checks", "all",
             "--max-examples", f"{EXAMPLES}", "--seed", "20251003", "--generation-deterministic"],
            capture_output=True, text=True, check=False, timeout=600, cwd=tmp_path,
        )  # fmt: skip
    assert asked.returncode == 0, asked.stdout[-8_000:] + asked.stderr[-2_000:]
    assert "No issues found" in asked.stdout or " passed" in asked.stdout


@pytest.mark.parametrize(("file", "root"), [(T621, TICKETS), (T642, ALARMS)])
def test_schemathesis_finds_nothing_that_is_not_as_specified(
    partner: ApiDesk, tmp_path: Path, file: str, root: str
) -> None:
    check_specified(partner, tmp_path, file, root)
