"""Kernel: how the loops of the change-point are compiled.

They make no arrays and work on those that their caller holds, so numba's runtime, which counts who still holds an
array, is left out: with a look at every row, its counting took longer than the arithmetic. A kernel that makes an
array does not compile so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit
from numba.core.dispatcher import Dispatcher

Loop = TypeVar("Loop", bound=Callable[..., object])
# Numba's stubs do not know the second.
_OPTIONS: dict[str, Any] = {"cache": True, "_nrt": False}


def kernel(loop: Loop) -> Dispatcher[Loop]:
    """Return a loop over arrays compiled; `.py_func` is the loop itself."""
    compiled: Dispatcher[Loop] = njit(**_OPTIONS)(loop)
    return compiled


def kernel_unlocked(loop: Loop) -> Dispatcher[Loop]:
    """Return a loop compiled that lets other threads run meanwhile, for loops over many rows that a call starts."""
    compiled: Dispatcher[Loop] = njit(nogil=True, **_OPTIONS)(loop)
    return compiled


def kernel_inlined(loop: Loop) -> Dispatcher[Loop]:
    """Return a loop compiled into whoever calls it: handing over many arrays by call takes longer than a short loop."""
    compiled: Dispatcher[Loop] = njit(forceinline=True, **_OPTIONS)(loop)
    return compiled
