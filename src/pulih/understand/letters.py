"""Letters: names and texts write the same letter with and without its accent ("Nétis", "netis"), or drawn bold."""

from __future__ import annotations

import unicodedata

# Latin-1 Supplement to Latin Extended-B, and Latin Extended Additional.
_ACCENTED = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
# Mathematical Alphanumeric Symbols: what looks like bold or italic writing where a platform knows none.
_DRAWN = range(0x1D400, 0x1D800)


def _bare(code: int) -> int | None:
    parts = list(unicodedata.normalize("NFKD", chr(code)))
    bared = len(parts) > 1 and parts[0].isascii() and all(map(unicodedata.combining, parts[1:]))
    drawn = code in _DRAWN and len(parts) == 1 and parts[0].isascii()
    return ord(parts[0]) if bared or drawn else None


_TABLE = {code: base for code in (*_ACCENTED, *_DRAWN) if (base := _bare(code)) is not None}


def unaccented(text: str) -> str:
    """Return a text of the same length whose Latin letters have lost their accents and are drawn like others.

    >>> unaccented("Nétis mati 😭"), unaccented("𝗡𝗲𝘁𝗶𝘀 mati")
    ('Netis mati 😭', 'Netis mati')
    """
    return text if text.isascii() else text.translate(_TABLE)
