"""Standard: reports in a JSON of our own, as any system can post them with the signature of Standard Webhooks.

The body is one report, a list of them, or an event `{"type", "timestamp", "data"}` whose data is either; the fields
are those of `POST /v1/reports`. A report without an id gets that of the delivery, one without a moment that of the
event.

Source: Standard Webhooks 1.0.0, payload structure.
"""

from __future__ import annotations

import msgspec

from pulih.listen.hooks.hooked import Delivery, Hooked, each, moment, read
from pulih.listen.hooks.plain import plain
from pulih.model.errors import RefusedInput


class _Report(msgspec.Struct, frozen=True):
    id: str | int | None = None
    at: str | int | None = None
    text: str | None = None
    operator: str | None = None
    service: str | None = None
    symptom: str | None = None
    place: str | None = None
    author: str | int | None = None
    kind: str | None = None


class _Event(msgspec.Struct, frozen=True):
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    timestamp: str = ""


def reports(body: bytes, delivery: Delivery) -> list[Hooked]:
    """Return the reports of a body.

    Args:
        body: a report, a list of reports, or an event with either as its data.
        delivery: where it came to and the id its sender gave it.

    Raises: RefusedInput when it is none of these, or a report has no id and the delivery none either.

    >>> [one] = reports(b'{"text": "wifi mati"}', Delivery(source="app", id="msg_1"))
    >>> one.id, one.text
    ('msg_1', 'wifi mati')
    >>> event = b'{"type": "report.created", "timestamp": "2025-10-03T01:48:00Z", "data": [{"id": 7, "text": "mati"}]}'
    >>> reports(event, Delivery(source="app"))[0].at
    '2025-10-03T01:48:00Z'
    """
    listed, timestamp = _listed(body)
    if listed is None:
        # One report: what is wrong with it is the answer to its sender.
        return [_report(read(body, _Report, "a report"), delivery, delivery.id, timestamp)]
    several = len(listed) > 1

    def made(number: int, told: _Report) -> Hooked:
        own_id = f"{delivery.id}:{number}" if several and delivery.id else delivery.id
        return _report(told, delivery, own_id, timestamp)

    return each(listed, _Report, "a report", made)


def _listed(body: bytes) -> tuple[list[msgspec.Raw] | None, str]:
    """Return the reports of a list or an event, and the moment of the event; None for a body that is one report."""
    if body.lstrip()[:1] == b"[":
        return read(body, list[msgspec.Raw], "a list of reports"), ""
    event = read(body, _Event, "a JSON object")
    if event.data is msgspec.UNSET:
        return None, ""
    data = bytes(event.data)
    listed = read(data, list[msgspec.Raw], "a list of reports") if data.lstrip()[:1] == b"[" else [event.data]
    return listed, event.timestamp


def _report(told: _Report, delivery: Delivery, own_id: str, timestamp: str) -> Hooked:
    name = str(told.id) if told.id not in (None, "") else own_id
    if not name:
        raise RefusedInput(
            'A report has no "id" and the delivery no id either; give each report the id it has with you.'
        )
    written = "" if told.at is None else str(told.at)
    return Hooked(
        id=name,
        source=delivery.source,
        # A moment that cannot be read is handed on, so that the intake refuses it with its sentence.
        at=moment(written) or written or moment(timestamp),
        text=plain(told.text or ""),
        operator=told.operator or "",
        service=told.service or "",
        symptom=told.symptom or "",
        place=told.place or "",
        author="" if told.author is None else str(told.author),
        kind=told.kind or "complaint",
    )
