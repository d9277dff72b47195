"""What the desk asks of disk, process and database to work credits out, keep them, and keep its books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

Twist = Literal["as_is", "by_hour", "flat_day"]
RunState = Literal["running", "done", "failed", "cancelled"]
Account = Literal["compensation", "owed", "handed_over"]


class CreditSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the operator's tables lie, as paths; "" where none is named. `memory` as `--memory` takes it."""

    subscribers: str = ""
    presence: str = ""
    affected: str = ""
    memory: str = "4GB"


class Scenario(msgspec.Struct, frozen=True):
    """A policy to try: the id of a packaged one, and what is different about it."""

    policy: str
    twist: Twist = "as_is"


class PreviewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a preview works out.

    Attributes:
        folder: of the incident's preview.
        incident: the file of the incident.
        rests_on: SHA-256 of all that the credits rest on beside policy and tables.
        scenarios: policies side by side.
        paid: files of credits that were given earlier.
        settings: where the tables lie.
    """

    folder: str
    incident: bytes
    rests_on: str
    scenarios: tuple[Scenario, ...]
    paid: tuple[str, ...]
    settings: CreditSettings


class Share(msgspec.Struct, frozen=True):
    """One region, plan or segment: subscribers credited, and the sum by currency."""

    name: str
    subscribers: int
    net_minor: Mapping[str, int]


class Qualifying(msgspec.Struct, frozen=True):
    """One clause: its status for the incident, its sentence in both languages, who qualifies, who is credited."""

    clause: str
    status: str
    sentence_id: str
    sentence_en: str
    qualified: int
    credited: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one scenario comes to.

    Attributes:
        policy: id of the policy as it was worked out.
        folder: the finished folder.
        digest: SHA-256 of its credits.
        subscribers: rows of the table; `credited` of them get something; `set_aside` could not be used.
        in_kind: units of the sums that are no money.
        regions, plans, segments: of those who get something; the largest first.
    """

    scenario: Scenario
    policy: str
    folder: str
    digest: str
    subscribers: int
    credited: int
    rows: int
    net_minor: Mapping[str, int]
    in_kind: tuple[str, ...] = ()
    clauses: tuple[Qualifying, ...] = ()
    regions: tuple[Share, ...] = ()
    plans: tuple[Share, ...] = ()
    segments: tuple[Share, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """How a preview stands: its state, which scenario of how many, what is done, how far (0..1), why it failed."""

    state: RunState = "running"
    scenario: int = 0
    scenarios: int = 0
    step: str = ""
    part: float = 0.0
    says: str = ""
    outcomes: tuple[Outcome, ...] = ()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """One preview of an incident: who began it, when, what it rests on (see `PreviewOrder`), and how it stands."""

    incident: str
    begun_by: str
    begun_us: int
    rests_on: str
    scenarios: tuple[Scenario, ...]
    told: Told = Told()


class CreditPress(Protocol):
    """Works previews out beside the desk, one at a time."""

    def begin(self, order: PreviewOrder, told: Callable[[Told], None]) -> None:
        """Begin; `told` is called from another thread, at last with a state that is not running.

        Raises: ForbiddenMove when one is under way; OutsideFailed when no process can be begun.
        """

    def cancel(self) -> None:
        """End what is under way, if anything is."""

    def close(self) -> None:
        """End for good."""


class AccountTold(msgspec.Struct, frozen=True):
    """One subscriber's account of one incident and clause, as lines in both languages, and what is given."""

    lines_id: tuple[str, ...]
    lines_en: tuple[str, ...]
    net: int
    currency: str
    given_id: str
    given_en: str


class RemovedTable(msgspec.Struct, frozen=True):
    """A table that was removed after settlement: which, where it was, its SHA-256, and when (ISO 8601, UTC)."""

    table: str
    path: str
    sha256: str
    at: str


class CreditFolders(Protocol):
    """Keeps previews and batches on the disk."""

    def preview(self, incident: str) -> str:
        """Return the folder of an incident's preview; it is made when it is not there."""

    def keep(self, preview: Preview) -> None:
        """Keep how a preview stands."""

    def kept(self, incident: str) -> Preview | None:
        """Return the kept preview of an incident, None when there is none."""

    def take(self, folder: str, batch: str) -> None:
        """Make a finished folder the batch of that id; one that is there stays."""

    def digest(self, batch: str) -> str:
        """Return the SHA-256 of a batch's credits, "" when they are not there."""

    def credits_of(self, batch: str) -> str:
        """Return the path of a batch's credits."""

    def forget(self, batch: str, settings: CreditSettings, *, asked_us: int, now_us: int) -> tuple[RemovedTable, ...]:
        """Remove the tables of presence and of listed subscribers that a batch came from; a receipt stays.

        Raises: RefusedInput when a table was written after the batch was asked for; OutsideFailed when the disk
            refuses.
        """

    def forgotten(self, batch: str) -> tuple[RemovedTable, ...]:
        """Return what was removed of the tables that a batch came from."""

    def account(self, batch: str, subscriber: int, settings: CreditSettings) -> tuple[AccountTold, ...]:
        """Tell one subscriber's account of a batch; none when the subscriber is not in the tables.

        Raises: RefusedInput when the folder cannot be read.
        """


PaperGroup = Literal["approved", "handed-over", "settled"]


class Paper(msgspec.Struct, frozen=True):
    """One file of a batch that can be fetched: what it belongs to, its name, and its size in bytes."""

    group: PaperGroup
    name: str
    octets: int


class PapersTold(msgspec.Struct, frozen=True):
    """How the papers of a batch stand: whether they are being written, why that failed, and what is there.

    Attributes:
        running: they are being written, or wait for others.
        says: why the last attempt failed; "" when it did not.
        papers: finished ones.
    """

    running: bool = False
    says: str = ""
    papers: tuple[Paper, ...] = ()


class CreditPapers(Protocol):
    """Writes the control report of a batch once it is approved, and the files for billing once it is handed over."""

    def wish(self, incident: str, batch: str, *, handed_over: bool) -> None:
        """Write what is missing, in the background."""

    def told(self, batch: str) -> PapersTold:
        """Return how the papers of a batch stand."""

    def path(self, batch: str, group: str, name: str) -> str:
        """Return the path of a finished paper, "" when there is none of that name."""

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the id of an incident whose papers are written; it must only hand on, and not fail."""

    def close(self) -> None:
        """End for good; what is not written is wished for again at the next start."""


class JournalLine(msgspec.Struct, frozen=True, kw_only=True):
    """One leg of an entry of the books; the legs of an entry sum to nothing in each currency.

    Attributes:
        id: unique and derived from what it says, so that it cannot be written twice.
        entry: which entry it is a leg of: the batch, and what was done with it.
        account: what the amount is added to; `amount_minor` is positive where it is a debit.
        rows, digest: how many credits the entry stands for, and the SHA-256 of their file.
    """

    id: str
    entry: str
    incident: str
    batch: str
    at_us: int
    actor: str
    account: Account
    amount_minor: int
    currency: str
    rows: int
    digest: str


class CreditJournal(Protocol):
    """Append-only."""

    def post(self, lines: Sequence[JournalLine]) -> None:
        """Write the lines that are not there yet, all or none. Raises OutsideFailed."""

    def lines(self, incident: str) -> list[JournalLine]:
        """Return the lines of an incident in the order in which they were written."""
