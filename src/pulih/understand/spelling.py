"""Spelling brings the many ways to write a name to one: small letters, no marks, no stretched letters."""

from __future__ import annotations

import re
import unicodedata

import msgspec
from ahocorasick_rs import AhoCorasick

# A complaint is short; what stands beyond this says nothing of the place and could be a megabyte.
TEXT_LIMIT = 4_000

_WORD = re.compile(r"[a-z0-9]+")
_WORD_AND_GAP = re.compile(r"([a-z0-9]+)")
# The same in every script; twice as slow, and few texts need it.
_ANY_WORD = re.compile(r"[^\W_]+")
_ANY_WORD_AND_GAP = re.compile(r"([^\W_]+)")
# Scripts whose vowels and tones are signs on or beside a letter, from Hebrew to Khmer and further on.
_SIGNED = re.compile("[\u0591-\u1aff\ua800-\uabff]")
# Latin letters that no normal form takes apart, as people without them write them.
_PLAIN = str.maketrans({
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ß": "ss", "æ": "ae",
    "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ð": "d", "Ð": "D",
})  # fmt: skip
_HIDDEN = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_HANDLE = re.compile(r"@[\w.\-]+")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HASHTAG = re.compile(r"#\w+")
_RUN = re.compile(r"(.)\1+")
# Letters that people draw out: "jogjaaa", "bandunggg".
_DRAWN_OUT = AhoCorasick([letter * 3 for letter in "aiueognrkthslmy"])


class Line(msgspec.Struct, frozen=True, gc=False):
    """A folded text as words and what stands before each: `gaps[i]` precedes `words[i]`."""

    words: list[str]
    gaps: list[str]


class Span(msgspec.Struct, frozen=True, gc=False):
    """The words of a line from `start` up to, not including, `stop`; those before `free` belong to another name."""

    line: Line
    start: int
    stop: int
    free: int = 0

    def word(self, i: int) -> str:
        """Return the word of the line at a position, "" outside it."""
        return self.line.words[i] if 0 <= i < len(self.line.words) else ""


def fold(text: str) -> str:
    """Return the text in small letters without accents, apostrophes, handles and links; a long text is cut.

    >>> fold("DI Ma’rang @biznet #BandungDown")
    'di marang   #bandung down'
    >>> fold("Łódź, Køge, Иркутск")
    'lodz, koge, иркутск'
    """
    text = text[:TEXT_LIMIT]
    if not text.isascii():
        text = _HIDDEN.sub("", unicodedata.normalize("NFKD", text))[:TEXT_LIMIT].replace("’", "").replace("‘", "")
        text = text.translate(_PLAIN)
        if _SIGNED.search(text) is not None:
            text = "".join([letter for letter in text if not unicodedata.category(letter).startswith("M")])
    if "@" in text:
        text = _HANDLE.sub(" ", text)
    if "#" in text:
        text = _HASHTAG.sub(lambda tag: _HUMP.sub(" ", tag.group()), text)
    folded = text.lower().replace("'", "").replace("`", "")
    if "://" in folded or "www." in folded:
        folded = _LINK.sub(" ", folded)
    return folded


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text."""
    return (_WORD if folded.isascii() else _ANY_WORD).findall(folded)


def line_of(folded: str) -> Line:
    """Return the words of a folded text with the gaps before them."""
    parts = (_WORD_AND_GAP if folded.isascii() else _ANY_WORD_AND_GAP).split(folded)
    return Line(parts[1::2], parts[:-1:2])


def is_stretched(text: str) -> bool:
    """Tell whether a folded text or word draws out a letter to three or more."""
    return bool(_DRAWN_OUT.find_matches_as_indexes(text))


def fold_name(name: str) -> str:
    """Return a name as single-spaced folded words: "Fak-Fak" -> "fak fak", "Mage'abume" -> "mageabume"."""
    return " ".join(words_of(fold(name)))


def squeeze(word: str) -> str:
    """Return the word with every run of a letter made one: "jogjaaa" -> "jogja"."""
    return _RUN.sub(r"\1", word)
