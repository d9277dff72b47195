"""Shelf: documents of partners as the interfaces tell them: kept, found, changed, each with the events about it.

What counts is the order: what a document says is heard by the intake first, which keeps it durably, and then the
document is kept; only then its sender is answered. Who was cut off between sends it again, and it counts once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from pulih.interchange.addresses import with_origin
from pulih.interchange.asking import Asked, part
from pulih.interchange.events import changes, event
from pulih.interchange.kinds import ALARM, Kind
from pulih.interchange.shapes import Document
from pulih.model.actor import Actor
from pulih.model.errors import ForbiddenMove, RefusedInput, StaleVersion
from pulih.ports.clock import Clock
from pulih.ports.interchange import DocumentStore, Happened, Kept, Seal

# How often a change is tried again when others were first.
TRIES_MAX: Final = 20
Showing = Callable[[Document], Document]
# What is told instead of a text that is mandatory and gone.
GONE: Final = "(no longer kept)"
_OF_TOKEN: Final = "token:"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")


class NotThere(RefusedInput):
    """There is no resource of this id, or no longer (HTTP 404)."""


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls.

    Attributes:
        actor: as whom they act on timelines, None for a source.
        name: of them.
        source: the only source they may send for, "" for any.
        token: id of their token.
    """

    actor: Actor | None
    name: str
    source: str = ""
    token: str = ""

    @property
    def owner(self) -> str:
        """Return whose documents they send: those of a source, of one token, or of the desk ("")."""
        return self.source or (f"{_OF_TOKEN}{self.token}" if self.actor is None else "")


class Found(msgspec.Struct, frozen=True):
    """A part of a list, and how many there are in all."""

    documents: Sequence[Document]
    total: int


class Held(msgspec.Struct, frozen=True):
    """A document on the shelf: its row, itself with id and address, and whether its texts are gone."""

    kept: Kept
    document: Document
    is_gone: bool = False


