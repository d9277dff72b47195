"""A sample of a file that does not depend on how its rows are sorted.

The first thousand rows are not like the others: exports are sorted, columns were added later, corrections stand at
the end. So every row gets a digest, and those with the smallest digests are kept (bottom-k sampling: E. Cohen and
H. Kaplan, "Summarizing data using bottom-k sketches", 2007). That is one pass in bounded memory, and a file and its
shuffled copy give the same sample. Equal rows count once.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, Generic, TypeVar

from pulih.adapters.files.table import Cells

SAMPLE_ROWS: Final = 1_000
SAMPLE_CHARS: Final = 1 << 23
# What a cell takes beside its letters, and how many letters of it are enough to see what it is.
_CELL_CHARS: Final = 40
CELL_CHARS_MAX: Final = 2_000
_DIGEST_BYTES: Final = 8

RowT = TypeVar("RowT", bound="Cells | Mapping[str, object]")


class Sample(Generic[RowT]):
    """Keeps the rows with the smallest digests, bounded in number and in letters."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[RowT, int]] = {}
        self._below = b"\xff" * (_DIGEST_BYTES + 1)
        self._chars = 0

    def digest(self, written: str) -> bytes | None:
        """Return the digest of a row as it is written, None when the row is not wanted."""
        digest = blake2b(written.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
        return digest if digest < self._below and digest not in self._kept else None

    def keep(self, digest: bytes, row: RowT, chars: int) -> None:
        """Keep a row that is wanted; `chars` are its letters."""
        self._kept[digest] = row, chars
        self._chars += chars
        if len(self._kept) > 2 * SAMPLE_ROWS or self._chars > 2 * SAMPLE_CHARS:
            self._trim()

    def rows(self) -> list[RowT]:
        """Return the sample, in an order of its own."""
        self._trim()
        return [self._kept[digest][0] for digest in sorted(self._kept)]

    def _trim(self) -> None:
        """Keep the longest beginning within the bounds; further rows can only make it shorter."""
        chars = 0
        kept: dict[bytes, tuple[RowT, int]] = {}
        for digest in sorted(self._kept):
            chars += self._kept[digest][1]
            if kept and (len(kept) >= SAMPLE_ROWS or chars > SAMPLE_CHARS):
                self._below = digest
                break
            kept[digest] = self._kept[digest]
        self._kept = kept
        self._chars = sum(size for _, size in kept.values())


def add_cells(sample: Sample[Cells], cells: Cells) -> None:
    """Show one row to a sample."""
    try:
        written = "\x1f".join(cells)  # type: ignore[arg-type]
    except TypeError:
        written = "\x1f".join(["" if cell is None else str(cell) for cell in cells])
    digest = sample.digest(written)
    if digest is not None:
        short = [shortened(cell) for cell in cells]
        sample.keep(digest, short, chars_of(short))


def shortened(cell: object) -> object:
    """Return as much of a cell as is needed to see what it is; lists and objects hold nothing that is looked for."""
    if isinstance(cell, str):
        return cell[:CELL_CHARS_MAX]
    return () if isinstance(cell, list | dict) else cell


def chars_of(cells: Cells) -> int:
    """Return about how much memory cells take, in letters."""
    return sum([_CELL_CHARS + (len(cell) if isinstance(cell, str) else 0) for cell in cells])
