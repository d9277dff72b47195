"""How far a file was sent: how many of its rows the desk has acknowledged, and which file that was.

A file under the same name may be another one by the next start, so its number on the disk, its first bytes and its
length are kept too. Where they do not fit, the file is sent from the start, which counts nothing twice.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from pulih.adapters.data_folder import write_private
from pulih.model.errors import RefusedInput

_HEAD_BYTES_MAX: Final = 1 << 16


class Position(msgspec.Struct, frozen=True):
    """How far a file was sent, and how it began.

    Attributes:
        rows: rows acknowledged, readable or refused.
        inode: its number on its disk.
        size: bytes it had then.
        head_bytes, head: so many of its first bytes, and their digest.
    """

    rows: int = 0
    inode: int = 0
    size: int = 0
    head_bytes: int = 0
    head: str = ""


def position_in(file: BinaryIO, rows: int) -> Position:
    """Return the position behind `rows` rows of an open file as it is now."""
    about = os.fstat(file.fileno())
    head = os.pread(file.fileno(), min(_HEAD_BYTES_MAX, about.st_size), 0)
    return Position(rows, about.st_ino, about.st_size, len(head), _digest(head))


def read_position(kept: Path, path: Path) -> Position:
    """Return how far `path` was sent, the start when that was another file or it has begun anew.

    Args:
        kept: the position file; the start when there is none.
        path: the file that is sent.

    Raises: RefusedInput when the position file is something else.
    """
    try:
        position = msgspec.json.decode(kept.read_bytes(), type=Position)
    except FileNotFoundError:
        return Position()
    except (OSError, msgspec.MsgspecError) as problem:
        raise RefusedInput(
            f"{kept} is no position of a file that was sent ({problem}); remove it to send {path} from the start, "
            "which counts nothing twice"
        ) from None
    with path.open("rb") as file:
        there = position_in(file, position.rows)
        head = file.read(position.head_bytes)
    same = (there.inode, _digest(head)) == (position.inode, position.head) and there.size >= position.size
    return position if same else Position()


def keep_position(kept: Path, position: Position) -> None:
    """Write a position, whole or not at all. Raises OutsideFailed when the disk refuses."""
    write_private(kept, msgspec.json.encode(position))


def _digest(head: bytes) -> str:
    return blake2b(head, digest_size=16).hexdigest()
