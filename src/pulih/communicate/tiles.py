"""Tiles: the tree and its entries as a fixed set of static files, from which any reader computes any proof.

A full tile never changes. The last one of a row is partial and has a name of its own for each width; partial tiles of
sizes long past are taken away, and whoever asks for one takes the longer or full one instead.
Source: C2SP tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from pulih.communicate.tree import HASH_BYTES, Tree
from pulih.model.errors import RefusedInput

WIDTH: Final = 256
_BITS: Final = 8
_LENGTH_BYTES: Final = 2


class Tile(msgspec.Struct, frozen=True):
    """A tile of a row of the tree: level, number in it, and how many hashes it holds."""

    level: int
    number: int
    width: int = WIDTH

    def path(self) -> str:
        """Return where it stands below the address of the timeline.

        >>> Tile(0, 1234067).path(), Tile(1, 0, 17).path()
        ('tile/0/x001/x234/067', 'tile/1/000.p/17')
        """
        return f"tile/{self.level}/{_numbered(self.number, self.width)}"

    def entries_path(self) -> str:
        """Return where the entries of a tile of level 0 stand.

        >>> Tile(0, 2, 5).entries_path()
        'tile/entries/002.p/5'
        """
        return f"tile/entries/{_numbered(self.number, self.width)}"

    def span(self) -> tuple[int, int]:
        """Return the numbers of its hashes in its row, half-open."""
        return self.number * WIDTH, self.number * WIDTH + self.width


def tiles(size: int, *, old: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a tree of `size` leaves that a tree of `old` leaves did not have.

    >>> [tile.path() for tile in tiles(70_000, old=69_999)]
    ['tile/0/273.p/112']
    """
    level = 0
    while size >> (level * _BITS):
        row, before = size >> (level * _BITS), old >> (level * _BITS)
        if row != before:
            for number in range(before // WIDTH, -(-row // WIDTH)):
                yield Tile(level, number, min(WIDTH, row - number * WIDTH))
        level += 1


def partial_tiles(size: int) -> set[Tile]:
    """Return the partial tiles of a tree of `size` leaves."""
    return {Tile(level, row // WIDTH, row % WIDTH) for level in range(8) if (row := size >> (level * _BITS)) % WIDTH}


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """Return what a tile holds: hashes one after the other."""
    return b"".join(tree.level(tile.level * _BITS, *tile.span()))


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as one file, each behind its length in two bytes.

    >>> bundle([b"ab", b"c"])
    b'\\x00\\x02ab\\x00\\x01c'
    """
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def unbundled(octets: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises: RefusedInput when it ends in the middle of one.

    >>> unbundled(b"\\x00\\x02ab\\x00\\x01c")
    [b'ab', b'c']
    """
    entries, at = [], 0
    while at < len(octets):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(octets[at:start], "big")
        if start > len(octets) or at > len(octets):
            raise RefusedInput("The bundle of entries ends in the middle of one; fetch it again.")
        entries.append(octets[start:at])
    return entries


def hashes(octets: bytes) -> list[bytes]:
    """Return the hashes of a tile.

    Raises: RefusedInput when it is not a whole number of them.
    """
    if len(octets) % HASH_BYTES:
        raise RefusedInput(f"A tile is a row of hashes of {HASH_BYTES} bytes; {len(octets)} bytes are none.")
    return [octets[at : at + HASH_BYTES] for at in range(0, len(octets), HASH_BYTES)]


def _numbered(number: int, width: int) -> str:
    digits = f"{number % 1000:03}"
    while number := number // 1000:
        digits = f"x{number % 1000:03}/{digits}"
    return digits if width == WIDTH else f"{digits}.p/{width}"
