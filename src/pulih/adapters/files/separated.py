"""Reads CSV and its relatives, row by row, such that one broken row costs one row and not the file.

RFC 4180: quotes, doubled quotes, line ends inside quotes. The csv module splits; added here is a bound. A
quote that is never closed would swallow the rest of the file, so the lines of the row at hand are kept, and
when the row breaks, only its first line is refused and reading begins again at its second. Lines read twice
in this way are not read a third time, which keeps the work linear whatever the file holds.
"""

from __future__ import annotations

import csv
import itertools
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

import msgspec

from pulih.adapters.files.dialect import SEPARATORS, Dialect, dialect_of, uses_quotes
from pulih.adapters.files.lines import LINE_BYTES_MAX, Spoilt, lines_of
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.reasons import FEW_CELLS, MANY_CELLS, NUL_BYTE, OPEN_QUOTE, TOO_LONG, refused
from pulih.adapters.files.sample import SAMPLE_CHARS, Sample, add_cells
from pulih.adapters.files.table import COLUMNS_MAX, Cells, Row, Table
from pulih.model.errors import RefusedInput
from pulih.ports.files import RefusedRow

_LOOK_LINES: Final = 200
_HEADERLESS: Final = (
    "{}: the first row is data and names no columns; they are called 1, 2, 3 and so on.",
    "{}: baris pertama sudah berisi data, bukan nama kolom; kolom disebut 1, 2, 3, dan seterusnya.",
)
_REPEATED: Final = (
    '{}: several columns are called "{}"; the next of them is called "{}" here, and so on.',
    '{}: beberapa kolom bernama "{}"; yang berikutnya disebut "{}" di sini, dan seterusnya.',
)
_Record = tuple[int, list[str]]
_Line = str | Spoilt


class SeparatedTable(Table):
    """A CSV, semicolon, tab or pipe file; see table.Table."""

    def __init__(self, origin: Origin) -> None:
        """Read it once to know it. Raises RefusedInput when there are no rows, or the file is no text."""
        self._origin = origin
        self.notes: list[tuple[str, str]] = []
        self._dialect = self._settled()
        self.format = f"CSV ({SEPARATORS[self._dialect.separator]})"
        with origin.plain() as read:
            lines = lines_of(read, origin.label)
            stream = iter(lines)
            try:
                self.names, self.sample = self._known(stream)
            except RefusedInput:
                # A header in another encoding cannot be read either, and the encoding is the reason.
                deque(stream, maxlen=0)
                lines.refuse_other_encoding()
                raise
            lines.refuse_other_encoding()

    def records(self, picked: Sequence[str]) -> Generator[Row | RefusedRow]:
        """Yield every row with the cells of the columns `picked`, or its refusal."""
        places = [self.names.index(name) if name else -1 for name in picked]
        pick = itemgetter(*places)
        with self._origin.plain() as read:
            lines = lines_of(read, self._origin.label)
            records = _records(lines, self._dialect, self._origin.name)
            if self._dialect.header:
                next(records, None)
            for record in self._squared(records, needed=max(places[:2]) + 1):
                if isinstance(record, RefusedRow):
                    yield record
                else:
                    record[1].append("")  # what the place -1 of an absent column picks
                    yield record[0], pick(record[1])

    def _settled(self) -> Dialect:
        """Find out how the file is written."""
        with self._origin.plain() as read:
            first = _first_lines(iter(lines_of(read, self._origin.label)))
        dialect = dialect_of([line for line in first if isinstance(line, str)])
        if dialect.separator != "\t":
            return dialect
        with self._origin.plain() as read:
            lines = (line for line in lines_of(read, self._origin.label) if isinstance(line, str))
            return msgspec.structs.replace(dialect, quoted=uses_quotes(lines))

    def _known(self, lines: Iterator[_Line]) -> tuple[tuple[str, ...], list[Cells]]:
        """Return the names of the columns and a sample of the rows."""
        records = _records(lines, self._dialect, self._origin.name)
        head = list(itertools.islice(records, 2))
        self.names = self._named(head)
        sample: Sample[Cells] = Sample()
        for record in self._squared(itertools.chain(head[1:] if self._dialect.header else head, records), needed=0):
            if isinstance(record, tuple):
                add_cells(sample, record[1])
        return self.names, sample.rows()

    def _named(self, head: list[_Record | RefusedRow]) -> tuple[str, ...]:
        label = self._origin.label
        if not head:
            raise RefusedInput(f"{label} has no rows; wanted is a header and rows below it")
        first = head[0]
        if isinstance(first, RefusedRow):
            raise RefusedInput(
                f"{label}, row {first.row}: the header cannot be read ({first.reason}: {first.excerpt!r}); "
                "the first row must name the columns, such as time,text"
            )
        if len(first[1]) > COLUMNS_MAX:
            raise RefusedInput(
                f"{label}, row {first[0]}: the header names {len(first[1]):,} columns; at most {COLUMNS_MAX:,} are read"
            )
        if not self._dialect.header:
            self.notes.append((_HEADERLESS[0].format(self._origin.name), _HEADERLESS[1].format(self._origin.name)))
            return tuple(str(place) for place in range(1, len(first[1]) + 1))
        if len(head) == 1:
            raise RefusedInput(f"{label} has a header and no rows below it; wanted is at least one")
        return self._each_its_own([cell.strip() or f"column {place}" for place, cell in enumerate(first[1], 1)])

    def _each_its_own(self, names: list[str]) -> tuple[str, ...]:
        """Return the names with a number behind those that stood there before: by its name a column is read."""
        own: list[str] = []
        seen, taken = Counter[str](), set(names)
        for name in names:
            seen[name] += 1
            new = name if seen[name] == 1 else f"{name} ({seen[name]})"
            while new != name and new in taken:
                new += "*"
            taken.add(new)
            own.append(new)
        repeated = next((pair for pair in zip(names, own, strict=True) if pair[0] != pair[1]), None)
        if repeated is not None:
            self.notes.append(
                (_REPEATED[0].format(self._origin.name, *repeated), _REPEATED[1].format(self._origin.name, *repeated))
            )
        return tuple(own)

    def _squared(self, records: Iterable[_Record | RefusedRow], *, needed: int) -> Iterator[_Record | RefusedRow]:
        """Yield records exactly as wide as the header: empty cells at the end may be missing or too many."""
        width = len(self.names)
        for record in records:
            if isinstance(record, RefusedRow) or len(record[1]) == width:
                yield record
                continue
            row, cells = record
            if len(cells) < needed:
                yield refused(self._origin.name, row, FEW_CELLS, self._dialect.separator.join(cells))
            elif any(cell.strip() for cell in cells[width:]):
                yield refused(self._origin.name, row, MANY_CELLS, self._dialect.separator.join(cells))
            else:
                yield row, (cells + [""] * width)[:width]


