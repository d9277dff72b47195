"""The page of planned works: announce, sign, extend, call off, complete; what waits for people stands first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast, get_args

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.confirm.works import TEXT_CHARS_MAX, TITLE_CHARS_MAX, Reminder, is_closed, reminder_of, state_of
from pulih.model.bulletin import WorkState
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.reading import Service
from pulih.model.work import PlannedWork
from pulih.service.works import Works, may_sign
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.fault import Fault, said
from pulih.web.console.forms import Form, Misfilled, moment_value
from pulih.web.console.incident_page import SERVICES, spoken
from pulih.web.frame.guards import require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

HERE: Final = "/console/works"
REGIONS_MAX: Final = 100
Act = Literal["sign", "extend", "complete", "cancel"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One work as the page shows it; `acts` are the buttons that may be pressed now."""

    work: PlannedWork
    state: WorkState
    reminder: Reminder | None
    places: str
    acts: tuple[Act, ...]
    end_value: str


@get(HERE, guards=[require("viewer")], include_in_schema=False)
@in_thread
def works(request: AnyRequest) -> Response[bytes]:
    """List planned works, and offer to announce one."""
    return page(request, "console/works.html", **_values(asking(request), done=request.query_params.get("done", "")))


@post(HERE, guards=[require("duty")], include_in_schema=False)
async def announce_work(request: AnyRequest) -> Response[bytes]:
    """Announce planned work, and show it in the list."""
    who = asking(request)
    form = Form(_fields(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_announce)(request, who, form)


@post(f"{HERE}/{{work_id:str}}/{{act:str}}", guards=[require("duty")], include_in_schema=False)
async def change_work(request: AnyRequest, work_id: FromPath[str], act: FromPath[str]) -> Response[bytes]:
    """Extend, complete or call off planned work."""
    who = asking(request)
    form = Form(_fields(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_change)(request, who, form, (work_id, act))


WORKING: tuple[ControllerRouterHandler, ...] = (works, announce_work, change_work)


def _announce(request: AnyRequest, who: Asking, form: Form) -> Response[bytes]:
    try:
        work = _works(who).announce(_filled(form), actor=who.actor)
    except (ForbiddenMove, RefusedInput) as error:
        return _refused(request, who, error, Attempted("announce", form.filled()))
    return led(f"{HERE}?done=announce#{work.id}")


def _change(request: AnyRequest, who: Asking, form: Form, what: tuple[str, str]) -> Response[bytes]:
    work_id, act = what
    if act not in get_args(Act):
        raise NotFoundException(f"There is nothing called {act[:20]} to do with planned work.")
    try:
        version, made = form.number("version"), _works(who)
        if act == "extend":
            end_us = form.ahead("end")
            if end_us is None:
                raise Misfilled("empty", field="end")
            made.extend(work_id, end_us, actor=who.actor, version=version)
        elif act == "sign":
            made.sign(work_id, actor=who.actor, version=version)
        elif act == "cancel":
            made.cancel(work_id, actor=who.actor, version=version)
        else:
            made.complete(work_id, actor=who.actor, version=version)
    except (ForbiddenMove, RefusedInput) as error:
        return _refused(request, who, error, Attempted(f"{work_id}-{act}", form.filled()))
    return led(f"{HERE}?done={act}#{work_id}")


class Attempted(msgspec.Struct, frozen=True):
    """Which button was pressed, and what was filled in."""

    act: str
    fields: Mapping[str, str]


def _refused(
    request: AnyRequest, who: Asking, error: ForbiddenMove | RefusedInput, tried: Attempted
) -> Response[bytes]:
    status = 409 if isinstance(error, ForbiddenMove) else 400
    title = who.tongue.say("console.fault.forbidden" if status == 409 else "console.fault.refused")
    told = Fault(status=status, title=title, said=said(who.tongue, error), act=tried.act, fields=tried.fields)
    return page(request, "console/works.html", status=status, **_values(who, fault=told))


def _filled(form: Form) -> PlannedWork:
    """Return the work that a form describes."""
    start_us, end_us = form.moment("start"), form.moment("end")
    for field, value in (("start", start_us), ("end", end_us)):
        if value is None:
            raise Misfilled("empty", field=field)
    services = tuple(form.fields.get("service", ()))
    if strange := [one for one in services if one not in SERVICES]:
        raise Misfilled("choice", field="service", given=strange[0][:40], allowed=", ".join(SERVICES))
    regions = tuple(dict.fromkeys(one for one in form.fields.get("region", ()) if one))
    if len(regions) > REGIONS_MAX:
        raise Misfilled("lines", field="region", length=len(regions), most=REGIONS_MAX)
    return PlannedWork(
        id="",
        operator=form.text("operator", needed=True),
        start_us=start_us or 0,
        end_us=end_us or 0,
        title_id=form.text("title_id", needed=True),
        title_en=form.text("title_en", needed=True),
        text_id=form.text("text_id"),
        text_en=form.text("text_en"),
        regions=regions,
        services=cast(tuple[Service, ...], services),
    )


def _values(who: Asking, *, fault: Fault | None = None, done: str = "") -> dict[str, Any]:
    now_us = who.tongue.when.now_us
    rows = [_row(who, one, now_us) for one in _works(who).around(now_us)]
    key = f"console.works.done_{done}"
    return {
        **spoken(who.tongue),
        "waiting": sorted((one for one in rows if one.reminder), key=_due_us),
        "open": [one for one in rows if not is_closed(one.work)],
        "closed": [one for one in rows if is_closed(one.work)][::-1],
        "fault": fault,
        "done": who.tongue.say(key) if who.tongue.say.has(key) else "",
        "services": SERVICES,
        "operators": _operators(who),
        "title_max": TITLE_CHARS_MAX,
        "text_max": TEXT_CHARS_MAX,
    }


def _due_us(row: Row) -> int:
    return row.reminder.due_us if row.reminder else 0


def _row(who: Asking, work: PlannedWork, now_us: int) -> Row:
    acts: tuple[Act, ...] = ()
    if not is_closed(work):
        acts = ("extend", "cancel") if now_us < work.start_us else ("complete", "extend")
        if may_sign(work, who.actor):
            acts = ("sign", *acts)
    names = who.rooms.names
    places = ", ".join(names.region(code) for code in work.regions) or who.tongue.say("console.where.whole")
    return Row(
        work=work,
        state=state_of(work, now_us),
        reminder=reminder_of(work, now_us),
        places=places,
        acts=acts,
        end_value=moment_value(work.end_us, who.zone),
    )


def _operators(who: Asking) -> list[tuple[str, str]]:
    """Return the operators whose work this desk may announce: its own, or all where it has none."""
    settings, names = who.rooms.settings, who.rooms.names
    shown = settings.own if settings.mode == "operator" and settings.own else tuple(names.operators)
    return sorted(((one, names.operator(one)) for one in shown), key=lambda one: one[1].casefold())


def _works(who: Asking) -> Works:
    made = who.rooms.works
    if made is None:
        raise NotFoundException("This desk keeps no planned works.")
    return made


def _fields(sent: Any) -> Mapping[str, Sequence[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return fields
