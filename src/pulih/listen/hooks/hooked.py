"""Hooked: one report as a webhook told it, before it is checked like any other report.

Every adapter of this room turns one delivery into such reports and judges nothing: what a report may hold is decided
once, by the intake (requirement L1). An id here is the sender's own, so that a delivery that comes twice, by a retry
or by somebody who recorded it, is counted once (requirement L2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from pulih.model.clock import iso, to_micros
from pulih.model.errors import RefusedInput

Payload = TypeVar("Payload")


class Hooked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One report with the fields of `POST /v1/reports`; "" says nothing.

    Attributes:
        id: the sender's own id, unique within `source`.
        source: name of the hook that heard it.
        at: when it was said, ISO 8601 UTC.
        text: plain text, without markup.
        operator, service, symptom, place: as the sender names them.
        author: the sender's own id of who wrote it; the desk keeps a keyed pseudonym.
        kind: complaint, recovered, probe or alarm.
        unfit: why a part of a delivery cannot be used, "" when it can; then nothing else of it is looked at.
    """

    id: str
    source: str
    at: str = ""
    text: str = ""
    operator: str = ""
    service: str = ""
    symptom: str = ""
    place: str = ""
    author: str = ""
    kind: str = "complaint"
    unfit: str = ""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a delivery beside its body: the hook it came to, and the id that its sender gave it, or ""."""

    source: str
    id: str = ""


# What an adapter is: a body and its delivery in, reports out; raises RefusedInput for a body of another shape.
Adapter = Callable[[bytes, Delivery], list[Hooked]]


def read(body: bytes, shape: type[Payload], name: str) -> Payload:
    """Return `body` as a `shape`.

    Args:
        body: JSON as it was posted.
        shape: struct to read it into; fields it does not know are left out.
        name: what the body should have been, for the refusal.

    Raises: RefusedInput when it is no JSON or of another shape.

    >>> read(b'{"source": "x", "other": 1}', Delivery, "a delivery")
    Delivery(source='x', id='')
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusedInput(f"The body is not {name}: {error}.") from None
    except RecursionError:
        raise RefusedInput(f"The body is not {name}: it is nested too deeply.") from None


def each(
    parts: Sequence[msgspec.Raw], shape: type[Payload], name: str, made: Callable[[int, Payload], Hooked | None]
) -> list[Hooked]:
    """Return the report of each part of a delivery; one of another shape is unfit, and the others are heard.

    Args:
        parts: JSON, as they stand in the delivery.
        shape, name: as for `read`.
        made: makes the report of a part, of which it is told the number from 1; None where nobody complains.

    Raises: RefusedInput when there are parts and none of them has that shape, as `read` does for the first.

    >>> told = each([msgspec.Raw(b'{"source": "x"}'), msgspec.Raw(b"5")], Delivery, "a delivery",
    ...     lambda number, one: Hooked(id=str(number), source=one.source))
    >>> [one.unfit for one in told]
    ['', 'The part is not a delivery: Expected `object`, got `int`.']
    """
    told: list[Hooked] = []
    faults: list[RefusedInput] = []
    for number, part in enumerate(parts, start=1):
        try:
            report = made(number, read(bytes(part), shape, name))
        except RefusedInput as fault:
            faults.append(fault)
            report = Hooked(id="", source="", unfit=str(fault).replace("The body", "The part", 1))
        if report is not None:
            told.append(report)
    if faults and len(faults) == len(parts):
        raise faults[0]
    return told


def moment(written: str) -> str:
    """Return a written moment as ISO 8601 UTC, "" for "" and for what is no moment with a zone.

    >>> moment("2025-10-03T08:48:00+07:00"), moment("2025-10-03 01:48:00 UTC"), moment("1759456080"), moment("soon")
    ('2025-10-03T01:48:00Z', '2025-10-03T01:48:00Z', '2025-10-03T01:48:00Z', '')
    """
    try:
        if written.isdecimal():
            return iso(to_micros(datetime.fromtimestamp(int(written), UTC)))
        said = datetime.fromisoformat(written.removesuffix(" UTC") + "+00:00" * written.endswith(" UTC"))
        return iso(to_micros(said.astimezone(UTC))) if said.tzinfo else ""
    except (ValueError, OverflowError, OSError):
        return ""
