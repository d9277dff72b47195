"""Arrival: which published words stand on the pages of every place, so that nobody is led to a page without its word.

A place has a word once it put what was handed to it with the first bulletin that held the word.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from pulih.model.bulletin import Bulletin
from pulih.service.courier import Courier

NOT_MADE: Final = "Its page is not made yet."


class Arrival:
    """Follows words to the places of a site; any thread may ask.

    Args:
        couriers: of all places.
    """

    def __init__(self, couriers: Sequence[Courier]) -> None:
        self._couriers = tuple(couriers)
        self._handed: dict[str, tuple[int, ...]] = {}
        self._trouble = ""
        self._lock = threading.Lock()

    def handed_on(self, bulletin: Bulletin, trouble: str) -> None:
        """Note that the pages of a bulletin were handed to the couriers.

        Args:
            bulletin: what they were made of.
            trouble: what of it could not be made, "" when all was.
        """
        now = tuple(one.taken for one in self._couriers)
        words = {f"{one.id}/{word.id}" for one in (*bulletin.current, *bulletin.past) for word in one.words}
        with self._lock:
            self._trouble = trouble
            # While something cannot be made, nobody knows whether it was the page of a new word.
            fresh = {} if trouble else dict.fromkeys(words - self._handed.keys(), now)
            self._handed = {word: handed for word, handed in self._handed.items() if word in words} | fresh

    def awaited(self, word: str) -> str:
        """Return why a word does not stand on its page everywhere, "" when it does.

        Args:
            word: its key, "incident/word".
        """
        with self._lock:
            handed, trouble = self._handed.get(word), self._trouble
        if handed is None:
            return trouble or NOT_MADE
        late = [one.now() for one, number in zip(self._couriers, handed, strict=True) if one.brought < number]
        return " ".join(f"{one.name}: {one.says or 'its pages are not put yet.'}" for one in late)
