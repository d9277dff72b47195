"""The pages of the site, all made of one bulletin: home, places, services, incidents, history, works, register.

Pages that say how things stand now carry a stamp; those of incidents that are over and of the history carry none, so
that they change only when there is news. Given the bulletin before, pages that cannot have changed are left alone: of
those that say nothing new but the time, a fifth is stamped anew each minute, so no stamp is older than five minutes.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from pulih.adapters.site.curve import Tiles
from pulih.adapters.site.front import front
from pulih.adapters.site.incident_page import incident_page
from pulih.adapters.site.listed import register_page
from pulih.adapters.site.past import history_pages, parts
from pulih.adapters.site.prove import prove_page
from pulih.adapters.site.scene import Scene
from pulih.adapters.site.standing import place_page, service_page
from pulih.adapters.site.summary import summary
from pulih.adapters.site.touching import Index
from pulih.adapters.site.works import works_page
from pulih.communicate.addresses import LANGUAGES, address, file_of
from pulih.model.bulletin import Bulletin, PublicOperator
from pulih.model.clock import MICROS
from pulih.model.reading import Service
from pulih.ports.publishing import Pages

_MINUTE_US: Final = 60 * MICROS
# A page whose facts stand still is stamped anew every so many minutes, each at its own minute of them.
_ROUND: Final = 5


class SitePages:
    """Makes the HTML pages of the site; the `Renderer` of ports/publishing."""

    def __init__(self, *, desk_url: str = "", tiles: Tiles | None = None, proved: bool = False) -> None:
        """Remember what does not change while a desk runs.

        Args:
            desk_url: where forms lead when the site stands on another host than the desk; "" for the same host.
            tiles: squares of provinces, for the map on the home page; without them there is no map.
            proved: there is a page that says how the timeline is proved.
        """
        self._desk_url = desk_url.rstrip("/")
        self._tiles = tiles or {}
        self._proved = proved

    def pages(self, bulletin: Bulletin, before: Bulletin | None) -> Pages:
        """Return the pages of `bulletin` that may differ from those of `before`."""
        found = dict(summary(bulletin))
        index = Index(bulletin)
        earlier = before if before is not None and _alike(before, bulletin) else None
        earlier_index = None if earlier is None else Index(earlier)
        for language in LANGUAGES:
            scene = Scene(
                bulletin, language, desk_url=self._desk_url, proved=self._proved and bulletin.proof is not None
            )
            found.update(front(scene, index, self._tiles))
            found.update(self._standings(scene, index, earlier_index, earlier))
            found.update(self._incidents(scene, bulletin, earlier))
            found.update(history_pages(scene, earlier))
            found.update(works_page(scene, earlier))
            found.update(register_page(scene, earlier))
            found.update(prove_page(scene, earlier) if self._proved else ())
        return found

    def gone(self, bulletin: Bulletin, before: Bulletin) -> Collection[str]:
        """Return files of places, services, incidents and parts of the history that are no more."""
        return _files(before) - _files(bulletin)

    def _standings(
        self, scene: Scene, index: Index, earlier_index: Index | None, earlier: Bulletin | None
    ) -> Iterator[tuple[str, bytes]]:
        bulletin = scene.bulletin
        for place in bulletin.places:
            facts = index.of_place(place.code)
            same = earlier_index is not None and earlier_index.of_place(place.code) == facts
            if not same or _stamped_now(place.code, bulletin, earlier):
                yield place_page(scene, index, place, facts)
        for operator, service in _services(bulletin.operators):
            facts = index.of_service(operator.id, service)
            same = earlier_index is not None and earlier_index.of_service(operator.id, service) == facts
            if not same or _stamped_now(f"{operator.id} {service}", bulletin, earlier):
                yield service_page(scene, operator, service, facts)

    def _incidents(self, scene: Scene, bulletin: Bulletin, earlier: Bulletin | None) -> Iterator[tuple[str, bytes]]:
        for one in bulletin.current:
            yield incident_page(scene, one, stamped=True)
        known = {one.id: one for one in earlier.past} if earlier else {}
        for one in bulletin.past:
            if known.get(one.id) != one:
                yield incident_page(scene, one, stamped=False)


def _alike(before: Bulletin, bulletin: Bulletin) -> bool:
    """Tell whether what stands on every page is the same; that the timeline is proved is said on each incident's."""
    return (before.proof is None) == (bulletin.proof is None) and _frame(before) == _frame(bulletin)


def _frame(bulletin: Bulletin) -> Bulletin:
    """Return the bulletin without what differs from page to page and from minute to minute."""
    return msgspec.structs.replace(
        bulletin, made_us=0, stale_us=bulletin.stale_us - bulletin.made_us, current=(), past=(), levels=(),
        measurements=(), works=(), proof=None,
    )  # fmt: skip


def _stamped_now(name: str, bulletin: Bulletin, earlier: Bulletin | None) -> bool:
    """Tell whether a page that says nothing new gets a new stamp between two bulletins."""
    if earlier is None:
        return True
    offset = zlib.crc32(name.encode()) % _ROUND
    rounds = [(one.made_us // _MINUTE_US + offset) // _ROUND for one in (earlier, bulletin)]
    return rounds[0] != rounds[1]


def _services(operators: tuple[PublicOperator, ...]) -> Iterator[tuple[PublicOperator, Service | None]]:
    for operator in operators:
        yield operator, None
        for service in operator.services:
            yield operator, service


def _files(bulletin: Bulletin) -> set[str]:
    """Return the files of all pages whose existence depends on what the bulletin holds."""
    return {
        file_of(one)
        for language in LANGUAGES
        for one in (
            *(address(language, "region", place.code) for place in bulletin.places),
            *(address(language, "operator", one.id) for one in bulletin.operators),
            *(address(language, "service", one.id, service) for one in bulletin.operators for service in one.services),
            *(address(language, "incident", one.id) for one in (*bulletin.current, *bulletin.past)),
            *(address(language, "history_page", number) for number in range(1, parts(len(bulletin.past)))),
        )
    }
