"""What the disk refuses, said in one sentence: full, read-only, not ours, or broken, and what would help.

Sentences of the operating system name neither the file nor the way out, and whoever runs the desk at night needs both.
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from pulih.model.errors import OutsideFailed

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_OURS: Final = frozenset({errno.EACCES, errno.EPERM})


def disk_refused(error: OSError, path: Path, *, doing: str) -> OutsideFailed:
    """Return the refusal that says what could not be done with `path`, why, and what would help.

    Args:
        error: what the operating system said.
        path: the file or folder it is about.
        doing: what was to be done, as in "writing the lock".

    >>> str(disk_refused(OSError(28, "No space left on device"), Path("desk/lock"), doing="writing the lock"))
    'desk/lock: writing the lock failed because the disk is full; free some space there and start again.'
    """
    return OutsideFailed(f"{path}: {doing} failed because {_reason(error)} and start again.")


def _reason(error: OSError) -> str:
    if error.errno in _FULL:
        return "the disk is full; free some space there"
    if error.errno == errno.EROFS:
        return "the disk is read-only; mount it writable or name another folder"
    if error.errno in _NOT_OURS:
        return "this user may not; let it own the folder (chown) or name another folder"
    return f"of {error.strerror or error}; look at the disk"
