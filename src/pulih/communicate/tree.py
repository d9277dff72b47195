"""The Merkle tree of a timeline: one hash over all entries, and short proofs of what is in it and what came before.

Hashes of complete subtrees are kept, so that a root, a proof of inclusion and a proof of consistency each take a
handful of hashes however long the timeline is. Checking a proof needs no tree.
Source: RFC 6962 section 2.1 (hashes and proofs), RFC 9162 sections 2.1.3.2 and 2.1.4.2 (how they are checked).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from pulih.model.errors import RefusedInput

HASH_BYTES: Final = 32
# The hash of a tree without leaves.
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
# Leaves and nodes are hashed differently, so that nobody passes off a node as an entry.
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees.

    >>> len(node_hash(leaf_hash(b"a"), leaf_hash(b"b")))
    32
    """
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree that grows at its end and never changes before it.

    Args:
        leaves: hashes of the first leaves, in order.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        # `_levels[k][i]` is the hash over the leaves from i * 2**k to (i + 1) * 2**k.
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """Return how many leaves it has."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        self._levels[0].append(leaf)
        level = 0
        while len(self._levels[level]) % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            left, right = self._levels[level][-2:]
            self._levels[level + 1].append(node_hash(left, right))
            level += 1

    def grown(self, leaves: Iterable[bytes]) -> Tree:
        """Return a tree with more leaves behind those of this one, which stays as it is.

        >>> Tree([bytes(32)]).grown([bytes(32)]).size
        2
        """
        tree = Tree()
        tree._levels = [list(level) for level in self._levels]
        for leaf in leaves:
            tree.append(leaf)
        return tree

    def root(self, size: int | None = None) -> bytes:
        """Return the hash over the first `size` leaves, over all when None.

        Raises: RefusedInput when there are not so many.
        """
        return self._over(0, self._checked(self.size if size is None else size))

    def level(self, height: int, start: int, end: int) -> list[bytes]:
        """Return hashes of complete subtrees of 2**height leaves, those from number `start` to before `end`."""
        return self._levels[height][start:end] if height < len(self._levels) else []

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the leaf `index` is among the first `size`, from the leaf upwards.

        Raises: RefusedInput when there is no such leaf.

        >>> len(Tree([bytes(32)] * 7).inclusion(0, 7))
        3
        """
        self._checked(size)
        if not 0 <= index < size:
            raise RefusedInput(f"There is no entry {index} among the first {size}; entries are numbered from 0.")
        return tuple(self._path(index, 0, size))

    def consistency(self, old: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the first `size` leaves begin with the first `old`; it is empty for 0 and for `size`.

        Raises: RefusedInput when there are not so many.

        >>> len(Tree([bytes(32)] * 7).consistency(6, 7))
        3
        """
        self._checked(size)
        if not 0 <= old <= size:
            raise RefusedInput(f"A timeline of {size} entries has no beginning of {old}; give 0 to {size}.")
        return () if old in {0, size} else tuple(self._grown(old, (0, size), whole=True))

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise RefusedInput(f"The timeline has {self.size} entries and not {size}; give 0 to {self.size}.")
        return size

    def _over(self, start: int, end: int) -> bytes:
        """Return the hash over a range of leaves that begins where a subtree does."""
        count = end - start
        if count == 0:
            return EMPTY_ROOT
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._levels[level][start >> level]
        middle = start + _split(count)
        return node_hash(self._over(start, middle), self._over(middle, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._over(middle, end)]
        return [*self._path(index, middle, end), self._over(start, middle)]

    def _grown(self, old: int, span: tuple[int, int], *, whole: bool) -> list[bytes]:
        """Return SUBPROOF of RFC 6962: `whole` while the old tree is known to whoever checks, so need not be told."""
        start, end = span
        if old == end:
            return [] if whole else [self._over(start, end)]
        middle = start + _split(end - start)
        if old <= middle:
            return [*self._grown(old, (start, middle), whole=whole), self._over(middle, end)]
        return [*self._grown(old, (middle, end), whole=False), self._over(start, middle)]


def includes(leaf: bytes, index: int, *, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a proof shows that a leaf is entry `index` of the tree of `size` leaves with this root.

    Args:
        leaf: hash of the leaf.
        index: its number from 0.
        size: of the tree; `proof`: hashes from the leaf upwards; `root`: hash of the tree.

    >>> tree = Tree(leaf_hash(bytes([number])) for number in range(7))
    >>> includes(leaf_hash(b"\\x02"), 2, size=7, proof=tree.inclusion(2, 7), root=tree.root())
    True
    """
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(other, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, other)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, *, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that the tree of `size` leaves begins with the tree of `old` leaves.

    Args:
        old: size of the old tree, `old_root` its hash.
        size: of the new tree, `root` its hash; `proof`: hashes between them.

    >>> tree = Tree(leaf_hash(bytes([number])) for number in range(7))
    >>> extends(3, tree.root(3), size=7, root=tree.root(), proof=tree.consistency(3, 7))
    True
    """
    if not 0 <= old <= size:
        return False
    if old in {0, size}:
        expected = EMPTY_ROOT if old == 0 else root
        return not proof and old_root == expected
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    return _both_roots(old, size, path) == (old_root, root)


def _both_roots(old: int, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the old and the new tree that a path leads to, None when it leads nowhere."""
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for other in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, other)
        node, last = node >> 1, last >> 1
    return (before, after) if last == 0 else None


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return int(1 << (count - 1).bit_length() - 1)
