"""Finds out which column is which: as told, else by its name, else by what its cells hold.

Names come from the exports people really have: tweet dumps, app reviews, ticket systems, forms, sheets, in
English and Indonesian. A name alone decides nothing: a column "time" that holds no times is passed over. What is looked
at is a sample that is the same however the rows are sorted (`sample`), so that their order decides nothing either.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from pulih.adapters.files.column_names import NAMES, NEVER, WORDS, plain_name
from pulih.adapters.files.content import DAY_US, KINDS, MOST, SERVICES, SYMPTOMS, Column
from pulih.adapters.files.reasons import excerpt_of
from pulih.adapters.files.table import Cells
from pulih.model.errors import RefusedInput
from pulih.ports.files import COLUMN_FIELDS

_LISTED_MAX: Final = 30
# The options that name columns, and the field each stands for.
WISHED: Final = {"text": "text", "time": "time", "author": "author", "place": "place", "id": "native_id"}
_OF_ACCOUNTS: Final = frozenset(NAMES["account"])
_OTHERS: Final = ("author", "place", "native_id", "operator", "source", "kind", "service", "symptom")


# What a line of the intake names always, and when it was said.
_OF_THE_INTAKE: Final = frozenset({"id", "source"})
_AT: Final = "at"


class ColumnWishes(msgspec.Struct, frozen=True):
    """Which columns and zone the user told; None means: find out, "" that there is none.

    `untimed` lets lines in the shape of the intake be without a time; a desk takes them as of when it hears them.
    """

    text: str | None = None
    time: str | None = None
    author: str | None = None
    place: str | None = None
    id: str | None = None
    zone: str | None = None
    untimed: bool = False


class Columns(msgspec.Struct, frozen=True):
    """Which column holds what; "" where there is none.

    `clock` is the hour when `time` has only the date, `account` when the author's account was opened, `kind` what sort
    of thing a row is, `service` and `symptom` what the source itself names, in words of the intake.
    """

    text: str
    time: str
    clock: str = ""
    author: str = ""
    place: str = ""
    native_id: str = ""
    operator: str = ""
    source: str = ""
    account: str = ""
    kind: str = ""
    service: str = ""
    symptom: str = ""
    guessed: tuple[str, ...] = ()


def choose(names: Sequence[str], sample: Sequence[Cells], wishes: ColumnWishes, *, label: str, now_us: int) -> Columns:
    """Return which column holds what.

    Args:
        names: the columns of the file.
        sample: some of its rows, with one cell a column.
        wishes: what the user told.
        label: names the file in sentences.
        now_us: numbers later than that are no times.

    Raises: RefusedInput when a told column is not there, or no column holds times or text.
    """
    columns = [Column(place, name, [cells[place] for cells in sample]) for place, name in enumerate(names)]
    untimed = wishes.untimed and wishes.time is None and _OF_THE_INTAKE.issubset(names)
    choice = _Choice(columns, len(sample), label, now_us, untimed=untimed)
    told = {field: wish.strip() for option, field in WISHED.items() if (wish := getattr(wishes, option)) is not None}
    for option, field in WISHED.items():
        if field in told:
            choice.told(field, told[field], option)
    choice.find_time()
    choice.find_text()
    choice.find_others()
    chosen = {field: name for field, name in choice.chosen.items() if name}
    return Columns(**chosen, guessed=tuple(field for field in COLUMN_FIELDS if field in chosen and field not in told))


class _Choice:
    """The choice as it grows: a column taken for one thing is not taken for another."""

    def __init__(self, columns: list[Column], rows: int, label: str, now_us: int, *, untimed: bool) -> None:
        self._columns = columns
        self._rows = rows
        self._label = label
        self._now_us = now_us
        self._untimed = untimed
        self.chosen: dict[str, str] = {}

    def told(self, field: str, wish: str, option: str) -> None:
        """Take a column as the user told. Raises RefusedInput when it is not there, or is another thing."""
        names = [column.name for column in self._columns]
        if wish not in names:
            if not wish and field not in ("text", "time"):
                self.chosen[field] = ""
                return
            raise RefusedInput(
                f'{self._label} has no column "{wish}", which was asked for as the {option}; '
                f"its columns are, nearest spelling first: {_listed(_by_likeness(wish, names))}"
            )
        other = next((other for other, name in self.chosen.items() if name == wish), None)
        if other is not None:
            raise RefusedInput(
                f'{self._label}: column "{wish}" was asked for as the {other} and as the {option}; name two columns'
            )
        if field == "text" and self._named_as(wish).holds_times():
            raise RefusedInput(
                f'{self._label}: column "{wish}", which was asked for as the text, is a time column; '
                "say with --text which column holds what people wrote: "
                f"{_listed([name for name in names if name != wish]) or 'there is no other'}"
            )
        self.chosen[field] = wish

    def _named_as(self, name: str) -> Column:
        return next(column for column in self._columns if column.name == name)

    def find_time(self) -> None:
        if "time" in self.chosen:
            column = self._named_as(self.chosen["time"])
            if not column.times():
                raise self._no_time(column)
            return
        named = self._named("time")
        shares = {column.place: column.times() for column in named}
        best = next((column for column in named if shares[column.place] >= MOST), None) or self._time_by_content()
        if best is None and any(shares.values()):
            best = max(named, key=lambda column: (shares[column.place], column.name))
        if best is None and self._untimed and not any(column.is_filled() for column in named):
            # Whatever lines were looked at, further ones may say it.
            self.chosen["time"] = _AT
            return
        if best is None:
            raise self._no_time(named[0] if named else None)
        self.chosen["time"] = best.name
        if best.lacks_clock():
            clock = next((column for column in self._free() if column.is_clock()), None)
            self.chosen |= {"clock": clock.name} if clock else {}

    def _time_by_content(self) -> Column | None:
        """Return the column with most times; bare numbers, which may be ids, only when nothing else will do."""

        def trust(column: Column) -> float:
            if column.is_numeric():
                return 0.6 * column.times(latest_us=self._now_us + DAY_US)
            return column.times()

        # The id of a line of the intake may be a number as long as that of a second, and is an id.
        free = [one for one in self._free_for("time") if not (self._untimed and one.name in _OF_THE_INTAKE)]
        best = max(free, key=lambda column: (trust(column), column.name), default=None)
        return best if best is not None and trust(best) >= MOST else None

    def _no_time(self, column: Column | None) -> RefusedInput:
        rows = _rows_read(self._rows)
        if column is None and "text" not in self.chosen and self._text() is None:
            return RefusedInput(
                f"{self._label} has neither a readable time nor a text; its columns are: "
                f"{_listed([column.name for column in self._columns])}; wanted is one complaint a row, with when it "
                "was written and what (say which columns with --time and --text)"
            )
        if column is None:
            where = f"in {rows}; its columns are: {_listed([column.name for column in self._columns])}"
        else:
            cell = min((str(cell) for cell in column.cells if cell not in ("", None)), default="")
            where = f'in {rows}; column "{column.name}" holds for example {excerpt_of(cell)!r}'
        return RefusedInput(
            f"{self._label} has no readable time {where}; right would be 2025-10-03T08:48:00Z, "
            "2025-10-03 08:48 or 03/10/2025 08:48 (say which column with --time)"
        )

    def find_text(self) -> None:
        if "text" in self.chosen:
            return
        best = self._text()
        if best is None:
            raise RefusedInput(
                f"{self._label} has no column that holds text; its columns are: "
                f"{_listed([column.name for column in self._columns])} (say which with --text)"
            )
        self.chosen["text"] = best.name

    def _text(self) -> Column | None:
        named = self._named("text")
        # "status" and "title" may be texts, but not beside a "description" that says far more.
        enough = 0.4 * max((column.natural_chars() for column in named), default=0.0)
        by_name = next((column for column in named if column.natural_chars() > enough), None)
        return by_name or self._text_by_content() or next(iter(named), None)

    def _text_by_content(self) -> Column | None:
        """Return the column of the longest natural texts; one whose name speaks for something else is none.

        Names of authors or places read as complaints would make a quiet "no outage found" of any file.
        """
        others = {name for field in _OTHERS for name in NAMES[field]}
        spoken = [column for column in self._free() if column.natural_chars() > 0]
        free = [column for column in spoken if plain_name(column.name) not in others]
        return max(free, key=lambda column: (column.natural_chars(), column.name), default=None)

    def find_others(self) -> None:
        checks: dict[str, Callable[[Column], bool]] = {
            "place": lambda column: column.natural_chars() > 0,
            "author": lambda column: any(isinstance(cell, str | int) and cell != "" for cell in column.cells),
            "native_id": Column.could_be_ids,
            "operator": lambda column: column.natural_chars() > 0,
            "source": Column.is_few_names,
            "account": Column.holds_times,
            "kind": lambda column: column.holds(KINDS),
            "service": lambda column: column.holds(SERVICES),
            "symptom": lambda column: column.holds(SYMPTOMS),
        }
        for field, fits in checks.items():
            if field not in self.chosen:
                found = next((column for column in self._named(field) if fits(column)), None)
                self.chosen |= {field: found.name} if found else {}

    def _free(self) -> list[Column]:
        taken = set(self.chosen.values())
        return [column for column in self._columns if column.name not in taken]

    def _free_for(self, field: str) -> list[Column]:
        """Return the free columns without those of the time of an account, which is no other time."""
        return [column for column in self._free() if field == "account" or plain_name(column.name) not in _OF_ACCOUNTS]

    def _named(self, field: str) -> list[Column]:
        """Return the free columns whose name speaks for a field, the surest first."""
        ranks = {name: rank for rank, name in enumerate(NAMES[field])}
        words = WORDS.get(field, frozenset())
        found: list[tuple[int, str, Column]] = []
        for column in self._free_for(field):
            plain = plain_name(column.name)
            parts = set(plain.split("_"))
            if plain in ranks:
                found.append((ranks[plain], column.name, column))
            elif parts & words and not parts & NEVER:
                found.append((len(ranks) + len(parts), column.name, column))
        return [column for _, _, column in sorted(found, key=lambda entry: entry[:2])]


def _by_likeness(wish: str, names: Sequence[str]) -> list[str]:
    def unlikeness(name: str) -> float:
        return -difflib.SequenceMatcher(None, wish.casefold(), name.casefold()).ratio()

    return sorted(names, key=unlikeness)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_LISTED_MAX])
    return shown + (f" and {len(names) - _LISTED_MAX} more" if len(names) > _LISTED_MAX else "")


def _rows_read(count: int) -> str:
    """Write which rows were looked at."""
    return {0: "any row", 1: "its only row"}.get(count, f"the {count:,} rows looked at")
