"""What was asked for lately, in bounded memory: what nobody asks for again is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# So much is remembered at least, and twice as much at most; of readings some 20 MB.
REMEMBERED: Final = 8_192


class Recalled(Generic[Key, Value]):
    """Two generations of what was kept; for one thread at a time.

    >>> lately = Recalled[str, int]()
    >>> lately.keep("mati", 1)
    >>> lately.get("mati"), lately.get("lemot")
    (1, None)
    """

    def __init__(self) -> None:
        self._new: dict[Key, Value] = {}
        self._old: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """Return what was kept under a key lately, or None."""
        value = self._new.get(key)
        if value is None and (value := self._old.get(key)) is not None:
            self.keep(key, value)
        return value

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value; what was not asked for since as many others came is forgotten."""
        if len(self._new) >= REMEMBERED:
            self._old, self._new = self._new, {}
        self._new[key] = value

    def all(
        self, keys: Sequence[Key], make: Callable[[list[Key]], Sequence[Value]], *, worth: Callable[[Key], bool]
    ) -> list[Value]:
        """Return the value of each key, in order; those that are not at hand are made at once, each of them once.

        Args:
            keys: any number; values must be the same whenever they are made.
            make: makes the values of keys, in order.
            worth: whether the value of a key is worth keeping.

        >>> lately = Recalled[str, int]()
        >>> lately.all(["mati", "lemot", "mati"], lambda keys: [len(key) for key in keys], worth=lambda key: True)
        [4, 5, 4]
        """
        values = {key: value for key in keys if (value := self.get(key)) is not None}
        fresh = list(dict.fromkeys(key for key in keys if key not in values))
        for key, value in zip(fresh, make(fresh), strict=True):
            values[key] = value
            if worth(key):
                self.keep(key, value)
        return [values[key] for key in keys]
