"""The page "Obligations" of an incident: which rules apply, which clocks run, what a report lacks, and its text.

What binds comes first and open; rules of elsewhere, of other days and proposals are worked out as if and stand folded
below, for comparison (requirements N2, C1).
"""

from __future__ import annotations

from typing import Any, Final, cast, get_args

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.learn.obligations import Obligation, announced, document
from pulih.learn.report_items import ITEMS
from pulih.learn.rule_clocks import RuleClock
from pulih.learn.wording import between
from pulih.model.clock import MICROS
from pulih.model.entry import ReportSent
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.lesson import FiguresSet, ReportFiled
from pulih.model.record import Affected, Area, Figures, Record, Whole
from pulih.service.learning import Learning
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.fault import Fault, said
from pulih.web.console.forms import Form, Misfilled, fields_of, moment_value
from pulih.web.console.incident_page import spoken
from pulih.web.console.learn_line import headline_of
from pulih.web.console.phrasing import Tongue, listed
from pulih.web.console.posted import PostView, posts_of
from pulih.web.frame.guards import require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread
from pulih.web.frame.words import about

HERE: Final = "/console/incidents/{incident_id:str}/obligations"
_TEMPLATE: Final = "console/obligations.html"
ACTS: Final = ("figures", "filed", "send")
AREAS: Final = ("", *get_args(Area))
WHOLES: Final = get_args(Whole)
_ANSWERS: Final = {"": None, "yes": True, "no": False}
# What is left shows as urgent from here on.
_SOON_US: Final = 30 * 60 * MICROS


class ClockView(msgspec.Struct, frozen=True, kw_only=True):
    """One clock as the page shows it; `left_s` to its end, None without one; `pressure` as other clocks have it.

    `posts` are the reports that the desk was told to send for it.
    """

    clock: RuleClock
    to: str
    left_s: float | None
    pressure: str
    may_file: bool
    posts: tuple[PostView, ...]


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """One rule as the page shows it, and who gets its reports."""

    one: Obligation
    title: str
    says: str
    clocks: tuple[ClockView, ...]
    recipients: tuple[str, ...]
    missing: str
    text: str


def learning_desk(who: Asking) -> Learning:
    """Return what people learn with. Raises OutsideFailed where the desk runs without."""
    if who.rooms.learning is None:
        raise OutsideFailed("This desk runs without reviews and obligations; start it with pulih serve.")
    return who.rooms.learning


def obligations_values(
    who: Asking, incident: Incident, *, fault: Fault | None = None, done: str = ""
) -> dict[str, Any]:
    """Return what the page shows.

    Args:
        who: who asks.
        incident: as it is now.
        fault: what was refused just now, if anything.
        done: name of the button that was pressed just now, "" if none.
    """
    desk, tongue = learning_desk(who), who.tongue
    record = desk.record(incident.id)
    found = desk.obligations(record)
    posts = posts_of(who, incident.id)
    views = [_view(who, one, record, posts) for one in found]
    key = f"obligation.done.{done}"
    return {
        **spoken(tongue),
        "incident": incident,
        "binding": [one for one in views if not one.one.as_if],
        "seeming": [one for one in views if one.one.as_if],
        "headline": headline_of(tongue, found, record),
        "figures": record.figures,
        "estimate": None if record.estimate is None else tongue.chosen(between(_rounded(record.estimate))),
        "counted": tongue.chosen(between(record.figures.affected[0].users)) if record.figures.affected else "",
        "areas": AREAS,
        "wholes": (*WHOLES, "none"),
        "values": _filled(who, record.figures, fault),
        "version": desk.learnt(incident.id).version,
        "country": desk.settings.country,
        "fault": fault,
        "acted": done,
        "done": tongue.say(key) if tongue.say.has(key) else "",
        "filings": record.filings,
        "now_value": moment_value(tongue.when.now_us, who.zone),
    }


