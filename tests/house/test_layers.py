"""Data flows one way through the house: the import contracts hold, and they catch what they should."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from checkout import ROOT, program

# Where a violation is planted, what is planted there, and the words of import-linter that name it.
PLANTED = {
    "model/planted.py": ("from pulih.service import outcome", "pulih.model.planted -> pulih.service.outcome"),
    "detect/planted.py": ("import os", "pulih.detect.planted -> os"),
    "listen/planted.py": ("import pulih.understand", "pulih.listen.planted -> pulih.understand"),
    "series/planted.py": ("from pulih.series import planted_too", "No cycles are allowed in pulih.series."),
    "series/planted_too.py": ("from pulih.series import planted", "No cycles are allowed in pulih.series."),
    "understand/planted.py": ("import duckdb", "pulih.understand.planted -> duckdb"),
    "service/planted.py": ("import pulih.adapters", "pulih.service.planted -> pulih.adapters"),
    "unlisted/__init__.py": ("", "- pulih.unlisted"),
}


def test_the_import_contracts_hold() -> None:
    checked = _lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_planted_violations_are_caught(tmp_path: Path) -> None:
    house = tmp_path / "house"
    shutil.copytree(ROOT / "src", house / "src", ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "pyproject.toml", house)
    for place, (line, _) in PLANTED.items():
        module = house / "src" / "pulih" / place
        module.parent.mkdir(exist_ok=True)
        module.write_text(f'"""A planted violation."""\n{line}\n')
    checked = _lint_imports(house)
    assert checked.returncode != 0
    assert [words for _, words in PLANTED.values() if words not in checked.stdout] == []


def _lint_imports(house: Path) -> subprocess.CompletedProcess[str]:
    # The first entry of the path wins over the editable install, so that a copy is read and not the original.
    env = {"PYTHONPATH": str(house / "src"), "PATH": "", "COLUMNS": "200"}
    command = [program("lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=house, env=env, capture_output=True, text=True, check=False)
