"""Checkpoints: the head of a timeline as three lines (whose, how many entries, the hash over all), signed by the desk.

Two checkpoints of one timeline either continue each other or prove that somebody rewrote it.
Source: C2SP tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

import msgspec

from pulih.communicate.signed_note import SignerKey, read_note, with_lines
from pulih.communicate.tree import HASH_BYTES
from pulih.model.errors import RefusedInput

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}")


class Checkpoint(msgspec.Struct, frozen=True):
    """Whose timeline, how many entries, and the hash over all of them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return its three lines.

        >>> Checkpoint("desk.example/tlog", 0, bytes(32)).text()
        'desk.example/tlog\\n0\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n'
        """
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def signed(checkpoint: Checkpoint, signer: SignerKey, *more: str) -> str:
    """Return a checkpoint as a note, signed; `more` are lines of cosignatures."""
    text = checkpoint.text()
    return with_lines(text, (signer.line(text), *more))


def read_checkpoint(note: str) -> Checkpoint:
    """Return the checkpoint that a note holds; its signatures are not checked.

    Raises: RefusedInput when it holds none.
    """
    lines = read_note(note).text.splitlines()
    root = _hash(lines[2]) if len(lines) >= 3 else b""
    if len(root) != HASH_BYTES or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise RefusedInput("This is no checkpoint: a name, a number of entries, and a hash in base64, a line each.")
    return Checkpoint(lines[0], int(lines[1]), root)


def _hash(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        return b""
