"""Sudah normal? One question to whoever reported, by their own browser's cookie or by a link that was sent to them.

Opening the link changes nothing; one of three buttons does. The answer is a report like any other, under the pseudonym
of the first one, so that it weighs for or against the recovery of just that trouble (requirements R1, L1).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post

from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.service.invitations import Invited
from pulih.service.public_form import BACK, CHOICES, Told
from pulih.web.frame.errors import said, waiting
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import rooms_of
from pulih.web.frame.threads import in_thread
from pulih.web.frame.visitor import cookie, visitor_of
from pulih.web.people.forms import Form
from pulih.web.public.report import HERE as REPORT
from pulih.web.public.report import TOLD, invited_by, thanked

AnyRequest = Request[Any, Any, Any]
HERE: Final = "/normal"
# What each answer says: that it works, that the same is still broken, or that it comes and goes.
_STILL, _PARTLY = "still", "partly"


class AnswerForm(msgspec.Struct, frozen=True):
    """Which answer, to which invitation; `form` is the number of the form, so that sent twice it counts once."""

    answer: str = ""
    t: str = ""
    form: str = ""


@get(HERE, sync_to_thread=False, include_in_schema=False)
def normal_page(request: AnyRequest) -> Response[bytes]:
    """Ask; whoever reported nothing here is led to the form, which asks of which operator and where."""
    asked = request.query_params
    token, operator = asked.get("t", ""), asked.get("operator", "")
    invited = invited_by(request, token)
    if invited and operator in {"", invited.operator}:
        return _asked(request, invited, token)
    # Pages of the site say of which operator and place they are.
    kept = {name: asked[name] for name in ("operator", "place") if name in asked}
    return led(f"{REPORT}?{urlencode({'symptom': BACK, **kept})}")


@post(HERE, include_in_schema=False)
@in_thread
def answer_normal(request: AnyRequest, data: Form[AnswerForm]) -> Response[bytes]:
    """Take the answer and say thank you."""
    rooms = rooms_of(request)
    invited = invited_by(request, data.t)
    if invited is None:
        return led(f"{REPORT}?symptom={BACK}")
    told = Told(
        id=hashlib.sha256(f"{invited.author} {data.form}".encode()).hexdigest()[:24],
        choice=_choice(data.answer, invited),
        operator=invited.operator,
        place=invited.place,
        browser=invited.author,
        network=visitor_of(request).network,
        about=invited.symptom,
    )
    try:
        if rooms.form is not None:
            rooms.form.take(told)
    except RefusedInput as error:
        return _asked(request, invited, data.t, refused=error)
    # Who says that it works is not asked again.
    over = (cookie(rooms.settings, TOLD, "", age_s=0),) if told.choice == BACK else ()
    return thanked(told, cookies=over)


def _choice(answer: str, invited: Invited) -> str:
    """Return what an answer reports; one that was not on the page chooses nothing, which the form refuses."""
    return {BACK: BACK, _STILL: invited.symptom, _PARTLY: "intermittent"}.get(answer, "")


def _asked(
    request: AnyRequest, invited: Invited, token: str, *, refused: RefusedInput | None = None
) -> Response[bytes]:
    wait = waiting(refused) if refused else {}
    return page(
        request,
        "public/normal.html",
        status=429 if wait else 400 if refused else 200,
        headers=wait,
        invited=invited,
        symptom=invited.symptom if invited.symptom in CHOICES else "",
        at_us=invited.at_s * MICROS,
        answers=(BACK, _STILL, _PARTLY),
        token=token,
        form=secrets.token_hex(8),
        wrong=said(request, refused) if refused else "",
    )
