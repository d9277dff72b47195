"""The language of most words, counted by function words."""

from __future__ import annotations

from collections.abc import Sequence

from pulih.model.reading import Language

_ORDER: tuple[Language, ...] = ("id", "en", "jv", "su")
# A second language is a mixture when it has this share of the function words, and not merely a loan word.
_SHARE, _LEAST = 0.34, 2


def language_of(tongues: Sequence[str], *, fallback: Language | None) -> Language | None:
    """Return the language of a text.

    Args:
        tongues: language of every function word met.
        fallback: what a text with words but without function words is taken for; None for a text without words.

    >>> language_of(["id", "id", "en"], fallback=None)
    'id'
    >>> language_of(["id", "en", "en", "id"], fallback=None)
    'mix'
    """
    if not tongues:
        return fallback
    counts = [tongues.count(one) for one in _ORDER]
    if len(tongues) in counts:
        return _ORDER[counts.index(len(tongues))]
    ranked = sorted(((count, -at, _ORDER[at]) for at, count in enumerate(counts)), reverse=True)
    (most, _, first), (next_most, _, _) = ranked[0], ranked[1]
    if next_most >= _LEAST and next_most >= _SHARE * (most + next_most):
        return "mix"
    return first
