"""Links to one question after restoration, by tokens that only the desk can make; each answers once and names nobody.

Who is asked is the operator's to choose and to write to: links go to its own platform with the list of those who were
hit. How many were made is how many were asked (requirement N1).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from typing import Final

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.model.record import Question
from pulih.service.sealed import Seal

GOOD_FOR_S: Final = 14 * DAY_S
_TOKEN_CHARS_MAX: Final = 200


class SurveyLink(msgspec.Struct, frozen=True, array_like=True):
    """Which question about which incident, a number of its own, and when it was made, seconds since 1970 UTC."""

    incident: str
    question: Question
    number: str
    at_s: int


class SurveyLinks:
    """Makes and reads tokens.

    Args:
        key: the desk's, 16 to 64 bytes; tokens of another key are none.
    """

    def __init__(self, key: bytes) -> None:
        self._seal = Seal(key, "pulih survey link", SurveyLink, chars_max=_TOKEN_CHARS_MAX)

    def make(self, incident: str, question: Question, count: int, *, now_us: int) -> Iterator[str]:
        """Yield so many tokens, each its own.

        >>> links = SurveyLinks(b"k" * 16)
        >>> links.read(next(links.make("i", "csat", 1, now_us=0)), 0).question
        'csat'
        """
        for _ in range(count):
            yield self._seal.token(SurveyLink(incident, question, secrets.token_hex(8), now_us // MICROS))

    def read(self, token: str, now_us: int) -> SurveyLink | None:
        """Return the link of a token, None when it is none of this desk's or too old."""
        link = self._seal.read(token)
        return link if link is not None and 0 <= now_us // MICROS - link.at_s <= GOOD_FOR_S else None


def digest_of(link: SurveyLink) -> str:
    """Return under what an answer is kept: the same for the same link, and nothing that leads back to it.

    >>> digest_of(SurveyLink("i", "csat", "7", 0)) == digest_of(SurveyLink("i", "csat", "8", 0))
    False
    """
    return hashlib.sha256(f"{link.incident} {link.question} {link.number}".encode()).hexdigest()
