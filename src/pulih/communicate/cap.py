"""CAP 1.2 alerts of incidents: what warning systems, broadcasters and other authorities read, in both languages.

An incident is a chain of messages: the first is an Alert, each later one an Update that names all before it, and one
that was no outage ends in a Cancel. The file of an incident holds the newest. Which messages there are follows from
what was published and when, so that identifiers and references stay what they were.

Source: OASIS Common Alerting Protocol 1.2 (2010), sections 3.2.1 to 3.2.4 and 3.3.2 (times carry a numeric offset; "Z"
is not allowed); RFC 4287 for the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from pulih.communicate.edition import Edition, PageLanguage, created_us
from pulih.communicate.markup import Markup, document, element, leaf
from pulih.communicate.speech import Pair, Speech
from pulih.communicate.turns import doubt, turn_words
from pulih.model.bulletin import PublicIncident
from pulih.model.clock import DAY_S, MICROS, from_micros

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
# A message without a promised next word is good for so long; then a reader must look again.
GOOD_FOR_US: Final = DAY_S * MICROS
INDEXED_MAX: Final = 50
# Name of the code list of regions: codes and data of government areas of the Ministry of Home Affairs of Indonesia.
GEOCODE_NAME: Final = "KEMENDAGRI"

MessageType = Literal["Alert", "Update", "Cancel"]
_SEVERITIES: Final[Mapping[str, str]] = {"minor": "Minor", "major": "Moderate", "critical": "Severe"}
_EVENT: Final[Pair] = ("Gangguan layanan telekomunikasi", "Telecommunications service outage")
_EVENT_OVER: Final[Pair] = ("Layanan telekomunikasi pulih", "Telecommunications service restored")
_EVENT_NONE: Final[Pair] = ("Bukan gangguan", "Not an outage")
_COUNTRY: Final[Pair] = ("Seluruh Indonesia", "All of Indonesia")
_REACHABLE: Final[Pair] = (
    "Panggilan darurat 112 dapat dihubungi.",
    "The emergency number 112 can be reached.",
)
_NOT_REACHABLE: Final[Pair] = (
    "Panggilan darurat 112 mungkin tidak tersambung dari jaringan ini; pakai jaringan lain bila dapat.",
    "The emergency number 112 may not be reachable from this network; use another network if you can.",
)
_STILL_WORKS: Final[Pair] = ("Yang masih bisa: {0}.", "Still working: {0}.")
_OVER_LINE: Final[Pair] = ("Layanan sudah pulih.", "Service is restored.")
_LANGUAGES: Final[tuple[tuple[PageLanguage, str], ...]] = (("id", "id-ID"), ("en", "en"))


class _Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the chain: when it was sent, in which words, and until when the next word is promised."""

    sent_us: int
    words: Pair
    next_update_by_us: int | None = None


def alert(edition: Edition, incident: PublicIncident) -> bytes:
    """Return the newest message of an incident.

    Args:
        edition: what the public may know; its language does not matter, since a message has both.
        incident: which one.
    """
    chain = _chain(incident, Speech(zone=edition.zone))
    newest, before = chain[-1], chain[:-1]
    kind: MessageType = "Cancel" if incident.retracted and before else "Update" if before else "Alert"
    inside = [
        leaf("identifier", _identifier(incident, newest)),
        leaf("sender", edition.host),
        leaf("sent", edition.instant(newest.sent_us)),
        leaf("status", "Actual"),
        leaf("msgType", kind),
        leaf("scope", "Public"),
    ]
    if before:
        inside.append(leaf("references", " ".join(_reference(edition, incident, one) for one in before)))
    inside += [_info(replace(edition, language=tongue), incident, newest, code) for tongue, code in _LANGUAGES]
    return document(element("alert", *inside, attributes={"xmlns": NAMESPACE}))


def alert_path(incident: PublicIncident) -> str:
    """Return the path of an incident's message below the root of the site."""
    return f"cap/{incident.id}.xml"


