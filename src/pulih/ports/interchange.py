"""What interchange asks of the outside: a store of documents and of events about them, seals, and a way to post."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is kept.

    Attributes:
        number: counts from 1 over all kinds and never means another document.
        kind: name of its kind; `name` by which the desk knows it otherwise (id of an incident), "" elsewhere.
        source: which source may change it, "" for people only.
        key: what tells it from others of its kind for who sends it twice, "" where nothing does.
        created_us, changed_us: microseconds since 1970 UTC.
        version: 1 when it is new, and one more with each change.
        shown: the document as JSON, without what is sealed; `sealed` all of it, b"" where nothing needs to be.
    """

    number: int = 0
    kind: str
    name: str = ""
    source: str = ""
    key: str = ""
    created_us: int
    changed_us: int
    version: int = 1
    shown: bytes
    sealed: bytes = b""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """An event that listeners are told.

    Attributes:
        number: counts from 1 in the order of events.
        root: of the interface whose listeners are told.
        at_us: when it was.
        sealed: the event as JSON, sealed; `key` names what it is about in the seal.
    """

    number: int = 0
    root: str
    at_us: int
    key: str
    sealed: bytes


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who asked to be told of events.

    Attributes:
        number: names it, and never means another.
        root: of the interface that it listens to.
        callback: address that events are posted to; `query` which of them, "" for all.
        made_by, made_us: by whom and when.
        told: number of the last event that it took or did not ask for.
        failed: how often the next one failed; `due_us` when it is tried again, `why` it failed.
    """

    number: int = 0
    root: str
    callback: str
    query: str = ""
    made_by: str = ""
    made_us: int = 0
    told: int = 0
    failed: int = 0
    due_us: int = 0
    why: str = ""


# Makes the events about a document that has its number.
Telling = Callable[[Kept], Sequence[Happened]]


class DocumentStore(Protocol):
    """Keeps documents. Every method is one transaction, and may be called from any thread."""

    def add(self, kept: Kept, telling: Telling) -> Kept:
        """Keep a new document with the events about it, and return it with its number.

        Raises: StaleVersion when one of its kind with this key is there; OutsideFailed.
        """
        ...

    def change(self, kept: Kept, telling: Telling) -> None:
        """Replace the version before this one.

        Raises: StaleVersion when that is not there any more; OutsideFailed.
        """
        ...

    def remove(self, kept: Kept, telling: Telling) -> None:
        """Take a document away, of the version given; its number stays taken.

        Raises: StaleVersion; OutsideFailed.
        """
        ...

    def get(self, kind: str, number: int) -> Kept | None:
        """Return a document, None when there is none of that number and kind, or no longer."""
        ...

    def named(self, kind: str, name: str) -> Kept | None:
        """Return the document of a kind that the desk knows by a name."""
        ...

    def with_key(self, kind: str, key: str) -> Kept | None:
        """Return the document of a kind that has a key, None when there is none, or no longer."""
        ...

    def withdrawn(self, kind: str) -> frozenset[str]:
        """Return the names of documents of a kind that were removed."""
        ...

    def all(self, kind: str) -> Iterator[Kept]:
        """Yield all documents of a kind, newest first."""
        ...

    def part(self, kind: str, *, offset: int, limit: int) -> Sequence[Kept]:
        """Return a part of the documents of a kind, newest first."""
        ...

    def count(self, kind: str) -> int:
        """Return how many documents of a kind there are."""
        ...

    def forget(self, before_us: int) -> int:
        """Remove documents that did not change since a moment; return how many."""
        ...


class EventStore(Protocol):
    """Keeps listeners and what they have yet to be told. Every method is one transaction."""

    def listen(self, listener: Listener) -> Listener:
        """Keep a listener, who is told all that happens from now on; return it with its number."""
        ...

    def listeners(self, root: str = "") -> Sequence[Listener]:
        """Return the listeners of an interface, or all."""
        ...

    def settle(self, listener: Listener) -> None:
        """Write how far a listener has come."""
        ...

    def leave(self, root: str, number: int) -> bool:
        """Remove a listener; False when there is none of that number at that interface."""
        ...

    def happened(self, events: Sequence[Happened]) -> None:
        """Keep events."""
        ...

    def after(self, root: str, number: int, most: int) -> Sequence[Happened]:
        """Return events of an interface behind a number, oldest first."""
        ...

    def seen(self, incident: str) -> int | None:
        """Return which version of an incident listeners were told of last, None when of none."""
        ...

    def see(self, incident: str, version: int, events: Sequence[Happened]) -> None:
        """Note which version listeners are told of, together with the events about it."""
        ...

    def forget_events(self, before_us: int) -> int:
        """Remove events from before a moment; return how many."""
        ...


class Seal(Protocol):
    """Seals documents so that they cannot be read once the texts of their day are gone."""

    def shut(self, document: bytes, at_us: int, about: str) -> bytes:
        """Return a document sealed with the key of a day; raise OutsideFailed when there is no writing that key."""
        ...

    def opened(self, sealed: bytes, about: str) -> bytes | None:
        """Return a sealed document, None when the texts of its day are gone."""
        ...
