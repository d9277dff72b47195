"""Acting: the calls that open an incident and add to its timeline, by the same rules as the console.

Whoever acts says which version of the incident they saw. Of two who act on the same one, one wins and the other is told
what happened meanwhile, with the moves that are allowed now (409). A token acts in the name of whoever made it, so four
eyes are two people, never one person and their token.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from pulih.model.actor import Actor, through_token
from pulih.model.clock import to_micros
from pulih.model.entry import Opened
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.person import TokenView
from pulih.model.scope import Scope
from pulih.web.api.examples import ENTRY_SENT, INCIDENT, OPENING_SENT
from pulih.web.api.facts import Sent, fact_of
from pulih.web.api.operation import Behind, Call, Operation
from pulih.web.api.reading import incident_named, told_incident
from pulih.web.api.shapes import IncidentShape, Moment

_REASON = Annotated[str, Meta(max_length=2_000, description="why, in the words of whoever acts; some moves demand one")]


class EntrySent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A move: what is done, why, and which version of the incident it was decided on."""

    version: Annotated[
        # In JSON 3.0 is an integer too, and some languages write one so.
        float,
        Meta(
            ge=1,
            le=1_000_000,
            multiple_of=1,
            description="the version of the incident that you saw",
            extra_json_schema={"type": "integer"},
        ),
    ]
    fact: Sent
    reason: _REASON = ""


class IncidentSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An incident to be opened by hand, as suspected."""

    operator: Annotated[str, Meta(min_length=1, max_length=64, description="catalogue id of whose service it is")]
    onset: Annotated[Moment, Meta(description="when trouble began, with a time zone")]
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=100, description="what is hit")]
    reason: Annotated[str, Meta(min_length=1, max_length=2_000, description="why it is opened")]


def actor_of(token: TokenView) -> Actor:
    """Return who acts when a token does: whoever made it, by that token; no account can have such a name.

    >>> actor_of(TokenView(id="9f2c", name="noc bot", role="duty", made_by="sari")).name
    'sari via noc bot [9f2c]'
    """
    if token.role == "source":
        raise ForbiddenMove("A source may send reports and nothing else.")
    return Actor(through_token(token.made_by, f"{token.name} [{token.id}]"), token.role)


def _act(behind: Behind, call: Call) -> IncidentShape:
    sent: EntrySent = call.body
    incident = incident_named(behind, call.name)
    actor = actor_of(call.token)
    fact = fact_of(sent.fact)
    with _told_as_conflict():
        after = behind.incidents.act(incident.id, fact, actor=actor, version=int(sent.version), reason=sent.reason)
    return told_incident(after)


def _open(behind: Behind, call: Call) -> IncidentShape:
    sent: IncidentSent = call.body
    fact = Opened(operator=sent.operator, onset_us=to_micros(sent.onset), scopes=sent.scopes)
    with _told_as_conflict():
        opened = behind.incidents.open(fact, actor=actor_of(call.token), reason=sent.reason)
    return told_incident(opened)


@contextmanager
def _told_as_conflict() -> Iterator[None]:
    """Answer 409 where a move has the described shape and does not fit what there is, such as a task of no such id."""
    try:
        yield
    except RefusedInput as refused:
        raise ForbiddenMove(str(refused)) from refused


ACTING = (
    Operation(
        id="openIncident",
        method="POST",
        path="/v1/incidents",
        role="duty",
        summary="Open an incident by hand",
        description="For what people know before reports tell it. It begins as suspected.",
        body=IncidentSent,
        answer=IncidentShape,
        status=201,
        do=_open,
        refusals=(409,),
        examples={"answer": INCIDENT, "body": OPENING_SENT},
    ),
    Operation(
        id="addEntry",
        method="POST",
        path="/v1/incidents/{incident}/entries",
        role="duty",
        summary="Act on an incident",
        description=(
            "Adds one entry to the timeline and answers with the incident after it. 409 when the move is not allowed "
            "in this state or to this role, lacks a reason that it needs, does not fit what there is, or when somebody "
            "acted since `version`; `allowed` names the moves that are."
        ),
        body=EntrySent,
        answer=IncidentShape,
        status=201,
        do=_act,
        refusals=(404, 409),
        examples={"answer": INCIDENT, "body": ENTRY_SENT},
    ),
)
