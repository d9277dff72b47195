"""A slip is one letter dropped, added or changed, or two neighbours exchanged; words one slip apart are found fast.

Both the words of complaints and the names of places are misspelt so, and both need the same answer to "which word may
that have been?". Words are kept under each of their forms with one letter left out, so that few need comparing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def shortened(word: str) -> set[str]:
    """Return the word with each of its letters left out once.

    >>> sorted(shortened("los"))
    ['lo', 'ls', 'os']
    """
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def one_slip_apart(left: str, right: str) -> bool:
    """Tell whether one letter dropped, added or changed, or two neighbours exchanged, make one word the other.

    >>> one_slip_apart("ases", "akses"), one_slip_apart("lamupng", "lampung"), one_slip_apart("solo", "oslo")
    (True, True, True)
    >>> one_slip_apart("mati", "pasti")
    False
    """
    if len(left) < len(right):
        left, right = right, left
    if len(left) - len(right) > 1:
        return False
    if len(left) > len(right):
        return right in shortened(left)
    wrong = [at for at, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    if len(wrong) == 1:
        return True
    return len(wrong) == 2 and left[wrong[0]] == right[wrong[1]] and left[wrong[1]] == right[wrong[0]]


class NearWords:
    """Words to which a misspelt one is brought; people seldom miss the first letter, so that one must agree."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words that slips lead to."""
        self._near: dict[str, list[str]] = {}
        for word in sorted(words):
            for key in {word, *shortened(word)}:
                self._near.setdefault(key, []).append(word)

    def of(self, word: str) -> Iterator[str]:
        """Yield the words one slip from a written one, itself not among them unless it is one of the words."""
        shorter = shortened(word)
        # Most words are near to none.
        if word not in self._near and self._near.keys().isdisjoint(shorter):
            return
        for key in (word, *sorted(shorter)):
            for target in self._near.get(key, ()):
                if target[0] == word[0] and (target == word or one_slip_apart(word, target)):
                    yield target
