"""One complaint file as a source of raw reports: columns chosen, times read, texts cleaned, bad rows refused."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import tzinfo
from typing import Final, cast

import msgspec

from pulih.adapters.files.columns import Columns, ColumnWishes, choose
from pulih.adapters.files.content import KINDS, OLDEST_US, SERVICES, SYMPTOMS
from pulih.adapters.files.notes import Note, day_first_assumed, notes_on_times, two_columns
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.reasons import (
    ANCIENT_TIME,
    FUTURE_TIME,
    MANY_CELLS,
    NO_TEXT,
    NO_TIME,
    NOT_TEXT,
    NUL_BYTE,
    OPEN_QUOTE,
    TOO_LONG,
    UNREADABLE_TIME,
    refused,
)
from pulih.adapters.files.table import Table
from pulih.adapters.files.time_reader import TimeReader, UnreadableTimeError, order_in, order_of
from pulih.adapters.files.zones import zone_in_column_name, zone_of
from pulih.model.errors import RefusedInput
from pulih.model.raw_report import UNTIMED_US, RawReport
from pulih.model.signal import Kind
from pulih.ports.files import Chosen, RefusedRow

FUTURE_US_MAX: Final = 300_000_000  # five minutes: clocks differ by that much
TEXT_CHARS_MAX: Final = 1 << 20
_ADVICE: Final = {
    FUTURE_TIME: "times must not be later than now",
    ANCIENT_TIME: "times before 1990 are taken for a mistake in the column or its unit (--time)",
    NO_TEXT: "say with --text which column holds what people wrote",
    NOT_TEXT: "say with --text which column holds what people wrote",
    NO_TIME: "say with --time which column holds when they wrote it",
    UNREADABLE_TIME: "right would be 2025-10-03T08:48:00Z or 2025-10-03 08:48 (say which column with --time)",
    OPEN_QUOTE: "a text with a quotation mark in it has to be quoted, and the mark doubled",
    NUL_BYTE: "right would be rows without NUL bytes, such as tr -d '\\000' leaves them",
    TOO_LONG: "right would be one complaint a row, and each of them a line of its own",
    MANY_CELLS: "a text with the separator in it has to be quoted",
}
_GAPS: Final = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
# Control characters, and halves of surrogate pairs that no encoding can write.
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class FileSource:
    """A complaint file (ports.Source).

    Attributes:
        name: the file's name without its folder.
        chosen: which columns and zone it is read with.
        notes: what a reader of the result must know, pairs (English, Indonesian); complete once `rows` is done.
    """

    def __init__(self, origin: Origin, table: Table, wishes: ColumnWishes, *, now_us: int) -> None:
        """Choose columns and zone. Raises RefusedInput when none will do."""
        self.name = origin.name
        self._origin = origin
        self._table = table
        self._now_us = now_us
        if not table.sample:
            # Nothing can be said of columns that hold nothing; why no row could be read can.
            raise self._nothing_readable()
        self._untimed = wishes.untimed and wishes.time is None and table.format.startswith("JSON")
        wishes = msgspec.structs.replace(wishes, untimed=self._untimed)
        self._columns = choose(table.names, table.sample, wishes, label=origin.label, now_us=now_us)
        hint = wishes.zone or zone_in_column_name(self._columns.time)
        zone_name, zone = zone_of(hint or "UTC")
        self._zone_told = hint is not None
        self._times = TimeReader(zone)
        self.notes: list[Note] = list(table.notes)
        self._settle_order(zone)
        self._account_times = self._reader_of_accounts(zone)
        if self._columns.clock:
            self.notes.append(two_columns(origin.name, self._columns.time, self._columns.clock))
        guessed = wishes.zone is None and self._states_no_zone(zone)
        self.chosen = _chosen(table.format, self._columns, zone_name, zone_guessed=guessed)

    def rows(self) -> Iterator[RawReport | RefusedRow]:
        """Yield each row, readable or refused.

        Raises: RefusedInput when the file is damaged, or no row of it could be used.
        """
        columns = self._columns
        picked = (
            columns.time, columns.text, columns.author, columns.place, columns.native_id, columns.operator,
            columns.source, columns.clock, columns.account, columns.kind,
            columns.service, columns.symptom,
        )  # fmt: skip
        reasons: Counter[str] = Counter()
        first: RefusedRow | None = None
        readable = 0
        for item in self._table.records(picked):
            report = item if isinstance(item, RefusedRow) else self._report(item[0], *item[1])
            if isinstance(report, RefusedRow):
                reasons[report.reason] += 1
                first = first or report
            else:
                readable += 1
            yield report
        self._origin.close()
        self.notes += notes_on_times(self._times, self.name, zone=self.chosen.zone, told=self._zone_told)
        if not readable:
            raise self._nothing_usable(reasons, first)

    def _report(self, row: int, *cells: object) -> RawReport | RefusedRow:
        time, text, author, place, native_id, operator, source, clock, account, kind, service, symptom = cells
        if clock:
            time = f"{time} {clock}"
        untimed = self._untimed and time in ("", None) and bool(native_id and source)
        try:
            at_us = UNTIMED_US if untimed else self._times.read(time)
        except UnreadableTimeError as problem:
            return refused(self.name, row, str(problem), _short(time))
        if not untimed and not OLDEST_US <= at_us <= self._now_us + FUTURE_US_MAX:
            return refused(self.name, row, FUTURE_TIME if at_us > OLDEST_US else ANCIENT_TIME, _short(time))
        if not isinstance(text, str):
            if not isinstance(text, int | float) or isinstance(text, bool):
                return refused(self.name, row, NO_TEXT if text is None else NOT_TEXT)
            # "Not a number" is how some programs write an empty cell.
            text = "" if text != text else str(text)  # noqa: PLR0124
        flaw = NUL_BYTE if "\0" in text else TOO_LONG if len(text) > TEXT_CHARS_MAX else ""
        said = text.strip() if text.isprintable() else cleaned(text)
        if flaw or not said:
            return refused(self.name, row, flaw or NO_TEXT, said)
        return RawReport(
            at_us, said, _short(author), _short(native_id), _short(operator), _short(place), _short(source) or "file",
            kind=cast("Kind", kind) if kind in KINDS else "complaint", account_us=self._opened(account),
            service=_known(service, SERVICES), symptom=_known(symptom, SYMPTOMS),
        )  # fmt: skip

    def _opened(self, account: object) -> int | None:
        """Return when an account was opened, None where the cell does not say: that alone refuses no row."""
        if account == "":
            return None
        try:
            return self._account_times.read(account)
        except UnreadableTimeError:
            return None

    def _reader_of_accounts(self, zone: tzinfo) -> TimeReader:
        """Return a reader of its own for the times of accounts, which may be written in another order."""
        if not self._columns.account:
            return TimeReader(zone)
        place = self._table.names.index(self._columns.account)
        found = order_of(cells[place] for cells in self._table.sample)
        return TimeReader(zone, found[0] if found else "day")

    def _settle_order(self, zone: tzinfo) -> None:
        """Find out whether dates are written day first, for the whole column."""
        if self._columns.time not in self._table.names:
            return
        found = order_in(self._table, self._columns.time, self._columns.text)
        if found is None:
            return
        order, assumed = found
        if assumed:
            self.notes.append(day_first_assumed(self.name, self._columns.time))
        self._times = TimeReader(zone, order)

    def _states_no_zone(self, zone: tzinfo) -> bool:
        """Say whether some times have no zone of their own."""
        reader = TimeReader(zone)
        if self._columns.time not in self._table.names:
            return False
        place = self._table.names.index(self._columns.time)
        for cells in self._table.sample:
            with contextlib.suppress(UnreadableTimeError):
                reader.read(cells[place])
        return reader.zoneless > 0

    def _nothing_readable(self) -> RefusedInput:
        reasons: Counter[str] = Counter()
        first: RefusedRow | None = None
        for row in self._table.records((*self._table.names, "", "")[:2]):
            if isinstance(row, RefusedRow):
                reasons[row.reason] += 1
                first = first or row
        return self._nothing_usable(reasons, first)

    def _nothing_usable(self, reasons: Counter[str], first: RefusedRow | None) -> RefusedInput:
        label = self._origin.label
        if first is None:
            return RefusedInput(f"{label} has no rows; wanted is one complaint a row")
        counts = ", ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common(3))
        advice = _ADVICE.get(reasons.most_common(1)[0][0], "wanted is one complaint a row, with a time and a text")
        if advice == _ADVICE[FUTURE_TIME] and self._times.zoneless and not self._zone_told:
            advice += "; these state no zone and were taken as UTC: if they are local times, say so with --tz"
        return RefusedInput(
            f"{label}: none of its {reasons.total():,} rows can be used: {counts}; "
            f'row {first.row}: "{first.excerpt}"; {advice}'
        )


def cleaned(text: str) -> str:
    """Return `text` on one line, without control characters and halves of surrogate pairs.

    >>> cleaned("mati\\r\\nlagi\\x07")
    'mati lagi'
    """
    return _UNWRITABLE.sub("", _GAPS.sub(" ", text)).strip()


def _short(cell: object) -> str:
    """Return a cell that is a name or an id as text, "" when it is neither."""
    if isinstance(cell, str):
        return cell.strip() if cell.isprintable() else cleaned(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None or isinstance(cell, float | bool | dict | list) else str(cell)


def _known(cell: object, words: frozenset[str]) -> str:
    return cell if isinstance(cell, str) and cell in words else ""


def _chosen(form: str, columns: Columns, zone: str, *, zone_guessed: bool) -> Chosen:
    return Chosen(
        form,
        columns.text,
        f"{columns.time} + {columns.clock}" if columns.clock else columns.time,
        author=columns.author,
        place=columns.place,
        native_id=columns.native_id,
        operator=columns.operator,
        source=columns.source,
        account=columns.account,
        kind=columns.kind,
        zone=zone,
        guessed=columns.guessed + (("zone",) if zone_guessed else ()),
    )
