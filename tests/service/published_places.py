"""Publishers and renderers in memory, for tests of publishing."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping

from pulih.model.bulletin import Bulletin
from pulih.model.errors import OutsideFailed
from pulih.ports.publishing import Pages, Published


class Shown:
    """A publisher that keeps pages in memory, and fails so often as it was told to."""

    def __init__(self, name: str = "shown", failing: int = 0) -> None:
        self._name, self.failing = name, failing
        self.pages: dict[str, bytes] = {}
        self.calls: list[tuple[frozenset[str], frozenset[str]]] = []
        self.came = threading.Semaphore(0)

    @property
    def name(self) -> str:
        return self._name

    def put(self, pages: Pages, gone: Collection[str]) -> Published:
        self.calls.append((frozenset(pages), frozenset(gone)))
        if self.failing:
            self.failing -= 1
            raise OutsideFailed(f"{self._name}: nobody answers; it is tried again.")
        self.pages.update(pages)
        for path in gone:
            self.pages.pop(path, None)
        self.came.release()
        return Published(len(pages), len(gone), sum(map(len, pages.values())))


class Held:
    """A publisher that holds on to its first call until it is let go."""

    name = "held"

    def __init__(self) -> None:
        self.entered, self.let_go = threading.Event(), threading.Event()

    def put(self, pages: Pages, gone: Collection[str]) -> Published:
        self.entered.set()
        self.let_go.wait(10)
        return Published(len(pages))


class Kept:
    """Remembers paths in memory."""

    def __init__(self) -> None:
        self.paths: dict[str, frozenset[str]] = {}

    def known(self, publisher: str) -> frozenset[str]:
        return self.paths.get(publisher, frozenset())

    def keep(self, publisher: str, paths: frozenset[str]) -> None:
        self.paths[publisher] = paths


class PageEach:
    """Renders one page for each incident, and a home page with the stamp; a broken one raises."""

    def __init__(self, *, broken: bool = False, folder: str = "") -> None:
        self.broken, self._folder = broken, folder
        self.asked: list[Bulletin | None] = []

    def pages(self, bulletin: Bulletin, before: Bulletin | None, /) -> Mapping[str, bytes]:
        self.asked.append(before)
        if self.broken:
            raise ValueError("no template")
        made = {f"{self._folder}gangguan/{one.id}/index.html": one.title_id.encode() for one in _all(bulletin)}
        return {f"{self._folder}index.html": str(bulletin.stale_us).encode(), **made}

    def gone(self, bulletin: Bulletin, before: Bulletin, /) -> Collection[str]:
        now = {one.id for one in _all(bulletin)}
        return [f"{self._folder}gangguan/{one.id}/index.html" for one in _all(before) if one.id not in now]


def _all(bulletin: Bulletin) -> list[object]:
    return [*bulletin.current, *bulletin.past]
