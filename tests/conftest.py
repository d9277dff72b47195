"""What holds for every room of tests: compiled kernels are never older than the code they were compiled from."""

from __future__ import annotations

from pathlib import Path

KERNELS = Path(__file__).resolve().parent.parent / "src" / "pulih" / "series"


def pytest_configure() -> None:
    """Drop compiled kernels that are older than any kernel's code.

    Numba compares a kernel with its own file only; a change in a file whose functions or constants it took in would
    go unseen, and the tests would test yesterday's code.
    """
    newest = max(file.stat().st_mtime for file in KERNELS.glob("*.py"))
    for kept in (KERNELS / "__pycache__").glob("*.nb[ci]"):
        if kept.stat().st_mtime < newest:
            kept.unlink(missing_ok=True)
