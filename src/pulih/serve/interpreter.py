"""Interpreter: lets the threads of one desk share Python's interpreter evenly, so that an answer waits for nobody long.

One thread answers, one commits, one counts, and only one of them runs Python at a time. Two habits of the interpreter
make the first wait. Its collector of garbage walks through everything that lives, a million objects of a desk that has
just started, and again after every some ten thousand new ones, which a flood makes and lets go of in a moment; what a
start leaves behind stays for good, so it is set aside (`gc.freeze`), and the rest is walked through seldom: nearly all
objects of a desk are let go of without the collector. And a thread that counts gives the interpreter away only every
five milliseconds, while a commit asks for it half a dozen times.
What a flood lets go of, the C library keeps in pieces for later, tens of megabytes more each minute; it is asked for
them once a minute (`malloc_trim`, some ten milliseconds).
Source: https://man7.org/linux/man-pages/man3/malloc_trim.3.html,
https://docs.python.org/3/library/gc.html#gc.freeze and
https://docs.python.org/3/library/sys.html#sys.setswitchinterval; docs/operate.md has what was measured.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Final

# How long a thread may keep the interpreter while another waits for it.
TURN_S: Final = 0.001
# New objects after which the youngest are looked through, how many such times make the older ones' turn, and how many
# of those that of all.
LOOKED_THROUGH: Final = (5_000, 10, 100)


def share_evenly() -> None:
    """Set aside what has been made so far, and let threads take turns quickly; for a desk that has just started."""
    sys.setswitchinterval(TURN_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*LOOKED_THROUGH)


def give_back() -> None:
    """Give memory that nobody uses back to the machine, where the C library can (glibc); others do as they like."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], Any] | None:
    # The library that this process runs with; musl and macOS have no such call.
    found: Callable[[int], Any] | None = (
        getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    )
    return found
