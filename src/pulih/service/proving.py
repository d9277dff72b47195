"""Proving: puts what the public is told into the tamper-evident timeline, and signs its head each time it grew.

A bulletin goes through here on its way to the pages, so that nothing is published that is not in the timeline. When
the timeline cannot be written the bulletin goes out all the same, with the head from before: whoever is cut off needs
the page more than its proof. A store whose leaves are not those that were signed is never signed again, and no head
of it is shown.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from pulih.communicate.checkpoint import Checkpoint, signed
from pulih.communicate.leaves import (
    FactsLeaf,
    Leaf,
    WorkLeaf,
    by_time,
    decoded,
    encoded,
    facts_leaf,
    incident_of,
    left_early,
    said_leaves,
    same_facts,
    same_work,
    work_leaf,
)
from pulih.communicate.signed_note import SignerKey, VerifierKey, read_note, read_signatures
from pulih.communicate.tree import Tree, leaf_hash
from pulih.model.bulletin import Bulletin, PublicIncident
from pulih.model.clock import iso
from pulih.model.errors import PulihError, RefusedInput, StaleVersion
from pulih.model.proof import ProofView
from pulih.ports.clock import Clock
from pulih.ports.timeline import Head, KeptLeaf, TimelineStore

# Leaves are read so many at a time when the desk starts.
_CHUNK: Final = 1_000
_TRIES_MAX: Final = 3


class Proving:
    """The timeline of a desk; every method may be called from any thread.

    Args:
        store: where leaves are kept.
        signer: key that signs heads; its name is the timeline's.
        clock: the desk's.
        witnesses: keys of those whose cosignatures are taken.

    Raises: OutsideFailed when the store cannot be read.

    Attributes:
        tree: hashes of all leaves; another object after each growth, so whoever has one reads in peace.
    """

    def __init__(
        self, store: TimelineStore, signer: SignerKey, clock: Clock, *, witnesses: Sequence[VerifierKey] = ()
    ) -> None:
        self._store, self._signer, self._clock = store, signer, clock
        self._key = signer.verifier()
        self._witnesses = tuple(witnesses)
        self._lock = threading.Lock()
        self.tree = Tree()
        self._said: set[bytes] = set()
        self._facts: dict[str, FactsLeaf] = {}
        self._told: dict[str, PublicIncident] = {}
        self._works: dict[str, WorkLeaf] = {}
        self._head = Head(0, self.tree.root(), 0)
        self._trouble = self._caught_up()
        self._broken = bool(self._trouble)

    @property
    def store(self) -> TimelineStore:
        """Return where its leaves are kept."""
        return self._store

    def trouble(self) -> str:
        """Return why the timeline does not grow, "" when it does."""
        return self._trouble

    def proved(self, bulletin: Bulletin) -> Bulletin:
        """Put what a bulletin says for the first time into the timeline; return it with the proof of all it says."""
        with self._lock:
            if not self._broken:
                try:
                    self._trouble = self._grown(bulletin)
                except PulihError as problem:
                    self._trouble = str(problem)
            return replace(bulletin, proof=None if self._broken else self._view())

    def view(self) -> ProofView | None:
        """Return the timeline as it stands; None when what is kept is not what was signed."""
        with self._lock:
            return None if self._broken else self._view()

    def note_at(self, size: int) -> str:
        """Return the signed checkpoint of the first `size` entries; it is the same whenever it is asked for."""
        return signed(Checkpoint(self._signer.name, size, self.tree.root(size)), self._signer)

    def request(self, old: int) -> str:
        """Return what a witness is sent who saw the timeline last when it had `old` entries (C2SP tlog-witness).

        Raises: RefusedInput when the timeline has not so many.
        """
        with self._lock:
            size = self._head.size
            if old > size:
                raise RefusedInput(
                    f"A witness saw {old:,} entries and the timeline has {size:,}: it was brought back from a backup, "
                    "or somebody else uses its name and key."
                )
            proof = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.tree.consistency(old, size))
            return f"old {old}\n{proof}\n{self.note_at(size)}"

    def cosign(self, lines: str) -> int:
        """Take cosignatures of the present head, and return its size.

        Args:
            lines: signature lines of a note, each with its line end; those of unknown keys are left out.

        Raises: RefusedInput when none is of a known witness, or one is false; OutsideFailed when it cannot be kept.
        """
        with self._lock:
            text = Checkpoint(self._signer.name, self._head.size, self._head.root).text()
            note = replace(read_note(f"{text}\n{self._signer.line(text)}"), signatures=read_signatures(lines))
            known = [key for key in self._witnesses if note.cosigned_s(key) is not None]
            if not known:
                raise RefusedInput(
                    f"None of these lines is a cosignature of the {self._head.size} entries by a witness of this desk."
                )
            own = {(key.name, key.id) for key in known}
            taken = [one.line for one in note.signatures if (one.name, one.key_id) in own]
            self._store.cosign(self._head.size, taken)
            kept = tuple(dict.fromkeys([*self._head.cosignatures, *taken]))
            self._head = replace(self._head, cosignatures=kept)
            return self._head.size

    def _caught_up(self) -> str:
        """Read the leaves that are not known yet; return why they cannot be signed, "" when they were signed."""
        head, tree = self._store.head() or self._head, self.tree.grown(())
        for start in range(tree.size, head.size, _CHUNK):
            for leaf in self._store.leaves(start, min(start + _CHUNK, head.size)):
                tree.append(leaf_hash(leaf.octets))
                self._remember(leaf.octets)
        if tree.size == head.size and tree.root() == head.root:
            self.tree, self._head = tree, head
            return ""
        return (
            f"The {head.size} entries of the timeline are not those that were signed: somebody changed them "
            "in the database. Bring it back from a backup; until then nothing is added and nothing is signed."
        )

    def _grown(self, bulletin: Bulletin) -> str:
        """Add the leaves that are new; return why they could not be added, "" when they were.

        A single `pulih publish` may have added some beside a running desk; those are taken in first.
        """
        for _ in range(_TRIES_MAX):
            try:
                self._grow(bulletin)
            except StaleVersion:
                if trouble := self._caught_up():
                    self._broken = True
                    return trouble
            else:
                return ""
        return "Another process keeps adding to the timeline; only one desk may write it."

    def _grow(self, bulletin: Bulletin) -> None:
        """Add the leaves that are new; all of them with their head, or none."""
        incidents = [*bulletin.current, *bulletin.past]
        # Whoever makes bulletins gives the same object for an incident of which there is no news.
        changed = [one for one in incidents if self._told.get(one.id) is not one]
        said = [leaf for incident in changed for leaf in self._new_of(incident)]
        new = by_time([*said, *self._new_works(bulletin)])
        if new:
            self._add(new)
        self._told = {one.id: one for one in incidents}

    def _add(self, new: Sequence[Leaf]) -> None:
        octets = [encoded(leaf) for leaf in new]
        size = self._head.size
        grown = self.tree.grown(map(leaf_hash, octets))
        head = Head(size + len(new), grown.root(), max(self._clock.now_us(), self._head.signed_us))
        kept = [KeptLeaf(size + at, incident_of(leaf), octets[at]) for at, leaf in enumerate(new)]
        self._store.append(kept, head)
        for one in octets:
            self._remember(one)
        self.tree, self._head = grown, head

    def _new_of(self, incident: PublicIncident) -> list[Leaf]:
        new: list[Leaf] = [leaf for leaf in said_leaves(incident) if _digest(encoded(leaf)) not in self._said]
        facts = facts_leaf(incident)
        if not same_facts(self._facts.get(incident.id), facts):
            new.append(facts)
        return new

    def _new_works(self, bulletin: Bulletin) -> list[Leaf]:
        """Return leaves for works of which something else is stated now, and for those that left before their end."""
        now = [work_leaf(one, bulletin.made_us) for one in bulletin.works]
        shown = {leaf.work for leaf in now}
        left = [one for one in self._works.values() if one.work not in shown and left_early(one, bulletin.made_us)]
        gone = [replace(one, at=iso(bulletin.made_us), outcome="gone") for one in left]
        return [*(one for one in now if not same_work(self._works.get(one.work), one)), *gone]

    def _remember(self, octets: bytes) -> None:
        try:
            leaf = decoded(octets)
        except RefusedInput:
            # Somebody changed it, or a later version wrote it: it counts in the hash all the same.
            return
        if isinstance(leaf, FactsLeaf):
            self._facts[leaf.incident] = leaf
        elif isinstance(leaf, WorkLeaf):
            self._works[leaf.work] = leaf
        else:
            self._said.add(_digest(octets))

    def _view(self) -> ProofView:
        checkpoint = Checkpoint(self._signer.name, self._head.size, self._head.root)
        note = signed(checkpoint, self._signer, *self._head.cosignatures)
        return ProofView(
            origin=checkpoint.origin,
            key=self._key.text(),
            size=checkpoint.size,
            root=checkpoint.text().splitlines()[-1],
            signed_us=self._head.signed_us,
            note=note,
            witnesses=tuple(one.name for one in read_note(note).signatures[1:]),
        )


def _digest(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()
