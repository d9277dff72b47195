"""Snapshots: the latest states of the live desk as sealed files, whole or not at all (ports.Snapshots).

A state holds masked texts of up to two days, so it is sealed with a key of the desk (AES-GCM) and old ones are removed.
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
        path = self._folder / f"{frame:016d}.state"
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
            state = self._opened(sealed, int(path.stem))
            if state is not None:
                return int(path.stem), state
        if paths:
            raise OutsideFailed(
                f"None of the snapshots in {self._folder} can be opened: they are damaged, of another version, or "
                "sealed with another secret.key. Restore them with the key they belong to; or move them away, and the "
                "desk begins anew from what the journal still holds, with a rhythm that it must learn again."
            )
        return None

    def _paths(self) -> list[Path]:
        """Return the snapshots, newest first."""
        return sorted((path for path in self._folder.glob("*.state") if path.stem.isdigit()), reverse=True)

    def _opened(self, sealed: bytes, frame: int) -> bytes | None:
        start = len(_MAGIC) + _NONCE
        if not sealed.startswith(_MAGIC):
            return None
        try:
            packed = self._seal.decrypt(sealed[len(_MAGIC) : start], sealed[start:], _MAGIC + str(frame).encode())
            return zstandard.ZstdDecompressor().decompress(packed)
        except (InvalidTag, ValueError, zstandard.ZstdError):
            return None
