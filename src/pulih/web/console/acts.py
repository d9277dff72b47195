"""Acts: what each button of the console puts on the timeline, from the fields of its form.

One row an act. An id that is "" is given by the desk. Whether it is allowed now, and by whom, is not known here but in
`confirm`; an act that may not be done is refused there, whoever asks.

Source: the moves of docs/ontology.md (requirements C1, T1, R1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast, get_args

from pulih.model import entry
from pulih.model.incident import EmergencyCalls, Incident, Party, Severity, TaskState
from pulih.model.notice import NoticeKind
from pulih.web.console.forms import Form, Misfilled, scope_of

Act = Callable[[Form, Incident], entry.Fact]


def fact_of(act: str, form: Form, incident: Incident) -> entry.Fact:
    """Return the fact that a filled form puts on the timeline.

    Args:
        act: name of the button, a key of `ACTS`.
        form: its fields.
        incident: whose timeline; new scopes are of its operator.

    Raises: Misfilled when a field can not be used, or there is no such act.

    >>> from zoneinfo import ZoneInfo
    >>> nothing = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=())
    >>> fact_of("severity", Form({"severity": ["critical"]}, ZoneInfo("UTC")), nothing)
    SeveritySet(severity='critical')
    """
    if act not in ACTS:
        raise Misfilled("choice", field="act", given=act[:40], allowed=", ".join(ACTS))
    return ACTS[act](form, incident)


def _help(form: Form, _: Incident) -> entry.Fact:
    if bool(form.text("alternatives_id")) != bool(form.text("alternatives_en")):
        raise Misfilled("both", field="alternatives")
    return entry.HelpSet(
        emergency_calls=cast(EmergencyCalls, form.choice("emergency_calls", get_args(EmergencyCalls))),
        priority_customers=form.lines("priority_customers"),
        alternatives_id=form.text("alternatives_id"),
        alternatives_en=form.text("alternatives_en"),
    )


def _onset(form: Form, _: Incident) -> entry.Fact:
    return entry.OnsetSet(onset_us=form.past("onset"))


def _cause(form: Form, _: Incident) -> entry.Fact:
    return entry.CauseSet(
        cause_id=form.text("cause_id", needed=True),
        cause_en=form.text("cause_en", needed=True),
    )


def _scopes(form: Form, incident: Incident) -> entry.Fact:
    """Keep the scopes that are ticked, and add one where a service or a place was chosen."""
    service, region = form.text("add_service"), form.text("add_region")
    added = (scope_of(f"{incident.operator}|{service}|{region}|"),) if service or region else ()
    return entry.ScopesSet(scopes=tuple(dict.fromkeys((*form.scopes(), *added))))


def _split(form: Form, _: Incident) -> entry.Fact:
    if not form.scopes():
        raise Misfilled("empty", field="scope")
    return entry.SplitOff(incident="", scopes=form.scopes())


def _task(form: Form, _: Incident) -> entry.Fact:
    return entry.TaskAdded(
        task="",
        what=form.text("what", needed=True),
        party=cast(Party, form.choice("party", get_args(Party))),
        owner=form.text("owner"),
        due_us=form.moment("due"),
        outside=form.text("outside"),
        after=form.several("after"),
        tells_end=form.ticked("tells_end"),
    )


def _task_set(form: Form, _: Incident) -> entry.Fact:
    return entry.TaskSet(
        task=form.text("task", needed=True),
        state=cast(TaskState, form.choice("state", get_args(TaskState))),
        owner=form.text("owner"),
        due_us=form.moment("due"),
        outside=form.text("outside"),
        after=form.several("after"),
    )


def _rumour(form: Form, _: Incident) -> entry.Fact:
    return entry.RumourAdded(rumour="", claim=form.text("claim", needed=True))


def _rumour_answer(form: Form, _: Incident) -> entry.Fact:
    return entry.RumourAnswered(
        rumour=form.text("rumour", needed=True),
        fact=form.text("fact", needed=True),
        answer_id=form.text("answer_id", needed=True),
        answer_en=form.text("answer_en", needed=True),
    )


def _draft(form: Form, _: Incident) -> entry.Fact:
    return entry.NoticeDrafted(
        notice=form.text("notice"),
        kind=cast(NoticeKind, form.choice("kind", get_args(NoticeKind))),
        text_id=form.text("text_id", needed=True),
        text_en=form.text("text_en", needed=True),
        next_update_by_us=form.ahead("next_update_by"),
        speaker=form.text("speaker"),
        office=form.text("office"),
        # The field is there for every kind, and means something for one.
        corrects=form.text("corrects") if form.text("kind") == "correction" else "",
    )


def _schedule(form: Form, _: Incident) -> entry.Fact:
    notice = form.text("notice", needed=True)
    if form.ticked("take_back"):
        return entry.NoticeScheduled(notice=notice, at_us=None)
    at_us = form.ahead("publish_at")
    if at_us is None:
        raise Misfilled("empty", field="publish_at")
    return entry.NoticeScheduled(notice=notice, at_us=at_us)


def _publish(form: Form, _: Incident) -> entry.Fact:
    return entry.NoticePublished(
        notice=form.text("notice", needed=True),
        before_second=form.ticked("before_second"),
        break_glass=form.ticked("break_glass"),
    )


def opening_of(form: Form) -> entry.Opened:
    """Return the fact that opens an incident by hand.

    Raises: Misfilled when a field can not be used.
    """
    operator = form.text("operator", needed=True)
    scope = scope_of("|".join((operator, form.text("service"), form.text("region"), form.text("symptom"))))
    return entry.Opened(operator=operator, onset_us=form.past("onset"), scopes=(scope,))


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "confirm": lambda form, _: entry.Confirmed(scopes=form.scopes()),
        "reject": lambda _form, _: entry.Rejected(),
        "claimed_fixed": lambda form, _: entry.ClaimedFixed(scopes=form.scopes()),
        "restored": lambda form, _: entry.Restored(scopes=form.scopes(), overrides=form.ticked("overrides")),
        "relapse": lambda form, _: entry.Relapsed(scopes=form.scopes()),
        "scopes": _scopes,
        "onset": _onset,
        "severity": lambda form, _: entry.SeveritySet(
            severity=cast(Severity, form.choice("severity", get_args(Severity)))
        ),
        "owner": lambda form, _: entry.OwnerSet(owner=form.text("owner")),
        "cause": _cause,
        "help": _help,
        "task": _task,
        "task_set": _task_set,
        "acknowledge": lambda _form, _: entry.Acknowledged(),
        "task_done": lambda form, _: entry.TaskDone(task=form.text("task", needed=True)),
        "rumour": _rumour,
        "rumour_answer": _rumour_answer,
        "draft": _draft,
        "schedule": _schedule,
        "publish": _publish,
        "sign": lambda form, _: entry.NoticeSigned(notice=form.text("notice", needed=True)),
        "withdraw": lambda form, _: entry.NoticeWithdrawn(notice=form.text("notice", needed=True)),
        "merge": lambda form, _: entry.MergedInto(incident=form.text("other", needed=True)),
        "split": _split,
        "explain": lambda form, _: entry.Explained(maintenance=form.text("maintenance")),
        "note": lambda _form, _: entry.Noted(),
    }
)
