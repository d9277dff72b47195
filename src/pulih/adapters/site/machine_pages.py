"""Pages that machines read, of one bulletin: feeds, CAP alerts, calendar of works, Statuspage documents, register."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from pulih.communicate import cap, feeds, statuspage
from pulih.communicate.calendar import calendar_of, calendar_path
from pulih.communicate.edition import Edition
from pulih.communicate.feed_parts import concerns, narrowed, parts_of
from pulih.communicate.feeds import FeedOptions
from pulih.communicate.register import REGISTER_CSV, REGISTER_JSON, register_csv, register_json
from pulih.model.bulletin import Bulletin, PublicIncident, Work
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
            pages |= _parts(edition, before, self._hub)
        indonesian = Edition(bulletin, zone, "id")
        if before is None or _named(before) != _named(bulletin) or _all(before) != _all(bulletin):
            english = Edition(bulletin, zone, "en")
            pages[REGISTER_JSON], pages[REGISTER_CSV] = register_json(english), register_csv(english)
        pages["cap/index.atom"] = cap.index(indonesian)
        for incident in _changed(bulletin, before):
            pages[cap.alert_path(incident)] = cap.alert(indonesian, incident)
        return pages

    def gone(self, bulletin: Bulletin, before: Bulletin) -> Collection[str]:
        """Return alerts of incidents that are not shown any more."""
        here = {one.id for one in _all(bulletin)}
        return [cap.alert_path(one) for one in _all(before) if one.id not in here]


def _parts(edition: Edition, before: Bulletin | None, hub: str) -> Pages:
    """Return the feeds of operators and provinces of which something changed.

    They carry no checkpoint: each word would make all of them anew, and the feeds of everything have it.
    """
    bulletin, made = edition.bulletin, dict[str, bytes]()
    changed = None if before is None or _named(before) != _named(bulletin) else _differing(bulletin, before)
    for part in parts_of(edition):
        if changed is None or any(concerns(part, one) for one in changed):
            inside = replace(edition, bulletin=narrowed(bulletin, part))
            made[part.path] = feeds.atom(inside, FeedOptions(hub=hub), part)
    return made


def _differing(bulletin: Bulletin, before: Bulletin) -> list[PublicIncident | Work]:
    """Return incidents and works that are new, gone, or not what they were, in both shapes."""
    now, then = _told(bulletin), _told(before)
    ids = [name for name in {*now, *then} if now.get(name) != then.get(name)]
    return [one for name in ids for one in (now.get(name), then.get(name)) if one is not None]


def _told(bulletin: Bulletin) -> dict[str, PublicIncident | Work]:
    told: dict[str, PublicIncident | Work] = {one.id: one for one in _all(bulletin)}
    return told | {one.id: one for one in bulletin.works}


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
