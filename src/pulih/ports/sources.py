"""What listening asks of the outside: a source that yields what was said, batch after batch, from a cursor on.

The contract is short so that a stranger can keep it (requirements L1, L2, L5):

- `listen(cursor)` yields batches without end. Asking for the next one says that the last is on the disk, its cursor
  with it; a source that acknowledges to its peer (SMPP, MQTT, an inform of SNMP) does so right after its `yield`.
- Whatever ends the desk in between, the same is asked for again from the cursor that was kept. A source may yield an
  item twice, in any order; it is counted once by its id.
- A batch without items is a sign of life; it is worth one whenever the peer said anything at all.
- What cannot be read is told in `refused`, a sentence each, and the rest goes on.
- A connection that fails is an OutsideFailed with the seconds to wait if the peer named them; the desk waits, more
  each time, and calls `listen` again. What only a person can mend (a wrong token, a refused address) is a RefusedInput.
- No message holds a secret, a cursor of a person, or an address with a token in it.

A source is made by a `SourceKind`; the desk's own stand in adapters/sources, others come as packages with an entry
point in the group "pulih.sources". adapters/sources/contract.py checks any of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from pulih.model.errors import OutsideFailed
from pulih.model.reading import Service, Symptom
from pulih.model.signal import Kind
from pulih.model.subscription import ChannelKind, Language
from pulih.ports.clock import Clock

# Group of entry points by which a package adds a kind of source.
ENTRY_POINTS = "pulih.sources"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said, before it is checked like any other report.

    Attributes:
        id: the peer's own, unique within the source; the same again is the same item.
        at_us: when it was said, microseconds since 1970 UTC; None = when it was heard.
        text: plain, without markup.
        author: the peer's own id of who said it; the desk keeps a keyed pseudonym.
        operator, service, symptom, place: what the peer itself names.
        kind: what sort of thing it is.
    """

    id: str
    at_us: int | None = None
    text: str = ""
    author: str = ""
    operator: str = ""
    service: Service | None = None
    symptom: Symptom | None = None
    place: str = ""
    kind: Kind = "complaint"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What came in together.

    Attributes:
        cursor: where to go on once this is kept, in the source's own words; "" = where it went on before.
        items: in any order.
        deleted: ids of items that the peer has taken back: their text is to be forgotten.
        gone: authors whose accounts the peer shows no more: the text of all that they said is to be forgotten.
        filters: the filters by name that let something through, or that the peer said are alive.
        refused: what could not be read, a sentence each, without secrets.
        gap: why something may be missing before this batch, "" when nothing is.
    """

    cursor: str = ""
    items: tuple[Item, ...] = ()
    deleted: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    gap: str = ""


class Later(OutsideFailed):
    """The peer asks to come again after `retry_s` seconds."""

    def __init__(self, message: str, retry_s: float, *, key: str = "", **values: object) -> None:
        super().__init__(message, key=key, **values)
        self.retry_s = retry_s


class SpendReached(OutsideFailed):
    """What may be spent on this source this month is spent; it listens again in the next one."""


class Source(Protocol):
    """Listens in one place; used within one event loop, by one task."""

    def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield batches without end, from where the batch with that cursor ended; "" = from now on."""
        ...

    async def close(self) -> None:
        """Give connections back; it may be used no more."""
        ...


@runtime_checkable
class Backfilling(Protocol):
    """A source whose peer still tells what was said before."""

    def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was said in [since_us, until_us), and end; what the peer offers no more is named in `gap`."""
        ...


class Spoken(msgspec.Struct, frozen=True):
    """What the desk says to a message in a chat: the answer, "" for silence, and whether it may be a complaint."""

    answer: str
    complaint: bool


# The channel, address of the chat, what was written, the language of the answer. Raises OutsideFailed.
Talk = Callable[[ChannelKind, str, str, Language], Awaitable[Spoken]]


class ChatQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question that a chat is asked, with two buttons: its id, the chat, its text, and what the buttons say."""

    id: str
    chat: str
    text: str
    yes: str
    no: str


