"""The audit of a timeline: what anybody can find out about it from outside, as sentences that hold or do not.

Whoever looks needs no trust in the desk: the head is checked with its key, the entries with the head, what was seen
last time with what is there now, and the pages with the entries.
Source: RFC 9162 section 8 (what monitors and auditors do).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from pulih.communicate.checkpoint import read_checkpoint
from pulih.communicate.leaves import (
    FactsLeaf,
    Leaf,
    ReviewLeaf,
    SaidLeaf,
    WithdrawalLeaf,
    WordLeaf,
    WorkLeaf,
    decoded,
    facts_leaf,
    left_early,
    name_of,
    said_leaves,
    same_facts,
    same_work,
    work_leaf,
)
from pulih.communicate.signed_note import VerifierKey, read_note
from pulih.communicate.tree import Tree, leaf_hash
from pulih.model.bulletin import Bulletin, PublicIncident
from pulih.model.errors import RefusedInput

# So many faults of one kind are told in full.
_TOLD_MAX = 5


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: whether it holds, and what that means."""

    holds: bool
    says: str


def head_check(note: str, key: VerifierKey) -> Check:
    """Check that a checkpoint is signed with a key. Raises: RefusedInput when it is no checkpoint."""
    head = read_checkpoint(note)
    if head.origin == key.name and read_note(note).signed_by(key):
        return Check(
            True, f"The head of {head.origin} over {head.size:,} entries is signed with its key {key.id.hex()}."
        )
    return Check(
        False,
        f"The head of {head.origin} is not signed with the key {key.id.hex()} of {key.name}: "
        "this is another timeline, or somebody else's word.",
    )


def witness_checks(note: str, witnesses: Iterable[VerifierKey]) -> Iterator[Check]:
    """Check for each witness that it cosigned a checkpoint."""
    read = read_note(note)
    for key in witnesses:
        at_s = read.cosigned_s(key)
        if at_s is None:
            yield Check(False, f"The witness {key.name} did not cosign this head.")
        else:
            yield Check(True, f"The witness {key.name} cosigned this head at {at_s} s since 1970 UTC.")


def entries_check(note: str, entries: Sequence[bytes]) -> Check:
    """Check that entries are exactly those that a checkpoint was signed over."""
    head = read_checkpoint(note)
    if len(entries) == head.size and _tree(entries).root() == head.root:
        return Check(True, f"All {head.size:,} entries are those that were signed.")
    return Check(False, f"The {len(entries):,} entries that are served are not the {head.size:,} that were signed.")


def growth_check(seen: str, note: str, entries: Sequence[bytes]) -> Check:
    """Check that a timeline begins with what was seen of it before.

    Args:
        seen: the checkpoint that was seen before; `note` the one of now.
        entries: all entries of now.
    """
    old, new = read_checkpoint(seen), read_checkpoint(note)
    if old.origin != new.origin:
        return Check(False, f"Last time this was {old.origin}, now it is {new.origin}: the timeline was begun anew.")
    if old.size > new.size:
        return Check(
            False,
            f"The timeline shrank: {old.size:,} entries were seen before, now there are {new.size:,}. "
            "What was said was taken away, or the desk was brought back from a backup.",
        )
    if _tree(entries[: old.size]).root() != old.root:
        return Check(False, f"The first {old.size:,} entries are not those that were seen before: they were rewritten.")
    return Check(
        True, f"The {old.size:,} entries seen before stand unchanged; {new.size - old.size:,} were added since."
    )


def said_once_check(leaves: Sequence[Leaf]) -> Check:
    """Check that no word stands in the timeline with two texts."""
    first: dict[tuple[str, str], tuple[str, ...]] = {}
    words = [leaf for leaf in leaves if isinstance(leaf, WordLeaf)]
    changed = [
        f"word {leaf.word} of {leaf.incident} ({leaf.at})"
        for leaf in words
        if first.setdefault((leaf.incident, leaf.word), _said(leaf)) != _said(leaf)
    ]
    if changed:
        return Check(False, f"Words were changed after they had been published: {_told(changed)}.")
    return Check(True, f"Each of the {len(first):,} published words stands once, as it was first said.")