class Shelf:
    """Documents of all kinds; every method may be called from any thread.

    Args:
        store: where they are kept.
        seal: seals what holds personal data, and events.
        clock: the desk's.
        address: of the desk, "" when the settings give none; before addresses of resources in events.
        text_ids: whether the ids of alarms are told as texts, as those of all else are.
    """

    def __init__(
        self, store: DocumentStore, seal: Seal, clock: Clock, *, address: str = "", text_ids: bool = False
    ) -> None:
        self._store, self._seal, self.clock, self._address = store, seal, clock, address
        self._text_ids = text_ids
        self._changed: Callable[[], object] = bool

    def on_event(self, listener: Callable[[], object]) -> None:
        """Call `listener` when there is something to tell; it must not wait."""
        self._changed = listener

    def keep(
        self,
        kind: Kind,
        document: Document,
        sender: Sender,
        *,
        name: str = "",
        key: str = "",
        turned_from: str = "",
    ) -> Held:
        """Keep a new document and return it.

        Args:
            kind: of the document.
            document: as it is told, without its id and address.
            sender: whose it is.
            name: by which the desk knows it otherwise; `key` tells it from others for who sends it twice.
            turned_from: the state in which it was before it was kept in the one it has, "" where it began in that.

        Raises: StaleVersion when one with this key is there; OutsideFailed.
        """
        now_us = self.clock.now_us()
        kept = Kept(
            kind=kind.name,
            name=name,
            source=sender.owner,
            key=key,
            created_us=now_us,
            changed_us=now_us,
            shown=b"",
        )
        # A problem is told of by the timeline that it opened.
        names = [f"{kind.type}CreateEvent"] if kind.is_told else []

        def telling(there: Kept) -> Sequence[Happened]:
            whole = self._addressed(kind, there, document)
            if not turned_from:
                return self.happened(kind, names, whole, now_us)
            began = self.happened(kind, names, {**whole, kind.state: turned_from}, now_us)
            return [*began, *self.happened(kind, [kind.turned], whole, now_us)]

        there = self._store.add(self._written(kind, kept, document), telling)
        self._changed()
        return Held(there, self._addressed(kind, there, document))

    def get(self, kind: Kind, number: str) -> Held:
        """Return a document by the last part of its address. Raises NotThere."""
        kept = self._store.get(kind.name, int(number)) if _NUMBER.fullmatch(number) else None
        if kept is None:
            raise not_there(kind, number)
        return self._held(kind, kept)

    def with_key(self, kind: Kind, key: str) -> Held | None:
        """Return the document that has a key, None when there is none."""
        kept = self._store.with_key(kind.name, key)
        return None if kept is None else self._held(kind, kept)

    def named(self, kind: Kind, name: str) -> Held | None:
        """Return the document that the desk knows by a name, None when there is none."""
        kept = self._store.named(kind.name, name)
        return None if kept is None else self._held(kind, kept)

    def withdrawn(self, kind: Kind) -> frozenset[str]:
        """Return the names of documents that were removed."""
        return self._store.withdrawn(kind.name)

    def all(self, kind: Kind) -> Iterator[Held]:
        """Yield all documents of a kind, newest first."""
        return (self._held(kind, kept) for kept in self._store.all(kind.name))

    def found(self, kind: Kind, asked: Asked) -> Found:
        """Return the part of the documents of a kind that is asked for, newest first."""
        if asked.is_plain:
            kept = self._store.part(kind.name, offset=asked.offset, limit=asked.limit)
            return Found([self._held(kind, one).document for one in kept], self._store.count(kind.name))
        return Found(*part((one.document for one in self.all(kind)), asked))

    def change(self, kind: Kind, held: Held, changing: Callable[[Held], Document], *, shown: Showing = dict) -> Held:
        """Change a document and return it.

        Args:
            kind: of the document.
            held: as it was found.
            changing: makes the document after the change; called again when somebody else was first.
            shown: what listeners are shown of a document.

        Raises: NotThere when it is gone meanwhile; ForbiddenMove; OutsideFailed; what `changing` raises.
        """
        for _ in range(TRIES_MAX):
            if held.is_gone:
                raise ForbiddenMove(f"The texts of this {kind.name} are no longer kept; right would be a new one.")
            now_us = self.clock.now_us()
            document = changing(held)
            following = replace(held.kept, version=held.kept.version + 1, changed_us=now_us)
            kept, after = self._written(kind, following, document), self._addressed(kind, held.kept, document)
            names = changes(kind, shown(held.document), shown(after))
            told = self.happened(kind, names, shown(after), now_us)
            if self._changed_to(kept, told):
                return Held(kept, after)
            held = self.get(kind, str(held.kept.number))
        raise ForbiddenMove(f"The {kind.name} is being changed by many others; look at it again.")

    def remove(self, kind: Kind, held: Held) -> None:
        """Take a document away.

        Raises: StaleVersion when somebody changed it meanwhile; OutsideFailed.
        """
        told = self.happened(kind, [f"{kind.type}DeleteEvent"], held.document, self.clock.now_us())
        self._store.remove(held.kept, lambda _: told)
        self._changed()

    def happened(self, kind: Kind, names: Sequence[str], document: Document, at_us: int) -> list[Happened]:
        """Return events about a resource, ready to be kept."""
        told: list[Happened] = []
        shown = with_origin(document, self._address)
        for named in names:
            number = secrets.token_hex(12)
            made = msgspec.json.encode(event(kind, named, shown, at_us=at_us, number=number))
            told.append(Happened(root=kind.root, at_us=at_us, key=number, sealed=self._seal.shut(made, at_us, number)))
        return told

    def _changed_to(self, kept: Kept, told: Sequence[Happened]) -> bool:
        try:
            self._store.change(kept, lambda _: told)
        except StaleVersion:
            return False
        self._changed()
        return True

    def _written(self, kind: Kind, kept: Kept, document: Document) -> Kept:
        whole = msgspec.json.encode(document)
        if not kind.shown:
            return replace(kept, shown=whole)
        shown = {name: value for name, value in document.items() if name in kind.shown}
        sealed = self._seal.shut(whole, kept.created_us, _about(kept))
        return replace(kept, shown=msgspec.json.encode(shown), sealed=sealed)

    def _held(self, kind: Kind, kept: Kept) -> Held:
        whole = self._seal.opened(kept.sealed, _about(kept)) if kept.sealed else None
        document = msgspec.json.decode(kept.shown if whole is None else whole, type=Document)
        if not kept.sealed or whole is not None:
            return Held(kept, self._addressed(kind, kept, document))
        # What is mandatory is told of every one, and says that there is nothing of it any more.
        left = {**dict.fromkeys(kind.gone, GONE), **document}
        return Held(kept, self._addressed(kind, kept, left), is_gone=True)

    def _addressed(self, kind: Kind, kept: Kept, document: Document) -> Document:
        """Return a document with its id and the path of its address."""
        name = kept.name or str(kept.number)
        # TMF642 says that the id of an alarm is a number; its conformance kit, that it is a text.
        number = kept.number if kind is ALARM and not self._text_ids else name
        return {"id": number, "href": f"{kind.path}/{name}", **without_address(document)}


def source_of(kept: Kept) -> str:
    """Return the source that a document is heard of, "" for that of its interface."""
    return "" if kept.source.startswith(_OF_TOKEN) else kept.source


def without_address(document: Document) -> Document:
    """Return a document without the id and address that a sender gave it; ours are given here."""
    return {name: value for name, value in document.items() if name not in {"id", "href"}}


def not_there(kind: Kind, number: str) -> NotThere:
    """Return the refusal of an id that means nothing."""
    return NotThere(f"path: there is no {kind.name} {number[:60]!r}; right would be the id of one from the list.")


def _about(kept: Kept) -> str:
    return f"{kept.kind}:{kept.created_us}"