@get(HERE, guards=[require("viewer")], include_in_schema=False)
@in_thread
def obligations_page(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show what regulators ask of an incident."""
    who = asking(request)
    done = request.query_params.get("done", "")
    return page(request, _TEMPLATE, **obligations_values(who, who.incident(incident_id), done=done))


@post(f"{HERE}/{{act:str}}", guards=[require("duty")], include_in_schema=False)
async def act_on_obligations(request: AnyRequest, incident_id: FromPath[str], act: FromPath[str]) -> Response[bytes]:
    """Do what a form says, and show the page."""
    who = asking(request)
    form = Form(fields_of(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_act)(request, who, form, (incident_id, act))


OBLIGATIONS: tuple[ControllerRouterHandler, ...] = (obligations_page, act_on_obligations)


def _act(request: AnyRequest, who: Asking, form: Form, what: tuple[str, str]) -> Response[bytes]:
    incident_id, act = what
    if act not in ACTS:
        raise NotFoundException(f"There is nothing called {act[:20]} to do with obligations.")
    incident = who.incident(incident_id)
    try:
        if act == "send":
            return _send(who, form, incident)
        fact = FiguresSet(figures=_figures(form)) if act == "figures" else _report(form)
        version = form.number("version") if act == "figures" else None
        learning_desk(who).write(incident.id, fact, actor=who.actor, version=version, reason=form.text("reason"))
    except (ForbiddenMove, RefusedInput) as error:
        fault = fault_of_form(who.tongue, error, act, form)
        return page(
            request, _TEMPLATE, status=fault.status, **obligations_values(who, who.incident(incident_id), fault=fault)
        )
    place = "figures" if act == "figures" else "binding"
    return led(f"/console/incidents/{incident_id}/obligations?done={act}#{place}")


def _send(who: Asking, form: Form, incident: Incident) -> Response[bytes]:
    """Have a report sent, and show the page."""
    if who.rooms.posting is None:
        raise RefusedInput("This desk sends nothing; set a channel, such as [mail].", key="post.no_channel")
    rule, clock = form.text("rule", needed=True), form.text("clock", needed=True)
    recipient = form.text("recipient", needed=True)
    who.rooms.posting.report(incident.id, rule, clock, recipient=recipient, actor=who.actor)
    return led(f"/console/incidents/{incident.id}/obligations?done=send#binding")


def fault_of_form(tongue: Tongue, error: ForbiddenMove | RefusedInput, act: str, form: Form) -> Fault:
    """Return how a refused form is told, with what was filled in."""
    status = 409 if isinstance(error, ForbiddenMove) else 400
    title = tongue.say("console.fault.forbidden" if status == 409 else "console.fault.refused")
    return Fault(status=status, title=title, said=said(tongue, error), act=act, fields=form.filled())


def _figures(form: Form) -> Figures:
    users = _bounds(form, "users")
    failed = _bounds(form, "failed")
    return Figures(
        affected=() if users is None else (Affected(users=users),),
        served=_bounds(form, "served"),
        area=cast(Area | None, form.choice("area", AREAS) or None),
        whole=_whole(form),
        emergency_calls_failed=failed,
        personal_data=_ANSWERS[form.choice("personal_data", tuple(_ANSWERS))],
        expected_end_us=form.moment("expected_end"),
        reference=form.text("reference")[:120],
    )


def _bounds(form: Form, field: str) -> Bounds | None:
    """Return what stands in the two fields of a number, None where both are empty; one alone is exact."""
    low, high = (form.text(f"{field}_{end}").replace(".", "").replace(",", "") for end in ("low", "high"))
    if not low and not high:
        return None
    numbers = []
    for text in (low or high, high or low):
        if not (text.isascii() and text.isdecimal() and len(text) < 12):
            raise Misfilled("number", field=field, given=text[:40])
        numbers.append(int(text))
    if numbers[0] > numbers[1]:
        raise Misfilled("bounds", field=field)
    return Bounds(numbers[0], sum(numbers) // 2, numbers[1])


def _whole(form: Form) -> tuple[Whole, ...] | None:
    given = tuple(form.fields.get("whole", ()))
    if strange := [one for one in given if one not in (*WHOLES, "none")]:
        raise Misfilled("choice", field="whole", given=strange[0][:40], allowed=", ".join((*WHOLES, "none")))
    if not given:
        return None
    return cast(tuple[Whole, ...], tuple(one for one in given if one != "none"))


def _report(form: Form) -> ReportFiled:
    return ReportFiled(
        rule=form.text("rule", needed=True),
        clock=form.text("clock", needed=True),
        at_us=form.past("at"),
        note=form.text("note"),
    )


def _rounded(bounds: Bounds) -> Bounds:
    """Round a guess to what it means; what people counted is told exactly."""
    return Bounds(about(bounds.low), about(bounds.likely), about(bounds.high))


def _view(who: Asking, one: Obligation, record: Record, posts: tuple[PostView, ...]) -> RuleView:
    tongue, posting = who.tongue, who.rooms.posting
    now_us = tongue.when.now_us
    ahead = announced(one, record, now_us=now_us)
    return RuleView(
        one=one,
        title=tongue.chosen((one.rule.title_id, one.rule.title_en)),
        says=tongue.chosen(ahead) if ahead else "",
        clocks=tuple(_clock(tongue, clock, _about(posts, one, clock)) for clock in one.clocks),
        recipients=() if posting is None or one.as_if else posting.recipients(one.rule.id),
        missing=listed(tongue, [tongue.chosen(ITEMS[item][0]) for item in one.missing]),
        text=document(one, now_us=now_us),
    )


def _about(posts: tuple[PostView, ...], one: Obligation, clock: RuleClock) -> tuple[PostView, ...]:
    named = (one.rule.id, clock.clock)
    return tuple(
        post for post in posts if isinstance(post.fact, ReportSent) and (post.fact.rule, post.fact.clock) == named
    )


def _clock(tongue: Tongue, clock: RuleClock, posts: tuple[PostView, ...]) -> ClockView:
    now_us = tongue.when.now_us
    left_us = None if clock.due_us is None else clock.due_us - now_us
    pressing = clock.state in {"running", "missed", "at_once"}
    pressure = "calm"
    if pressing and (left_us is None or left_us < _SOON_US):
        pressure = "late" if clock.state == "missed" else "soon"
    return ClockView(
        clock=clock,
        to=tongue.chosen(clock.to),
        left_s=left_us / MICROS if left_us is not None and pressing else None,
        pressure=pressure,
        may_file=clock.asks_for_report,
        posts=posts,
    )


def _filled(who: Asking, figures: Figures, fault: Fault | None) -> dict[str, str]:
    """Return what stands in the fields of the form: what was refused, or what is known."""
    if fault is not None and fault.act == "figures":
        return {**dict.fromkeys(_FIELDS, ""), **fault.fields}
    users = figures.affected[0].users if figures.affected else None
    found = dict.fromkeys(_FIELDS, "")
    for field, bounds in (("users", users), ("served", figures.served), ("failed", figures.emergency_calls_failed)):
        if bounds is not None:
            found[f"{field}_low"], found[f"{field}_high"] = str(bounds.low), str(bounds.high)
    found["area"] = figures.area or ""
    found["personal_data"] = next(name for name, holds in _ANSWERS.items() if holds is figures.personal_data)
    if figures.expected_end_us is not None:
        found["expected_end"] = moment_value(figures.expected_end_us, who.zone)
    found["reference"] = figures.reference
    return found


_FIELDS: Final = (
    "users_low", "users_high", "served_low", "served_high", "failed_low", "failed_high", "area", "personal_data",
    "expected_end", "reference",
)  # fmt: skip
