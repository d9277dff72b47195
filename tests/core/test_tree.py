"""The tree of hashes is that of RFC 6962, and its proofs prove exactly what is so (requirement T5)."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.communicate.tree import EMPTY_ROOT, Tree, extends, includes, leaf_hash
from pulih.model.errors import RefusedInput

# The vectors of the reference implementations of Certificate Transparency (github.com/transparency-dev/merkle).
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUDED = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
}
GROWN = {
    (1, 1): [],
    (1, 8): INCLUDED[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
SIZES = st.integers(1, 90)


def vectors() -> Tree:
    """Return the tree of the vectors."""
    return Tree(map(leaf_hash, LEAVES))


def numbers(size: int) -> list[bytes]:
    """Return hashes of that many different leaves."""
    return [leaf_hash(number.to_bytes(2, "big")) for number in range(size)]


def tree(size: int) -> Tree:
    """Return a tree of that many different leaves."""
    return Tree(numbers(size))


def hexed(proof: tuple[bytes, ...]) -> list[str]:
    return [one.hex() for one in proof]


def test_roots_of_every_size_are_those_of_the_reference_vectors() -> None:
    assert [vectors().root(size).hex() for size in range(9)] == ROOTS


def test_proofs_are_those_of_the_reference_vectors() -> None:
    assert {(index, size): hexed(vectors().inclusion(index, size)) for index, size in INCLUDED} == INCLUDED
    assert {(old, size): hexed(vectors().consistency(old, size)) for old, size in GROWN} == GROWN


def textbook(hashes: list[bytes]) -> bytes:
    """Return MTH of RFC 6962 as it is written there."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    half = max(2**power for power in range(8) if 2**power < len(hashes))
    return hashlib.sha256(b"\x01" + textbook(hashes[:half]) + textbook(hashes[half:])).digest()


@given(SIZES)
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert tree(size).root() == textbook(numbers(size))


@given(st.data(), SIZES)
def test_a_leaf_is_proved_where_it_stands_and_nowhere_else(data: st.DataObject, size: int) -> None:
    grown = tree(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, proof, root = grown.level(0, index, index + 1)[0], grown.inclusion(index, size), grown.root()
    assert includes(leaf, index, size=size, proof=proof, root=root)
    assert not includes(leaf_hash(b"other"), index, size=size, proof=proof, root=root)
    assert not includes(leaf, index, size=size, proof=(*proof, root), root=root)
    assert not includes(leaf, size, size=size, proof=proof, root=root)
    if proof:
        assert not includes(leaf, index, size=size, proof=proof[:-1], root=root)
        assert not includes(leaf, index, size=size, proof=(bytes(32), *proof[1:]), root=root)


@given(st.data(), SIZES)
def test_a_tree_is_proved_to_continue_its_beginning_and_no_other_tree(data: st.DataObject, size: int) -> None:
    grown = tree(size)
    old = data.draw(st.integers(0, size))
    before, root, proof = grown.root(old), grown.root(), grown.consistency(old, size)
    assert extends(old, before, size=size, root=root, proof=proof)
    assert not extends(old, before, size=size, root=root, proof=(*proof, root))
    assert not extends(size + 1, before, size=size, root=root, proof=proof)
    if old > 0:
        assert not extends(old, leaf_hash(b"other"), size=size, root=root, proof=proof)
    if 0 < old < size:
        assert not extends(old, before, size=size, root=leaf_hash(b"other"), proof=proof)
        assert not extends(old, before, size=size, root=root, proof=())


def test_a_tree_that_grows_leaves_the_one_before_as_it_was() -> None:
    before = vectors()
    after = before.grown([leaf_hash(b"next")])
    assert (before.size, before.root().hex()) == (8, ROOTS[8])
    assert after.root(8) == before.root()


def test_what_is_not_there_is_refused_with_what_is() -> None:
    with pytest.raises(RefusedInput, match=r"8 entries and not 9"):
        vectors().root(9)
    with pytest.raises(RefusedInput, match=r"no entry 3 among the first 3"):
        vectors().inclusion(3, 3)
    with pytest.raises(RefusedInput, match=r"3 entries has no beginning of 4"):
        vectors().consistency(4, 3)
