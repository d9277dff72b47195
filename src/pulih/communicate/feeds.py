"""Atom, RSS and JSON Feed of incidents and planned works, newest first: for readers of feeds and for machines.

A feed is a function of what was said and not of the minute in which it is written, so that a copy of it is the same to
the last byte until something happens. Entries have the shape that readers of Statuspage feeds expect.

Sources: RFC 4287 (Atom); RSS 2.0.11 and the RSS Advisory Board's profile; JSON Feed 1.1; RFC 4151 (tag URIs); W3C
WebSub, section 4 (links to the hub); the rules of the W3C feed validator; C2SP tlog-checkpoint.
"""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any, Final

import msgspec

from pulih.communicate.edition import (
    Edition,
    Said,
    changed_us,
    created_us,
    is_announced,
    work_changed_us,
)
from pulih.communicate.markup import Markup, document, element, leaf, text
from pulih.communicate.speech import Pair
from pulih.communicate.statuspage.ids import number_of
from pulih.model.bulletin import PublicIncident, Work
from pulih.model.clock import from_micros

ENTRIES_MAX: Final = 50
# Paths of all feeds below the root of the site, of which hubs are told when they change.
FEEDS: Final = ("history.atom", "history.rss", "feed.json", "en/history.atom", "en/history.rss", "en/feed.json")
# Namespace of the one element that is ours: the signed head of the public timeline, as its specification names it.
CHECKPOINT_XMLNS: Final = "https://c2sp.org/tlog-checkpoint"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_TITLE: Final[Pair] = ("{0}: riwayat gangguan dan pemeliharaan", "{0}: history of outages and maintenance")
_DESCRIPTION: Final[Pair] = (
    "Gangguan yang dikonfirmasi, kabar dari desk, dan pekerjaan terencana.",
    "Confirmed outages, what the desk says of them, and planned work.",
)


class FeedOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed carries besides its entries.

    Attributes:
        hub: address of the WebSub hub that readers may subscribe at, "" for none.
        checkpoint: signed note of the public timeline's head, "" for none; a copy in every reader's hands is what makes
            rewriting the timeline noticed.
    """

    hub: str = ""
    checkpoint: str = ""


PLAIN: Final = FeedOptions()


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One incident or planned work in a feed; `tag` is its id, `said` what was said of it, newest first."""

    tag: str
    title: str
    link: str
    published_us: int
    updated_us: int
    said: tuple[Said, ...]


def entries_of(edition: Edition) -> tuple[FeedEntry, ...]:
    """Return the newest entries, newest first.

    Args:
        edition: what the public may know.
    """
    bulletin = edition.bulletin
    entries = [_of_incident(edition, one) for one in (*bulletin.current, *bulletin.past)]
    entries += [_of_work(edition, one) for one in bulletin.works if is_announced(one)]
    return tuple(sorted(entries, key=lambda one: (-one.published_us, one.tag))[:ENTRIES_MAX])


def atom(edition: Edition, options: FeedOptions = PLAIN) -> bytes:
    """Return the feed as Atom.

    Args:
        edition: what the public may know.
        options: hub and checkpoint.
    """
    home = edition.home()
    links = [
        _link("alternate", home, "text/html"),
        _link("self", self_address(edition, "history.atom"), "application/atom+xml"),
    ]
    links += [_link("hub", options.hub)] if options.hub else []
    return document(
        element(
            "feed",
            leaf("id", f"tag:{edition.host},2005:{edition.prefix}/history"),
            leaf("title", edition.pick(_TITLE).format(edition.bulletin.desk)),
            leaf("updated", edition.instant(_updated_us(edition))),
            element("author", leaf("name", edition.bulletin.desk), leaf("uri", home)),
            *links,
            *_checkpoint(options),
            *(_atom_entry(edition, one) for one in entries_of(edition)),
            attributes={"xmlns": _ATOM, "xmlns:tlog": CHECKPOINT_XMLNS, "xml:lang": edition.language},
        )
    )


def rss(edition: Edition, options: FeedOptions = PLAIN) -> bytes:
    """Return the feed as RSS 2.0.

    Args:
        edition: what the public may know.
        options: hub and checkpoint.
    """
    links = [_link("self", self_address(edition, "history.rss"), "application/rss+xml", name="atom:link")]
    links += [_link("hub", options.hub, name="atom:link")] if options.hub else []
    channel = element(
        "channel",
        leaf("title", edition.pick(_TITLE).format(edition.bulletin.desk)),
        leaf("link", edition.home()),
        leaf("description", edition.pick(_DESCRIPTION)),
        leaf("language", edition.language),
        leaf("lastBuildDate", _rfc822(edition, _updated_us(edition))),
        *links,
        *_checkpoint(options),
        *(_rss_item(edition, one) for one in entries_of(edition)),
    )
    names = {"version": "2.0", "xmlns:atom": _ATOM, "xmlns:tlog": CHECKPOINT_XMLNS}
    return document(element("rss", channel, attributes=names))


