"""What is said when an act was refused: why, who did what meanwhile, and what may be done instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from pulih.confirm.moves import allowed
from pulih.model.actor import Actor
from pulih.model.entry import Entry
from pulih.model.errors import ForbiddenMove, PulihError
from pulih.model.incident import Incident
from pulih.web.console.forms import Misfilled
from pulih.web.console.lines import Line, since
from pulih.web.console.options import BUTTONS
from pulih.web.console.phrasing import Tongue, listed


class Fault(msgspec.Struct, frozen=True):
    """One refusal as the page says it.

    Attributes:
        status: of the answer, 400 or 409.
        title, said: what happened, and why.
        meanwhile: what others did since the page was opened.
        allowed: the buttons that may be pressed now, in words, or "".
        act, fields: which button it was, and what was filled in, so that nobody writes it twice.
    """

    status: int
    title: str
    said: str
    meanwhile: tuple[Line, ...] = ()
    allowed: str = ""
    act: str = ""
    fields: Mapping[str, str] = {}


class Attempt(msgspec.Struct, frozen=True):
    """What somebody tried: which button, having seen which version, and what they filled in."""

    actor: Actor
    act: str
    version: int
    fields: Mapping[str, str]


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
    forbidden = isinstance(error, ForbiddenMove)
    key = ("stale" if meanwhile else "forbidden") if forbidden else "refused"
    return Fault(
        status=409 if forbidden else 400,
        title=tongue.say(f"console.fault.{key}"),
        said=said(tongue, error),
        meanwhile=meanwhile if forbidden else (),
        allowed=_buttons(tongue, allowed(incident, attempt.actor)) if forbidden else "",
        act=attempt.act,
        fields=attempt.fields,
    )


def said(tongue: Tongue, error: PulihError) -> str:
    """Return a refusal in the reader's language, where there is a sentence for it."""
    key = f"refusal.{error.key}"
    if not error.key or not tongue.say.has(key):
        return str(error)
    values = dict(error.values)
    if isinstance(error, Misfilled):
        label = f"console.field.{error.field}"
        values["field"] = tongue.say(label) if tongue.say.has(label) else error.field
    return tongue.say(key, **values)


def _buttons(tongue: Tongue, names: Sequence[str]) -> str:
    return listed(tongue, [tongue.say(f"console.act.{BUTTONS[name]}") for name in names if name in BUTTONS])
