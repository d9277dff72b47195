"""Interpreter: lets the threads of one desk share Python's interpreter evenly, so that an answer waits for nobody long.

One thread answers, one commits, one counts, and only one of them runs Python at a time. Two habits of the interpreter
make the first wait. Its collector of garbage walks through everything that lives, a million objects of a desk that has
just started, again and again; what a start leaves behind stays for good, so it is set aside (`gc.freeze`). And a thread
that counts gives the interpreter away only every five milliseconds, while a commit asks for it half a dozen times.
Source: https://docs.python.org/3/library/gc.html#gc.freeze and
https://docs.python.org/3/library/sys.html#sys.setswitchinterval; docs/operate.md has what was measured.
"""

from __future__ import annotations

import gc
import sys
from typing import Final

# How long a thread may keep the interpreter while another waits for it.
TURN_S: Final = 0.0005


def share_evenly() -> None:
    """Set aside what has been made so far, and let threads take turns quickly; for a desk that has just started."""
    sys.setswitchinterval(TURN_S)
    gc.collect()
    gc.freeze()
