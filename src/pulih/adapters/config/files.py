"""What settings can get wrong about files and names: a file not there, a secret that all may read, a name twice."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pulih.adapters.config.lines import Spot

# Key, what is wrong, what would be right.
Wrong = tuple[Spot, str, str]


def twice(names: Sequence[str], table: str, key: str) -> Iterator[Wrong]:
    """Return names that stand in a list of tables more than once."""
    for name, times in Counter(names).items():
        if times > 1:
            last = len(names) - 1 - list(reversed(names)).index(name)
            yield (table, last, key), f"{name!r} is named {times} times", f"another {key} for each"


def readable(path: Path, spot: Spot) -> Iterator[Wrong]:
    """Return what is wrong with a file that must be readable."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        yield spot, f"{path} cannot be read ({error.strerror})", "the path of a file, from the folder of pulih.toml on"


def secret(path: Path, spot: Spot, *, least: int = 1) -> Iterator[Wrong]:
    """Return what is wrong with a file that holds a secret of `least` bytes at least."""
    refused = list(readable(path, spot))
    yield from refused
    if refused:
        return
    mode = path.stat().st_mode
    if mode & 0o007:
        what = f"everybody on this machine may read the secret in {path} (mode {stat.S_IMODE(mode):04o})"
        yield spot, what, f"a file that only the desk may read: chmod 600 {path}"
    if (size := len(path.read_bytes().strip())) < least:
        what = f"the secret in {path} has {size} bytes" if size else f"{path} is empty"
        yield spot, what, f"a file that holds the secret and nothing else, {least} bytes of it at least"