class _BrokenError(Exception):
    """The row at hand cannot be read to its end."""


class _Feed:
    """Hands physical lines to the csv module, and keeps those of the row at hand.

    Attributes:
        held: the lines of the row at hand; whoever reads the rows clears it after each.
        flaw: why this row is to be refused although it can be split, or "".
    """

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._lines = iter(lines)
        self._again: deque[_Line] = deque()
        self.held: list[_Line] = []
        self.flaw = ""

    def give_again(self, lines: list[_Line]) -> None:
        self._again.extendleft(reversed(lines))

    def __iter__(self) -> Iterator[str]:
        held, again, size = self.held, self._again, 0
        while (line := again.popleft() if again else next(self._lines, None)) is not None:
            size = size if held else 0
            held.append(line)
            if isinstance(line, Spoilt):
                if line.reason == TOO_LONG:
                    raise _BrokenError
                self.flaw, line = line.reason, line.text
            elif "\0" in line:
                self.flaw = NUL_BYTE
            size += len(line)
            if size > LINE_BYTES_MAX:
                raise _BrokenError
            yield line


def _first_lines(lines: Iterator[_Line]) -> list[_Line]:
    first: list[_Line] = []
    chars = 0
    for line in itertools.islice(lines, _LOOK_LINES):
        first.append(line)
        chars += len(line) if isinstance(line, str) else 0
        if chars > SAMPLE_CHARS:
            break
    return first


def _records(lines: Iterable[_Line], dialect: Dialect, name: str) -> Iterator[_Record | RefusedRow]:
    """Yield each row with the number of its first line, or its refusal; blank lines are passed over."""
    # The limit belongs to the process; it is only ever raised, to the bound that holds here anyway.
    csv.field_size_limit(max(csv.field_size_limit(), LINE_BYTES_MAX))
    feed = _Feed(itertools.islice(lines, dialect.skip, None))
    row, read_twice_until = dialect.skip + 1, 0
    while True:
        reader = csv.reader(
            feed,
            delimiter=dialect.separator,
            quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
            skipinitialspace=dialect.separator != "\t",
            strict=True,
        )
        try:
            for cells in reader:
                if feed.flaw:
                    yield refused(name, row, feed.flaw, _start(feed.held[0]))
                    feed.flaw = ""
                elif cells:
                    yield row, cells
                row += len(feed.held)
                feed.held.clear()
            return
        except (csv.Error, _BrokenError):
            lost = feed.held.copy()
        feed.held.clear()
        feed.flaw = ""
        if row >= read_twice_until and len(lost) > 1:
            read_twice_until = row + len(lost)
            feed.give_again(lost[1:])
            del lost[1:]
        for line in lost:
            yield refused(name, row, line.reason if isinstance(line, Spoilt) else OPEN_QUOTE, _start(line))
            row += 1


def _start(line: _Line) -> str:
    return line if isinstance(line, str) else line.text
