"""Alarms of the network as items: whose they are, what they are about, and when they are over.

The desk knows that an alarm is over by what stands behind the first colon of its text, which must be the same when it
is raised and when it is cleared (service/live/heard.py); what differs, such as a device's own words, stands before it.
"""

from __future__ import annotations

import fnmatch
import ipaddress
from collections.abc import Sequence
from hashlib import blake2b
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.network._phrases import Match
from pulih.model.clock import MICROS
from pulih.model.reading import Service
from pulih.ports.sources import Item

# What is dated further ahead would be refused; a device whose clock is wrong is heard all the same.
_AHEAD_US_MAX: Final = 5 * 60 * MICROS
_DETAIL_CHARS_MAX: Final = 400
_ID_BYTES: Final = 12


class Origin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a sender belongs to.

    Attributes:
        name: of hosts, agents or topics: a name, one with `*` for anything, an address, or a network.
        operator, place, service: what alarms from there are about, unless they or their rule say it.
    """

    name: Annotated[
        str,
        Meta(min_length=1, max_length=200, description='a name such as "core-jkt-*", an address or a network'),
    ]
    operator: str = ""
    place: str = ""
    service: Service | None = None


NOWHERE: Final = Origin(name="*")


def origin_of(origins: Sequence[Origin], *names: str) -> Origin | None:
    """Return the first origin that one of the names of a sender belongs to, None when it is unknown.

    >>> jakarta, all_ = Origin(name="jkt-*", place="31"), Origin(name="10.0.0.0/8")
    >>> origin_of((jakarta, all_), "JKT-7").place, origin_of((jakarta, all_), "10.1.2.3").name
    ('31', '10.0.0.0/8')
    """
    return next((one for one in origins if any(_belongs(name, one.name) for name in names)), None)


def _belongs(name: str, written: str) -> bool:
    try:
        return ipaddress.ip_address(name) in ipaddress.ip_network(written, strict=False)
    except ValueError:
        return fnmatch.fnmatchcase(name.lower(), written.lower())


def alarm(match: Match, origin: Origin, *, id: str, sender: str, detail: str = "", at_us: int | None = None) -> Item:
    """Return the alarm that a message is.

    Args:
        match: the rule that it keeps.
        origin: whom its sender belongs to.
        id: the same for the same message.
        sender: the host, agent or topic that it is of.
        detail: the device's own words.
        at_us: when it was said, None = when it was heard.

    >>> from pulih.adapters.sources.network._phrases import Rule
    >>> rule = Rule(name="link down", symptom="no_internet")
    >>> alarm(Match(rule, "Gi0/1"), NOWHERE, id="1", sender="core-1", detail="LINK-3: down").text
    'firing (LINK-3 down): link down. core-1 Gi0/1'
    """
    rule = match.rule
    state = "cleared" if match.over else "firing"
    words = " ".join(detail[:_DETAIL_CHARS_MAX].replace(":", " ").split())
    return Item(
        id=id,
        at_us=at_us,
        text=f"{state}{f' ({words})' if words else ''}: {rule.name}. {f'{sender} {match.about}'.strip()}",
        operator=rule.operator or origin.operator,
        service=rule.service or origin.service,
        symptom=rule.symptom,
        place=rule.place or origin.place,
        kind="alarm",
    )


def digest(*told: bytes) -> str:
    """Return an id for what has none of its own: the same for the same bytes.

    >>> digest(b"a", b"bc") == digest(b"ab", b"c")
    False
    """
    made = blake2b(digest_size=_ID_BYTES)
    for one in told:
        made.update(len(one).to_bytes(8, "big") + one)
    return made.hexdigest()


def said_at(at_us: int | None, now_us: int) -> int | None:
    """Return when something was said, None when its clock is plainly wrong.

    >>> said_at(5, 10), said_at(10**12, 10)
    (5, None)
    """
    return None if at_us is None or at_us > now_us + _AHEAD_US_MAX else at_us
