"""Secrets of sources: from a file beside pulih.toml, or from the environment of the process, and from nowhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulih.adapters.config.source_tables import SourceTable
from pulih.model.errors import RefusedInput
from pulih.serve.listening import secrets_from


@pytest.fixture
def variable() -> Iterator[str]:
    """Put a secret into the environment of this process."""
    os.environ["PULIH_TRIED_TOKEN"] = " s3cr3t\n"
    yield "PULIH_TRIED_TOKEN"
    del os.environ["PULIH_TRIED_TOKEN"]


def test_a_secret_is_read_from_its_file_or_from_the_environment(tmp_path: Path, variable: str) -> None:
    (tmp_path / "x.token").write_text("from a file\n")
    secret = secrets_from(SourceTable(name="x", kind="x", folder=tmp_path))
    assert secret("x.token") == "from a file"
    assert secret(str(tmp_path / "x.token")) == "from a file"
    assert secret(f"env:{variable}") == "s3cr3t"
    # A kind whose key is a path gets it from the folder of the settings on.
    assert secret(str(tmp_path / f"env:{variable}")) == "s3cr3t"


def test_a_secret_that_is_not_there_is_told_without_guessing(tmp_path: Path) -> None:
    secret = secrets_from(SourceTable(name="x", kind="x", folder=tmp_path))
    with pytest.raises(RefusedInput, match="there is no PULIH_NOTHING in the environment"):
        secret("env:PULIH_NOTHING")
    with pytest.raises(RefusedInput, match="cannot be read"):
        secret("x.token")
