"""What holds for every room of tests: no stale kernels, and drawn examples that neither time nor luck decides."""

from __future__ import annotations

from pathlib import Path

from hypothesis import settings

KERNELS = Path(__file__).resolve().parent.parent / "src" / "pulih" / "series"

# A landing does not depend on how busy the machine is, nor on what was drawn this time;
# `--hypothesis-profile=search` draws anew.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1_000)
settings.load_profile("same")


def pytest_configure() -> None:
    """Drop compiled kernels that are older than any kernel's code.

    Numba compares a kernel with its own file only; a change in a file whose functions or constants it took in would
    go unseen, and the tests would test yesterday's code.
    """
    newest = max(file.stat().st_mtime for file in KERNELS.glob("*.py"))
    for kept in (KERNELS / "__pycache__").glob("*.nb[ci]"):
        if kept.stat().st_mtime < newest:
            kept.unlink(missing_ok=True)
