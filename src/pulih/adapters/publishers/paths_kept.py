"""Remembers in the data folder which paths each publisher has, a file for each; it may be lost without harm.

Without it pages that are no more (an operator that is shown no more) would stay where they were put before a restart.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pulih.adapters.data_folder import write_private
from pulih.adapters.disk_errors import disk_refused


class PathsFolder:
    """Keeps paths in a folder, which is made when missing; see `PathsKept`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self, publisher: str) -> frozenset[str]:
        """Return the paths that were kept last; none when nothing was, or it cannot be read."""
        try:
            return frozenset(self._file(publisher).read_text(encoding="utf-8").splitlines()[1:])
        except (OSError, UnicodeDecodeError):
            return frozenset()

    def keep(self, publisher: str, paths: frozenset[str]) -> None:
        """Keep paths instead of those before. Raises OutsideFailed."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise disk_refused(error, self._folder, doing="making a folder") from None
        write_private(self._file(publisher), "\n".join([f"# {publisher}", *sorted(paths)]).encode())

    def _file(self, publisher: str) -> Path:
        return self._folder / hashlib.blake2b(publisher.encode(), digest_size=8).hexdigest()
