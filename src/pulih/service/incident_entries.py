"""Settles what an actor meant by a move, by what they had seen, and says what others did meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from pulih.communicate.holding import is_as_approved
from pulih.communicate.speech import Draft, Speech
from pulih.confirm.moves import tag_of
from pulih.confirm.recovery_moves import settled
from pulih.confirm.timeline import MOVES_OF_SCOPES, movable
from pulih.model.clock import iso
from pulih.model.entry import (
    DESK,
    ClaimedFixed,
    Confirmed,
    Entry,
    Fact,
    NoticeDrafted,
    Rejected,
    Relapsed,
    Restored,
    RumourAdded,
    ScopesSet,
    TaskAdded,
)
from pulih.model.errors import StaleVersion
from pulih.model.incident import Incident
from pulih.service.harmless import legible

# Moves about the whole incident: nobody makes them without having seen what the desk added.
_WHOLE: Final = (Rejected, ScopesSet)


def refuse_stale(incident: Incident, since: Sequence[Entry], fact: Fact, names: tuple[str, ...]) -> None:
    """Refuse a move that was decided on before somebody else acted.

    Args:
        incident: as it is now.
        since: entries that the actor had not seen.
        fact: what they want to do.
        names: moves that are allowed now.

    Raises: StaleVersion, which says what happened meanwhile.
    """
    if any(entry.actor != DESK for entry in since) or (since and isinstance(fact, _WHOLE)):
        raise StaleVersion(
            f"{incident.id} has moved on: {_told(since)}. Look again, then decide. "
            f"Allowed now: {', '.join(names) or 'none'}.",
            names,
        )


def meant(fact: Fact, seen: Incident, now: Incident) -> Fact:
    """Return a fact with what was left open in it: the scopes that may move and were seen, and ids not given.

    Args:
        fact: what the actor wants to do.
        seen: the incident as the actor saw it.
        now: the incident as it is.
    """
    match fact:
        case Restored():
            return settled(replace(fact, scopes=fact.scopes or movable(seen, MOVES_OF_SCOPES[Restored][0])), now)
        case Confirmed() | ClaimedFixed() | Relapsed() if not fact.scopes:
            return replace(fact, scopes=movable(seen, MOVES_OF_SCOPES[type(fact)][0]))
        case TaskAdded(task=""):
            return replace(fact, task=_next_id("t", (one.id for one in now.tasks)))
        case RumourAdded(rumour=""):
            return replace(fact, rumour=_next_id("r", (one.id for one in now.rumours)))
        case NoticeDrafted():
            return replace(
                fact,
                notice=fact.notice or _next_id("n", (one.id for one in now.notices)),
                corrects=fact.corrects or _corrected(fact, now),
            )
        case _:
            return fact


def legible_words(fact: Fact) -> Fact:
    """Return a fact whose words hold nothing that can not be seen: they go to pages, feeds and messages as they are."""
    legible_now = {name: _legible(getattr(fact, name)) for name in fact.__struct_fields__}
    return replace(fact, **legible_now)


def _legible(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_legible(one) for one in value)
    return legible(value) if isinstance(value, str) else value


def compared(fact: Fact, incident: Incident, speech: Speech, *, now_us: int) -> Fact:
    """Return a draft with the desk's own word on whether it is exactly what was approved beforehand; other facts as is.

    Args:
        fact: what the actor wants to do; what it says of itself does not count.
        incident: as it is now.
        speech: how the desk speaks.
        now_us: when it is drafted.
    """
    if not isinstance(fact, NoticeDrafted):
        return fact
    draft = Draft(kind=fact.kind, text_id=fact.text_id, text_en=fact.text_en, next_update_by_us=fact.next_update_by_us)
    # A name that somebody typed is words of their own, too.
    known = fact.speaker in {"", speech.speaker} and fact.office in {"", speech.office}
    return replace(fact, as_worded=known and is_as_approved(draft, incident, speech, now_us=now_us))


def _corrected(fact: NoticeDrafted, now: Incident) -> str:
    """Return what a correction that names nothing corrects: the last word in public; "" of another statement."""
    said = [one for one in now.notices if one.published_us is not None] if fact.kind == "correction" else []
    return max(said, key=lambda one: one.published_us or 0).id if said else ""


def _next_id(letter: str, known: Iterable[str]) -> str:
    taken = set(known)
    return next(name for number in range(1, len(taken) + 2) if (name := f"{letter}{number}") not in taken)


def _told(since: Sequence[Entry]) -> str:
    return "; ".join(
        f"{iso(entry.at_us)} {entry.actor} {tag_of(type(entry.fact))}" + (f" ({entry.reason})" if entry.reason else "")
        for entry in since
    )
