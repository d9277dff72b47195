"""Makes text that strangers wrote safe to look at: no markup, no turned-around lines, no hidden characters.

Escaping alone does not stop a right-to-left override from turning the rest of a line, nor a hundred combining
marks from covering the lines above; so these go, and what is left stands in an isolated `<bdi>`.
Source: Unicode Standard Annex 9 (bidirectional text) and Technical Report 36 (security).
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup

# Overrides, embeddings, isolates and marks of direction; zero-width characters; line and paragraph separators
# and other controls become a space, since a report shows texts as single paragraphs.
_HIDDEN = re.compile(
    "[\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# In a text of several lines: what ends a line, and controls, which no page, feed or database of text can hold.
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_MARKS_MAX = 3


def plain(text: str) -> str:
    """Return `text` on one line without invisible characters and without towers of combining marks.

    >>> plain("internet\\u202e mati\\n\\u200bsejak pagi")
    'internet mati sejak pagi'
    >>> plain("e" + "\\u0301" * 9) == "e" + "\\u0301" * 3
    True
    """
    text = _BREAKS.sub(" ", _HIDDEN.sub("", text)).strip()
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= _MARKS_MAX:
            kept.append("\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) == "Cs" else char)
    return "".join(kept)


def written(text: str) -> str:
    """Return a text of several lines without anything hidden in it.

    >>> written("satu\\u202e\\ndua")
    'satu\\ndua'
    """
    return "\n".join(plain(line) for line in text.split("\n"))


def legible(text: str) -> str:
    """Return words of one's own staff as they are kept: lines as they were, without anything that can not be seen.

    What is copied from a chat or a document often holds such characters, and nobody can find them to take them out.

    >>> legible("\\u200eKami\\u202e cek\\r\\ndi\\x00 Bandung\\u2028lagi")
    'Kami cek\\ndi Bandung\\nlagi'
    """
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", _HIDDEN.sub("", text)))


def shortened(text: str, limit: int) -> str:
    """Return `text` made plain and cut to `limit` characters with an ellipsis.

    >>> shortened("gangguan internet", 9)
    'gangguan…'
    """
    text = plain(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def isolated(text: str) -> Markup:
    """Return a name from the data, escaped and isolated from the direction of the line around it.

    >>> isolated("<b>XL")
    Markup('<bdi>&lt;b&gt;XL</bdi>')
    """
    return Markup("<bdi>{}</bdi>").format(plain(text))


def quoted(text: str, limit: int = 400) -> Markup:
    """Return words of a stranger, whose language is not known, escaped and isolated.

    >>> quoted("wifi mati")
    Markup('<bdi lang="">wifi mati</bdi>')
    """
    return Markup('<bdi lang="">{}</bdi>').format(shortened(text, limit))
