"""The journal of credits on the disk: a Parquet file for each posting, numbered, never changed, chained by digests.

A posting is a file that appears whole or not at all, so there is no half of one. Each names the digest of the one
before it: whoever changes or takes away a file breaks the chain, and the journal says where. Nothing in it tells the
time of day, so that a run asked for again after a kill leaves the very same journal.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import TABLES
from pulih.adapters.credit.disk import reading, writing
from pulih.compensate.ledger import CreditKey, LedgerLine, correction, credit_id, hand_over
from pulih.model.errors import RefusedInput

_KEYS: Final = list(CreditKey.__struct_fields__)
_SCHEMA: Final = pa.schema(
    [
        ("credit_id", pa.string()),
        ("posting", pa.string()),
        ("debit", pa.string()),
        ("credit", pa.string()),
        ("amount_minor", pa.int64()),
        ("currency", pa.string()),
        ("subscriber_id", pa.int64()),
        ("incident_id", pa.string()),
        ("policy_id", pa.string()),
        ("clause_id", pa.string()),
    ]
)
_NOTHING: Final = "0" * 64
_CHUNK: Final = 1 << 16


class Posted(msgspec.Struct, frozen=True):
    """What one posting added: lines by kind; all 0 where what is asked for stands already."""

    grants: int = 0
    reversals: int = 0
    handed_over: int = 0


class CreditJournal:
    """A folder of postings; made when missing."""

    def __init__(self, folder: Path) -> None:
        """Open the journal and verify its chain.

        Raises: RefusedInput where a file is missing, changed or no posting; OutsideFailed when the disk refuses.
        """
        self._folder = folder
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._files = sorted(folder.glob("[0-9]*.parquet"))
        self._last = _NOTHING
        for number, path in enumerate(self._files, start=1):
            self._verify(path, number)

    @property
    def state(self) -> str:
        """Digest of the last file that handed something over; a run is worked out against what was handed over."""
        handed = [path for path in self._files if path.stem.endswith("-hand-over")]
        return _digest(handed[-1]) if handed else _NOTHING

    def handed_over(self) -> pa.Table:
        """What billing has, as a table of credits paid earlier."""
        handed = self._lines().filter(pc.field("posting") == "hand_over")
        return handed.select(TABLES["paid"].names).cast(TABLES["paid"])

    def post(self, credits: Path, run: str, *, incident_ids: Iterable[str], policy_ids: Iterable[str]) -> Posted:
        """Post what a run gives; what is open for its incidents and policies and is not given any more is reversed.

        Args:
            credits: a file of credits.
            run: what the run is known by; it stands in the file.
            incident_ids, policy_ids: those of the run, with all that they supersede.
        """
        with reading(str(credits)):
            given = pq.read_table(credits, columns=[*_KEYS, "amount_minor"])
        own = pc.field("incident_id").isin(list(incident_ids)) & pc.field("policy_id").isin(list(policy_ids))
        # One group by key holds what is open beside what is given; where both are equal there is nothing to post.
        sides = pa.concat_tables([_side(self._open().filter(own), 1, 0), _side(given, 0, 1)])
        summed = sides.group_by(_KEYS).aggregate([("open", "sum"), ("new", "sum")])
        changed = summed.filter(pc.not_equal(summed["open_sum"], summed["new_sum"])).sort_by(
            [(name, "ascending") for name in _KEYS]
        )
        lines = (line for row in changed.to_pylist() for line in correction(_key(row), row["open_sum"], row["new_sum"]))
        return self._append(lines, run, "grant")

    def hand_over(self, run: str) -> Posted:
        """Post that all that is open went to billing under this name."""
        there = self._open()
        rows = there.filter(pc.greater(there["amount_minor"], 0)).sort_by([(name, "ascending") for name in _KEYS])
        return self._append((hand_over(_key(row), row["amount_minor"]) for row in rows.to_pylist()), run, "hand-over")

    def balances(self) -> dict[str, dict[str, int]]:
        """Debits less credits of each account by currency; over all accounts of a currency they come to nothing."""
        balances: dict[str, dict[str, int]] = {}
        for side, sign in (("debit", 1), ("credit", -1)):
            for row in self._lines().group_by([side, "currency"]).aggregate([("amount_minor", "sum")]).to_pylist():
                account = balances.setdefault(row[side], {})
                account[row["currency"]] = account.get(row["currency"], 0) + sign * row["amount_minor_sum"]
        return balances

    def _lines(self) -> pa.Table:
        with reading(str(self._folder)):
            return pa.concat_tables([pq.read_table(path) for path in self._files] or [_SCHEMA.empty_table()])

    def _open(self) -> pa.Table:
        """What is owed and not handed over, by key."""
        lines = self._lines()
        credited = pc.cast(pc.equal(lines["credit"], "owed"), pa.int64())
        debited = pc.cast(pc.equal(lines["debit"], "owed"), pa.int64())
        signed = pc.multiply(lines["amount_minor"], pc.subtract(credited, debited))
        table = lines.select(_KEYS).append_column("amount_minor", signed)
        summed = table.group_by(_KEYS).aggregate([("amount_minor", "sum")])
        return summed.rename_columns([*_KEYS, "amount_minor"])

    def _append(self, lines: Iterator[LedgerLine], run: str, kind: str) -> Posted:
        """Add one file, unless there is nothing to post."""
        with self._locked():
            draft = self._folder / ".draft"
            counts = {"grant": 0, "reversal": 0, "hand_over": 0}
            with writing(self._folder):
                schema = _SCHEMA.with_metadata({"run": run, "before": self._last})
                with pq.ParquetWriter(draft, schema) as writer:
                    for chunk in _chunks(lines):
                        for line in chunk:
                            counts[line.posting] += 1
                        writer.write_table(pa.Table.from_pylist([_row(line) for line in chunk], schema=schema))
                if not any(counts.values()):
                    draft.unlink()
                    return Posted()
                path = self._folder / f"{len(self._files) + 1:06}-{kind}.parquet"
                _sync(draft)
                draft.replace(path)
                _sync(self._folder)
            self._files.append(path)
            self._last = _digest(path)
        return Posted(counts["grant"], counts["reversal"], counts["hand_over"])

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, who knows all files that are there."""
        lock = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if sorted(self._folder.glob("[0-9]*.parquet")) != self._files:
                raise RefusedInput(f"--journal {self._folder}: another run posted meanwhile; ask for this one again.")
            yield
        finally:
            os.close(lock)

    def _verify(self, path: Path, number: int) -> None:
        with reading(str(path)):
            metadata = pq.read_schema(path).metadata or {}
        if path.name[:7] != f"{number:06}-" or metadata.get(b"before", b"").decode() != self._last:
            raise RefusedInput(
                f"{path}: the journal's chain breaks here: a file before it is missing or was changed. "
                "Put the files back as they were."
            )
        self._last = _digest(path)


def _side(table: pa.Table, opened: int, new: int) -> pa.Table:
    """A table with its amounts in one of two columns and 0 in the other."""
    amounts = table["amount_minor"]
    columns = table.select(_KEYS).cast(pa.schema([(name, _SCHEMA.field(name).type) for name in _KEYS]))
    columns = columns.append_column("open", pc.multiply(amounts, opened))
    return columns.append_column("new", pc.multiply(amounts, new))


def _key(row: dict[str, object]) -> CreditKey:
    return msgspec.convert({name: row[name] for name in _KEYS}, CreditKey)


def _row(line: LedgerLine) -> dict[str, object]:
    booked = {"posting": line.posting, "debit": line.debit, "credit": line.credit, "amount_minor": line.amount_minor}
    return {"credit_id": credit_id(line.key), **booked, **msgspec.structs.asdict(line.key)}


def _chunks(lines: Iterator[LedgerLine]) -> Iterator[list[LedgerLine]]:
    chunk: list[LedgerLine] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
