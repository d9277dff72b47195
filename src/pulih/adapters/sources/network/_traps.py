"""Traps and informs of SNMP as alarms: which object ids mean what, and which values say that it is over.

No MIB is needed: rules name object ids as numbers, as every MIB browser shows them.
Source: RFC 3416, 4.2.6 and 4.2.7 (what a notification carries); RFC 3584 (the address of a trap that a proxy hands on).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.network._alarms import Origin, alarm, digest, origin_of
from pulih.adapters.sources.network._inbox import Message
from pulih.adapters.sources.network._phrases import Match, Rule
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.reading import Service, Symptom

UPTIME: Final = "1.3.6.1.2.1.1.3.0"
TRAP: Final = "1.3.6.1.6.3.1.1.4.1.0"
ADDRESS: Final = "1.3.6.1.6.3.18.1.3.0"
# RFC 3584 has a proxy carry the community along, which is a password.
COMMUNITY: Final = "1.3.6.1.6.3.18.1.4.0"
_HEAD: Final = frozenset({UPTIME, TRAP, ADDRESS, COMMUNITY, "1.3.6.1.6.3.1.1.4.3.0"})
_SHOWN_MAX: Final = 8
_VALUE_CHARS_MAX: Final = 80

Oid = Annotated[
    str,
    Meta(
        pattern=r"\A[0-2](\.\d{1,10}){1,127}(\.\*)?\Z",
        description='an object id as numbers, such as 1.3.6.1.6.3.1.1.5.3, or one with ".*" for all below',
    ),
]


class TrapRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Notifications that count, and what they mean.

    Attributes:
        name: what such an alarm is called.
        oid: notifications that raise it.
        clears: notifications that say that it is over.
        only: values that it must carry, by object id.
        over: values that say that it is over, by object id, where one notification says both.
        object: where it says what it is about, such as the index of an interface.
        operator, service, symptom, place: what it means, where the agent does not say it.
    """

    name: Annotated[str, Meta(min_length=1, max_length=60, description="a name such as link-down")]
    oid: Oid
    clears: Annotated[tuple[Oid, ...], Meta(max_length=50, description="object ids")] = ()
    only: Annotated[dict[Oid, str], Meta(max_length=10, description="values by object id")] = {}
    over: Annotated[dict[Oid, str], Meta(max_length=10, description="values by object id")] = {}
    object: Oid | None = None
    operator: str = ""
    service: Service | None = None
    symptom: Symptom | None = None
    place: str = ""


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent said.

    Attributes:
        sender: address that it came from.
        request: its number, 0 when it has none.
        values: by object id, in the order in which they came.
    """

    sender: str
    request: int
    values: Mapping[str, str]


def message_of(
    told: Notification, rules: Sequence[TrapRule], agents: Sequence[Origin], others: Origin, *, now_us: int
) -> Message | None:
    """Return the alarm that a notification is, None when it counts by no rule.

    Args:
        told: the notification.
        rules: in the order in which they are asked.
        agents: whose they are, by address.
        others: whom all other agents belong to.
        now_us: the desk's clock.

    >>> rule = TrapRule(name="link down", oid="1.3.6.1.6.3.1.1.5.3", object="1.3.6.1.2.1.2.2.1.1")
    >>> told = Notification(sender="10.0.0.7", request=1, values={TRAP: rule.oid, rule.object + ".3": "3"})
    >>> message_of(told, [rule], [], Origin(name="*"), now_us=0).items[0].text
    'firing (3): link down. 10.0.0.7 3'
    """
    for rule in rules:
        over = _judged(rule, told)
        if over is None:
            continue
        agent = told.values.get(ADDRESS, told.sender)
        about = _value(told.values, rule.object) if rule.object else None
        item = alarm(
            Match(_as_rule(rule), (about or "")[:_VALUE_CHARS_MAX], over),
            origin_of(agents, agent, told.sender) or others,
            id=_id(told, agent, now_us),
            sender=agent,
            detail=_shown(told.values),
        )
        return Message(items=(item,), filters=(rule.name,))
    return None


def _judged(rule: TrapRule, told: Notification) -> bool | None:
    """Return whether a notification says that it is over, None when it is none of the rule."""
    trap = told.values.get(TRAP, "")
    raises, clears = _fits(trap, rule.oid), any(_fits(trap, one) for one in rule.clears)
    if not (raises or clears) or any(_value(told.values, oid) != value for oid, value in rule.only.items()):
        return None
    return clears or (bool(rule.over) and all(_value(told.values, oid) == value for oid, value in rule.over.items()))


def _fits(oid: str, written: str) -> bool:
    return oid == written or (written.endswith(".*") and oid.startswith(written[:-1]))


def _value(values: Mapping[str, str], written: str) -> str | None:
    """Return the value of an object id, or the first of those below it, as a column of a table has one for each row."""
    at = written.removesuffix(".*")
    return next((value for oid, value in values.items() if oid == at or oid.startswith(f"{at}.")), None)


def _as_rule(rule: TrapRule) -> Rule:
    return Rule(name=rule.name, operator=rule.operator, service=rule.service, symptom=rule.symptom, place=rule.place)


def _shown(values: Mapping[str, str]) -> str:
    said = [value[:_VALUE_CHARS_MAX] for oid, value in values.items() if oid not in _HEAD and value]
    return ", ".join(said[:_SHOWN_MAX])


def _id(told: Notification, agent: str, now_us: int) -> str:
    """Return an id that a datagram has again when it comes twice within an hour; agents count anew when they start."""
    said = [f"{oid}={value}".encode() for oid, value in told.values.items()]
    return digest(agent.encode(), str(told.request).encode(), str(now_us // (HOUR_S * MICROS)).encode(), *said)
