"""Tiles hold all of a tree, under the names of C2SP tlog-tiles, and only the last of a row ever change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.communicate.tiles import Tile, bundle, hashes, partial_tiles, tile_bytes, tiles, unbundled
from pulih.communicate.tree import Tree, leaf_hash
from pulih.model.errors import RefusedInput

SIZES = st.integers(0, 200_000)


def test_the_example_of_the_specification_has_its_tiles() -> None:
    """A tree of 70,000: 273 full and one partial of 112 below, one full and one of 17 above, and one of 1 on top."""
    found = list(tiles(70_000))
    assert sum(tile.level == 0 and tile.width == 256 for tile in found) == 273
    above = [tile.path() for tile in found if tile.level > 0]
    assert above == ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert Tile(0, 273, 112) in found
    assert [tile.path() for tile in tiles(256)] == ["tile/0/000", "tile/1/000.p/1"]


@given(SIZES, SIZES)
def test_what_grew_is_what_the_longer_tree_has_and_the_shorter_had_not(one: int, other: int) -> None:
    old, size = sorted((one, other))
    assert set(tiles(size, old=old)) == set(tiles(size)) - set(tiles(old))


@given(SIZES)
def test_partial_tiles_are_the_last_of_their_rows(size: int) -> None:
    assert partial_tiles(size) == {tile for tile in tiles(size) if tile.width < 256}


def test_a_tile_above_holds_the_roots_of_those_below() -> None:
    tree = Tree(leaf_hash(number.to_bytes(2, "big")) for number in range(600))
    above = hashes(tile_bytes(tree, Tile(1, 0, 2)))
    below = [hashes(tile_bytes(tree, Tile(0, number))) for number in range(2)]
    assert [Tree(row).root() for row in below] == above
    assert len(tile_bytes(tree, Tile(0, 2, 88))) == 88 * 32


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_out_of_a_bundle_as_they_went_in(entries: list[bytes]) -> None:
    assert unbundled(bundle(entries)) == entries


def test_a_bundle_or_tile_that_was_cut_is_refused() -> None:
    for cut in (b"\x00", b"\x00\x05abcd"):
        with pytest.raises(RefusedInput, match=r"ends in the middle"):
            unbundled(cut)
    with pytest.raises(RefusedInput, match=r"33 bytes are none"):
        hashes(bytes(33))
