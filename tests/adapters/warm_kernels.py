"""Compile the kernels of detection and of credits, so that no worker has to while others wait: `series` or `credit`.

Numba keeps what it compiled beside the code. Where nothing is kept yet each worker would compile the same, all at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from credit_cases import draw
from credit_files import task_of

import pulih
from pulih.adapters.credit.kernel import KernelEngine

CASES = 40


def series() -> None:
    """Scan four thousand bins of two series."""
    pulih.scan_counts(np.ones((2, 4000), dtype=np.int64), start=datetime(2025, 1, 6, tzinfo=UTC), bin_s=300)


def credit() -> None:
    """Work out some small cases; together they ask for all that is compiled."""
    with TemporaryDirectory() as folder:
        for seed in range(CASES):
            KernelEngine().run(task_of(draw(seed), Path(folder), ordered=True), lambda _doing, _part: None)


KERNELS: dict[str, Callable[[], None]] = {"series": series, "credit": credit}

if __name__ == "__main__":
    KERNELS[sys.argv[1]]()
