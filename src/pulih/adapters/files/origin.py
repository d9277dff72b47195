"""Where bytes come from: a path or standard input, opened afresh as often as needed, gzip and zstd unpacked.

A file is read through to find its columns, since the first rows need not be like the others, and read again from
the start for its rows. Standard input and pipes cannot be opened twice, so they are copied, packed as they come, to
a temporary file without a name. Compression is told by the first bytes and never by the name, and Arrow unpacks it,
because it notices a stream that was cut off.
"""

from __future__ import annotations

import contextlib
import errno
import io
import stat
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyarrow as pa

from pulih.model.errors import OutsideFailed, RefusedInput

PACKINGS: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_COPY_BYTES: Final = 1 << 20


# Hands out at most so many bytes, b"" at the end.
ReadBytes = Callable[[int], bytes]


class DamagedError(Exception):
    """The bytes break off or cannot be unpacked; turned into a sentence where the row reached is known."""


def joined(head: bytes, rest: ReadBytes) -> ReadBytes:
    """Return a way to read bytes that were read already, and then the rest of their stream."""
    held = io.BytesIO(head)

    def read(size: int) -> bytes:
        return held.read(size) or rest(size)

    return read


class _ForArrow:
    """What Arrow asks of a file beside `read`; closing it leaves the stream open, which is not ours."""

    closed = False

    def __init__(self, read: ReadBytes) -> None:
        self.read = read

    def close(self) -> None:
        self.closed = True


def _unpacked(packed: ReadBytes, packing: str) -> ReadBytes:
    stream = pa.CompressedInputStream(pa.PythonFile(_ForArrow(packed), mode="r"), packing)

    def read(size: int) -> bytes:
        try:
            return cast("bytes", stream.read(size))
        except (OSError, pa.ArrowException) as problem:
            raise DamagedError(str(problem)) from None

    return read


class Origin:
    """One input as the user gave it.

    Attributes:
        label: the path as given, for sentences about it.
        name: its last part, or "stdin".
    """

    def __init__(self, path: str, stdin: BinaryIO | None) -> None:
        """Look at what `path` is; "-" means `stdin`. Raises RefusedInput when it can never be read."""
        self._path = Path(path)
        self._stdin = stdin if path == "-" else None
        self._raw: BinaryIO | None = None
        self._unpacked: BinaryIO | None = None
        self.label = "standard input" if path == "-" else path
        self.name = "stdin" if path == "-" else self._path.name
        if path == "-" and stdin is None:
            raise RefusedInput('"-" means standard input, and nothing comes in there; name a file instead')
        self._regular = path != "-" and stat.S_ISREG(self._mode())

    @contextlib.contextmanager
    def plain(self) -> Iterator[ReadBytes]:
        """Open it from the start, unpacked.

        Raises: RefusedInput when it cannot be opened; reading may raise DamagedError, or OutsideFailed when
            the disk fails.
        """
        with self._from_start() as file:
            try:
                magic = exactly(file.read, 4)
                whole = joined(magic, file.read)
                for mark, packing in PACKINGS.items():
                    if magic.startswith(mark):
                        whole = _unpacked(whole, packing)
                yield whole
            except OSError as problem:
                raise OutsideFailed(f"{self.label} could not be read: {problem.strerror or problem}") from problem

    @contextlib.contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """Open it unpacked and seekable, as Parquet needs it: the file itself, else a copy without a name."""
        with self._from_start() as file:
            packed = exactly(file.read, 4).startswith(tuple(PACKINGS))
            if not packed:
                file.seek(0)
                yield file
                return
        if self._unpacked is None:
            with self.plain() as read:
                self._unpacked = self._copy(read)
        self._unpacked.seek(0)
        yield self._unpacked

    def begins_with(self, marks: tuple[bytes, ...]) -> bool:
        """Say whether its first bytes, still packed, are one of `marks`."""
        with self._from_start() as file:
            return exactly(file.read, max(map(len, marks))).startswith(marks)

    def close(self) -> None:
        """Let go of what is kept between two readings."""
        for copy in (self._raw, self._unpacked):
            if copy is not None:
                copy.close()

    @contextlib.contextmanager
    def _from_start(self) -> Iterator[BinaryIO]:
        if self._regular:
            with self._told():
                file = self._path.open("rb")
            with file:
                yield file
            return
        if self._raw is None:
            self._raw = self._received()
        self._raw.seek(0)
        yield self._raw

    def _received(self) -> BinaryIO:
        """Copy what can be read only once."""
        if self._stdin is not None:
            return self._copy(self._stdin.read)
        with self._told():
            pipe = self._path.open("rb")
        with pipe:
            return self._copy(pipe.read)

    def _copy(self, read: ReadBytes) -> BinaryIO:
        try:
            copy = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - kept open until `close`
            # Whoever gives up early, on account of another file, need not know that there is a copy.
            weakref.finalize(self, copy.close)
            while part := read(_COPY_BYTES):
                copy.write(part)
            copy.flush()
        except OSError as problem:
            raise OutsideFailed(
                f"{self.label} needs room for a copy that can be read twice, and writing it to the temp folder failed "
                f"({problem.strerror or problem}); free space there or set TMPDIR to a roomier folder"
            ) from problem
        return copy

    def _mode(self) -> int:
        with self._told():
            mode = self._path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise RefusedInput(
                f"{self.label} is a folder; give the files in it instead, for example {self._path / '*.csv'}"
            )
        return mode

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the system says about opening into a sentence."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError):
            raise RefusedInput(f"{self.label} is not there; check the path") from None
        except PermissionError:
            raise RefusedInput(
                f"{self.label} may not be read by this user; give it read permission (chmod +r) or run as its owner"
            ) from None
        except (OSError, ValueError) as problem:
            why = errno.errorcode.get(getattr(problem, "errno", 0) or 0, str(problem))
            raise RefusedInput(f"{self.label!r} cannot be opened ({why}); give the path of a readable file") from None


def exactly(read: ReadBytes, size: int) -> bytes:
    """Read `size` bytes, fewer only at the end: pipes hand out less than is asked for."""
    parts = b""
    while len(parts) < size and (part := read(size - len(parts))):
        parts += part
    return parts
