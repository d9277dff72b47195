"""A ProvedIncident is one file that proves all entries of an incident by itself: texts, hashes up to a signed head.

It can be sent on, kept and shown to a court; whoever has it and the key needs neither the site nor the desk.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from pulih.communicate.checkpoint import Checkpoint, read_checkpoint
from pulih.communicate.proof_audit import Check, head_check
from pulih.communicate.signed_note import VerifierKey
from pulih.communicate.tree import Tree, includes, leaf_hash
from pulih.model.errors import RefusedInput


class ProvedEntry(msgspec.Struct, frozen=True):
    """An entry with its number, the exact text that was hashed, and the hashes up to the root, base64."""

    number: int
    leaf: str
    proof: tuple[str, ...]


class ProvedIncident(msgspec.Struct, frozen=True, kw_only=True):
    """All entries of an incident, proved by the checkpoint after its last one."""

    incident: str
    origin: str
    key: str
    checkpoint: str
    entries: tuple[ProvedEntry, ...]


def proved_entry(number: int, octets: bytes, tree: Tree, size: int) -> ProvedEntry:
    """Return an entry with its proof within the first `size` entries of a tree.

    >>> proved_entry(0, b"a", Tree([leaf_hash(b"a")]), 1)
    ProvedEntry(number=0, leaf='a', proof=())
    """
    proof = (base64.b64encode(one).decode() for one in tree.inclusion(number, size))
    return ProvedEntry(number, octets.decode(), tuple(proof))


def incident_checks(proved: ProvedIncident, note: str, hashes: Sequence[bytes], *, key: VerifierKey) -> Iterator[Check]:
    """Check the proof of an incident, and that the timeline of now continues it.

    Args:
        proved: the file of the incident.
        note: the present checkpoint; `hashes` those of all its entries.
        key: of the timeline.

    Raises: RefusedInput when something in the file cannot be read.
    """
    yield head_check(proved.checkpoint, key)
    head, now, tree = read_checkpoint(proved.checkpoint), read_checkpoint(note), Tree(hashes)
    wrong = [entry.number for entry in proved.entries if not _is_in(entry, head)]
    if wrong or not proved.entries:
        yield Check(False, f"Entries of {proved.incident} are not proved: {_listed(wrong) or 'there is none'}.")
    else:
        yield Check(True, f"The {len(proved.entries)} entries of {proved.incident} are in the timeline.")
    if tree.root() == now.root and head.size <= now.size and tree.root(head.size) == head.root:
        yield Check(True, f"The present timeline of {now.size:,} entries continues the one that proves them.")
    else:
        yield Check(False, "The present timeline does not continue the one that proves them: it was rewritten.")


def _is_in(entry: ProvedEntry, head: Checkpoint) -> bool:
    try:
        proof = [base64.b64decode(one, validate=True) for one in entry.proof]
    except (binascii.Error, ValueError):
        raise RefusedInput(f"The proof of entry {entry.number} is not base64; fetch the file again.") from None
    return includes(leaf_hash(entry.leaf.encode()), entry.number, size=head.size, proof=proof, root=head.root)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)
