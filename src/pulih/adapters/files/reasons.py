"""Why one row is refused: a closed list of short reasons that can be counted, in both languages."""

from __future__ import annotations

from typing import Final

from pulih.ports.files import RefusedRow

NO_TEXT: Final = "no text"
NO_TIME: Final = "no time"
UNREADABLE_TIME: Final = "time not readable"
SWAPPED_DATE: Final = "day and month the other way round than in the other rows"
FUTURE_TIME: Final = "time in the future"
ANCIENT_TIME: Final = "time before 1990"
TOO_LONG: Final = "longer than 1 MiB"
NUL_BYTE: Final = "NUL byte in the row"
OPEN_QUOTE: Final = "quotes that do not match"
FEW_CELLS: Final = "fewer cells than the header"
MANY_CELLS: Final = "more cells than the header"
BAD_JSON: Final = "not a JSON object"
NOT_TEXT: Final = "text cell that is not text"
NOT_UTF8: Final = "bytes that are not UTF-8"

REASONS: Final[dict[str, str]] = {
    NO_TEXT: "tanpa teks",
    NO_TIME: "tanpa waktu",
    UNREADABLE_TIME: "waktu tidak terbaca",
    SWAPPED_DATE: "hari dan bulan terbalik dibanding baris lain",
    FUTURE_TIME: "waktu di masa depan",
    ANCIENT_TIME: "waktu sebelum 1990",
    TOO_LONG: "lebih panjang dari 1 MiB",
    NUL_BYTE: "ada karakter NUL di baris ini",
    OPEN_QUOTE: "tanda kutip tidak berpasangan",
    FEW_CELLS: "sel lebih sedikit daripada judul kolom",
    MANY_CELLS: "sel lebih banyak daripada judul kolom",
    BAD_JSON: "bukan objek JSON",
    NOT_TEXT: "sel teks tidak berisi teks",
    NOT_UTF8: "ada byte yang bukan UTF-8",
}

_EXCERPT_CHARS: Final = 60


def excerpt_of(text: str) -> str:
    """Return the beginning of `text`, on one line and without what a terminal or a page could choke on.

    >>> excerpt_of("sinyal\\thilang")
    'sinyal hilang'
    """
    start = text[:_EXCERPT_CHARS]
    plain = "".join(mark if mark.isprintable() else " " for mark in start)
    return plain.strip() + ("…" if len(text) > _EXCERPT_CHARS else "")


def refused(file: str, row: int, reason: str, text: str = "") -> RefusedRow:
    """Return the refusal of one row, with an excerpt of what stood there."""
    return RefusedRow(file, row, reason, excerpt_of(text))
