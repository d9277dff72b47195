"""Physical lines of a text stream: bounded in memory, checked for UTF-8, numbered as an editor numbers them.

A line ends at \\n, \\r\\n or \\r and nowhere else; str.splitlines would also cut at characters that people
paste into complaints. One line may have 1 MiB: the longest real complaints (tickets with their quoted
history) have some ten thousand characters; beyond a mebibyte something went wrong, such as a lost line end.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

import msgspec

from pulih.adapters.files.encoding import HEAD_BYTES, refuse_encoding, refuse_unless_text, text_of
from pulih.adapters.files.origin import DamagedError, ReadBytes, exactly
from pulih.adapters.files.reasons import NOT_UTF8, TOO_LONG
from pulih.model.errors import RefusedInput

LINE_BYTES_MAX: Final = 1 << 20
_CHUNK_BYTES: Final = 1 << 18
_START_BYTES: Final = 400  # what is kept of a line that is too long


class Spoilt(msgspec.Struct, frozen=True):
    """A physical line that is no good: why, and its text as far as it goes (only the start when too long)."""

    reason: str
    text: str


class Lines:
    """The lines of one stream, in order, each with its line end.

    Attributes:
        reached: lines handed out so far, exact only up to the block at hand; for sentences about damage.
    """

    def __init__(self, read: ReadBytes, label: str) -> None:
        """Read with `read`; `label` names it in sentences."""
        self._read_bytes = read
        self._label = label
        self._good = 0
        self._bad = 0
        self._first_bad: tuple[int, bytes] | None = None
        self.reached = 0

    def refuse_other_encoding(self) -> None:
        """Refuse, once all lines were read, a file that nothing shows to be UTF-8.

        Where more lines say that it is UTF-8 than say that it is not, the bad ones are refused alone. Only the
        whole file can tell: the first lines depend on how the file is sorted.

        Raises: RefusedInput.
        """
        if self._first_bad and self._bad > self._good:
            raise refuse_encoding(self._label, *self._first_bad)

    def __iter__(self) -> Iterator[str | Spoilt]:
        """Yield each line.

        Raises: RefusedInput when the stream is damaged.
        """
        for block in self._blocks():
            if isinstance(block, Spoilt):
                self.reached += 1
                yield block
                continue
            try:
                text = block.decode()
            except UnicodeDecodeError:
                lines = self._judged(block)
            else:
                plain = list(io.StringIO(text, newline=""))
                # Looking for wide characters line by line only where there are some keeps the usual file fast.
                self._good += 0 if text.isascii() else sum(not line.isascii() for line in plain)
                lines = list(plain)
            if len(block) > LINE_BYTES_MAX:
                lines = [_bounded(line) for line in lines]
            yield from lines
            self.reached += len(lines)

    def _blocks(self) -> Iterator[bytes | Spoilt]:
        """Yield the stream in pieces of whole lines."""
        rest = b""
        while chunk := self._read():
            rest += chunk
            # A \r at the very end may be the first half of \r\n.
            cut = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, len(rest) - 1)) + 1
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > LINE_BYTES_MAX:
                start, rest = rest[:_START_BYTES], self._after_line_end(rest[-1:])
                yield Spoilt(TOO_LONG, start.decode(errors="replace"))
        if rest:
            yield rest

    def _after_line_end(self, last: bytes) -> bytes:
        """Read on to the end of an endless line and return what follows it."""
        while chunk := self._read():
            chunk = last + chunk
            found = [at for at in (chunk.find(b"\n"), chunk.find(b"\r", 0, len(chunk) - 1)) if at >= 0]
            if found:
                end = min(found)
                return chunk[end + (2 if chunk[end : end + 2] == b"\r\n" else 1) :]
            last = chunk[-1:]
        return b""

    def _read(self) -> bytes:
        try:
            return self._read_bytes(_CHUNK_BYTES)
        except DamagedError as problem:
            raise refuse_damaged(self._label, self.reached, problem) from None

    def _judged(self, block: bytes) -> list[str | Spoilt]:
        """Decode a block with bytes that are not UTF-8, line by line."""
        lines: list[str | Spoilt] = []
        for raw in block.splitlines(keepends=True):
            try:
                line = raw.decode()
                self._good += not line.isascii()
                lines.append(line)
            except UnicodeDecodeError:
                self._bad += 1
                self._first_bad = self._first_bad or (self.reached + len(lines) + 1, raw)
                lines.append(Spoilt(NOT_UTF8, raw.decode(errors="replace")))
        return lines


def refuse_damaged(label: str, reached: int, problem: Exception) -> RefusedInput:
    """Return the refusal of a file whose bytes break off or cannot be unpacked after `reached` rows."""
    return RefusedInput(f"{label} is damaged or was cut off after row {reached} ({problem}); copy or download it again")


def lines_of(read: ReadBytes, label: str) -> Lines:
    """Return the lines of a file just opened. Raises RefusedInput when it is empty or no text."""
    try:
        head = exactly(read, HEAD_BYTES)
    except DamagedError as problem:
        raise refuse_damaged(label, 0, problem) from None
    if not head:
        raise RefusedInput(f"{label} is empty; wanted is a table of rows")
    refuse_unless_text(head, label)
    return Lines(text_of(read, head), label)


def _bounded(line: str | Spoilt) -> str | Spoilt:
    if isinstance(line, Spoilt) or len(line) <= LINE_BYTES_MAX:
        return line
    return Spoilt(TOO_LONG, line[:_START_BYTES])