def json_feed(edition: Edition, options: FeedOptions = PLAIN) -> bytes:
    """Return the feed as JSON Feed 1.1.

    Args:
        edition: what the public may know.
        options: hub and checkpoint.
    """
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.pick(_TITLE).format(edition.bulletin.desk),
        "home_page_url": edition.home(),
        "feed_url": self_address(edition, "feed.json"),
        "description": edition.pick(_DESCRIPTION),
        "language": edition.language,
        "authors": [{"name": edition.bulletin.desk, "url": edition.home()}],
        "items": [_json_item(edition, one) for one in entries_of(edition)],
    }
    if options.hub:
        feed["hubs"] = [{"type": "WebSub", "url": options.hub}]
    if options.checkpoint:
        # The specification leaves names that begin with an underscore to publishers.
        feed["_tlog"] = {"about": CHECKPOINT_XMLNS, "checkpoint": options.checkpoint}
    return msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n"


def self_address(edition: Edition, name: str) -> str:
    """Return the address of a feed itself, by its file name."""
    return f"{edition.address}{edition.prefix}/{name}"


def _of_incident(edition: Edition, incident: PublicIncident) -> FeedEntry:
    return FeedEntry(
        tag=_tag(edition, incident.id),
        title=edition.title(incident),
        link=edition.page_of(incident),
        published_us=created_us(incident),
        updated_us=max(incident.updated_us, created_us(incident)),
        said=tuple(reversed(edition.said(incident))),
    )


def _of_work(edition: Edition, work: Work) -> FeedEntry:
    return FeedEntry(
        tag=_tag(edition, f"work/{work.id}"),
        title=edition.work_title(work),
        link=edition.page_of_work(work),
        published_us=work.announced_us or work.start_us,
        updated_us=work_changed_us(work),
        said=tuple(reversed(edition.work_said(work))),
    )


def _tag(edition: Edition, name: str) -> str:
    # The two languages are two feeds, and an entry that differs in its words is another entry.
    tongue = "" if edition.language == "id" else "/en"
    return f"tag:{edition.host},2005:Incident/{number_of(name)}{tongue}"


def _updated_us(edition: Edition) -> int:
    return changed_us(edition.bulletin)


def _html(edition: Edition, entry: FeedEntry) -> Markup:
    return Markup("".join(_paragraph(edition, one) for one in entry.said))


def _paragraph(edition: Edition, one: Said) -> Markup:
    lines = Markup("<br/>".join(text(line) for line in one.text.splitlines()))
    stage = element("strong", text(edition.stage(one.stage)))
    return element("p", leaf("small", edition.clock(one.at_us)), Markup("<br/>"), stage, Markup(" - "), lines)


def _atom_entry(edition: Edition, entry: FeedEntry) -> Markup:
    return element(
        "entry",
        leaf("id", entry.tag),
        leaf("published", edition.instant(entry.published_us)),
        leaf("updated", edition.instant(entry.updated_us)),
        _link("alternate", entry.link, "text/html"),
        leaf("title", entry.title),
        element("content", text(_html(edition, entry)), attributes={"type": "html"}),
    )


def _rss_item(edition: Edition, entry: FeedEntry) -> Markup:
    return element(
        "item",
        leaf("title", entry.title),
        leaf("description", _html(edition, entry)),
        leaf("pubDate", _rfc822(edition, entry.published_us)),
        leaf("link", entry.link),
        element("guid", text(entry.tag), attributes={"isPermaLink": "false"}),
    )


def _json_item(edition: Edition, entry: FeedEntry) -> dict[str, str]:
    plain = (f"{edition.clock(one.at_us)} - {edition.stage(one.stage)} - {one.text}" for one in entry.said)
    return {
        "id": entry.tag,
        "url": entry.link,
        "title": entry.title,
        "content_html": _html(edition, entry),
        "content_text": "\n\n".join(plain),
        "date_published": edition.instant(entry.published_us),
        "date_modified": edition.instant(entry.updated_us),
        "language": edition.language,
    }


def _link(rel: str, href: str, kind: str = "", *, name: str = "link") -> Markup:
    attributes = {"rel": rel} | ({"type": kind} if kind else {}) | {"href": href}
    return element(name, attributes=attributes)


def _checkpoint(options: FeedOptions) -> list[Markup]:
    return [leaf("tlog:checkpoint", options.checkpoint)] if options.checkpoint else []


def _rfc822(edition: Edition, at_us: int) -> str:
    return format_datetime(from_micros(at_us).astimezone(edition.zone).replace(microsecond=0))
