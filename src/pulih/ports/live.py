"""What the live desk asks of the outside: a store of what was heard, readers that work beside it, planned changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from pulih.detect.standing import Told
from pulih.model.finding import Finding
from pulih.model.reading import Reading, Service, Symptom
from pulih.model.signal import Kind, Role
from pulih.ports.files import Wanted

# What listeners are told of a finding.
Announced = Literal["opened", "cleared"]


class Text(msgspec.Struct, frozen=True, gc=False):
    """One text to be read, with what its source says of it."""

    text: str
    operator: str = ""
    place: str = ""
    role: Role = "public"


class Readers(Protocol):
    """Read texts in processes of their own; the order of what comes back is that of what was given."""

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return the reading of each text, in order; raise OutsideFailed when no reader can be had."""
        ...


class ReadersAhead(Readers, Protocol):
    """Readers that are given the next texts while whoever asks for them is still busy with the last."""

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        """Have texts read; return what waits for the reading of each, in order. Both may raise OutsideFailed."""
        ...


class Row(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One counted report as the store keeps it; its text stays in the journal.

    Attributes:
        frame, position: where in the journal it stands; together its key.
        at_us: when it was said; `window_us` the start of the window that it counts in, 0 for a latecomer.
        source, author: where it was heard, and a keyed pseudonym of who said it, "" when unknown.
        kind, role: what sort of thing it is, and who speaks.
        counts_for: operator whose findings it counts for ("" = none named), None where it counts for nothing.
        also_for: operators whose findings it counts for besides, with a space between; "" for one that blames no more.
        operator, service, symptom, region: what was read, None where it is not told.
        p_report, weight, evidence: how surely a report, how much it counts, and both as evidence.
        reason, wording: what lowers its weight, and which long wording it is one of (0: none).
        talk, acute, recovered: as in Reading.
        said: the phrases with the ids of the rules that know them, as "rule<tab>phrase" lines.
        key: digest by which its source can take it back, None where it cannot.
    """

    frame: int
    position: int
    at_us: int
    window_us: int
    source: str
    author: str = ""
    kind: Kind = "complaint"
    role: Role = "public"
    counts_for: str | None = None
    also_for: str = ""
    operator: str | None = None
    service: Service | None = None
    symptom: Symptom = "none"
    region: str | None = None
    p_report: float = 0.0
    weight: float = 0.0
    evidence: float = 0.0
    reason: str = ""
    wording: int = 0
    talk: str = "other"
    acute: bool = False
    recovered: bool = False
    said: str = ""
    key: int | None = None


class Tallied(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows there are of what is wanted, by what they say.

    Attributes:
        total, last_us: all of them, and when the last one was said.
        symptoms, services, regions: by what was read.
        phrases, rules: by phrase and by rule, how many rows hold it.
    """

    total: int = 0
    last_us: int | None = None
    symptoms: Mapping[Symptom, int] = msgspec.field(default_factory=dict)
    services: Mapping[Service, int] = msgspec.field(default_factory=dict)
    regions: Mapping[str, int] = msgspec.field(default_factory=dict)
    phrases: Mapping[str, int] = msgspec.field(default_factory=dict)
    rules: Mapping[str, int] = msgspec.field(default_factory=dict)


class Spell(msgspec.Struct, frozen=True):
    """What was said in one step of time, of one source, service and region: counted reports, and texts of recovery.

    Of texts of recovery each author's last counts, in all the time that was asked for.
    """

    start_us: int
    source: str
    service: Service | None
    region: str | None
    reports: int
    recoveries: int


class Aside(msgspec.Struct, frozen=True):
    """Texts of one source in one step of time that are no reports of some operators; `of_others`: nor speak of them."""

    start_us: int
    source: str
    of_others: bool
    texts: int


class Answered(msgspec.Struct, frozen=True):
    """What one person sent where people are asked: when, under which pseudonym, where, and whether that it works.

    `own_words` says that they wrote so and pressed no button for it: then it is among the texts of a `Spell`, too.
    """

    at_us: int
    author: str
    region: str | None
    service: Service | None
    back: bool
    own_words: bool = False
    operator: str = ""
    symptom: Symptom = "none"


class Pace(msgspec.Struct, frozen=True):
    """How often a source speaks: mean seconds between two signals, how many there were, and whether it only probes."""

    gap_s: float
    signals: int
    probes: bool


class SignalStore(Protocol):
    """Keeps one row a counted report, and what the desk has told of findings."""

    def keep(self, rows: Sequence[Row]) -> None:
        """Write rows that are not there yet; after `rewind` those of later frames are not."""
        ...

    def rewind(self, first: int, *, frame: int, open_us: int) -> None:
        """Forget the rows that will be kept again.

        Those are all of frames from number `first` on, and of frames up to number `frame` those of windows from
        `open_us` on.
        """
        ...

    def count(self, wanted: Wanted) -> Tallied:
        """Count all that is wanted."""
        ...

    def loudest(self, wanted: Wanted, limit: int) -> list[Row]:
        """Return up to `limit` rows of what is wanted, most evidence first, then oldest."""
        ...

    def told(self, wanted: Wanted, *, since_us: int) -> Told:
        """Return who reported in which words, from `since_us` until what is wanted ends; that is `inside`."""
        ...

    def since(self, end_us: int, most: int) -> int:
        """Return the moment from which on at most so many reports count that were said before `end_us`; 0: always."""
        ...

    def states(self, start_us: int, end_us: int) -> list[Row]:
        """Return probes and alarms said in [start_us, end_us), oldest first."""
        ...

    def spells(self, wanted: Wanted, step_s: int) -> list[Spell]:
        """Return what was said of the wanted operators in steps of time, oldest first; in any region."""
        ...

    def answers(self, wanted: Wanted, sources: Collection[str], limit: int) -> list[Answered]:
        """Return what people sent by one source of the wanted operators, newest `limit`, oldest first."""
        ...

    def last_said(self, start_us: int, end_us: int) -> Mapping[str, int]:
        """Return when each source was heard last in [start_us, end_us), of whatever it spoke."""
        ...

    def asides(self, wanted: Wanted, step_s: int) -> list[Aside]:
        """Return how many texts each source brought in steps of time that were no report of the wanted operators."""
        ...

    def paces(self, since_us: int) -> Mapping[str, Pace]:
        """Return how often each source spoke since the hour of a moment; of those that spoke twice."""
        ...

    def hours(self, source: str, since_us: int) -> Mapping[int, int]:
        """Return how many of a source's counted reports were said in each hour since that of a moment, by its start."""
        ...

    def tell(self, findings: Sequence[Finding]) -> None:
        """Keep findings as they are now, by id, without the texts that they quote."""
        ...

    def findings(self) -> list[Finding]:
        """Return all findings told so far, by alarm."""
        ...

    def announce(self, finding: str, what: Announced) -> None:
        """Note that listeners were told so."""
        ...

    def was_announced(self, finding: str, what: Announced) -> bool:
        """Return whether listeners were told so."""
        ...

    def hold(self, frame: int, received_us: int) -> None:
        """Note that a frame came so late that it was taken as received later than it was."""
        ...

    def held(self, after: int) -> Mapping[int, int]:
        """Return the frames behind number `after` that were held, with the moment each was taken at."""
        ...

    def keys_of(self, source: str, authors: Collection[str]) -> set[int]:
        """Return the keys of what these authors, by their pseudonyms, said in a source that may take it back."""
        ...

    def forget_said(self, keys: Collection[int]) -> list[Row]:
        """Forget the phrases of the rows of these keys; return those rows without them."""
        ...

    def expire(self, before_us: int) -> int:
        """Forget rows said before `before_us`; return how many."""
        ...


class Snapshots(Protocol):
    """Keeps the latest snapshots of the live state."""

    def save(self, frame: int, state: bytes) -> None:
        """Keep the state after frame number `frame`."""
        ...

    def latest(self) -> tuple[int, bytes] | None:
        """Return the newest snapshot that is whole, with its frame; None without any."""
        ...


class PlannedChange(msgspec.Struct, frozen=True, kw_only=True):
    """Work that was announced: whose, where (None: everywhere), when, and in what words."""

    id: str
    operator: str
    start_us: int
    end_us: int
    region: str | None = None
    text: str = ""


class PlannedChanges(Protocol):
    """Knows what work was announced."""

    def between(self, start_us: int, end_us: int) -> Sequence[PlannedChange]:
        """Return the changes that overlap [start_us, end_us), by start."""
        ...
