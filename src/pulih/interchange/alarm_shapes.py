"""Shapes of TMF642 Alarm Management v4: an alarm, and the tasks that acknowledge, clear, comment and group alarms.

Source: TMF642-Alarm-v4.0.0.swagger.json, tmforum-apis/TMF642_AlarmManagement (Apache-2.0); ITU-T X.733.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from pulih.interchange.common_shapes import BASE, PLACE, PLAIN_REF, WHERE, plain
from pulih.interchange.shapes import Shape, names

COMMENT: Final = plain("comment systemId userId", moments="time")
_THRESHOLD: Final = Shape(
    texts=names("direction granularity indicatorName indicatorUnit observedValue thresholdCrossingDescription") | BASE,
    uris=WHERE,
    one={"threshold": PLAIN_REF},
)
# What a pattern of a task, or a reference with the value, may hold of an alarm.
ALARM: Final = Shape(
    texts=names(
        "href ackState ackSystemId ackUserId alarmDetails alarmType alarmedObjectType clearSystemId clearUserId "
        "externalAlarmId perceivedSeverity plannedOutageIndicator probableCause proposedRepairedActions "
        "reportingSystemId sourceSystemId specificProblem state @schemaLocation"
    )
    | BASE,
    moments=names("alarmChangedTime alarmClearedTime alarmRaisedTime alarmReportingTime"),
    flags=names("alarmEscalation isRootCause serviceAffecting"),
    wholes=names("id"),
    one={"alarmedObject": plain("id href"), "crossedThresholdInformation": _THRESHOLD},
    many={
        "affectedService": plain("id href"),
        "comment": COMMENT,
        "correlatedAlarm": PLAIN_REF,
        "parentAlarm": PLAIN_REF,
        "place": PLACE,
    },
)
ALARM_CHANGED: Final = replace(ALARM, texts=ALARM.texts - {"href"}, wholes=frozenset())
ALARM_SENT: Final = replace(
    ALARM_CHANGED,
    needed=(
        "alarmType",
        "perceivedSeverity",
        "probableCause",
        "alarmedObject",
        "sourceSystemId",
        "state",
        "alarmRaisedTime",
    ),
)
_VALUE: Final = replace(ALARM, texts=ALARM.texts | names("name @referredType"))


def _task(written: str, done: str, *, moments: str = "", needed: str) -> Shape:
    return Shape(
        texts=names(written) | names("state") | BASE,
        uris=WHERE,
        moments=names(moments),
        many={"alarmPattern": ALARM, done: _VALUE, "correlatedAlarm": _VALUE},
        one={"comment": COMMENT, "parentAlarm": _VALUE},
        needed=tuple(needed.split()),
    )


ACK: Final = _task(
    "ackSystemId ackUserId", "ackedAlarm", moments="ackTime", needed="ackSystemId ackUserId alarmPattern"
)
UNACK: Final = _task(
    "ackSystemId ackUserId", "unAckedAlarm", moments="ackTime", needed="ackSystemId ackUserId alarmPattern"
)
CLEAR: Final = _task(
    "clearSystemId clearUserId",
    "clearedAlarm",
    moments="alarmClearedTime",
    needed="clearSystemId clearUserId alarmClearedTime alarmPattern",
)
COMMENTING: Final = _task("", "commentedAlarm", needed="comment alarmPattern")
_GROUPING: Final = "sourceSystemId alarmChangedTime parentAlarm correlatedAlarm"
GROUP: Final = _task("sourceSystemId", "groupedAlarm", moments="alarmChangedTime", needed=_GROUPING)
UNGROUP: Final = _task("sourceSystemId", "unGroupedAlarm", moments="alarmChangedTime", needed=_GROUPING)
