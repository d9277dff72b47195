"""Pages that machines read: feeds, CAP alerts, the calendar of works, the Statuspage documents; of one bulletin."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from pulih.communicate import cap, feeds, statuspage
from pulih.communicate.calendar import calendar_of, calendar_path
from pulih.communicate.edition import Edition
from pulih.communicate.feeds import FeedOptions
from pulih.model.bulletin import Bulletin, PublicIncident
from pulih.ports.publishing import Pages


class MachinePages:
    """Renders what machines read; implements `pulih.ports.publishing.Renderer`.

    Args:
        hub: address of the WebSub hub that feeds name, "" for none.
    """

    def __init__(self, *, hub: str = "") -> None:
        self._hub = hub

    def pages(self, bulletin: Bulletin, before: Bulletin | None) -> Pages:
        """Return all documents, and the alerts of those incidents that changed; see `Renderer.pages`."""
        zone = ZoneInfo(bulletin.zone)
        pages: dict[str, bytes] = {}
        options = FeedOptions(hub=self._hub, checkpoint=bulletin.proof.note if bulletin.proof else "")
        for edition in (Edition(bulletin, zone, "id"), Edition(bulletin, zone, "en")):
            prefix = edition.prefix.removeprefix("/") + "/" if edition.prefix else ""
            pages[f"{prefix}history.atom"] = feeds.atom(edition, options)
            pages[f"{prefix}history.rss"] = feeds.rss(edition, options)
            pages[f"{prefix}feed.json"] = feeds.json_feed(edition, options)
            pages[calendar_path(edition)] = calendar_of(edition)
            pages |= statuspage.documents(edition)
        indonesian = Edition(bulletin, zone, "id")
        pages["cap/index.atom"] = cap.index(indonesian)
        for incident in _changed(bulletin, before):
            pages[cap.alert_path(incident)] = cap.alert(indonesian, incident)
        return pages

    def gone(self, bulletin: Bulletin, before: Bulletin) -> Collection[str]:
        """Return alerts of incidents that are not shown any more."""
        here = {one.id for one in _all(bulletin)}
        return [cap.alert_path(one) for one in _all(before) if one.id not in here]


def _all(bulletin: Bulletin) -> tuple[PublicIncident, ...]:
    return (*bulletin.current, *bulletin.past)


def _changed(bulletin: Bulletin, before: Bulletin | None) -> Iterator[PublicIncident]:
    """Yield incidents whose alert may differ: what it says is the incident, and names that may have changed."""
    if before is None or _named(before) != _named(bulletin):
        yield from _all(bulletin)
        return
    known = {one.id: one for one in _all(before)}
    yield from (one for one in _all(bulletin) if known.get(one.id) != one)


def _named(bulletin: Bulletin) -> tuple[object, ...]:
    return bulletin.desk, bulletin.address, bulletin.zone, bulletin.operators, bulletin.places
