"""`signals.parquet`: every counted signal with what it was taken to mean, written in batches and read again by time.

It is written under a temporary name in the same folder and renamed when whole, so that nothing half-written stands
there. Row groups are cut by what is in them and never by how it came, so that the same signals give the same bytes.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pulih.adapters.row_groups import RowGroups
from pulih.detect.standing import Told
from pulih.detect.tally import blamed, counted
from pulih.model.errors import ForbiddenMove, OutsideFailed
from pulih.model.reading import Reading, Service, Symptom
from pulih.model.signal import Signal
from pulih.model.weight import Weight
from pulih.ports.files import Counts, Sample, Wanted

GROUP_ROWS: Final = 32_768
# Long texts end a group early, so that they do not stay in memory.
GROUP_CHARS: Final = 32 << 20
_Row = tuple[Signal, Reading, Weight]
Rows = NDArray[np.int64]

# The columns of people's interest come first; the last four let a signal be read again exactly as it was heard.
SCHEMA: Final = pa.schema(
    [
        pa.field("at", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("native_id", pa.string(), nullable=False),
        pa.field("author", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("operator", pa.string()),
        pa.field("service", pa.string()),
        pa.field("symptom", pa.string(), nullable=False),
        pa.field("region", pa.string()),
        pa.field("p_report", pa.float64(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
        # What lowers the weight ("" when nothing does), and which long wording the text is one of (0: none).
        pa.field("reason", pa.string(), nullable=False),
        pa.field("wording", pa.int64(), nullable=False),
        # Whose finding it counts for ("" where no operator is named, null where it counts for nothing), and how much.
        pa.field("counts_for", pa.string()),
        # Whose findings it counts for besides, where it blames several ("X dan Y mati"): ids with a space between.
        pa.field("also_for", pa.string(), nullable=False),
        pa.field("evidence", pa.float64(), nullable=False),
        pa.field("acute", pa.bool_(), nullable=False),
        pa.field("recovered", pa.bool_(), nullable=False),
        pa.field("talk", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("role", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("named_operator", pa.string(), nullable=False),
        pa.field("named_place", pa.string(), nullable=False),
    ]
)
_SIGNAL_COLUMNS: Final = (
    "source", "native_id", "author", "text", "role", "named_operator", "named_place", "kind"
)  # fmt: skip
# What is looked at first, to know which rows to read whole.
_KEYS: Final = ("at", "weight", "counts_for", "also_for", "region")
_COUNTED: Final = ("symptom", "service", "region")
_TOLD: Final = (*_KEYS, "author", "wording", "evidence", "reason")
_TOLD_TYPES: Final = {
    "author": np.int64, "wording": np.int64, "evidence": np.float64, "doubtful": np.bool_, "inside": np.bool_
}  # fmt: skip
# Reasons that speak against the account itself.
_DOUBTFUL: Final = pa.array(["seller", "young"], pa.string())
# All between words is the same to a reader; letters of any script with their marks, and digits, make words.
_BETWEEN_WORDS: Final = r"[^\p{L}\p{M}\p{N}]+"


class SignalsWriter:
    """Writes signals.parquet (ports.Sink)."""

    def __init__(self, path: Path) -> None:
        """Begin a file that will stand at `path`. Raises OutsideFailed when its folder cannot be written."""
        self.path = path
        self._part = path.with_name(f".{path.name}.part")
        self._rows: list[_Row] = []
        self._chars = 0
        with self._told_when_full():
            self._file: BinaryIO | None = self._part.open("wb")
            self._parquet = pq.ParquetWriter(self._file, SCHEMA, compression="zstd")

    def write(self, signals: list[Signal], readings: list[Reading], weights: list[Weight]) -> None:
        """Keep a batch. Raises OutsideFailed when there is no room; ForbiddenMove after `finish`."""
        if self._file is None:
            raise ForbiddenMove(f"{self.path.name} is finished; signals are written before it is read")
        for row in zip(signals, readings, weights, strict=True):
            self._rows.append(row)
            self._chars += len(row[0].text)
            if len(self._rows) >= GROUP_ROWS or self._chars >= GROUP_CHARS:
                self._write_group()

    def finish(self) -> None:
        """Complete the file and give it its name; a second call does nothing."""
        if self._file is None:
            return
        if self._rows:
            self._write_group()
        with self._told_when_full():
            self._parquet.close()
            self._file.close()
            self._part.replace(self.path)
        self._file = None

    def discard(self) -> None:
        """Remove what is not finished."""
        if self._file is None:
            return
        # Closing writes what is left, which a full disk refuses again; it is thrown away in any case.
        with contextlib.suppress(OSError, pa.ArrowException):
            self._parquet.close()
        self._parquet.is_open = False
        with contextlib.suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)
        self._rows.clear()
        self._file = None

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file, or remove it when something went wrong."""
        try:
            if kind is None:
                self.finish()
        finally:
            self.discard()

    def _write_group(self) -> None:
        table = pa.Table.from_pydict(_columns(self._rows), schema=SCHEMA)
        with self._told_when_full():
            self._parquet.write_table(table, row_group_size=GROUP_ROWS)
        self._rows.clear()
        self._chars = 0

    @contextlib.contextmanager
    def _told_when_full(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            folder = self.path.parent
            free = f"{shutil.disk_usage(folder).free / 1e6:,.0f} MB are free" if folder.is_dir() else "it is not there"
            raise OutsideFailed(
                f"{self.path.name} cannot be written in {folder} ({problem.strerror or problem}; {free}); "
                "free space there or choose another folder with --out"
            ) from problem


class SignalsArchive:
    """Reads signals.parquet again (ports.Archive)."""

    def __init__(self, path: Path) -> None:
        """Read the file at `path`, once its writer has finished."""
        self._groups = RowGroups(path, SCHEMA.names)

    def sample(self, wanted: Wanted, limit: int) -> Sample:
        """Return what is wanted, or `limit` of it spread evenly where there is more."""
        with self._groups.opened() as file:
            groups = _groups_between(file.metadata, wanted.start_us, wanted.end_us)
            hits = {group: _rows_wanted(self._groups.table(file, group, _KEYS), wanted) for group in groups}
            total = sum(rows.size for rows in hits.values())
            chosen = _spread(hits, total, limit)
            return Sample([one for group, rows in chosen.items() for one in self._signals(file, group, rows)], total)

    def count(self, wanted: Wanted, phrases: Sequence[str]) -> Counts:
        """Count all that is wanted, and in how many of the texts the words of each phrase stand.

        One group of rows is in memory at a time, however many there are.
        """
        sums: dict[str, Counter[str]] = {name: Counter() for name in (*_COUNTED, "phrase")}
        said = dict(zip(phrases, _worded(pa.array(phrases, pa.string())).to_pylist(), strict=True))
        total, last_us = 0, None
        with self._groups.opened() as file:
            for group in _groups_between(file.metadata, wanted.start_us, wanted.end_us):
                rows = _rows_wanted(self._groups.table(file, group, _KEYS), wanted)
                if rows.size == 0:
                    continue
                table = file.read_row_group(group, columns=["at", "text", *_COUNTED]).take(pa.array(rows))
                total += rows.size
                last_us = pc.max(table.column("at").cast(pa.int64())).as_py()
                for name in _COUNTED:
                    sums[name].update(_frequencies(table.column(name)))
                texts = _worded(table.column("text"))
                sums["phrase"].update({one: _containing(texts, words) for one, words in said.items()})
        return Counts(
            total=total,
            last_us=last_us,
            symptoms=cast("dict[Symptom, int]", dict(sums["symptom"])),
            services=cast("dict[Service, int]", dict(sums["service"])),
            regions=dict(sums["region"]),
            phrases=dict(sums["phrase"]),
        )

    def people(self, wanted: Wanted) -> float | None:
        """Add up the authors of what is wanted, each with the most evidence of a signal; None where none is known."""
        most: dict[str, float] = {}
        with self._groups.opened() as file:
            for group in _groups_between(file.metadata, wanted.start_us, wanted.end_us):
                rows = _rows_wanted(self._groups.table(file, group, _KEYS), wanted)
                table = self._groups.table(file, group, ("author", "evidence")).take(pa.array(rows))
                for one in table.group_by("author").aggregate([("evidence", "max")]).to_pylist():
                    most[one["author"]] = max(most.get(one["author"], 0.0), one["evidence_max"])
        if set(most) == {""}:
            return None
        # Added in one order, so that the same signals give the same sum.
        return sum(most[author] for author in sorted(most))

    def told(self, wanted: Wanted, *, since_us: int, until_us: int) -> Told:
        """Return who reported in which words from `since_us` up to, not including, `until_us`; `inside` is wanted."""
        around = Wanted(start_us=since_us, end_us=until_us)
        authors: dict[str, int] = {"": -1}
        parts: list[Told] = []
        with self._groups.opened() as file:
            for group in _groups_between(file.metadata, since_us, until_us):
                table = file.read_row_group(group, columns=list(_TOLD))
                table = table.filter(pc.greater(table.column("evidence"), 0.0))
                inside = np.zeros(table.num_rows, dtype=np.bool_)
                inside[_rows_wanted(table, wanted)] = True
                rows = _rows_wanted(table, around)
                parts.append(_told(table.take(pa.array(rows)), inside[rows], authors))
        return _joined(parts)

    def _signals(self, file: pq.ParquetFile, group: int, rows: Rows) -> list[tuple[Signal, float]]:
        if rows.size == 0:
            return []
        table = self._groups.table(file, group, ("at", "weight", *_SIGNAL_COLUMNS)).take(pa.array(rows))
        table = table.set_column(0, "at", table.column("at").cast(pa.int64()))
        fields = zip(*(table.column(name).to_pylist() for name in ("at", *_SIGNAL_COLUMNS)), strict=True)
        weights = cast("list[float]", table.column("weight").to_pylist())
        return [(Signal(*values), weight) for values, weight in zip(fields, weights, strict=True)]


def _told(table: pa.Table, inside: NDArray[np.bool_], authors: dict[str, int]) -> Told:
    """Return the columns of one group; `authors` numbers whoever was met so far, and grows."""
    coded = table.column("author").combine_chunks().dictionary_encode()
    numbers = [authors.setdefault(one, len(authors) - 1) for one in coded.dictionary.to_pylist()]
    return Told(
        author=np.array(numbers, dtype=np.int64)[coded.indices.to_numpy()],
        wording=table.column("wording").to_numpy(),
        evidence=table.column("evidence").to_numpy(),
        doubtful=pc.is_in(table.column("reason"), value_set=_DOUBTFUL).to_numpy(),
        inside=inside,
    )


def _joined(parts: Sequence[Told]) -> Told:
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0, dtype)
        for name, dtype in _TOLD_TYPES.items()
    }
    return Told(**columns)