class AskedAbout(msgspec.Struct, frozen=True, kw_only=True):
    """What a question was about, as a report has it."""

    operator: str
    service: Service | None
    symptom: Symptom
    place: str


class Asks(Protocol):
    """Asks who complained in a chat whether it works again, once a repair is claimed; all raise OutsideFailed."""

    async def complained(self, chat: str, author: str, language: Language) -> None:
        """Note that somebody complained in a chat."""
        ...

    async def stopped(self, chat: str, *, stopped: bool) -> None:
        """Note that a chat wants no question, or wants them again."""
        ...

    async def due(self, most: int) -> Sequence[ChatQuestion]:
        """Return what is to be asked now, at most so many."""
        ...

    async def mark(self, question: str) -> bool:
        """Note before a question is sent that it is; False when it is not to be: that chat was asked before."""
        ...

    async def take_back(self, question: str) -> None:
        """Note that the platform did not take a question, so that it is due again."""
        ...

    async def about(self, question: str, chat: str) -> AskedAbout | None:
        """Return what a question to a chat was about, None when it was asked nothing of the kind."""
        ...


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What a source is given to work with.

    Attributes:
        name: its name in the settings, under which it is counted.
        clock: the desk's.
        allow_networks: networks that are not public and that it may reach, such as "10.20.0.0/16".
        secret: reads a secret from the file at a path that the settings name; raises RefusedInput.
        spend: is told before each paid request what it costs, in millionths of the unit of the settings' budget;
            raises SpendReached, and then the request is not made. Below zero: a request that was paid was refused.
        filters: what the desk wants to hear of, when the settings name nothing of their own: names of operators.
        look_up: returns the addresses of a name within some seconds; the name servers of this machine when None.
        asks: asks who complained in a chat whether it works again; None where nobody is asked.
        talk: does what people ask for in a chat (to be told of outages, or no more) where they complain in the same
            one; None when nobody subscribes there.
    """

    name: str
    clock: Clock
    allow_networks: tuple[str, ...]
    secret: Callable[[str], str]
    spend: Callable[[int], Awaitable[None]]
    filters: tuple[str, ...] = ()
    look_up: Callable[[str, float], Sequence[str]] | None = None
    talk: Talk | None = None
    asks: Asks | None = None


class SourceKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of source.

    Attributes:
        name: as `kind` in a table [[source]] of pulih.toml.
        settings: frozen struct of its own keys in that table; what is not in it is refused.
        open: makes one; connects to nothing before `listen`. Raises RefusedInput.
        says: what it listens to, one sentence.
        verified: what it was tried against: a real server, or written answers "not verified against the vendor".
        past: whether its sources are `Backfilling`, so that `pulih listen` hears what was said before.
        away: what of that which was said while nobody listened is heard afterwards; "" where its maker does not say.
        paid: whether requests cost money.
        least: of a paid kind, what its budget must hold at least by its settings, and what for, such as "a page of 100
            posts"; with less it would never listen. None = anything above 0.
        extra: optional part of pulih that brings the library it needs, "" when it needs none.
        afar: whether it measures networks from a distance: it then corroborates findings, and ends no outage.
        machines: whether only machines speak there: that they do does not tell that people could complain.
        filters: returns all names that its batches give in `filters`, from its own keys and `Means.filters`, so that
            one that is never heard is seen; None where nobody can know them before they are heard.
        by_rules: whether its filters are rules for what devices say: these speak when something breaks, and their
            silence is no loss.
    """

    name: str
    settings: type[msgspec.Struct]
    open: Callable[[Any, Means], Source]
    says: str
    verified: str
    away: str = ""
    paid: bool = False
    least: Callable[[Any], tuple[float, str]] | None = None
    extra: str = ""
    afar: bool = False
    machines: bool = False
    filters: Callable[[Any, tuple[str, ...]], tuple[str, ...]] | None = None
    by_rules: bool = False
    past: bool = False
