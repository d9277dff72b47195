"""Where bytes come from: a path or standard input, opened afresh as often as needed, gzip and zstd unpacked.

A file is looked at once to find its columns and read again from the start for its rows. Standard input and
pipes cannot be opened twice, so what was looked at is kept and handed out again. Compression is told by the
first bytes and never by the name, and Arrow unpacks it, because it notices a stream that was cut off.
"""

from __future__ import annotations

import contextlib
import errno
import io
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyarrow as pa

from pulih.model.errors import OutsideFailed, RefusedInput

_PACKED: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
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


class _Tape:
    """A stream that can be read once, with what was looked at so far."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.seen = bytearray()
        self._at = 0

    def rewind(self) -> None:
        self._at = 0

    def read(self, size: int, /) -> bytes:
        if self._at == len(self.seen):
            self.seen += self.stream.read(size)
        part = bytes(self.seen[self._at : self._at + size])
        self._at += len(part)
        return part


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
        rereadable: whether it can be read from the start as often as one likes.
    """

    def __init__(self, path: str, stdin: BinaryIO | None) -> None:
        """Look at what `path` is; "-" means `stdin`. Raises RefusedInput when it can never be read."""
        self._path = Path(path)
        self._stdin = stdin if path == "-" else None
        self._tape: _Tape | None = None
        self._copied: BinaryIO | None = None
        self.label = "standard input" if path == "-" else path
        self.name = "stdin" if path == "-" else self._path.name
        if path == "-" and stdin is None:
            raise RefusedInput('"-" means standard input, and nothing comes in there; name a file instead')
        self.rereadable = path != "-" and stat.S_ISREG(self._mode())

    @contextlib.contextmanager
    def plain(self, *, last: bool = True) -> Iterator[ReadBytes]:
        """Open it from the start, unpacked.

        Args:
            last: no further reading will follow, so what cannot be read twice need not be kept.

        Raises: RefusedInput when it cannot be opened; reading may raise DamagedError, or OutsideFailed when
            the disk fails.
        """
        with contextlib.ExitStack() as stack:
            raw = self._from_start(stack, last=last)
            try:
                magic = exactly(raw, 4)
                whole = joined(magic, raw)
                for mark, packing in _PACKED.items():
                    if magic.startswith(mark):
                        whole = _unpacked(whole, packing)
                yield whole
            except OSError as problem:
                raise OutsideFailed(f"{self.label} could not be read: {problem.strerror or problem}") from problem

    @contextlib.contextmanager
    def seekable(self, *, last: bool = True) -> Iterator[BinaryIO]:
        """Open it unpacked and seekable, as Parquet needs it: the file itself, else a copy without a name."""
        if self.rereadable and self._copied is None:
            with self._told():
                file = self._path.open("rb")
            with file:
                if not file.read(4).startswith(tuple(_PACKED)):
                    file.seek(0)
                    yield file
                    return
        if self._copied is None:
            with self.plain() as read:
                self._copied = self._copy(read)
        self._copied.seek(0)
        yield self._copied
        if last:
            self.close()

    def close(self) -> None:
        """Let go of what is kept between two readings."""
        if self._copied is not None:
            self._copied.close()
            self._copied = None
        if self._tape is not None and self._stdin is None:
            self._tape.stream.close()
            self._tape = None

    def _copy(self, read: ReadBytes) -> BinaryIO:
        try:
            copy = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - kept open until `close`
            with contextlib.ExitStack() as closing:
                closing.callback(copy.close)
                while part := read(_COPY_BYTES):
                    copy.write(part)
                copy.flush()
                closing.pop_all()
        except OSError as problem:
            raise OutsideFailed(
                f"{self.label} needs room for an unpacked copy, and writing it to the temp folder failed "
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

    def _from_start(self, stack: contextlib.ExitStack, *, last: bool) -> ReadBytes:
        if self.rereadable:
            with self._told():
                return stack.enter_context(self._path.open("rb")).read
        if self._tape is None:
            with self._told():
                self._tape = _Tape(self._stdin or self._path.open("rb"))
        if not last:
            self._tape.rewind()
            return self._tape.read
        if self._stdin is None:
            stack.callback(self._tape.stream.close)
        whole, self._tape = joined(bytes(self._tape.seen), self._tape.stream.read), None
        return whole

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
