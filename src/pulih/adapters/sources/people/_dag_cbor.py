"""DAG-CBOR and CAR: reads the blocks in which the firehose of Bluesky packs what was written.

Both are small and closed: maps with names, lists, texts, bytes, numbers and links, and a file of blocks that are known
by their link. What comes from strangers is read within bounds: nothing is deeper than 32 levels, and no length is
believed that goes beyond the bytes that are there.

Source: RFC 8949 (CBOR); ipld.io specifications of DAG-CBOR and CARv1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

_DEPTH_MAX: Final = 32
_LINK: Final = 42
_LINK_BYTES: Final = 36
# Majors of RFC 8949, 3.1.
_NUMBER, _BELOW_ZERO, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = range(8)
_SIMPLES: Final[dict[int, Any]] = {20: False, 21: True, 22: None}
_DOUBLE: Final = 27
_WIDTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}


class Unreadable(ValueError):
    """These bytes are no DAG-CBOR, or no CAR; says where."""


class Link(bytes):
    """The link (CID) of a block."""


def read(data: bytes | memoryview, at: int = 0) -> tuple[Any, int]:
    """Return what stands in bytes from a place on, and where it ends.

    Args:
        data: DAG-CBOR, and perhaps more behind it.
        at: where to begin.

    Raises: Unreadable.

    >>> read(bytes.fromhex("a2616101616282f5f6")), read(b"\\x01\\x20", 1)
    (({'a': 1, 'b': [True, None]}, 9), (-1, 2))
    """
    return _read(memoryview(data), at, _DEPTH_MAX)


def blocks(data: bytes) -> dict[Link, memoryview]:
    """Return the blocks of a CAR by their links, unread.

    Raises: Unreadable.
    """
    view = memoryview(data)
    size, at = _varint(view, 0)
    at = _within(view, at, size)
    found: dict[Link, memoryview] = {}
    while at < len(view):
        size, at = _varint(view, at)
        end = _within(view, at, size)
        if size < _LINK_BYTES:
            raise Unreadable(f"a block of {size} bytes at {at}, too short for its link")
        found[Link(view[at : at + _LINK_BYTES])] = view[at + _LINK_BYTES : end]
        at = end
    return found


def _read(view: memoryview, at: int, depth: int) -> tuple[Any, int]:
    if not depth:
        raise Unreadable(f"deeper than {_DEPTH_MAX} levels at {at}")
    if at >= len(view):
        raise Unreadable(f"an end at {at} where a value should be")
    major, low = view[at] >> 5, view[at] & 31
    if major == _SIMPLE:
        return _simple(view, at, low)
    number, at = _number(view, at, low)
    if major == _NUMBER:
        return number, at
    if major == _BELOW_ZERO:
        return -1 - number, at
    return _HELD[major](view, at, number, depth)


def _number(view: memoryview, at: int, low: int) -> tuple[int, int]:
    if low < 24:
        return low, at + 1
    if (width := _WIDTHS.get(low)) is None:
        raise Unreadable(f"a number of unknown length at {at}")
    end = _within(view, at + 1, width)
    return int.from_bytes(view[at + 1 : end], "big"), end


def _simple(view: memoryview, at: int, low: int) -> tuple[Any, int]:
    if low == _DOUBLE:
        end = _within(view, at + 1, 8)
        return struct.unpack(">d", view[at + 1 : end])[0], end
    if low not in _SIMPLES:
        raise Unreadable(f"a value at {at} that DAG-CBOR has not")
    return _SIMPLES[low], at + 1


def _bytes(view: memoryview, at: int, size: int, _: int) -> tuple[bytes, int]:
    end = _within(view, at, size)
    return bytes(view[at:end]), end


def _text(view: memoryview, at: int, size: int, _: int) -> tuple[str, int]:
    end = _within(view, at, size)
    try:
        return str(view[at:end], "utf-8"), end
    except UnicodeDecodeError:
        raise Unreadable(f"a text at {at} that is not of UTF-8") from None


def _list(view: memoryview, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    # Each takes a byte at least.
    _within(view, at, count)
    found = []
    for _ in range(count):
        one, at = _read(view, at, depth - 1)
        found.append(one)
    return found, at


def _map(view: memoryview, at: int, count: int, depth: int) -> tuple[dict[str, Any], int]:
    _within(view, at, 2 * count)
    found: dict[str, Any] = {}
    for _ in range(count):
        name, at = _read(view, at, depth - 1)
        if not isinstance(name, str):
            raise Unreadable(f"a name before {at} that is no text")
        found[name], at = _read(view, at, depth - 1)
    return found, at


def _link(view: memoryview, at: int, tag: int, depth: int) -> tuple[Link, int]:
    held, at = _read(view, at, depth - 1)
    # A link stands behind a zero.
    if tag != _LINK or not isinstance(held, bytes) or held[:1] != b"\0":
        raise Unreadable(f"a tag {tag} before {at} that is no link")
    return Link(held[1:]), at


_HELD: Final[dict[int, Callable[[memoryview, int, int, int], tuple[Any, int]]]] = {
    _BYTES: _bytes,
    _TEXT: _text,
    _LIST: _list,
    _MAP: _map,
    _TAG: _link,
}


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        end = _within(view, at, 1)
        number |= (view[at] & 127) << shift
        if not view[at] & 128:
            return number, end
        at, shift = end, shift + 7
        if shift > 56:
            raise Unreadable(f"a length before {at} that does not end")


def _within(view: memoryview, at: int, size: int) -> int:
    """Return the end of so many bytes from a place on. Raises Unreadable when they are not there."""
    if size > len(view) - at:
        raise Unreadable(f"{size:,} bytes at {at}, where {max(len(view) - at, 0):,} are left")
    return at + size
