"""What the cells of one column look like: times, natural text, ids, a few repeated names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final, get_args

import msgspec

from pulih.adapters.files.time_reader import TimeReader, UnreadableTimeError, order_of, text_of_time
from pulih.adapters.files.written_time import has_clock
from pulih.adapters.files.zones import zone_of
from pulih.model.reading import Service, Symptom
from pulih.model.signal import Kind

OLDEST_US: Final = 631_152_000_000_000  # 1990-01-01; no complaint about the internet is older
LATEST_US: Final = 4_102_444_800_000_000  # 2100-01-01; later numbers are ids
MOST: Final = 0.5
DAY_US: Final = 86_400_000_000
KINDS: Final[frozenset[str]] = frozenset(get_args(Kind))
SERVICES: Final[frozenset[str]] = frozenset(get_args(Service))
SYMPTOMS: Final[frozenset[str]] = frozenset(get_args(Symptom))
_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?:\s*[ap]m)?", re.IGNORECASE)
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
# From so many rows on, a column in which each value comes so often names kinds of rows and not rows.
_KINDS_ROWS: Final = 10
_KINDS_SHARE: Final = 10
_TEXT_CHARS_MAX: Final = 2_000  # one pasted document must not make its column look chattiest


class Column(msgspec.Struct, frozen=True):
    """A column of the sample: its place, its name, and its cells."""

    place: int
    name: str
    cells: Sequence[object]

    def times(self, latest_us: int = LATEST_US) -> float:
        """Return which share of the filled cells holds a plausible time."""
        found = order_of(self.cells)
        reader = TimeReader(zone_of("UTC")[1], found[0] if found else "day")
        filled = readable = 0
        for cell in self.cells:
            filled += cell not in ("", None)
            try:
                readable += OLDEST_US <= reader.read(cell) <= latest_us
            except UnreadableTimeError:
                continue
        return readable / filled if filled else 0.0

    def is_filled(self) -> bool:
        """Say whether some cell holds anything."""
        return any(cell not in ("", None) for cell in self.cells)

    def is_numeric(self) -> bool:
        """Say whether the cells are bare numbers, which may be times and may be ids."""
        return all(text_of_time(cell).replace(".", "", 1).isdigit() for cell in self.cells if cell not in ("", None))

    def lacks_clock(self) -> bool:
        """Say whether the cells are dates without an hour."""
        texts = [text_of_time(cell) for cell in self.cells if isinstance(cell, str)]
        return any(texts) and not any(has_clock(text) for text in texts)

    def is_clock(self) -> bool:
        """Say whether the cells are hours without a date."""
        texts = [str(cell).strip() for cell in self.cells if cell not in ("", None)]
        return bool(texts) and all(_CLOCK.fullmatch(text) for text in texts)

    def holds_times(self) -> bool:
        """Say whether most of the filled cells are times."""
        return self.times() >= MOST

    def natural_chars(self) -> float:
        """Return the mean length of what looks like written language, over all filled cells."""
        texts = [cell for cell in self.cells if isinstance(cell, str) and cell.strip()]
        return sum(_natural_chars(text) for text in texts) / len(texts) if texts else 0.0

    def could_be_ids(self) -> bool:
        """Say whether the cells can be ids: none was rounded, and they are more than the names of a few kinds.

        That an id comes again says nothing against it: posts are edited, and exported again.
        """
        filled = [cell for cell in self.cells if cell not in ("", None)]
        for cell in filled:
            if isinstance(cell, float | bool) or (isinstance(cell, str) and _ROUNDED.fullmatch(cell.strip())):
                return False
        different = len({str(cell) for cell in filled})
        return bool(filled) and (len(filled) < _KINDS_ROWS or different * _KINDS_SHARE > len(filled))

    def holds(self, words: Collection[str]) -> bool:
        """Say whether the cells are such words, as the intake has them."""
        filled = [cell for cell in self.cells if cell not in ("", None)]
        return bool(filled) and all(cell in words for cell in filled)

    def is_few_names(self) -> bool:
        """Say whether the cells are short names that come again and again, without markup."""
        names = {cell for cell in self.cells if isinstance(cell, str) and cell.strip()}
        short = all(len(name) <= 60 and not name.startswith("<") and "://" not in name for name in names)
        return bool(names) and short and (len(names) <= 20 or len(names) < len(self.cells) / 2)


def _natural_chars(text: str) -> float:
    if "://" in text[:8]:
        return 0
    letters = sum(map(str.isalpha, text[:_TEXT_CHARS_MAX]))
    # A sentence has several words; a lone word counts little, so that names do not look like complaints.
    return letters if " " in text.strip() else letters / 8
