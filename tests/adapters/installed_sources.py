"""Kinds of sources of the tests, as a package would bring them: found by entry points while this is entered."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KINDS = {"made-up": "made_up_source", "paid": "paid_source", "past": "past_source"}


def lay_out(folder: Path, kinds: dict[str, str]) -> None:
    """Write what says which kinds a package offers, as installing it would."""
    info = folder / "pulih_made_up-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pulih-made-up\nVersion: 1.0\n")
    lines = [f"{name} = {target}\n" for name, target in kinds.items()]
    (info / "entry_points.txt").write_text("[pulih.sources]\n" + "".join(lines))


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """Let the kinds of the tests be found, in this process."""
    lay_out(folder, {name: f"{module}:KIND" for name, module in KINDS.items()})
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        importlib.invalidate_caches()
