"""What may be done with an incident now, by whoever looks: buttons, boxes and the one next step."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from pulih.confirm.four_eyes import may_publish
from pulih.confirm.moves import allowed
from pulih.confirm.timeline import MOVES_OF_SCOPES, movable
from pulih.model import entry
from pulih.model.actor import Actor
from pulih.model.incident import Incident
from pulih.model.notice import Notice, NoticeKind
from pulih.web.console.forms import scope_value
from pulih.web.console.phrasing import Tongue, scope_words

# Decisions in the order of an incident's life: name of the button, what it puts on the timeline, its key.
DECISIONS: tuple[tuple[str, type, str], ...] = (
    ("confirm", entry.Confirmed, "c"),
    ("reject", entry.Rejected, ""),
    ("claimed_fixed", entry.ClaimedFixed, ""),
    ("restored", entry.Restored, ""),
    ("relapse", entry.Relapsed, ""),
)
# The button of each move that a refusal may name; the desk itself does the others.
BUTTONS: Mapping[str, str] = MappingProxyType(
    {
        "confirmed": "confirm", "rejected": "reject", "claimed_fixed": "claimed_fixed", "restored": "restored",
        "relapsed": "relapse", "scopes_set": "scopes", "onset_set": "onset", "severity_set": "severity",
        "owner_set": "owner", "cause_set": "cause", "help_set": "help", "task_added": "task", "task_done": "task_done",
        "task_set": "task_set", "acknowledged": "acknowledge",
        "rumour_added": "rumour", "rumour_answered": "rumour_answer", "notice_drafted": "draft",
        "notice_scheduled": "schedule", "notice_published": "publish", "notice_signed": "sign",
        "notice_withdrawn": "withdraw",
        "merged_into": "merge", "split_off": "split", "explained": "explain", "noted": "note",
    }
)  # fmt: skip

Step = Literal["draft", "publish", "sign", "update", ""]
Way = Literal["second", "first", ""]
# For a second person; as its words are somebody's own; as facts have overtaken the approved ones.
Waits = Literal["second", "own", "outdated", ""]
Choice = tuple[str, str]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What may be done now.

    Attributes:
        acts: names of the buttons that may be pressed.
        decisions: those that move the state, with their keys.
        choices: for each of these, the scopes it may be about.
        all_scopes: every scope as a box.
        step: the one next step about what is said in public.
        kinds: which statements the desk can word by itself now.
    """

    acts: frozenset[str]
    decisions: tuple[tuple[str, str], ...]
    choices: Mapping[str, tuple[Choice, ...]]
    all_scopes: tuple[Choice, ...]
    step: Step
    kinds: tuple[NoticeKind, ...]


class NoticeView(msgspec.Struct, frozen=True):
    """One statement and what may be done with it: published how ("" = not by this person), signed, by broken glass.

    `waits` says of a draft that this person may not publish why it waits for another; "" of what does not wait.
    """

    notice: Notice
    publish_way: Way
    may_sign: bool
    may_glass: bool
    waits: Waits


def options_of(tongue: Tongue, incident: Incident, actor: Actor) -> Options:
    """Return what an actor may do with an incident."""
    names = frozenset(allowed(incident, actor))
    acts = frozenset(BUTTONS[name] for name in names if name in BUTTONS)
    decisions = tuple((act, key) for act, _, key in DECISIONS if act in acts)
    return Options(
        acts=acts,
        decisions=decisions,
        choices={act: _choices(tongue, incident, fact) for act, fact, _ in DECISIONS},
        all_scopes=tuple((scope_value(one.scope), scope_words(tongue, one.scope)) for one in incident.scopes),
        step=step_of(incident, actor) if "draft" in acts else "",
        kinds=kinds_of(incident) if "draft" in acts else (),
    )


def _choices(tongue: Tongue, incident: Incident, fact: type) -> tuple[Choice, ...]:
    if fact not in MOVES_OF_SCOPES:
        return ()
    return tuple((scope_value(one), scope_words(tongue, one)) for one in movable(incident, MOVES_OF_SCOPES[fact][0]))


def step_of(incident: Incident, actor: Actor) -> Step:
    """Return what is to be done next about the public word."""
    said = [one for one in incident.notices if one.state == "published"]
    if any(not one.signed_by and may_publish(one, actor) for one in said):
        return "sign"
    drafts = [one for one in incident.notices if one.state == "drafted"]
    if drafts:
        return "publish" if any(notice_view(one, actor).publish_way for one in drafts) else ""
    if not said:
        return "draft" if "holding" in kinds_of(incident) else ""
    return "update" if kinds_of(incident) else ""


def kinds_of(incident: Incident) -> tuple[NoticeKind, ...]:
    """Return which statements fit the state of an incident and are not drafted yet.

    >>> kinds_of(Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=()))
    ('holding',)
    """
    said = any(one.state == "published" for one in incident.notices)
    drafted = {one.kind for one in incident.notices if one.state == "drafted"}
    # What was said of an end before a relapse says nothing of this one.
    since_us = incident.ended_us or 0
    published = {
        one.kind for one in incident.notices if one.state == "published" and (one.published_us or 0) >= since_us
    }
    fitting: list[NoticeKind] = []
    if incident.state in {"suspected", "confirmed"}:
        fitting.append("update" if said else "holding")
    if incident.state == "claimed_fixed" and "fixed" not in published:
        fitting.append("fixed")
    if incident.state == "restored" and "restored" not in published:
        fitting.append("restored")
    return tuple(kind for kind in fitting if kind not in drafted)


def notice_view(notice: Notice, actor: Actor) -> NoticeView:
    """Return what an actor may do with a statement.

    >>> draft = Notice(id="n1", kind="holding", text_id="a", text_en="b", drafted_by="sari", wording="approved")
    >>> notice_view(draft, Actor("sari", "duty")).publish_way, notice_view(draft, Actor("budi", "approver")).publish_way
    ('first', 'second')
    """
    drafted = notice.state == "drafted"
    second = may_publish(notice, actor)
    first = notice.kind == "holding" and notice.wording == "approved"
    way: Way = "" if not drafted else "second" if second else "first" if first else ""
    return NoticeView(
        notice=notice,
        publish_way=way,
        may_sign=notice.state == "published" and not notice.signed_by and second,
        may_glass=drafted and way == "",
        waits=_waits(notice) if drafted and way == "" else "",
    )


def _waits(notice: Notice) -> Waits:
    if notice.kind != "holding" or notice.wording == "approved":
        return "second"
    return notice.wording
