"""What the tamper-evident timeline costs in a history of 1,000 incidents: starting, one change, a look from outside.

Usage: PYTHONPATH=src:tests/core python bench/site/timeline.py [INCIDENTS]; prints one line for each figure.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace
from sample_bulletin import NOW_US, bulletin, many_past, outage, word

from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.timeline_store import SqlTimelineStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.adapters.timeline_key import timeline_key
from pulih.adapters.verifying import Asked, verify
from pulih.model.bulletin import Bulletin
from pulih.service.proof_pages import ProofPages
from pulih.service.proving import Proving

Made = TypeVar("Made")


class Still:
    """A clock that stands still."""

    def now_us(self) -> int:
        """Return always the same."""
        return int(NOW_US)


def main(incidents: int) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(sqlite_url(Path(folder) / "desk.db"), "desk")
        upgrade(engine, "desk")
        store, key = SqlTimelineStore(engine), timeline_key(Path(folder) / "timeline.key", address="")
        desk, site = Proving(store, key, Still()), Path(folder) / "site"
        told = bulletin(past=many_past(incidents))
        before = timed("first bulletin", lambda: desk.proved(told))
        put(site, before, timed("first pages", lambda: ProofPages(desk).pages(before, None)))
        other = replace(outage(), words=(*outage().words, word(3)))
        after = timed("one more word", lambda: desk.proved(replace(told, current=(other,))))
        put(site, after, timed("its pages", lambda: ProofPages(desk).pages(after, before)))
        timed("nothing new", lambda: desk.proved(replace(told, current=(other,))))
        timed("starting again", lambda: Proving(store, key, Still()))
        asked = Asked(site=str(site), state=Path(folder) / "seen.json")
        code = timed("pulih verify (from a folder)", lambda: verify(asked, io.StringIO()))
        print(f"{desk.tree.size:,} entries, {incidents:,} incidents; verify returned {code}")
        engine.dispose()


def timed(what: str, make: Callable[[], Made]) -> Made:
    """Return what `make` makes, and print how long that took."""
    began = time.perf_counter()
    made = make()
    print(f"{what}: {(time.perf_counter() - began) * 1000:,.0f} ms")
    return made


def put(site: Path, told: Bulletin, pages: Mapping[str, bytes]) -> None:
    """Write pages into a folder."""
    for path, content in {**pages, "bulletin.json": msgspec.json.encode(told)}.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(content)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
