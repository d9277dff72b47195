"""What working out credits asks of an engine: the same rows and totals as every other, or a clear refusal.

An engine may be exact in Python, compiled, or a database; which one ran is not to be seen in what comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from pulih.compensate.clauses import Policy
from pulih.compensate.outages import CreditIncident
from pulih.compensate.totals import Totals
from pulih.model.errors import RefusedInput

# Told while an engine runs: what it does ("subscribers read") and how far it is, 0..1.
Progress = Callable[[str, float], None]


class CreditInputs(msgspec.Struct, frozen=True, kw_only=True):
    """Paths of the Parquet files; columns, order and types are those of docs/credit.md, extra columns are ignored.

    Columns and types were checked when an engine sees them (text plain, large or dictionary-encoded). Values were
    checked too if the engine does not check itself (`checks_values`).
    """

    subscribers: str
    presence: str
    paid: str | None = None
    affected: str | None = None


class CreditTask(msgspec.Struct, frozen=True, kw_only=True):
    """One run.

    Attributes:
        policy: checked.
        incidents: all of the file, in the order in which they are worked out (`outages.in_order`).
        inputs: where the tables are.
        out: path of the Parquet file of credits to write, in an existing folder that holds nothing else that
            matters: the folder may be used for what an engine needs while it runs, and is renamed as a whole later.
        memory_bytes: how much memory the engine may use.
    """

    policy: Policy
    incidents: tuple[CreditIncident, ...]
    inputs: CreditInputs
    out: str
    memory_bytes: int = 4_000_000_000


class Unsuited(RefusedInput):
    """The files are sound, but not as this engine needs them (sorted, for instance); another engine can take them."""


class CreditEngine(Protocol):
    """Works out one task.

    Attributes:
        name: as typed after `--engine`.
        checks_values: True when `run` itself refuses nulls, a subscriber given twice and a negative fee, each with
            file, row (1 is the first) and reason. Else they are looked for in a pass of their own before `run`.
    """

    @property
    def name(self) -> str: ...

    @property
    def checks_values(self) -> bool: ...

    def leaves(self, policy: Policy) -> tuple[str, ...]:
        """Kinds of clause in the policy that this engine leaves to another, each in words; empty when it does all."""

    def run(self, task: CreditTask, progress: Progress) -> Totals:
        """Write the credits, sorted by subscriber_id, incident_id, clause_id (bytes), and return their totals.

        Columns: subscriber_id int64, incident_id, policy_id, clause_id string, affected_s int64, amount_minor int64,
        currency string, explanation string (`explaining.row_explanation`). Text may be dictionary-encoded.

        Raises: Unsuited for files that another engine can take; RefusedInput for inputs or a policy that it cannot
            work out; OutsideFailed for disk and memory.
        """


class CheckedInputs(msgspec.Struct, frozen=True, kw_only=True):
    """Tables that an engine may read, and how many rows of each were set aside."""

    inputs: CreditInputs
    set_aside: dict[str, int]


class InputChecker(Protocol):
    """Looks at the tables before an engine does."""

    def check(self, inputs: CreditInputs, *, lenient: bool, values: bool, progress: Progress) -> CheckedInputs:
        """Check columns, and values too when told; RefusedInput names file, row and reason."""


class WrittenCredits(msgspec.Struct, frozen=True, kw_only=True):
    """What was read back from a file of credits: rows, distinct subscribers, sums by currency, whether in order."""

    rows: int
    subscribers: int
    net_minor: dict[str, int]
    in_order: bool


class Finished(msgspec.Struct, frozen=True):
    """Credits that are written: by which engine, and their totals."""

    engine: str
    totals: Totals


class CreditFolder(Protocol):
    """The folder that a run fills; it appears whole or not at all."""

    @property
    def credits(self) -> str:
        """Path at which an engine writes the credits."""

    def kept(self) -> Finished | None:
        """What an interrupted run of the same inputs finished; None when it had not come so far."""

    def keep(self, finished: Finished) -> None:
        """Remember that the credits are finished, so that they are not worked out again after an interruption."""

    def read_back(self) -> WrittenCredits:
        """Read the written credits again, to hold them against their totals."""

    def write(self, name: str, content: bytes) -> None:
        """Write one more file."""
