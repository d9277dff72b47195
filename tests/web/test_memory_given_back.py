"""What a flood has let go of goes back to the machine, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: what others hold in this one would be counted too. Pieces of a kilobyte lie in the heap, and
# those at its end are held, so that the C library keeps what lies before them.
GIVES_BACK = """
import psutil
from pulih.serve.interpreter import give_back
held = [bytearray(1_000) for _ in range(200_000)]
kept = held[::1000]
del held
before = psutil.Process().memory_info().rss
give_back()
give_back()
print(before - psutil.Process().memory_info().rss, len(kept))
"""


def test_memory_that_nobody_uses_is_given_back() -> None:
    told = subprocess.run([sys.executable, "-c", GIVES_BACK], capture_output=True, text=True, check=True).stdout.split()
    assert int(told[0]) > 50_000_000
    assert int(told[1]) == 200