def page_checks(bulletin: Bulletin, leaves: Sequence[Leaf]) -> tuple[Check, ...]:
    """Check that pages show what the timeline holds, neither more nor less.

    Args:
        bulletin: what the pages are made of.
        leaves: of the timeline, perhaps more than when the bulletin was made.
    """
    if bulletin.proof is None:
        return (Check(False, "The pages do not say which timeline proves them, so they cannot be compared with it."),)
    known = leaves[: bulletin.proof.size]
    shown = [*bulletin.current, *bulletin.past]
    own: dict[str, list[Leaf]] = {}
    for leaf in known:
        if not isinstance(leaf, WorkLeaf):
            own.setdefault(leaf.incident, []).append(leaf)
    more = [fault for incident in shown for fault in _unproved(incident, own.get(incident.id, []))]
    fewer = list(_unshown(shown, known))
    return (
        Check(False, f"The pages show what the timeline does not hold: {_told(more)}.")
        if more
        else Check(True, f"All that the pages show of {len(shown):,} incidents is in the timeline."),
        Check(False, f"The pages leave out what was published: {_told(fewer)}.")
        if fewer
        else Check(True, "All words that were published of them are on the pages."),
        _left_out_check(shown, own),
        _works_check(bulletin, known),
    )


def leaves_of(entries: Iterable[bytes]) -> list[Leaf]:
    """Return the leaves of entries. Raises: RefusedInput when one is none."""
    return [decoded(entry) for entry in entries]


def _works_check(bulletin: Bulletin, known: Sequence[Leaf]) -> Check:
    """Check that planned work stands on the pages as it stands in the timeline, and none is left out before its end."""
    stated = {leaf.work: leaf for leaf in known if isinstance(leaf, WorkLeaf)}
    shown = {one.id: work_leaf(one, bulletin.made_us) for one in bulletin.works}
    other = [f"work {name}" for name, leaf in shown.items() if not same_work(stated.get(name), leaf)]
    left = [f"work {name}" for name, leaf in stated.items() if name not in shown and left_early(leaf, bulletin.made_us)]
    if other:
        return Check(False, f"The pages tell of planned work what the timeline does not hold: {_told(other)}.")
    if left:
        return Check(False, f"The pages leave out planned work that is not over: {_told(left)}.")
    return Check(True, f"All that the pages show of {len(shown):,} planned works is in the timeline.")


def _left_out_check(shown: Sequence[PublicIncident], own: Mapping[str, Sequence[Leaf]]) -> Check:
    """Name the incidents that the pages do not show though they show older ones; that may be right, and is told."""
    since = {leaf.incident: leaf.since for leaves in own.values() for leaf in leaves if isinstance(leaf, FactsLeaf)}
    ids = {incident.id for incident in shown}
    oldest = min((since[one] for one in ids & since.keys()), default="")
    missing = [one for one, moment in since.items() if one not in ids and moment >= oldest]
    told = f"The timeline holds {len(own):,} incidents, and the pages compared with it show {len(ids):,}"
    if not missing:
        return Check(True, f"{told}.")
    return Check(
        True,
        f"{told}. Not shown, though older ones are: {_told(missing)}. Another incident may have gone on for them; ask.",
    )


def _said(leaf: WordLeaf) -> tuple[str, ...]:
    """Return what nobody may change of a word; how the desk counts its places or stage may become better known."""
    return leaf.at, leaf.kind, leaf.text_id, leaf.text_en, leaf.next_by, leaf.corrects


def _tree(entries: Iterable[bytes]) -> Tree:
    return Tree(leaf_hash(entry) for entry in entries)


def _unproved(incident: PublicIncident, own: Sequence[Leaf]) -> Iterator[str]:
    for leaf in said_leaves(incident):
        if leaf not in own:
            yield f"{name_of(leaf)} of {incident.id} ({leaf.at})"
    stated = [leaf for leaf in own if isinstance(leaf, FactsLeaf)]
    if not same_facts(stated[-1] if stated else None, facts_leaf(incident)):
        yield f"the facts of {incident.id} (stage {incident.stage})"


def _unshown(shown: Iterable[PublicIncident], known: Sequence[Leaf]) -> Iterator[str]:
    said = {incident.id: {_essence(leaf) for leaf in said_leaves(incident)} for incident in shown}
    for leaf in known:
        if (
            isinstance(leaf, WordLeaf | WithdrawalLeaf)
            and leaf.incident in said
            and _essence(leaf) not in said[leaf.incident]
        ):
            yield f"{name_of(leaf)} of {leaf.incident} ({leaf.at})"


def _essence(leaf: SaidLeaf) -> tuple[str, ...]:
    # A review that was taken back or published anew is shown no more, and its entry stays: only words must be shown.
    if isinstance(leaf, ReviewLeaf):
        return ("", leaf.at)
    return (leaf.word, *_said(leaf)) if isinstance(leaf, WordLeaf) else (leaf.word, leaf.at)


def _told(faults: Sequence[str]) -> str:
    more = f" and {len(faults) - _TOLD_MAX} more" if len(faults) > _TOLD_MAX else ""
    return "; ".join(faults[:_TOLD_MAX]) + more


def refused(problem: RefusedInput) -> Check:
    """Return the check that failed since something served cannot be read at all."""
    return Check(False, f"What is served cannot be read: {problem}")
