"""What the W3C feed validator holds against a feed, as far as it concerns feeds like ours; each rule with its source.

The validator itself is a service and a program of another age; these are its messages that a feed of this kind can
raise, and beside each the clause that it goes back to.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"
# Elements that feeds may hold besides their own: validators warn of none of these namespaces that are declared.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
_UNSAFE = {"script", "style", "iframe", "object", "embed", "form", "meta", "link"}


def atom_faults(feed: bytes, *, address: str) -> list[str]:
    """Return what is wrong with an Atom feed that was fetched from `address`; nothing of a valid one."""
    root = etree.fromstring(feed)
    entries = root.findall(f"{ATOM}entry")
    faults = [f"missing {name}" for name in ("id", "title", "updated") if not _said(root, name)]  # RFC 4287, 4.1.1
    if root.find(f"{ATOM}author/{ATOM}name") is None:  # 4.1.1: author, unless each entry has one
        faults.append("MissingAuthor")
    links = [(link.get("rel"), link.get("href", "")) for link in root.findall(f"{ATOM}link")]
    if [href for rel, href in links if rel == "self"] != [address]:  # 4.1.1: SHOULD; SelfDoesntMatchLocation
        faults.append("MissingSelf or SelfDoesntMatchLocation")
    faults += [f"relative link {href}" for _, href in links if not _is_absolute(href)]
    faults += _repeated("DuplicateIds", [_said(one, "id") for one in entries])  # 4.2.6
    faults += [fault for one in entries for fault in _atom_entry_faults(one)]
    updated = _said(root, "updated")
    if any(datetime.fromisoformat(_said(one, "updated")) > datetime.fromisoformat(updated) for one in entries):
        faults.append("feed is older than an entry")
    return faults


def rss_faults(feed: bytes, *, address: str) -> list[str]:
    """Return what is wrong with an RSS 2.0 feed that was fetched from `address`; nothing of a valid one."""
    root = etree.fromstring(feed)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        return ["no RSS 2.0"]
    items = channel.findall("item")
    faults = [f"missing {name}" for name in ("title", "link", "description") if not channel.findtext(name)]
    if not re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", channel.findtext("language", "")):  # InvalidLanguage
        faults.append("InvalidLanguage")
    own = [one.get("href") for one in channel.findall(f"{ATOM}link") if one.get("rel") == "self"]
    if own != [address]:  # RSS Advisory Board, best practices: MissingAtomSelfLink
        faults.append("MissingAtomSelfLink")
    faults += _repeated("DuplicateItem", [one.findtext("guid", "") for one in items])
    for item in items:
        if not item.findtext("title") and not item.findtext("description"):
            faults.append("ItemMustContainTitleOrDescription")
        if not _is_absolute(item.findtext("link", "")):
            faults.append("InvalidFullLink")
        guid = item.find("guid")
        if guid is None or (guid.get("isPermaLink") != "false" and not _is_absolute(guid.text or "")):
            faults.append("MissingGuid or InvalidHttpGUID")
        if any(not (one.text or "").strip() for one in item.findall("category")):  # blank category
            faults.append("NotBlank category")
        faults += _markup_faults(item.findtext("description", ""))
    dates = [channel.findtext("lastBuildDate", ""), *(one.findtext("pubDate", "") for one in items)]
    faults += [f"InvalidRFC2822Date {one}" for one in dates if parsedate_to_datetime(one).tzinfo is None]
    return faults


def _atom_entry_faults(entry: etree._Element) -> list[str]:
    faults = [f"entry misses {name}" for name in ("id", "title", "updated") if not _said(entry, name)]  # 4.1.2
    if not re.fullmatch(r"tag:[^,\s]+,\d{4}(-\d\d){0,2}:\S+", _said(entry, "id")):  # RFC 4151: InvalidTAG
        faults.append("InvalidTAG")
    moments = [_said(entry, "updated"), _said(entry, "published")]
    faults += [f"InvalidRFC3339Date {one}" for one in moments if not _RFC3339.fullmatch(one)]  # 3.3
    faults += [
        f"relative link {one.get('href')}"
        for one in entry.findall(f"{ATOM}link")
        if not _is_absolute(one.get("href", ""))
    ]
    content = entry.find(f"{ATOM}content")
    if content is not None and content.get("type") == "html":
        faults += _markup_faults(content.text or "")
    return faults


def _markup_faults(markup: str) -> list[str]:
    """Return SecurityRisk and ContainsRelRef of HTML in a feed, and HTML that does not say what was written."""
    fragment = html.fragment_fromstring(markup, create_parent=True) if markup else html.Element("div")
    faults = [f"SecurityRisk {one.tag}" for one in fragment.iter() if one.tag in _UNSAFE]
    faults += [f"SecurityRiskAttr {name}" for one in fragment.iter() for name in one.attrib if name.startswith("on")]
    hrefs = [value for one in fragment.iter() for name, value in one.attrib.items() if name in {"href", "src"}]
    return faults + [f"ContainsRelRef {one}" for one in hrefs if not _is_absolute(one)]


def _said(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{ATOM}{name}") or "").strip()


def _is_absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _repeated(fault: str, values: list[str]) -> list[str]:
    return [fault] if len(set(values)) < len(values) else []
