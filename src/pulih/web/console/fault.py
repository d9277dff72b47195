"""What is said when an act was refused: why, who did what meanwhile, and what may be done instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, cast

import msgspec

from pulih.communicate.told_entries import KINDS, STATES
from pulih.confirm.moves import allowed
from pulih.model.actor import Actor
from pulih.model.entry import DESK, Entry
from pulih.model.errors import ForbiddenMove, PulihError, StaleVersion
from pulih.model.incident import Incident, State
from pulih.model.notice import NoticeKind
from pulih.web.console.forms import Misfilled
from pulih.web.console.lines import Line, since
from pulih.web.console.options import BUTTONS
from pulih.web.console.phrasing import Tongue, listed
from pulih.web.frame.kept_words import wrote

# "own": stale by nothing but what the same person did, in another tab or by a second click.
Kind = Literal["stale", "own", "forbidden", "refused"]


class Fault(msgspec.Struct, frozen=True):
    """One refusal as the page says it.

    Attributes:
        status: of the answer, 400 or 409.
        title, said: what happened, and why.
        meanwhile: what others did since the page was opened.
        allowed: the buttons that may be pressed now, in words, or "".
        act, fields: which button it was, and what was filled in, so that nobody writes it twice.
        scopes: which scopes were ticked, as values of their boxes.
        wrote: what was written, by the labels of its fields: the form itself may be gone by now.
    """

    status: int
    title: str
    said: str
    meanwhile: tuple[Line, ...] = ()
    allowed: str = ""
    act: str = ""
    fields: Mapping[str, str] = {}
    scopes: tuple[str, ...] = ()
    wrote: tuple[tuple[str, str], ...] = ()


class Attempt(msgspec.Struct, frozen=True):
    """What somebody tried: which button, having seen which version, and what they filled in."""

    actor: Actor
    act: str
    version: int
    fields: Mapping[str, str]
    scopes: tuple[str, ...] = ()


def fault_of(
    tongue: Tongue, error: PulihError, attempt: Attempt, *, incident: Incident, entries: Sequence[Entry]
) -> Fault:
    """Return how a refusal is told.

    Args:
        tongue: in which language.
        error: the refusal.
        attempt: what was tried.
        incident, entries: as they are now.
    """
    meanwhile = tuple(since(tongue, entries, attempt.version)) if attempt.version else ()
    kind = _kind(error)
    if kind == "stale" and {one.actor for one in entries[attempt.version :]} <= {attempt.actor.name, DESK}:
        kind = "own"
    return Fault(
        status=400 if kind == "refused" else 409,
        title=tongue.say(f"console.fault.{kind}"),
        said=said(tongue, error)
        if kind == "refused" or _is_told(tongue, error)
        else _why(tongue, kind, attempt, incident),
        meanwhile=meanwhile if kind in {"stale", "own"} else (),
        allowed=_buttons(tongue, attempt, incident) if kind == "forbidden" else "",
        act=attempt.act,
        fields=attempt.fields,
        scopes=attempt.scopes,
        wrote=wrote(tongue.say, attempt.fields.items()),
    )


def said(tongue: Tongue, error: PulihError) -> str:
    """Return a refusal in the reader's language, where there is a sentence for it."""
    if not _is_told(tongue, error):
        return str(error)
    key = f"refusal.{error.key}"
    return tongue.say(key, **{name.removesuffix("_us"): _named(tongue, name, value) for name, value in _values(error)})


def _values(error: PulihError) -> list[tuple[str, object]]:
    named = {"field": error.field} if isinstance(error, Misfilled) else {}
    return list((error.values | named).items())


def _named(tongue: Tongue, name: str, value: object) -> object:
    """Return a value of a refusal as pages call it: fields by their labels, states and kinds by their words."""
    if name == "field":
        label = f"console.field.{value}"
        return tongue.say(label) if tongue.say.has(label) else value
    if name == "language":
        return tongue.say(f"console.words.language.{value}")
    if name == "state":
        return tongue.chosen(STATES[cast(State, value)])
    if name == "kind":
        return tongue.chosen(KINDS[cast(NoticeKind, value)])
    return tongue.when.moment(cast(int, value)) if name.endswith("_us") else value


def _is_told(tongue: Tongue, error: PulihError) -> bool:
    return bool(error.key) and tongue.say.has(f"refusal.{error.key}")


def _kind(error: PulihError) -> Kind:
    if isinstance(error, StaleVersion):
        return "stale"
    return "forbidden" if isinstance(error, ForbiddenMove) else "refused"


def _why(tongue: Tongue, kind: Kind, attempt: Attempt, incident: Incident) -> str:
    """Say in the reader's language what the message of the table of moves says in that of interfaces."""
    key = f"console.act.{attempt.act}"
    act = tongue.say(key) if tongue.say.has(key) else attempt.act
    return tongue.say(f"console.fault.{kind}_means", act=act, state=tongue.chosen(STATES[incident.state]))


def _buttons(tongue: Tongue, attempt: Attempt, incident: Incident) -> str:
    """Name what may be done instead: not once more what was just refused."""
    acts = [BUTTONS[name] for name in allowed(incident, attempt.actor) if name in BUTTONS]
    return listed(tongue, [tongue.say(f"console.act.{act}") for act in acts if act != attempt.act])
