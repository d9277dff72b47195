"""Remembered readings: what is said again word for word is not read again (ports.Readers).

In a flood thousands write the same few words ("indihome down"), once numbers and names are masked. A reading follows
from the text and what its source says of it, and from nothing else: one that is at hand is the same as one made anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from pulih.adapters.reading_process import is_unread
from pulih.adapters.recalled import Recalled
from pulih.model.reading import Reading
from pulih.ports.live import ReadersAhead, Text

# A longer text is nobody else's too.
CHARS_MAX: Final = 280

_encode = msgspec.msgpack.Encoder().encode


class RememberedReadings:
    """Asks readers for what is not remembered; may be used from any thread.

    Args:
        readers: read what is new; a batch holds each text once.
        close: ends them.

    Attributes:
        close: the same.
        unread: how many texts could not be read so far; one that is read again is one more, and it is not remembered.
    """

    def __init__(self, readers: ReadersAhead, close: Callable[[], None]) -> None:
        self._readers = readers
        self.close = close
        self._lock = threading.Lock()
        self._lately = Recalled[bytes, Reading]()
        self.unread = 0

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        """Have read what is not remembered; return what waits for the reading of each text, in order.

        Raises: OutsideFailed, from either call, when no reader can be had.
        """
        digests = [_digest(text) for text in texts]
        with self._lock:
            known = {one: reading for one in digests if (reading := self._lately.get(one)) is not None}
        asked = {one: text for one, text in zip(digests, texts, strict=True) if one not in known}
        answer = self._readers.begin(list(asked.values())) if asked else list[Reading]
        return lambda: self._answered(digests, known, asked, answer())

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the reading of each text, in order; raise OutsideFailed when no reader can be had."""
        return self.begin(texts)()

    def _answered(
        self, digests: Sequence[bytes], known: dict[bytes, Reading], asked: dict[bytes, Text], answer: list[Reading]
    ) -> list[Reading]:
        """Return what was known and what was read, and remember that."""
        fresh = dict(zip(asked, answer, strict=True))
        unread = {one for one, reading in fresh.items() if is_unread(reading)}
        with self._lock:
            self.unread += sum(one in unread for one in digests) if unread else 0
            for one, text in asked.items():
                if len(text.text) <= CHARS_MAX and one not in unread:
                    self._lately.keep(one, fresh[one])
        known |= fresh
        return [known[one] for one in digests]


def _digest(text: Text) -> bytes:
    """Return what a text is known by; the text itself expires, and stays nowhere."""
    return blake2b(_encode(text), digest_size=16).digest()