def index(edition: Edition) -> bytes:
    """Return the feed of all messages, newest first, as alert aggregators read it: Atom that links to CAP.

    Args:
        edition: what the public may know.
    """
    bulletin = edition.bulletin
    known = sorted((*bulletin.current, *bulletin.past[:INDEXED_MAX]), key=lambda one: (-_sent_us(one), one.id))
    newest_us = max((_sent_us(one) for one in known), default=_since_us(edition))
    return document(
        element(
            "feed",
            leaf("id", f"tag:{edition.host},2005:/cap"),
            leaf("title", f"{bulletin.desk}: CAP 1.2"),
            leaf("updated", edition.instant(newest_us)),
            element("author", leaf("name", bulletin.desk), leaf("uri", edition.home())),
            _atom_link("self", f"{edition.address}/cap/index.atom", "application/atom+xml"),
            _atom_link("alternate", edition.home(), "text/html"),
            *(_indexed(edition, one) for one in known[:INDEXED_MAX]),
            attributes={"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": edition.language},
        )
    )


def _chain(incident: PublicIncident, speech: Speech) -> tuple[_Issue, ...]:
    """Return all messages so far, oldest first; there is always one, and never two of one second."""
    begun_us, ended_us = created_us(incident), incident.ended_us
    known = (incident.title_id + ".", incident.title_en + ".")
    issues = [_Issue(sent_us=begun_us, words=known)]
    if ended_us is not None and not any(
        one.stage == "resolved" for one in incident.words if one.published_us < ended_us
    ):
        issues.append(_Issue(sent_us=ended_us, words=known) if incident.retracted else _over(ended_us, known))
    issues += [
        _Issue(sent_us=one.withdrawn_us, words=_standing(incident, one.withdrawn_us))
        for one in incident.words
        if one.withdrawn_us is not None
    ]
    issues += [
        _Issue(sent_us=one.published_us, words=(one.text_id, one.text_en), next_update_by_us=one.next_update_by_us)
        for one in incident.words
    ]
    # Words go before what the desk says by itself in the same second.
    issues[:0] = _turned(incident, known, speech)
    by_second = {one.sent_us // MICROS: one for one in issues}
    return tuple(by_second[second] for second in sorted(by_second))


def _turned(incident: PublicIncident, known: Pair, speech: Speech) -> list[_Issue]:
    """Return the messages of ends that were taken back, each with its end, and of those that reports speak against."""
    found = []
    for turn in incident.turns:
        if turn.kind == "reopened" and turn.was == "resolved" and turn.was_us is not None:
            found.append(_over(turn.was_us, known))
        found.append(_Issue(sent_us=turn.at_us, words=turn_words(turn, speech)))
    return found


def _over(at_us: int, known: Pair) -> _Issue:
    return _Issue(sent_us=at_us, words=(f"{known[0]} {_OVER_LINE[0]}", f"{known[1]} {_OVER_LINE[1]}"))


def _standing(incident: PublicIncident, at_us: int) -> Pair:
    """Return the latest words that stand when another is taken back; what is known where none does."""
    for one in reversed(incident.words):
        if one.published_us <= at_us and (one.withdrawn_us is None or one.withdrawn_us > at_us):
            return one.text_id, one.text_en
    return incident.title_id + ".", incident.title_en + "."


def _info(edition: Edition, incident: PublicIncident, issue: _Issue, code: str) -> Markup:
    doubted = doubt(incident) is not None
    over = incident.retracted or (incident.stage in {"resolved", "postmortem"} and not doubted)
    speakers = [one for one in incident.words if one.speaker or one.office]
    named = [part for part in (speakers[-1].speaker, speakers[-1].office) if part] if speakers else []
    sender = ", ".join([*named, edition.bulletin.desk])
    inside = [
        leaf("language", code),
        leaf("category", "Infra"),
        leaf("event", edition.pick(_event(incident))),
        leaf("responseType", "AllClear" if over else "Monitor"),
        # Reports that speak against an end that was told make it uncertain, and no more than that.
        leaf("urgency", "Past" if over else "Unknown" if doubted else "Immediate"),
        leaf("severity", _severity(incident)),
        leaf("certainty", _certainty(incident)),
        leaf("effective", edition.instant(issue.sent_us)),
        leaf("onset", edition.instant(incident.onset_us)),
        leaf("expires", edition.instant(issue.next_update_by_us or issue.sent_us + GOOD_FOR_US)),
        leaf("senderName", sender),
        leaf("headline", edition.title(incident)),
        leaf("description", edition.pick(issue.words)),
        *_instruction(edition, incident, over=over),
        leaf("web", edition.page_of(incident)),
        *_parameters(edition, incident),
        *_areas(edition, incident),
    ]
    return element("info", *inside)


def _event(incident: PublicIncident) -> Pair:
    if incident.retracted:
        return _EVENT_NONE
    over = incident.stage in {"resolved", "postmortem"} and doubt(incident) is None
    return _EVENT_OVER if over else _EVENT


def _severity(incident: PublicIncident) -> str:
    # Who cannot call for help is in danger whatever else works.
    return "Severe" if incident.emergency_calls == "not_reachable" else _SEVERITIES[incident.severity]


def _certainty(incident: PublicIncident) -> str:
    if incident.retracted:
        return "Unlikely"
    if doubt(incident) is not None:
        return "Possible"
    return "Observed" if incident.confirmed_us is not None else "Possible"


def _instruction(edition: Edition, incident: PublicIncident, *, over: bool) -> list[Markup]:
    if over:
        return []
    calls: Mapping[str, Pair] = {"reachable": _REACHABLE, "not_reachable": _NOT_REACHABLE}
    lines = [edition.pick(calls[incident.emergency_calls])] if incident.emergency_calls in calls else []
    works = edition.pick((incident.alternatives_id, incident.alternatives_en))
    lines += [edition.pick(_STILL_WORKS).format(works)] if works else []
    return [leaf("instruction", " ".join(lines))] if lines else []


def _parameters(edition: Edition, incident: PublicIncident) -> list[Markup]:
    services = dict.fromkeys(one.service for one in incident.scopes if one.service is not None)
    said = [("operator", edition.operator(incident.operator)), ("stage", incident.stage)]
    said += [("service", edition.service(one)) for one in services]
    return [element("parameter", leaf("valueName", name), leaf("value", value)) for name, value in said]


def _areas(edition: Edition, incident: PublicIncident) -> list[Markup]:
    regions = list(dict.fromkeys(one.region for one in incident.scopes))
    if not regions or None in regions:
        return [element("area", leaf("areaDesc", edition.pick(_COUNTRY)), _geocode("ISO3166-1", "ID"))]
    return [
        element("area", leaf("areaDesc", edition.place(code)), _geocode(GEOCODE_NAME, code))
        for code in regions
        if code is not None
    ]


def _geocode(name: str, code: str) -> Markup:
    return element("geocode", leaf("valueName", name), leaf("value", code))


def _identifier(incident: PublicIncident, issue: _Issue) -> str:
    # A number would be given twice if an incident that was over goes on after all; a moment is not.
    return f"{incident.id}.{from_micros(issue.sent_us):%Y%m%dT%H%M%S}"


def _reference(edition: Edition, incident: PublicIncident, issue: _Issue) -> str:
    return f"{edition.host},{_identifier(incident, issue)},{edition.instant(issue.sent_us)}"


def _sent_us(incident: PublicIncident) -> int:
    return _chain(incident, Speech(zone=UTC))[-1].sent_us


def _since_us(edition: Edition) -> int:
    return max((one.since_us for one in edition.bulletin.operators), default=edition.bulletin.made_us)


def _indexed(edition: Edition, incident: PublicIncident) -> Markup:
    chain: Sequence[_Issue] = _chain(incident, Speech(zone=edition.zone))
    address = f"{edition.address}/{alert_path(incident)}"
    return element(
        "entry",
        leaf("id", f"tag:{edition.host},2005:cap/{incident.id}"),
        leaf("title", edition.title(incident)),
        leaf("published", edition.instant(chain[0].sent_us)),
        leaf("updated", edition.instant(chain[-1].sent_us)),
        _atom_link("alternate", address, "application/cap+xml"),
        leaf("summary", edition.pick(chain[-1].words)),
    )


def _atom_link(rel: str, href: str, kind: str) -> Markup:
    return element("link", attributes={"rel": rel, "type": kind, "href": href})
