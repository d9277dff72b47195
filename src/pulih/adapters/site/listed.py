"""The page of the outage register: what its files hold, for people; the files themselves are for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pulih.adapters.site.scene import Scene
from pulih.model.bulletin import Bulletin, PublicIncident

# A telephone reads so many; the files have all that the register has.
SHOWN_MAX: Final = 100


def register_page(scene: Scene, earlier: Bulletin | None) -> Iterator[tuple[str, bytes]]:
    """Return the page unless it is that of `earlier`; those that go on stand first, and time alone changes nothing."""
    known = _all(scene.bulletin)
    if earlier is not None and _all(earlier) == known:
        return
    shown = known[:SHOWN_MAX]
    yield scene.made("register.html", "register", stamped=False, shown=shown, more=len(known) - len(shown))


def _all(bulletin: Bulletin) -> tuple[PublicIncident, ...]:
    return (*bulletin.current, *bulletin.past)
