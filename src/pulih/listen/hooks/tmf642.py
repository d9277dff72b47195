"""TMF642: the report that an alarm makes, when it is raised and when it is cleared.

As with other alarms, the text begins with the state, and what follows is the same for both, so that the clearing of an
alarm is known for what it clears. How severe it is may change and stands outside. Ids are those of the sender where it
gives one, so that an alarm that is sent twice counts once (requirement L2).

Source: TMF642 Alarm Management v4; ITU-T X.733.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final, get_args

import msgspec

from pulih.listen.hooks.hooked import Hooked, moment
from pulih.listen.hooks.plain import joined, plain
from pulih.model.reading import Service

SOURCE: Final = "tmf642"
_SERVICES: Final = frozenset(get_args(Service))
_TEXT_MAX: Final = 1_000
_NAME_MAX: Final = 200
_TOLD: Final = ("alarmType", "probableCause", "specificProblem")
_SAME: Final = ("alarmType", "probableCause", "specificProblem", "alarmRaisedTime", "sourceSystemId")


def is_cleared(alarm: Mapping[str, Any]) -> bool:
    """Return whether an alarm is over.

    >>> is_cleared({"state": "raised"}), is_cleared({"state": "cleared"}), is_cleared({"perceivedSeverity": "CLEARED"})
    (False, True, True)
    """
    states = (alarm.get("state"), alarm.get("perceivedSeverity"))
    return any(isinstance(one, str) and one.lower() == "cleared" for one in states)


def report_of(alarm: Mapping[str, Any], *, source: str, operator: str = "", turn: str = "") -> Hooked:
    """Return the report of an alarm.

    Args:
        alarm: document of the interface, checked.
        source: the source that its sender may send for; "" is that of the interface.
        operator: whose network it is of, where the alarm does not say.
        turn: tells this turn of its state from the ones before; "" when it is new.

    >>> one = report_of({"state": "raised", "probableCause": "lossOfSignal", "alarmedObject": {"id": "olt-7"},
    ...     "externalAlarmId": "a1", "alarmRaisedTime": "2025-10-03T01:41:00Z"}, source="noc")
    >>> one.id, one.kind, one.at, one.text
    ('a1:firing', 'alarm', '2025-10-03T01:41:00Z', 'firing: lossOfSignal. olt-7')
    """
    cleared = is_cleared(alarm)
    state = "resolved" if cleared else "firing"
    about = joined(*(plain(str(alarm.get(name, "")))[:_NAME_MAX] for name in _TOLD), _object_of(alarm))
    services = [str(one.get("id", "")).rpartition(":")[2] for one in alarm.get("affectedService", [])]
    places = [str(one.get("id") or one.get("name") or "") for one in alarm.get("place", [])]
    owners = [str(one.get("id", "")).rpartition(":")[0] for one in alarm.get("affectedService", [])]
    return Hooked(
        id=f"{_identity(alarm)}:{state}{turn}",
        source=source or SOURCE,
        at=moment(str(alarm.get("alarmClearedTime" if cleared else "alarmRaisedTime", ""))),
        text=f"{state}: {about}"[:_TEXT_MAX],
        operator=next((one[:_NAME_MAX] for one in owners if one), operator),
        service=next((one for one in services if one in _SERVICES), ""),
        place=next((one[:_NAME_MAX] for one in places if one), ""),
        kind="alarm",
    )


def _object_of(alarm: Mapping[str, Any]) -> str:
    return plain(str(alarm.get("alarmedObject", {}).get("id", "")))[:_NAME_MAX]


def _identity(alarm: Mapping[str, Any]) -> str:
    """Return the sender's id of an alarm, or a digest of what tells it from others."""
    given = str(alarm.get("externalAlarmId", ""))
    if 0 < len(given) <= 100 and given.isprintable():
        return given
    told = [alarm.get(name) for name in _SAME] + [alarm.get("alarmedObject"), given]
    return blake2b(msgspec.json.encode(told, order="deterministic"), digest_size=12).hexdigest()
