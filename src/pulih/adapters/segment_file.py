"""Segment file: who is told what, in a file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from pulih.adapters.disk_errors import disk_refused
from pulih.ports.segments import Addressed
from pulih.service.segment_sheet import SheetForm, written


def write_segments(lines: Iterable[Addressed], form: SheetForm, target: Path | None, out: TextIO) -> None:
    """Write the file: to `out` when `target` is None, else whole or not at all, and readable by its owner alone.

    Raises: OutsideFailed when the disk refuses; what `lines` raises.
    """
    if target is None:
        out.writelines(written(lines, form))
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            for piece in written(lines, form):
                file.write(piece)
        draft.replace(target)
    except OSError as error:
        raise disk_refused(error, target, doing="writing it") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
