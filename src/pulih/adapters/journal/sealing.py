"""Sealing: documents in a database that are bound to the key of a day, as what was heard on that day is.

A ticket holds what a customer wrote. Its texts are gone when the key of its day is dropped, in every copy of the
database too (requirement L3). Source: NIST SP 800-38D (AES-GCM), a fresh nonce of 96 bits for each.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag

from pulih.adapters.journal.keys import ID_BYTES, DayKeys

_NONCE_BYTES: Final = 12


class DaySeal:
    """Seals with the keys of the journal; implements `pulih.ports.interchange.Seal`.

    Args:
        keys: of the journal.
    """

    def __init__(self, keys: DayKeys) -> None:
        self._keys = keys

    def shut(self, document: bytes, at_us: int, about: str) -> bytes:
        """Return a document sealed with the key of the day of a moment. Raises OutsideFailed."""
        key, nonce = self._keys.of_day(at_us), os.urandom(_NONCE_BYTES)
        return key.id + nonce + key.cipher.encrypt(nonce, document, about.encode())

    def opened(self, sealed: bytes, about: str) -> bytes | None:
        """Return a sealed document, None when the key of its day was dropped or it was tampered with."""
        key = self._keys.of_id(sealed[:ID_BYTES])
        if key is None:
            return None
        begin = ID_BYTES + _NONCE_BYTES
        try:
            return key.cipher.decrypt(sealed[ID_BYTES:begin], sealed[begin:], about.encode())
        except InvalidTag:
            return None
