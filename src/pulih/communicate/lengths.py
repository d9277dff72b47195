"""Writes texts plainly, weighs social posts as their networks do, and cuts between words what is shown in screens.

An SMS of 160 characters becomes one of 70 by a single character that GSM-7 lacks; so dashes and quotation marks of
print are written plainly first, and what is left is counted and cut by `sms_alphabet`, as it travels.

Source: twitter-text configuration version 3 (weights, 23 for any address).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_PLAIN: Final = str.maketrans(
    {"–": "-", "—": "-", "‑": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "\u00a0": " ", "·": "-"}
)
# Characters of these code points count one in a social post, all others two.
_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_ADDRESS_WEIGHT: Final = 23


def plain(text: str) -> str:
    """Return a text with the marks of print written plainly.

    >>> plain("“Pulih” — 09.06…")
    '"Pulih" - 09.06...'
    """
    return text.translate(_PLAIN)


def weight(text: str, link: str = "") -> int:
    """Weigh a social post, in which an address counts the same however long it is.

    >>> weight("Pulih https://x.example/a-long-address", "https://x.example/a-long-address")
    29
    """
    counted = text.replace(link, "") if link else text
    heavy = sum(0 if any(low <= ord(char) <= high for low, high in _LIGHT) else 1 for char in counted)
    return len(counted) + heavy + (_ADDRESS_WEIGHT if link and link in text else 0)


def cut(text: str, most: int, size: Callable[[str], int] = len) -> tuple[str, ...]:
    """Cut a text between words into parts of at most `most`; a longer word is cut where it must be.

    Args:
        text: what is cut; "" gives one empty part.
        most: size of a part at most; above 1.
        size: how a part is counted.

    >>> cut("satu dua tiga", 8)
    ('satu dua', 'tiga')
    """
    parts: list[str] = []
    line = ""
    for word in text.replace("\n", " \n").split(" "):
        joined = f"{line} {word}" if line and not word.startswith("\n") else f"{line}{word}"
        if size(joined) <= most:
            line = joined
            continue
        if line:
            parts.append(line.strip("\n"))
        line = word.lstrip("\n")
        while size(line) > most:
            end = _longest(line, most, size)
            parts.append(line[:end])
            line = line[end:]
    return (*parts, line.strip("\n"))


def _longest(word: str, most: int, size: Callable[[str], int]) -> int:
    """Return how many characters of a word fit; one at least, so that cutting ends."""
    end = min(len(word), most)
    while end > 1 and size(word[:end]) > most:
        end -= 1
    return end
