"""Record: how one frame lies in a file, packed, encrypted and checksummed, so that a torn or rotten one is known.

    crc32 of all that follows | length of the body | number | received | reports | body: nonce, AES-256-GCM of zstd of
    the lines, joined by line ends

What stands before the body is authenticated with it. The checksum tells damage without the key, which may be gone.
A nonce is drawn by chance, since after a torn write the same number is written anew.
Source: NIST SP 800-38D, 8.2.2; at most 2^32 frames a key, which a day never has.
"""

from __future__ import annotations

import os
import re
import struct
from array import array
from collections.abc import Sequence
from typing import Final
from zlib import crc32

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag

from pulih.adapters.journal.keys import DayKey
from pulih.ports.intake import Frame

# Lines are joined and packed in memory; nobody may make that more than this.
FRAME_BYTES_MAX: Final = 64 << 20
_CRC: Final = struct.Struct("<I")
_HEAD: Final = struct.Struct("<IQqI")
HEAD_BYTES: Final = _CRC.size + _HEAD.size
# Where in a record its number stands: behind the checksum and the length.
NUMBER_AT: Final = _CRC.size + 4
# Of the eight bytes of a number, least first, those behind these are the same for neighbours.
_OWN_BYTES: Final = 3
_SOMETHING: Final = re.compile(rb"[^\x00]")
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class Damaged(Exception):
    """A record is not what was written; where that is serious, its reader says so in a sentence."""


class Head(msgspec.Struct, frozen=True, gc=False):
    """What stands before a body: its length, the frame's number, when it was received, how many reports it holds."""

    length: int
    number: int
    received_us: int
    reports: int


def packer() -> zstandard.ZstdCompressor:
    """Return what packs bodies, for one thread; it is kept, since making one costs more than to pack a small frame."""
    return zstandard.ZstdCompressor(level=1)


def pack(lines: Sequence[bytes], number: int, received_us: int, key: DayKey, *, by: zstandard.ZstdCompressor) -> bytes:
    """Return the record of a frame, packed by a `packer`."""
    packed = by.compress(b"\n".join(lines))
    nonce = os.urandom(_NONCE_BYTES)
    head = _HEAD.pack(len(packed) + _NONCE_BYTES + _TAG_BYTES, number, received_us, len(lines))
    rest = head + nonce + key.cipher.encrypt(nonce, packed, head)
    return _CRC.pack(crc32(rest)) + rest


def head_at(data: bytes, start: int) -> Head:
    """Return the head of the record that starts there, unchecked.

    Raises: Damaged when there is no room for one, or none of that length is ever written.
    """
    if start + HEAD_BYTES > len(data):
        raise Damaged
    head = Head(*_HEAD.unpack_from(data, start + _CRC.size))
    if not _NONCE_BYTES + _TAG_BYTES <= head.length <= FRAME_BYTES_MAX + 4096:
        raise Damaged
    return head


def check(data: bytes, start: int) -> Head:
    """Return the head of the record that starts there, once all of it is known to be what was written.

    Raises: Damaged.
    """
    head = head_at(data, start)
    end = start + HEAD_BYTES + head.length
    if end > len(data) or crc32(memoryview(data)[start + _CRC.size : end]) != _CRC.unpack_from(data, start)[0]:
        raise Damaged
    return head


def unpack(record: bytes, key: DayKey) -> Frame:
    """Return the frame of a record.

    Raises: Damaged when it is not what was written with that key.
    """
    head = check(record, 0)
    body = record[HEAD_BYTES:]
    try:
        packed = key.cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], record[_CRC.size : HEAD_BYTES])
        lines = zstandard.ZstdDecompressor().decompress(packed, max_output_size=FRAME_BYTES_MAX).split(b"\n")
    except (InvalidTag, zstandard.ZstdError) as problem:
        raise Damaged from problem
    return Frame(head.number, head.received_us, tuple(lines))


def offsets_in(data: bytes, start: int, first: int, *, thoroughly: bool) -> array[int]:
    """Return where each record starts, and last where the whole ones end.

    Args:
        data: of a segment.
        start: of the first record.
        first: its number; those that follow count on.
        thoroughly: compare checksums too, and not only lengths and numbers.
    """
    offsets = array("Q", [start])
    look = check if thoroughly else head_at
    try:
        while start < len(data):
            head = look(data, start)
            start += HEAD_BYTES + head.length
            if head.number != first + len(offsets) - 1 or start > len(data):
                break
            offsets.append(start)
    except Damaged:
        pass
    return offsets


def size_of(data: bytes, start: int, number: int | None = None) -> int:
    """Return the size of the whole record that starts there, 0 when there is none (of that number)."""
    try:
        head = check(data, start)
    except Damaged:
        return 0
    return HEAD_BYTES + head.length if number in {None, head.number} else 0


def next_whole(data: bytes, start: int, number: int) -> int | None:
    """Return where the first whole record from `start` on begins that has that number or a later one, None without.

    Args:
        data: of a segment.
        start: where to begin; a record need not start there.
        number: 1 or more.
    """
    if _rises(data, start, number):
        return start
    shared = number >> 8 * _OWN_BYTES
    for upper in (shared, shared + 1):
        wanted, behind = upper.to_bytes(8 - _OWN_BYTES, "little"), NUMBER_AT + _OWN_BYTES
        found = data.find(wanted, start + behind)
        while found >= 0:
            if _rises(data, found - behind, number):
                return found - behind
            following = found + 1
            if not any(data[found - _OWN_BYTES : found + len(wanted)]):
                # No number is zero, and a crash may leave many zeros.
                something = _SOMETHING.search(data, found)
                following = something.end() if something else len(data)
            found = data.find(wanted, following)
    return None


def _rises(data: bytes, start: int, number: int) -> bool:
    """Whether a whole record starts there whose number may stand behind `number` in this file."""
    return size_of(data, start) > 0 and 0 <= head_at(data, start).number - number <= len(data)
