"""The pages of the site as they were made last, by digest: what a new bulletin changes, and what it takes away.

A renderer may say too much, so equal pages are found here; one that fails keeps its pages as they were, and the others
are published. Only digests are kept, so that the memory it takes is flat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from pulih.model.bulletin import Bulletin
from pulih.ports.publishing import Pages, Renderer, is_page_path


class Change(msgspec.Struct, frozen=True):
    """Pages that are new or different, paths that are no more, and what went wrong, a sentence each."""

    pages: Pages
    gone: frozenset[str] = frozenset()
    says: tuple[str, ...] = ()


class SiteDigests:
    """Knows what the site consists of; for one thread at a time.

    Args:
        renderers: by what they are called when one fails; a path is of the first that makes it.
    """

    def __init__(self, renderers: Mapping[str, Renderer]) -> None:
        self._renderers = renderers
        self._before: dict[str, Bulletin] = {}
        self._digests: dict[str, bytes] = {}
        self._owners: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._digests)

    @property
    def paths(self) -> frozenset[str]:
        """All paths of the site."""
        return frozenset(self._digests)

    def turn(self, bulletin: Bulletin) -> Change:
        """Return what is different now; the next call compares with this one."""
        changed: dict[str, bytes] = {}
        gone: set[str] = set()
        says: list[str] = []
        for name, renderer in self._renderers.items():
            before = self._before.get(name)
            try:
                made = renderer.pages(bulletin, before)
                ended = frozenset() if before is None else frozenset(renderer.gone(bulletin, before))
            except Exception as problem:
                # Whatever a renderer stumbles over, the others' pages must still tell what is known.
                says.append(f"{name}: {type(problem).__name__}: {problem}")
                continue
            self._before[name] = bulletin
            says += self._take(name, made, changed)
            gone |= self._end(name, ended - made.keys())
        return Change(changed, frozenset(gone), tuple(says))

    def _take(self, name: str, made: Pages, changed: dict[str, bytes]) -> Sequence[str]:
        strangers: list[str] = []
        for path, content in made.items():
            if not is_page_path(path):
                # No place would take it, and would refuse all that comes with it.
                strangers.append(f"{name}: {path[:80]!r} is no path of a page; it is left out.")
                continue
            if self._owners.setdefault(path, name) != name:
                strangers.append(f"{name}: {path} is made by {self._owners[path]} already; its page stands.")
                continue
            digest = hashlib.blake2b(content, digest_size=16).digest()
            if self._digests.get(path) != digest:
                self._digests[path] = digest
                changed[path] = content
        return strangers[:3]

    def _end(self, name: str, ended: frozenset[str]) -> set[str]:
        own = {path for path in ended if self._owners.get(path) == name}
        for path in own:
            del self._owners[path], self._digests[path]
        return own
