"""Remembered readings: what is said again word for word is not read again (ports.Readers).

In a flood thousands write the same few words ("indihome down"), once numbers and names are masked. A reading follows
from the text and what its source says of it, and from nothing else: one that is at hand is the same as one made anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from pulih.adapters.reading_workers import is_unread
from pulih.model.reading import Reading
from pulih.ports.live import Readers, Text

# So many texts are remembered at least, and twice as many at most; some 20 MB.
REMEMBERED: Final = 8_192
# A longer text is nobody else's too.
CHARS_MAX: Final = 280


class RememberedReadings:
    """Asks readers for what is not remembered; may be used from any thread.

    Args:
        readers: read what is new; a batch holds each text once.
        close: ends them.

    Attributes:
        close: the same.
        unread: how many texts could not be read so far; one that is read again is one more, and it is not remembered.
    """

    def __init__(self, readers: Readers, close: Callable[[], None]) -> None:
        self._readers = readers
        self.close = close
        self._lock = threading.Lock()
        self._new: dict[Text, Reading] = {}
        self._old: dict[Text, Reading] = {}
        self.unread = 0

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the reading of each text, in order; raise OutsideFailed when no reader can be had."""
        with self._lock:
            known = {text: reading for text in texts if (reading := self._recalled(text)) is not None}
        asked = [text for text in dict.fromkeys(texts) if text not in known]
        fresh = dict(zip(asked, self._readers.read(asked), strict=True))
        result = [known.get(text) or fresh[text] for text in texts]
        with self._lock:
            self.unread += sum(map(is_unread, result)) if any(map(is_unread, fresh.values())) else 0
            for text, reading in fresh.items():
                if len(text.text) <= CHARS_MAX and not is_unread(reading):
                    self._remember(text, reading)
        return result

    def _recalled(self, text: Text) -> Reading | None:
        reading = self._new.get(text)
        if reading is None and (reading := self._old.get(text)) is not None:
            self._remember(text, reading)
        return reading

    def _remember(self, text: Text, reading: Reading) -> None:
        if len(self._new) >= REMEMBERED:
            # What nobody said again meanwhile is forgotten.
            self._old, self._new = self._new, {}
        self._new[text] = reading
