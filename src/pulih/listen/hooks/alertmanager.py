"""Alertmanager: notifications of Prometheus Alertmanager, version 4, one report of kind alarm for each alert.

An alert is heard again at every repeat interval and once more when it is resolved. The id is its fingerprint with the
moment it began and its state, so that a repeat is a repeat and the resolution is news. The text begins with the
state, as it stands in the notification, and with what the annotations say now; behind the colon stand name and labels,
which are the same when the alert is resolved, so that the desk knows what is over (service/live/heard.py). Annotations
are not: those that show a value show another one by then.

Source: Prometheus Alertmanager, configuration, `webhook_config`. Alertmanager signs nothing; see docs/api.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import get_args

import msgspec

from pulih.listen.hooks.hooked import Delivery, Hooked, each, moment, read
from pulih.listen.hooks.plain import joined, plain
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom

VERSION = "4"
# Labels that may say what the desk asks, in the order in which they are looked at.
_OPERATOR = ("operator", "brand", "network")
_PLACE = ("place", "city", "regency", "province", "region")
_SERVICES = frozenset(get_args(Service))
_SYMPTOMS = frozenset(get_args(Symptom)) - {"none"}
_TOLD_CHARS_MAX = 1_000
_ABOUT_CHARS_MAX = 1_000
# Alertmanager writes Go's zero time where an alert has no end.
_NEVER = "0001-"


class _Alert(msgspec.Struct, frozen=True, rename="camel"):
    status: str
    labels: dict[str, str]
    annotations: dict[str, str] | None = None
    starts_at: str = ""
    ends_at: str = ""
    fingerprint: str = ""


class _Notification(msgspec.Struct, frozen=True, rename="camel"):
    version: str
    alerts: list[msgspec.Raw]


def reports(body: bytes, delivery: Delivery) -> list[Hooked]:
    """Return one report of kind alarm for each alert of a notification.

    Args:
        body: the notification.
        delivery: where it came to.

    Raises: RefusedInput when it is no notification of version 4.

    >>> alert = b'{"status": "firing", "labels": {"alertname": "CoreDown"}, "startsAt": "2025-10-03T01:41:00Z"}'
    >>> [one] = reports(b'{"version": "4", "alerts": [' + alert + b']}', Delivery(source="noc"))
    >>> one.kind, one.at, one.text
    ('alarm', '2025-10-03T01:41:00Z', 'firing: CoreDown')
    """
    told = read(body, _Notification, "an Alertmanager notification")
    if told.version != VERSION:
        raise RefusedInput(f'The notification has version "{told.version[:20]}"; right would be version "{VERSION}".')
    return each(told.alerts, _Alert, "an alert of Alertmanager", lambda _, alert: _report(alert, delivery.source))


def _report(alert: _Alert, source: str) -> Hooked:
    begun = moment(alert.starts_at)
    ended = "" if alert.ends_at.startswith(_NEVER) else moment(alert.ends_at)
    notes = alert.annotations or {}
    told = joined(plain(notes.get("summary", "")), plain(notes.get("description", "")))
    now = " ".join(told.replace(":", " ").split())[:_TOLD_CHARS_MAX]
    of = ", ".join(f"{name}={value}" for name, value in sorted(alert.labels.items()) if name != "alertname")
    name = alert.labels.get("alertname", "alert")
    return Hooked(
        id=":".join((alert.fingerprint or _fingerprint(alert.labels), begun, alert.status)),
        source=source,
        at=ended if alert.status == "resolved" else begun,
        text=f"{alert.status}{f' ({now})' if now else ''}: {joined(name, of)[:_ABOUT_CHARS_MAX]}",
        operator=_first(alert.labels, _OPERATOR),
        service=_known(alert.labels.get("service", ""), _SERVICES),
        symptom=_known(alert.labels.get("symptom", ""), _SYMPTOMS),
        place=_first(alert.labels, _PLACE),
        kind="alarm",
    )


def _first(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((labels[name] for name in names if labels.get(name)), "")


def _known(value: str, known: frozenset[str]) -> str:
    """Return `value` where it is a word of ours; a label `service` names a piece of software as often."""
    return value if value in known else ""


def _fingerprint(labels: Mapping[str, str]) -> str:
    """Return a digest of the labels, for senders before Alertmanager 0.16 that give no fingerprint."""
    return blake2b(msgspec.json.encode(sorted(labels.items())), digest_size=8).hexdigest()
