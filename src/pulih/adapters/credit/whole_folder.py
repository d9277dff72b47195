"""A folder that is filled in hiding and appears whole, with the checksum of every file in it.

Its files name subscribers, so they are readable by their owner alone. The checksums are written as `sha256sum --check`
reads them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from pulih.adapters.credit.disk import writing
from pulih.model.errors import RefusedInput

CHECKSUMS: Final = "SHA256SUMS"
SIGNED: Final = "SHA256SUMS.signed"
_BUFFER: Final = 1 << 20


class HashedFile:
    """A file being written, whose digest is known at its end."""

    def __init__(self, path: Path) -> None:
        """Open a new file for its owner alone."""
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file: IO[bytes] = os.fdopen(opened, "wb", buffering=_BUFFER)
        self._known = hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Write some more."""
        self._known.update(content)
        self._file.write(content)

    def close(self) -> str:
        """Bring it to the disk; returns its SHA-256 in hexadecimal digits."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._known.hexdigest()

    def abandon(self) -> None:
        """Let go of a file that is not wanted any more, whatever the disk says to what is still unwritten."""
        with contextlib.suppress(OSError):
            self._file.close()


class WholeFolder:
    """Use it in a `with` block, and say `appear` when it is whole; else nothing is left of it.

    Attributes:
        digests: SHA-256 of every finished file, by name.
    """

    def __init__(self, goal: Path) -> None:
        """Prepare it.

        Raises: RefusedInput when something is at the goal.
        """
        if goal.exists() and (not goal.is_dir() or any(goal.iterdir())):
            raise RefusedInput(f"--out {goal}: there is something already; name a folder that does not exist yet.")
        self._goal = goal.absolute()
        self._draft = self._goal.parent / f".{goal.name}.partial"
        self._open: dict[str, HashedFile] = {}
        self.digests: dict[str, str] = {}

    def __enter__(self) -> WholeFolder:
        with writing(self._draft):
            shutil.rmtree(self._draft, ignore_errors=True)
            self._draft.mkdir(parents=True, mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._open.values():
            file.abandon()
        shutil.rmtree(self._draft, ignore_errors=True)

    def file(self, name: str) -> HashedFile:
        """Begin a file."""
        with writing(self._draft):
            self._open[name] = HashedFile(self._draft / name)
        return self._open[name]

    def write(self, name: str, content: bytes) -> None:
        """Write a file at once."""
        with writing(self._draft):
            self.file(name).write(content)

    def finish(self, sign: Callable[[str], str] | None = None) -> None:
        """Close all files and write their checksums, and what `sign` makes of them in a file beside."""
        with writing(self._draft):
            self.digests |= {name: file.close() for name, file in self._open.items()}
            self._open = {}
            lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.digests.items()))
            signed = {} if sign is None else {SIGNED: sign(lines)}
            for name, text in {CHECKSUMS: lines, **signed}.items():
                file = HashedFile(self._draft / name)
                file.write(text.encode())
                file.close()

    def appear(self) -> None:
        """Put the finished folder at its goal, in one rename."""
        with writing(self._goal):
            self._draft.replace(self._goal)
            opened = os.open(self._goal.parent, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits. Raises: OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
