"""Planning: calendars of planned changes that another system posts, so that they stand beside what is found (D3)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.web.api.operation import Behind, Call, Operation

_SENT: Final = {
    "ical": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//noc//id\r\nBEGIN:VEVENT\r\nUID:chg-1041\r\n"
    "DTSTAMP:20251001T020000Z\r\nDTSTART:20251003T180000Z\r\nDTEND:20251003T210000Z\r\n"
    "SUMMARY:Smartfren core upgrade\r\nLOCATION:Jakarta Selatan\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}


class CalendarSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A calendar of planned changes."""

    ical: Annotated[str, Meta(min_length=1, max_length=200_000, description="the text of an iCalendar file (RFC 5545)")]


class CalendarKept(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a calendar: its name, and a sentence for each event that could not be used."""

    calendar: str
    unusable: tuple[str, ...] = ()


def _keep(behind: Behind, call: Call) -> CalendarKept:
    sent: CalendarSent = call.body
    try:
        unusable = behind.keep_calendar(call.name, sent.ical.encode())
    except RefusedInput as refused:
        # Text of the right shape that is no calendar: the one that is there stays.
        raise ForbiddenMove(str(refused)) from refused
    return CalendarKept(calendar=call.name, unusable=tuple(unusable))


PLANNING = (
    Operation(
        id="keepCalendar",
        method="POST",
        path="/v1/calendars/{calendar}",
        role="duty",
        summary="Send planned changes",
        description=(
            "Takes the place of the last calendar of that name, and is evidence beside what is found in the places and "
            "times that it names. 409 when the text is no calendar or the name will not do; the last one stays then."
        ),
        body=CalendarSent,
        answer=CalendarKept,
        do=_keep,
        refusals=(409,),
        examples={"answer": {"calendar": "core", "unusable": []}, "body": _SENT},
    ),
)