def _frequencies(column: pa.ChunkedArray) -> dict[str, int]:
    return {one["values"]: one["counts"] for one in pc.value_counts(column.drop_null()).to_pylist()}


def _worded(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts in small letters as words with one space before and after each."""
    spaced = pc.replace_substring_regex(pc.utf8_lower(texts), pattern=_BETWEEN_WORDS, replacement=" ")
    return pc.binary_join_element_wise("", pc.utf8_trim(spaced, " "), "", " ")


def _containing(texts: pa.ChunkedArray, words: str) -> int:
    # A phrase of signs alone has no words, and would be found everywhere.
    return pc.sum(pc.match_substring(texts, words)).as_py() or 0 if words.strip() else 0


def _columns(rows: list[_Row]) -> dict[str, Sequence[object]]:
    signals = [signal for signal, _, _ in rows]
    readings = [reading for _, reading, _ in rows]
    evidence = [counted(reading, weight.value) for _, reading, weight in rows]
    return {
        "at": [signal.at_us for signal in signals],
        "source": [signal.source for signal in signals],
        "native_id": [signal.native_id for signal in signals],
        "author": [signal.author for signal in signals],
        "text": [signal.text for signal in signals],
        "operator": [reading.operator or signal.operator or None for signal, reading, _ in rows],
        "service": [reading.service for reading in readings],
        "symptom": [reading.symptom for reading in readings],
        "region": [reading.places[0].code if reading.places else None for reading in readings],
        "p_report": [reading.p_report for reading in readings],
        "weight": [weight.value for _, _, weight in rows],
        "reason": [weight.reason for _, _, weight in rows],
        "wording": [weight.wording for _, _, weight in rows],
        "counts_for": [
            blamed(reading) if counts > 0 else None for counts, reading in zip(evidence, readings, strict=True)
        ],
        "also_for": [
            " ".join(reading.sharing) if counts > 0 else "" for counts, reading in zip(evidence, readings, strict=True)
        ],
        "evidence": evidence,
        "acute": [reading.acute for reading in readings],
        "recovered": [reading.recovered for reading in readings],
        "talk": [reading.talk for reading in readings],
        "language": [reading.language for reading in readings],
        "role": [signal.role for signal in signals],
        "kind": [signal.kind for signal in signals],
        "named_operator": [signal.operator for signal in signals],
        "named_place": [signal.place for signal in signals],
    }


def _groups_between(metadata: pq.FileMetaData, start_us: int, end_us: int) -> Iterator[int]:
    """Yield the row groups that may hold signals of [start_us, end_us), by the bounds Parquet keeps of each."""
    place = SCHEMA.get_field_index("at")
    for group in range(metadata.num_row_groups):
        bounds = metadata.row_group(group).column(place).statistics
        first = pa.scalar(bounds.min, SCHEMA.field("at").type).value
        last = pa.scalar(bounds.max, SCHEMA.field("at").type).value
        if first < end_us and last >= start_us:
            yield group


def _rows_wanted(table: pa.Table, wanted: Wanted) -> Rows:
    """Return the numbers of the rows of one group that are wanted; what weighs nothing is not."""
    at = table.column("at").cast(pa.int64())
    hit = pc.and_(pc.greater_equal(at, wanted.start_us), pc.less(at, wanted.end_us))
    hit = pc.and_(hit, pc.greater(table.column("weight"), 0.0))
    region = table.column("region")
    if wanted.within is not None:
        inside = [code for code in pc.unique(region).to_pylist() if code is not None and wanted.within(code)]
        hit = pc.and_(hit, pc.is_in(region, value_set=pa.array(inside, pa.string())))
    if wanted.operators is not None:
        hit = pc.and_(hit, _is_for(table, wanted.operators))
    return np.flatnonzero(hit.to_numpy())


def _is_for(table: pa.Table, operators: frozenset[str]) -> pa.ChunkedArray:
    """Return which rows count for one of these operators, first or besides."""
    also = table.column("also_for")
    besides = [one for one in pc.unique(also).to_pylist() if not operators.isdisjoint(one.split())]
    first = pc.is_in(table.column("counts_for"), value_set=pa.array(sorted(operators), pa.string()))
    return pc.or_(first, pc.is_in(also, value_set=pa.array(besides, pa.string())))


def _spread(hits: dict[int, Rows], total: int, limit: int) -> dict[int, Rows]:
    """Return `limit` of the `total` rows, evenly over all groups."""
    if total <= limit:
        return hits
    steps = np.arange(limit) * total // limit
    chosen, before = {}, 0
    for group, rows in hits.items():
        first, last = np.searchsorted(steps, [before, before + rows.size])
        chosen[group] = rows[steps[first:last] - before]
        before += rows.size
    return chosen
