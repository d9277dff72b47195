"""The page "Care": an agent pastes what a customer wrote, or asks for one customer, and is told what to say.

Everything is sent by POST and answered at once: nothing that names a customer stands in an address, a log or a cookie.
"""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec
from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from pulih.communicate.care import Case
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.reading import Service
from pulih.service.care import SUBSCRIBER_CHARS_MAX, TEXT_CHARS_MAX, Care, CareAnswer
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.incident_page import SERVICES, spoken
from pulih.web.console.rows import row_of
from pulih.web.frame.errors import said
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread
from pulih.web.people.forms import Form

HERE = "/console/care"
# How a case looks: the level whose icon and colour it has.
_LEVELS: dict[Case, str] = {
    "confirmed": "down",
    "claimed_fixed": "info",
    "suspected": "watch",
    "restored": "ok",
    "perhaps": "watch",
    "nothing": "unknown",
    "works": "ok",
}


class CareForm(msgspec.Struct, frozen=True):
    """What is asked: a text, or operator, service and place, or a subscriber; `ask` says which."""

    ask: str = ""
    text: str = ""
    operator: str = ""
    service: str = ""
    place: str = ""
    subscriber: str = ""


@get(HERE, guards=[require("viewer")], include_in_schema=False)
@in_thread
def care_page(request: AnyRequest) -> Response[bytes]:
    """Show the questions."""
    who = asking(request)
    return page(request, "console/care.html", **_values(who, CareForm()))


@post(HERE, guards=[require("viewer")], include_in_schema=False, status_code=200)
@in_thread
def ask_care(request: AnyRequest, data: Form[CareForm]) -> Response[bytes]:
    """Answer a question."""
    who = asking(request)
    try:
        answer = _answered(_care(who), data)
    except RefusedInput as error:
        return page(request, "console/care.html", status=400, **_values(who, data, wrong=said(request, error)))
    return page(request, "console/care.html", **_values(who, data, answer=answer))


CARE: tuple[ControllerRouterHandler, ...] = (care_page, ask_care)


def _care(who: Asking) -> Care:
    if who.rooms.care is None:
        raise OutsideFailed("This desk runs without care; start it with pulih serve.")
    return who.rooms.care


def _answered(care: Care, data: CareForm) -> CareAnswer:
    if data.ask == "subscriber":
        return care.subscriber(data.subscriber)
    if data.ask == "line":
        service = cast(Service, data.service) if data.service in get_args(Service) else None
        return care.affected(operator=data.operator, service=service, place=data.place)
    return care.read(data.text, operator=data.operator, place=data.place)


def _values(who: Asking, data: CareForm, *, answer: CareAnswer | None = None, wrong: str = "") -> dict[str, Any]:
    incident = answer.incident if answer else None
    settings = who.rooms.settings
    own = settings.own if settings.mode == "operator" and settings.own else tuple(who.rooms.names.operators)
    return {
        **spoken(who.tongue),
        # A number that was asked for is not shown again: screens are seen by others.
        "data": msgspec.structs.replace(data, subscriber=""),
        "answer": answer,
        "wrong": wrong,
        "level_kind": _LEVELS[answer.reply.case] if answer else "",
        "row": row_of(who.tongue, incident) if incident else None,
        "services": SERVICES,
        "operators": sorted(((one, who.rooms.names.operator(one)) for one in own), key=lambda one: one[1].casefold()),
        "has_list": who.rooms.care is not None and who.rooms.care.has_list,
        "text_max": TEXT_CHARS_MAX,
        "number_max": SUBSCRIBER_CHARS_MAX,
        "english_first": bool(answer and answer.reading and answer.reading.language == "en"),
    }
