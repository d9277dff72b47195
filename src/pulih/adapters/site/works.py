"""The page of planned work: what is ahead and under way, and what was done lately."""

from __future__ import annotations

from collections.abc import Iterator

from pulih.adapters.site.scene import Scene
from pulih.model.bulletin import Bulletin


def works_page(scene: Scene, earlier: Bulletin | None) -> Iterator[tuple[str, bytes]]:
    """Return the page unless it is that of `earlier`; work names its days, so that time alone changes nothing."""
    works = scene.bulletin.works
    if earlier is not None and earlier.works == works:
        return
    yield scene.made(
        "works.html",
        "works",
        stamped=False,
        ahead=sorted((one for one in works if one.state != "completed"), key=lambda one: one.start_us),
        done=sorted((one for one in works if one.state == "completed"), key=lambda one: -one.start_us),
    )
