"""The kernel: the engine for files that are sorted by subscriber, in constant memory and at the speed of reading.

All files are read once, side by side, and cut into stretches of the same subscribers; compiled loops work a stretch
out while the next blocks are read and finished rows are written. It does every clause kind, exactly; what it leaves
are numbers beyond 64 bits, and files that are not sorted. Source: docs/credit.md; requirement K1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from pulih.adapters.credit.kernel_coding import Coding, sources
from pulih.adapters.credit.kernel_credits import Credits, Gathered, Scratch, Stretch, credit_stretch
from pulih.adapters.credit.kernel_days import Calendar, calendar_of
from pulih.adapters.credit.kernel_down import ListClasses, RegionClasses
from pulih.adapters.credit.kernel_exposure import CLAIMED, Inputs, Rows, find_reached
from pulih.adapters.credit.kernel_output import ROWS_A_GROUP, CreditsFile
from pulih.adapters.credit.kernel_streams import ReadAhead, SortedRows, Source, blocks, empty_batch, ints, rows_in
from pulih.adapters.credit.kernel_terms import (
    AFTER_WORKING_DAYS,
    EVERYBODY,
    KIND,
    LOCAL_DAYS,
    Terms,
    terms_of,
    too_large,
)
from pulih.compensate.clauses import Policy
from pulih.compensate.totals import Sums, Totals, totals_of
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditTask, Progress

# Readers of four files and the writer; on few cores most of them wait.
_THREADS: Final = 5
_FULL, _TOO_LARGE = 1, 2


class KernelEngine:
    """Works out credits of sorted files."""

    name = "kernel"
    checks_values = True

    def leaves(self, policy: Policy) -> tuple[str, ...]:
        """Clauses whose numbers are too large for it, in words; every kind of clause is done.

        >>> from pulih.compensate.clauses import Benefit, Clause, Fixed
        >>> clause = Clause(id="quota", quantity=Fixed(1), value=Benefit("MB", 2**70))
        >>> KernelEngine().leaves(Policy(id="p", clauses=(clause,)))
        ('clause quota: amounts whose factors exceed 64 bits',)
        """
        return tuple(words for clause in policy.clauses if (words := too_large(clause)) is not None)

    def run(self, task: CreditTask, progress: Progress) -> Totals:
        """Write the credits and return their totals.

        Args:
            task: files sorted by subscriber_id; the memory bound is kept by far where a row group has a million rows.
            progress: told after every block of subscribers.

        Returns: the totals.
        Raises: Unsuited for files in another order; RefusedInput; OutsideFailed.
        """
        left = self.leaves(task.policy)
        if left:
            raise RefusedInput(f"the kernel leaves to another engine: {'; '.join(left)}; take --engine duckdb")
        with ThreadPoolExecutor(_THREADS) as threads:
            return _Run(task, threads).finish(progress)


class _Run:
    """One run: what was met so far, where the kernel is, and what has gathered."""

    def __init__(self, task: CreditTask, threads: Executor) -> None:
        self._task = task
        self._threads = threads
        self._currency_code: dict[str, int] = {}
        self._terms: Terms = terms_of(task.policy, task.incidents, self._currency_code)
        self._regions = RegionClasses(self._terms.layers, task.incidents)
        self._lists = ListClasses(self._terms.layers, task.incidents)
        self._coding = Coding(
            task.policy, self._terms, currency_code=self._currency_code, regions=self._regions, lists=self._lists
        )
        self._everybody = bool((self._terms.rows[:, EVERYBODY] == 1).any())
        windows = [window for incident in task.incidents for window in incident.windows]
        self._hull = (min((w.start_us for w in windows), default=0), max((w.end_us for w in windows), default=0))
        self._calendar = self._new_calendar()
        self._scratch = self._new_scratch(1024)
        self._credits = self._new_credits()
        # Next of the reached, rows in `credits`, subscribers credited, turns taken.
        self._place = np.zeros(4, np.int64)
        self._sums: dict[tuple[str, str], Sums] = defaultdict(Sums)

    def finish(self, progress: Progress) -> Totals:
        """Go through all subscribers."""
        subscribers, *others = sources(self._task.inputs, self._task.policy)
        people_in_all, *_ = [rows_in(source) for source in (subscribers, *others) if source.path]
        seen = 0
        with CreditsFile(Path(self._task.out), self._task.policy, self._terms, self._threads) as file:
            for people, rows in self._stretches(subscribers, others):
                self._credit(people, rows, file)
                seen += people.num_rows
                progress("working out credits", seen / people_in_all)
            self._put(file)
        return totals_of(
            self._task.policy,
            self._task.incidents,
            self._sums,
            subscribers=seen,
            credited_subscribers=int(self._place[2]),
        )

    def _stretches(self, people: Source, others: list[Source]) -> Iterator[tuple[pa.RecordBatch, list[pa.RecordBatch]]]:
        """Subscribers of one block of every file at a time, and all their rows."""
        ahead = ReadAhead(blocks(people), self._threads)
        rows = [
            SortedRows(ReadAhead(blocks(source), self._threads) if source.path else None, empty_batch(source))
            for source in others
        ]
        while (block := ahead.take()) is not None:
            ids = ints(block, "subscriber_id")
            begin = 0
            while begin < len(ids):
                first = int(ids[begin])
                # One subscriber at least: its rows may lie in several blocks, and are joined then.
                last = max(first, min(int(ids[-1]), *(file.known_to(first) for file in rows)))
                stop = int(np.searchsorted(ids, last, side="right"))
                yield block.slice(begin, stop - begin), [file.take(last) for file in rows]
                begin = stop
        for file in rows:
            file.finish()

    def _credit(self, block: pa.RecordBatch, rows: list[pa.RecordBatch], file: CreditsFile) -> None:
        people, paid = self._coding.people(block), self._coding.paid(rows[2])
        inputs = Inputs(self._coding.homes(block), self._coding.presence(rows[0]), self._coding.listed(rows[1]))
        self._reach_lists(inputs.listed)
        (down, reach), (listed_down, listed_reach) = self._regions.tables(), self._lists.tables()
        found = np.empty((len(people.ids), 7), np.int64)
        count, pieces = find_reached(
            people.ids, inputs.home, inputs.presence, inputs.listed, paid.subscriber, reach, listed_reach,
            self._everybody, found,
        )  # fmt: skip
        # Claimed time and what is new may each be cut once more by the other.
        if 2 * pieces + 2 > self._scratch.start.shape[1]:
            self._scratch = self._new_scratch(4 * pieces)
        stretch = Stretch(people, inputs, paid, down, listed_down, self._calendar)
        pairs = len(self._terms.pairs)
        gathered = Gathered(
            np.zeros((pairs, 3), np.int64), np.zeros((pairs, len(self._coding.currencies), 4), np.int64)
        )
        self._place[0] = 0
        while (
            state := credit_stretch(
                self._terms.rows, stretch, found[:count], self._place, self._scratch, self._credits, gathered
            )
        ) == _FULL:
            self._put(file)
        if state == _TOO_LARGE:
            who = people.ids[found[self._place[0], 0]]
            raise RefusedInput(f"subscriber {who}: an amount comes to more than 64 bits hold; give its clause a cap.")
        self._add(gathered)

    def _reach_lists(self, listed: Rows) -> None:
        """Make the calendar long enough for lists, which may lie outside of windows."""
        counts = (listed.start < listed.end) & (listed.place[listed.code] > 0)
        if not counts.any():
            return
        start, end = int(listed.start[counts].min()), int(listed.end[counts].max())
        if start < self._hull[0] or end > self._hull[1]:
            self._hull = (min(start, self._hull[0]), max(end, self._hull[1]))
            self._calendar = self._new_calendar()

    def _put(self, file: CreditsFile) -> None:
        """Hand the rows to the file, which owns them then."""
        if self._place[1]:
            file.put(self._credits, int(self._place[1]), self._coding.currencies)
            self._credits, self._place[1] = self._new_credits(), 0

    def _add(self, gathered: Gathered) -> None:
        for pair, (incident, clause) in enumerate(self._terms.pairs):
            qualified, credited, affected_s = gathered.counts[pair].tolist()
            if not qualified:
                continue
            sums = self._sums[incident.id, clause.id]
            sums.qualified += qualified
            sums.credited += credited
            sums.affected_s += affected_s
            amounts = zip(self._coding.currencies, gathered.amounts[pair].tolist(), strict=True)
            for currency, (due_low, due_high, off_low, off_high) in amounts:
                due, off = due_low + (due_high << 32), off_low + (off_high << 32)
                sums.gross_minor[currency] += due
                sums.already_paid_minor[currency] += off
                sums.net_minor[currency] += due - off

    def _new_calendar(self) -> Calendar:
        hull = self._hull if np.isin(self._terms.rows[:, KIND], (LOCAL_DAYS, AFTER_WORKING_DAYS)).any() else (0, 0)
        return calendar_of(self._terms.zones, self._terms.working, self._terms.claims, hull)

    def _new_scratch(self, pieces: int) -> Scratch:
        slots, pairs = CLAIMED + self._terms.claims, len(self._terms.pairs)
        return Scratch(
            np.empty((slots, pieces), np.int64),
            np.empty((slots, pieces), np.int64),
            np.zeros(self._terms.claims, np.int64),
            *(np.zeros(pairs, np.int64) for _ in range(3)),
        )

    def _new_credits(self) -> Credits:
        rows = max(ROWS_A_GROUP, len(self._terms.pairs))
        return Credits(
            subscriber=np.empty(rows, np.int64),
            rank=np.empty(rows, np.int32),
            affected_s=np.empty(rows, np.int64),
            amount=np.empty(rows, np.int64),
            currency=np.empty(rows, np.int32),
        )
