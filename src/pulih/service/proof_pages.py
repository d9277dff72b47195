"""Pages of the timeline: its head, tiles, entries, and for each incident a file that proves its entries by itself.

All are static files below `tlog/`, so that they survive the desk with the rest of the site. A renderer like the others
(ports/publishing.py): it returns what grew since the bulletin before.
Source: C2SP tlog-tiles and tlog-checkpoint.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from pulih.communicate.proved_incident import ProvedIncident, proved_entry
from pulih.communicate.tiles import WIDTH, Tile, bundle, partial_tiles, tile_bytes, tiles
from pulih.communicate.tree import Tree
from pulih.model.bulletin import Bulletin
from pulih.model.proof import ProofView
from pulih.ports.publishing import Pages
from pulih.ports.timeline import KeptLeaf
from pulih.service.proving import Proving

ROOT: Final = "tlog"
CHECKPOINT: Final = f"{ROOT}/checkpoint"
KEY: Final = f"{ROOT}/key"
# Partial tiles of so many entries back stay, for those who read the head a moment ago.
_PARTIAL_KEPT: Final = 16


class ProofPages:
    """Renders the timeline.

    Args:
        proving: the timeline.
    """

    def __init__(self, proving: Proving) -> None:
        self._proving = proving

    def pages(self, bulletin: Bulletin, before: Bulletin | None) -> Pages:
        """Return the head and key, and the tiles, entries and incidents that came since `before`.

        Raises: OutsideFailed when the entries cannot be read.
        """
        view = bulletin.proof
        if view is None:
            return {}
        tree, store, old = self._proving.tree, self._proving.store, _size(before)
        pages = {KEY: f"{view.key}\n".encode()}
        for tile in tiles(view.size, old=old):
            pages[f"{ROOT}/{tile.path()}"] = tile_bytes(tree, tile)
            if tile.level == 0:
                entries = [leaf.octets for leaf in store.leaves(*tile.span())]
                pages[f"{ROOT}/{tile.entries_path()}"] = bundle(entries)
        for incident in _incidents_of(store.leaves(old, view.size)):
            path = f"{ROOT}/entries/{incident}.json"
            leaves = [leaf for leaf in store.of(incident) if leaf.number < view.size]
            pages[path] = msgspec.json.encode(self._proved(view, tree, leaves))
        # Last, so that whoever reads it finds all that it speaks of.
        pages[CHECKPOINT] = view.note.encode()
        return pages

    def gone(self, bulletin: Bulletin, before: Bulletin) -> Collection[str]:
        """Return the partial tiles of sizes long past, which longer ones hold now."""
        size, old = _size(bulletin), _size(before)
        if size == old:
            return ()
        needed = set().union(*(partial_tiles(one) for one in range(max(0, size - _PARTIAL_KEPT), size + 1)))
        past = set().union(*(partial_tiles(one) for one in range(max(0, old - WIDTH), size)))
        return [f"{ROOT}/{path}" for tile in past - needed for path in _paths(tile)]

    def _proved(self, view: ProofView, tree: Tree, leaves: list[KeptLeaf]) -> ProvedIncident:
        size = leaves[-1].number + 1
        return ProvedIncident(
            incident=leaves[0].incident,
            origin=view.origin,
            key=view.key,
            checkpoint=self._proving.note_at(size),
            entries=tuple(proved_entry(leaf.number, leaf.octets, tree, size) for leaf in leaves),
        )


def _size(bulletin: Bulletin | None) -> int:
    return bulletin.proof.size if bulletin is not None and bulletin.proof is not None else 0


def _incidents_of(leaves: list[KeptLeaf]) -> list[str]:
    # Planned work is of no incident.
    return list(dict.fromkeys(leaf.incident for leaf in leaves if leaf.incident))


def _paths(tile: Tile) -> tuple[str, ...]:
    return (tile.path(), tile.entries_path()) if tile.level == 0 else (tile.path(),)
