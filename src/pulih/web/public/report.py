"""The public form: two taps, what is wrong and then send, without script; and what others report."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post

from pulih.model.errors import RefusedInput
from pulih.service.public_form import BACK, CHOICES, NAME_CHARS_MAX, Told
from pulih.web.frame.errors import said
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import Rooms, rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import derived, visitor_of
from pulih.web.people.forms import Form

AnyRequest = Request[Any, Any, Any]
HERE = "/report"


class ReportForm(msgspec.Struct, frozen=True):
    """What was chosen, of whom and where; `form` is the number of the form, so that sent twice it counts once."""

    symptom: str = ""
    operator: str = ""
    place: str = ""
    form: str = ""


@get(HERE, sync_to_thread=False, include_in_schema=False)
def report_page(request: AnyRequest) -> Response[bytes]:
    """Show the choices, or what was chosen with operator and place to confirm."""
    asked = request.query_params
    chosen = asked.get("symptom", "")
    place, operator = asked.get("place", "")[:NAME_CHARS_MAX], asked.get("operator", "")
    if chosen not in CHOICES and chosen != BACK:
        return page(request, "public/symptoms.html", choices=list(CHOICES), back=BACK, place=place, operator=operator)
    return _confirm(request, ReportForm(chosen, operator, place))


@post(HERE, include_in_schema=False)
@in_thread
def send_report(request: AnyRequest, data: Form[ReportForm]) -> Response[bytes]:
    """Take the report and lead on to the thanks."""
    rooms, visitor = rooms_of(request), visitor_of(request)
    browser = derived(visitor.session or visitor.form)[:16]
    told = Told(
        id=hashlib.sha256(f"{browser} {data.form}".encode()).hexdigest()[:24],
        choice=data.symptom,
        operator=data.operator if data.operator in _operators(rooms) else "",
        place=data.place.strip(),
        browser=browser,
        address=visitor.address,
    )
    try:
        if rooms.form is not None:
            rooms.form.take(told)
    except RefusedInput as error:
        return _confirm(request, data, wrong=said(request, error), status=429 if error.key == "report.wait" else 400)
    return led(f"{HERE}/thanks?{urlencode({'operator': told.operator, 'symptom': told.choice})}")


@get(f"{HERE}/thanks", include_in_schema=False)
@in_thread
def thanks(request: AnyRequest) -> Response[bytes]:
    """Say thank you, and how many reports name the same operator."""
    rooms = rooms_of(request)
    operator = request.query_params.get("operator", "")
    heard = rooms.live.operators() if rooms.live is not None and operator else ()
    count = next((one.reports for one in heard if one.operator == operator), 0)
    back = request.query_params.get("symptom") == BACK
    return page(request, "public/thanks.html", operator=operator, count=count, back=back)


def _confirm(request: AnyRequest, data: ReportForm, *, wrong: str = "", status: int = 200) -> Response[bytes]:
    return page(
        request,
        "public/confirm_report.html",
        status=status,
        data=data,
        form=data.form or secrets.token_hex(8),
        operators=_operators(rooms_of(request)),
        name_max=NAME_CHARS_MAX,
        wrong=wrong,
    )


def _operators(rooms: Rooms) -> dict[str, str]:
    """Return the operators that can be chosen: a desk of operators takes reports about its own."""
    settings = rooms.settings
    shown = settings.own if settings.mode == "operator" and settings.own else tuple(rooms.names.operators)
    return {one: rooms.names.operator(one) for one in sorted(shown, key=rooms.names.operator)}
