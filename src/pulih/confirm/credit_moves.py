"""Moves of credits on a timeline: what they add up to, and the two people they take (requirements K1, C1).

Whoever asked for a batch cannot approve it. What was approved may be reversed until it is handed over; afterwards
nothing is taken back (docs/credit.md, "Already paid").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from pulih.model.actor import Actor, are_two, see_that_known
from pulih.model.credit_batch import CreditBasis, CreditBatch, committed
from pulih.model.entry import (
    CreditBasisSet,
    CreditsApproved,
    CreditsAsked,
    CreditsHandedOver,
    CreditsReversed,
    Entry,
    Fact,
    SplitOff,
)
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident

CreditFact = CreditBasisSet | CreditsAsked | CreditsApproved | CreditsReversed | CreditsHandedOver
CAUSE_CHARS_MAX = 64
ATTRIBUTES_MAX = 20
ATTRIBUTE_CHARS_MAX = 40
_ATTRIBUTE = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
_NUMBER_MAX = 2**63 - 1


def credited(incident: Incident, fact: CreditFact, entry: Entry) -> Incident:
    """Return the incident after a move of credits."""
    match fact:
        case CreditBasisSet():
            basis = CreditBasis(
                services=fact.services,
                nationwide=fact.nationwide,
                excluded=fact.excluded,
                cause=fact.cause,
                attributes=fact.attributes,
            )
            return replace(incident, credit_basis=basis)
        case CreditsAsked():
            batch = CreditBatch(
                id=fact.batch,
                policy=fact.policy,
                subscribers=fact.subscribers,
                rows=fact.rows,
                net_minor=fact.net_minor,
                digest=fact.digest,
                rests_on=fact.rests_on,
                asked_by=entry.actor,
                asked_us=entry.at_us,
                who_id=fact.who_id,
                who_en=fact.who_en,
            )
            return replace(incident, credits=(*incident.credits, batch))
        case CreditsApproved():
            return _changed(
                incident,
                fact.batch,
                state="approved",
                approved_by=entry.actor,
                approved_us=entry.at_us,
                by_us=fact.by_us,
            )
        case CreditsReversed():
            return _changed(incident, fact.batch, state="reversed")
        case CreditsHandedOver():
            return _changed(incident, fact.batch, state="handed_over")


def check_credits(incident: Incident, fact: Fact, actor: Actor) -> None:
    """Refuse a move of credits, or a split, that the books forbid; other moves pass.

    Raises: ForbiddenMove; RefusedInput when its words cannot be right.
    """
    match fact:
        case SplitOff():
            held = [one.id for one in incident.credits if committed(one)]
            if held:
                raise ForbiddenMove(
                    f"{incident.id} has committed credits ({held[0]}); it can be merged, and not split",
                    key="credit.no_split",
                    batch=held[0],
                )
        case CreditBasisSet() if len(fact.cause) > CAUSE_CHARS_MAX or "\n" in fact.cause:
            raise RefusedInput(
                f"The cause has {len(fact.cause)} characters; a word of at most {CAUSE_CHARS_MAX} belongs here.",
                key="detail.long",
                field="cause",
                has=len(fact.cause),
                most=CAUSE_CHARS_MAX,
            )
        case CreditBasisSet() if wrong := _wrong_attributes(fact.attributes):
            raise RefusedInput(
                f"The attribute {wrong!r} will not do; names of 1 to {ATTRIBUTE_CHARS_MAX} small letters, digits, _, "
                f"each with a whole number of 64 bits, at most {ATTRIBUTES_MAX} of them, belong here.",
                key="credit.attribute",
                name=wrong,
            )
        case CreditsAsked():
            _asked(incident, fact)
        case CreditsApproved():
            _second(_found(incident, fact.batch, "asked"), actor)
        case CreditsReversed():
            _found(incident, fact.batch, "asked", "approved")
        case CreditsHandedOver():
            _found(incident, fact.batch, "approved")
        case _:
            pass


def may_approve(batch: CreditBatch, actor: Actor) -> bool:
    """Tell whether an actor is the second person for a batch; a token is the person who made it."""
    return actor.role in {"approver", "admin"} and are_two(actor.name, batch.asked_by)


def _asked(incident: Incident, fact: CreditsAsked) -> None:
    waiting = [one.id for one in incident.credits if one.state == "asked"]
    if waiting:
        raise ForbiddenMove(
            f"Batch {waiting[0]} of {incident.id} waits for approval; approve or reverse it first",
            key="credit.waits",
            batch=waiting[0],
        )
    if any(one.id == fact.batch for one in incident.credits):
        raise ForbiddenMove(f"Batch {fact.batch} was asked for already", key="credit.again", batch=fact.batch)


def _second(batch: CreditBatch, actor: Actor) -> None:
    see_that_known(actor.name, batch.asked_by)
    if not may_approve(batch, actor):
        raise ForbiddenMove(
            f"{batch.asked_by} asked for batch {batch.id}; a second person approves it (four eyes)",
            key="credit.second",
            batch=batch.id,
            who=batch.asked_by,
        )


def _found(incident: Incident, name: str, *states: str) -> CreditBatch:
    for one in incident.credits:
        if one.id == name and one.state in states:
            return one
    known = ", ".join(f"{one.id} ({one.state})" for one in incident.credits) or "none"
    raise ForbiddenMove(
        f"{incident.id} has no batch {name!r} that is {' or '.join(states)}; it has: {known}",
        key="credit.changed",
        batch=name,
    )


def _changed(incident: Incident, name: str, **changes: object) -> Incident:
    batches = tuple(replace(one, **changes) if one.id == name else one for one in incident.credits)
    return replace(incident, credits=batches)


def _wrong_attributes(attributes: Mapping[str, int]) -> str:
    """Return the name of the first attribute that will not do, "" where all will."""
    for place, (name, value) in enumerate(attributes.items()):
        if place >= ATTRIBUTES_MAX or not _ATTRIBUTE.fullmatch(name) or abs(value) > _NUMBER_MAX:
            return name[: ATTRIBUTE_CHARS_MAX + 1] or "(no name)"
    return ""
