"""Whether a folder can be written is tried, and nothing stays of the trial."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulih.adapters.write_trial import try_to_write
from pulih.model.errors import OutsideFailed


def test_a_folder_that_can_be_written_stays_as_it_was(tmp_path: Path) -> None:
    try_to_write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_told_by_its_name_alone(tmp_path: Path) -> None:
    with pytest.raises(OutsideFailed, match=r"Nothing can be written in journal/") as refusal:
        try_to_write(tmp_path / "journal")
    assert str(tmp_path) not in str(refusal.value)
