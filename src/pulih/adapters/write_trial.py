"""A trial whether a folder can still be written: a small file, made durable and taken away again.

After a commit failed, only this tells whether there is room again before somebody's reports are risked for it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from pulih.model.errors import OutsideFailed

TRIAL: Final = ".trial"
# One block of any file system in use.
_BYTES: Final = b"\0" * 4096


def try_to_write(folder: Path) -> None:
    """Write, sync and remove a small file in `folder`.

    Raises: OutsideFailed when the disk refuses; it names the folder without what is above it.
    """
    path = folder / TRIAL
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, _BYTES)
            os.fsync(file)
        finally:
            os.close(file)
            path.unlink(missing_ok=True)
    except OSError as problem:
        reason = problem.strerror or "the disk refuses"
        raise OutsideFailed(
            f"Nothing can be written in {folder.name}/ ({reason}); right would be room there."
        ) from None
