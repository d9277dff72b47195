"""Numbers, money, spans and moments as people write them, in Indonesian and in English.

Inside, money is minor units and time microseconds; whoever reads an explanation knows rupiah and minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pulih.compensate.outages import EPOCH

Language = Literal["id", "en"]

# ISO 4217: how many digits the minor unit has where it is not two.
_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_MONTHS: Final = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
# What is shown of a fraction of a minor unit.
_FINER: Final = 100


def number(value: Fraction | int, language: Language) -> str:
    """A number with its thousands apart, and at most two decimals; "..." where more would follow.

    >>> number(Fraction(625000, 30), "id"), number(1200, "en")
    ('20.833,33...', '1,200')
    """
    hundredths = value * 100
    whole, rest = divmod(floor(hundredths), 100)
    text = f"{whole:,}"
    if rest:
        text += f".{rest:02}"
    if hundredths != floor(hundredths):
        text += "..."
    if language == "en":
        return text
    # Indonesian sets thousands with points and decimals with a comma; the dots at the end stay dots.
    exact = text.removesuffix("...")
    turned = exact.replace(",", " ").replace(".", ",").replace(" ", ".")
    return turned + text[len(exact) :]


def minor_digits(currency: str) -> int:
    """Digits of a currency's minor unit by ISO 4217.

    >>> minor_digits("IDR"), minor_digits("JPY"), minor_digits("CLF")
    (2, 0, 4)
    """
    return _DIGITS.get(currency, 2)


def amount(minor: int, currency: str, language: Language, *, in_kind: bool) -> str:
    """An amount of a credit: money in its unit, days of validity, or something in kind.

    >>> amount(2_083_333, "IDR", "id", in_kind=False), amount(1024, "MB", "en", in_kind=True)
    ('IDR 20.833,33', '1,024 MB')
    """
    if in_kind:
        return f"{number(minor, language)} {_days(minor, language) if currency == 'DAY' else currency}"
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    point = "." if language == "en" else ","
    sign = "-" if minor < 0 else ""
    return f"{currency} {sign}{number(whole, language)}" + (f"{point}{rest:0{digits}}" if digits else "")


def exact_amount(minor: Fraction, currency: str, language: Language, *, in_kind: bool) -> str:
    """An amount before it is rounded: two more decimals than the currency has, and "..." where more would follow.

    >>> exact_amount(Fraction(125_000, 9), "IDR", "en", in_kind=False), exact_amount(Fraction(976), "GBP", "id",
    ...     in_kind=False), exact_amount(Fraction(45, 2), "MIN", "en", in_kind=True)
    ('IDR 138.8888...', 'GBP 9,76', '22.50 MIN')
    """
    if in_kind:
        return f"{number(minor, language)} {_days(floor(minor), language) if currency == 'DAY' else currency}"
    digits = minor_digits(currency)
    finer = minor * _FINER
    whole, rest = divmod(floor(finer), _FINER * 10**digits)
    decimals = f"{rest:0{digits + 2}}"
    shown = decimals[:digits] + decimals[digits:].rstrip("0")
    point = "." if language == "en" else ","
    more = "" if finer == floor(finer) else "..."
    return f"{currency} {number(whole, language)}" + (f"{point}{shown}" if shown else "") + more


def _days(days: int, language: Language) -> str:
    if language == "id":
        return "hari masa aktif"
    return "day of validity" if days == 1 else "days of validity"


def span(us: int, language: Language) -> str:
    """How long something took, in hours, minutes and seconds.

    >>> span(5_400_000_000, "id"), span(59_500_000, "en")
    ('1 jam 30 menit', '59.5 s')
    """
    hours, rest = divmod(us, 3_600_000_000)
    minutes, rest = divmod(rest, 60_000_000)
    names = {"id": ("jam", "menit", "detik"), "en": ("h", "min", "s")}[language]
    seconds = f"{rest / 1_000_000:.6f}".rstrip("0").rstrip(".") if rest else "0"
    seconds = seconds if language == "en" else seconds.replace(".", ",")
    parts = [f"{hours} {names[0]}"] if hours else []
    parts += [f"{minutes} {names[1]}"] if minutes else []
    parts += [f"{seconds} {names[2]}"] if rest or not parts else []
    return " ".join(parts)


def moment(at_us: int, zone: ZoneInfo, language: Language) -> str:
    """A moment in the incident's zone, to the second.

    >>> moment(1_759_460_400_000_000, ZoneInfo("Asia/Jakarta"), "id")
    '3 Okt 2025 10.00.00'
    """
    local = (EPOCH + timedelta(microseconds=at_us)).astimezone(zone)
    mark = ":" if language == "en" else "."
    return f"{_date(local, language)} {local.strftime(f'%H{mark}%M{mark}%S')}"


def between(start_us: int, end_us: int, zone: ZoneInfo, language: Language) -> str:
    """From one moment to another; the date stands once where it is the same.

    >>> between(1_759_460_400_000_000, 1_759_464_000_000_000, ZoneInfo("Asia/Jakarta"), "en")
    '3 Oct 2025 10:00:00 - 11:00:00'
    """
    start, end = moment(start_us, zone, language), moment(end_us, zone, language)
    day, _, clock = end.rpartition(" ")
    return f"{start} - {clock if start.startswith(f'{day} ') else end}"


def date_words(day: int, language: Language) -> str:
    """A local day, given in days since 1970-01-01.

    >>> date_words(20_364, "id")
    '3 Okt 2025'
    """
    return _date(EPOCH + timedelta(days=day), language)


def _date(on: datetime, language: Language) -> str:
    return f"{on.day} {_MONTHS[language][on.month - 1]} {on.year}"
