"""Snapshots: the latest states of the live desk as sealed files, whole or not at all (ports.Snapshots).

A state holds masked texts of up to two days, so it is sealed with a key of the desk (AES-GCM) and old ones are removed,
also where the same frame is kept again: what a desk has let go of must not stay in a file because nobody spoke since.
It is written under another name, forced to the disk and renamed; one that does not open is passed over, and the desk
goes on from the one before it, with the same result.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pulih.model.errors import OutsideFailed

KEPT: Final = 2
_MAGIC: Final = b"pulih-live-1"
_NONCE: Final = 12
# Ends the name of a frame's other snapshot.
_AGAIN: Final = "-again"


class SnapshotFolder:
    """Keeps snapshots in a folder.

    Args:
        folder: is made when it is not there, for its owner alone.
        secret: of the desk; the key of the seal is derived from it.
    """

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._seal = AESGCM(blake2b(secret[:64], digest_size=32, person=b"pulih-snapshot").digest())

    def save(self, frame: int, state: bytes) -> None:
        """Keep the state after frame number `frame`. Raises OutsideFailed when the disk cannot."""
        nonce = os.urandom(_NONCE)
        packed = zstandard.ZstdCompressor(level=3).compress(state)
        sealed = _MAGIC + nonce + self._seal.encrypt(nonce, packed, _MAGIC + str(frame).encode())
        path = self._folder / self._name(frame)
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            for old in self._paths()[KEPT:]:
                old.unlink()
        except OSError as problem:
            raise OutsideFailed(
                f"The state of the desk cannot be kept in {self._folder} ({problem.strerror or problem}); "
                "free space there. Nothing is lost: after a restart it is made again from the journal."
            ) from problem

    def latest(self) -> tuple[int, bytes] | None:
        """Return the newest snapshot that is whole, with its frame; None without any.

        Raises: OutsideFailed when one cannot be read, or there are some and none is whole: what they remember goes
            further back than the journal, so a desk does not begin anew over them by itself.
        """
        paths = self._paths()
        for path in paths:
            try:
                sealed = path.read_bytes()
            except OSError as problem:
                raise OutsideFailed(f"{path} cannot be read ({problem.strerror or problem}).") from problem
            state = self._opened(sealed, _frame(path))
            if state is not None:
                return _frame(path), state
        if paths:
            raise OutsideFailed(
                f"None of the snapshots in {self._folder} can be opened: they are damaged, of another version, or "
                "sealed with another secret.key. Restore them with the key they belong to; or move them away, and the "
                "desk begins anew from what the journal still holds, with a rhythm that it must learn again."
            )
        return None

    def _paths(self) -> list[Path]:
        """Return the snapshots, newest first."""
        known = [path for path in self._folder.glob("*.state") if path.stem.removesuffix(_AGAIN).isdigit()]
        return sorted(known, key=lambda path: (_frame(path), path.stat().st_mtime_ns), reverse=True)

    def _name(self, frame: int) -> str:
        """Return the name of the next snapshot; of one frame two take turns, so that the last is not overwritten."""
        newest = next(iter(self._paths()), None)
        first = f"{frame:016d}.state"
        return f"{frame:016d}{_AGAIN}.state" if newest is not None and newest.name == first else first

    def _opened(self, sealed: bytes, frame: int) -> bytes | None:
        start = len(_MAGIC) + _NONCE
        if not sealed.startswith(_MAGIC):
            return None
        try:
            packed = self._seal.decrypt(sealed[len(_MAGIC) : start], sealed[start:], _MAGIC + str(frame).encode())
            return zstandard.ZstdDecompressor().decompress(packed)
        except (InvalidTag, ValueError, zstandard.ZstdError):
            return None


def _frame(path: Path) -> int:
    return int(path.stem.removesuffix(_AGAIN))
