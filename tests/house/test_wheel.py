"""The built package is complete: its wheel installs into an empty environment and runs the main job."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from checkout import ROOT, SOURCE


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with what the environment has; no network is asked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    _run(build, cwd=folder)
    (built,) = folder.glob("pulih-*.whl")
    return built


@pytest.fixture(scope="module")
def empty_python(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """Make an environment that holds the wheel, and sees the dependencies of this one without its pulih."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    _run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], cwd=folder)
    # A folder that a .pth file names is searched last; its own .pth files (the editable pulih) stay unread.
    paths = {"base": str(folder), "platbase": str(folder)}
    own = Path(sysconfig.get_path("purelib", "venv", paths))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_the_wheel_holds_every_module_and_every_data_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    made = {"__pycache__"}
    there = {
        path.relative_to(SOURCE.parent).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and not made.intersection(path.parts) and path.suffix != ".pyc"
    }
    assert there - names == set()
    assert [name for name in names if name.startswith(("tests/", "tools/", "docs/"))] == []


def test_the_wheel_carries_the_licences_of_code_region_data_and_page_assets(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        carried = [name for name in packed.namelist() if ".dist-info/licenses/" in name]
    assert sorted(Path(name).name for name in carried) == [
        "LICENSE",
        "LICENSE-htmx.txt",
        "LICENSE-regions.txt",
        "LICENSE-uplot.txt",
    ]


def test_the_installed_package_is_the_wheel_and_not_the_checkout(empty_python: Path) -> None:
    where = _run([str(empty_python), "-c", "import pulih; print(pulih.__file__)"], cwd=empty_python.parent)
    assert Path(where.strip()).is_relative_to(empty_python.parents[1])


def test_backtest_runs_from_the_installed_wheel(empty_python: Path, tmp_path: Path) -> None:
    """Compiling its kernels for one run would take longer than all else; in tests/long they are."""
    backtest_runs(empty_python, tmp_path, NUMBA_DISABLE_JIT="1")


def backtest_runs(empty_python: Path, tmp_path: Path, **further: str) -> None:
    """Run a backtest of half an hour with what is installed, and further variables in its environment."""
    tiny = tmp_path / "tiny.csv"
    begin = datetime(2025, 10, 3, 2, 0, tzinfo=UTC)
    rows = [f"{begin + timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ},smartfren gak ada internet {n}" for n in range(30)]
    tiny.write_text("\n".join(["time,text", *rows]) + "\n")
    pulih = empty_python.with_name("pulih")
    _run(
        [str(pulih), "backtest", str(tiny), "--operator", "Smartfren", "--out", str(tmp_path / "out")],
        cwd=tmp_path,
        **further,
    )
    found = json.loads((tmp_path / "out" / "findings.json").read_text())
    assert found["schema"] == 1
    assert found["counters"]["heard"] == 30
    assert (tmp_path / "out" / "report.html").stat().st_size > 0
    assert (tmp_path / "out" / "signals.parquet").stat().st_size > 0


def _run(command: list[str], *, cwd: Path, **further: str) -> str:
    """Run a command that must succeed, without the paths of the checkout in its environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env |= further
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
