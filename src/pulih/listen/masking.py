"""Masking: phone numbers, e-mail addresses, links, handles and customer ids never go further than this room.

Requirement L3. Money, years, clock times and speeds stay, because they say what the complaint is about. A code goes
where a word before it says that it is one: six digits alone may as well be a speed test or a date.
"""

from __future__ import annotations

import re

# One pass over the text; the first alternative that fits wins, so that an e-mail is not taken for a handle.
_PRIVATE = re.compile(
    r"(?P<url>(?:https?://|www\.)\S+)"
    r"|(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)"
    r"|(?P<ip>(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?[1-9]\d|1\d\d|\d)\.){3}(?:25[0-5]|2[0-4]\d|1?[1-9]\d|1\d\d|\d)(?![\d.]*\d))"
    r"|(?P<mobile>(?<![\d.,])(?:\+?62|0)[\s.\-]?8(?:[\s.\-]?\d){7,12}(?!\d))"
    r"|(?P<money>(?:\brp\.?|\bidr)\s?\d[\d.,]*)"
    r"|(?P<sum>(?<![\d.,])\d{1,3}(?:[.,]\d{3})+(?![\d.,]))"
    r"|(?P<number>\+?\d{7,}|\(?\+?\d{2,5}\)?(?:[\s.\-]{1,2}\d{3,5}){1,4}\b)"
    r"|(?P<id>\b(?=[A-Za-z\-]{0,8}\d)(?:[A-Za-z]{1,6}-?)\d{6,}\b)",
    re.IGNORECASE,
)
# Whatever is masked holds one of these, a "://" or a "www."; a mere handle does not. Each begins with what is seldom.
_NUMBER = re.compile(r"\d(?:\d{3}|[\s.\-()]{1,2}\d)")
_ADDRESS = re.compile(r"(?<=[\w.+-])@[\w-]")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d")
# 08-10-2025 12.30 and 08.48-09.10 begin like the number of a mobile telephone.
_MOMENT = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d(?!\d)|\d{1,2}[.:]\d{2}\s?-")
_SECRET = re.compile(
    r"(?P<word>\b(?:pin|otp|kode|code|token|sandi|password|passcode|verifikasi|verification)\b[\s:=.#-]{0,3}"
    r"(?:[^\W\d_]{1,12}[\s:=.#-]{1,3}){0,3}?)"
    r"(?:\d{3}[\s-]\d{3}|\d{6})(?![\d.,]?\d)",
    re.IGNORECASE,
)
_DIGITS = 7


def mask(text: str) -> str:
    """Replace what could name or reach a person by <num>, <email>, <url>.

    >>> mask("tolong dicek no 0812-3456-7890 atau email budi@contoh.id")
    'tolong dicek no <num> atau email <email>'
    >>> mask("bayar Rp350.000 tapi cuma 3 Mbps, dari 03/10/2025 jam 08.48")
    'bayar Rp350.000 tapi cuma 3 Mbps, dari 03/10/2025 jam 08.48'
    >>> mask("kode OTP saya 482913, dari 10.20.30.40")
    'kode OTP saya <num>, dari <num>'
    """
    if not _may_name_somebody(text):
        return text
    return _SECRET.sub(r"\g<word><num>", _PRIVATE.sub(_replace, text))


def mask_handles(text: str, known: frozenset[str] = frozenset()) -> str:
    """Replace @handles of people by <user>; handles in `known` (operators) stay.

    >>> mask_handles("@budi77 @IndiHome mati", frozenset({"indihome"}))
    '<user> @IndiHome mati'
    """
    if "@" not in text:
        return text
    return _HANDLE.sub(lambda found: found[0] if found[1].lower() in known else "<user>", text)


def _may_name_somebody(text: str) -> bool:
    """Whether there may be something to mask; most complaints have nothing, and cost no more than this."""
    return (
        _NUMBER.search(text) is not None
        or "://" in text
        or ("@" in text and _ADDRESS.search(text) is not None)
        or "www." in text.lower()
    )


_HANDLE = re.compile(r"(?<![\w@])@(\w{1,50})")


def _replace(found: re.Match[str]) -> str:
    kind = found.lastgroup
    whole = found[0]
    if kind in ("money", "sum"):
        return whole
    if kind == "number":
        digits = sum(letter.isdigit() for letter in whole)
        # Separated groups are a number of a person only when long enough: "20 30 40 50" is a list of speeds.
        if digits < _DIGITS or (digits < _DIGITS + 1 and not whole.isdigit()) or _DATE.fullmatch(whole):
            return whole
        return "<num>"
    if kind == "mobile":
        return whole if _MOMENT.match(whole) else "<num>"
    if kind in ("id", "ip"):
        return "<num>"
    return f"<{kind}>"
