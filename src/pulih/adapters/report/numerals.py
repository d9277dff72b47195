"""Numbers as people write them: 1,200 and 0.4 in English, 1.200 and 0,4 in Indonesian."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pulih.adapters.report.texts import Language

_SWAP = str.maketrans(",.", ".,")


def written(value: float, language: Language) -> str:
    """Write `value` with the separators of `language`, and no more digits than it means.

    Whole numbers stay whole; below 10 one decimal, below 1 two digits that count.

    >>> written(1237, "en"), written(1237, "id")
    ('1,237', '1.237')
    >>> written(0.0312, "en"), written(2.46, "id"), written(12.6, "en")
    ('0.031', '2,5', '13')
    >>> written(float("nan"), "en")
    '–'
    """
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.{_decimals(value)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(_SWAP) if language == "id" else text


def aligned(values: Sequence[float], language: Language) -> list[str]:
    """Write a column of a table with as many decimals in every row, so that figures stand below each other.

    >>> aligned([0, 0.98, 14], "en"), aligned([3.0, 12.0], "en"), aligned([0.031, 0.4], "id")
    (['0.0', '1.0', '14.0'], ['3', '12'], ['0,03', '0,40'])
    """
    known = [abs(value) for value in values if math.isfinite(value)]
    whole = all(value == int(value) for value in known)
    decimals = 0 if whole else 2 if max(known) < 1 else 1
    texts = [f"{value:,.{decimals}f}" if math.isfinite(value) else "–" for value in values]
    return [text.translate(_SWAP) for text in texts] if language == "id" else texts


def rounded(count: float) -> float:
    """Round a count to what it means in a sentence: two digits that count from 100 on.

    >>> rounded(1237), rounded(47), rounded(98_765)
    (1200, 47, 99000)
    """
    if not math.isfinite(count) or abs(count) < 100:
        return count
    step: int = 10 ** (math.floor(math.log10(abs(count))) - 1)
    return round(count / step) * step


def _decimals(value: float) -> int:
    size = abs(value)
    if size == int(size) or size >= 10:
        return 0
    if size >= 1:
        return 1
    # Smaller than one in ten thousand is nothing to a reader.
    return min(4, 1 - math.floor(math.log10(size)))
