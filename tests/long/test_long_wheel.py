"""What is installed from the wheel compiles its kernels and runs with them; tests/house runs it without compiling."""

from __future__ import annotations

from pathlib import Path

from test_wheel import backtest_runs, empty_python, wheel

__all__ = ["empty_python", "wheel"]


def test_backtest_runs_compiled_from_the_installed_wheel(empty_python: Path, tmp_path: Path) -> None:
    backtest_runs(empty_python, tmp_path)
