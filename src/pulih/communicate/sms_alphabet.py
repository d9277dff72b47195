"""The alphabet of SMS: which texts fit into its 7 bits a letter, and into how many parts a longer one is cut.

A text whose letters are all in the GSM alphabet has 160 of them to a part; a single other letter (a curly quote, a
dash, an emoji) makes it 70. In parts that belong together a header takes its room: 153 and 67. A letter of the
extension counts twice, and neither it nor a pair of surrogates is cut in two.

Source: 3GPP TS 23.038, 6.2.1 (alphabet and extension); TS 23.040, 9.2.3.24.1 (concatenated short messages).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

import msgspec

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E}
_ESCAPE: Final = 0x1B
_SEPTETS: Final[dict[str, bytes]] = {
    **{letter: bytes([code]) for code, letter in enumerate(_BASIC) if code != _ESCAPE},
    **{letter: bytes([_ESCAPE, code]) for letter, code in _EXTENSION.items()},
    "|": bytes([_ESCAPE, 0x40]),
    "€": bytes([_ESCAPE, 0x65]),
}

_LETTERS: Final = {code: letter for letter, code in _SEPTETS.items()}

Coding = Literal["gsm7", "ucs2"]
# Units of one part alone, and of one part of several: septets, and units of 16 bits.
ALONE: Final[dict[Coding, int]] = {"gsm7": 160, "ucs2": 70}
TOGETHER: Final[dict[Coding, int]] = {"gsm7": 153, "ucs2": 67}


def alphabet(text: str) -> Coding:
    """Return the alphabet that an SMS of this text needs.

    >>> alphabet("internet mati"), alphabet("ꦲ")
    ('gsm7', 'ucs2')
    """
    return "gsm7" if all(letter in _SEPTETS for letter in text) else "ucs2"


def sms_text(septets: bytes) -> str:
    """Return the text of septets of the GSM alphabet, a byte each; one that is none becomes a question mark.

    >>> sms_text(bytes([0x61, 0x1B, 0x65, 0xFF]))
    'a€?'
    """
    said, at = [], 0
    while at < len(septets):
        taken = 2 if septets[at] == _ESCAPE else 1
        code = septets[at : at + taken]
        # Where the extension has no such letter a telephone shows that of the basic alphabet.
        said.append(_LETTERS.get(code) or _LETTERS.get(code[-1:], "?"))
        at += taken
    return "".join(said)


def sms_units(text: str) -> int:
    """Count a text in units of the alphabet that it needs: septets, or UTF-16 code units.

    >>> sms_units("a€"), sms_units("😀")
    (3, 2)
    """
    if alphabet(text) == "gsm7":
        return sum(len(_SEPTETS[letter]) for letter in text)
    return len(text.encode("utf-16-be", "replace")) // 2


class SmsParts(msgspec.Struct, frozen=True):
    """A text as SMS: its coding, its units, the bytes of each part (a septet to a byte, or UTF-16 big-endian), texts.

    So what the desk is shown before it sends is what travels.
    """

    coding: Coding
    parts: tuple[bytes, ...]
    texts: tuple[str, ...]
    units: int


def sms_parts(text: str) -> SmsParts:
    """Return a text as one SMS, or as the fewest parts.

    Args:
        text: any; an empty one is one empty part.

    >>> [(one.coding, one.units, len(one.parts)) for one in map(sms_parts, ("a" * 160, "a" * 161, "[", "“a”"))]
    [('gsm7', 160, 1), ('gsm7', 161, 2), ('gsm7', 2, 1), ('ucs2', 3, 1)]
    """
    if alphabet(text) == "gsm7":
        return _cut(text, [_SEPTETS[letter] for letter in text], "gsm7", 1)
    return _cut(text, [letter.encode("utf-16-be", "replace") for letter in text], "ucs2", 2)


def _cut(text: str, letters: Sequence[bytes], coding: Coding, unit_bytes: int) -> SmsParts:
    whole = b"".join(letters)
    units = len(whole) // unit_bytes
    if units <= ALONE[coding]:
        return SmsParts(coding, (whole,), (text,), units)
    most, size, starts = TOGETHER[coding] * unit_bytes, 0, [0]
    for at, letter in enumerate(letters):
        if size + len(letter) > most:
            starts.append(at)
            size = 0
        size += len(letter)
    spans = list(pairwise([*starts, len(letters)]))
    parts = tuple(b"".join(letters[start:end]) for start, end in spans)
    return SmsParts(coding, parts, tuple(text[start:end] for start, end in spans), units)
