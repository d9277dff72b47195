"""Problem tasks: acknowledging and grouping of service problems; what the desk cannot undo is refused.

Source: TMF656 Service Problem Management v4, task resources.
"""

from __future__ import annotations

import secrets

from pulih.interchange.kinds import PROBLEM, Kind
from pulih.interchange.moments import written
from pulih.interchange.shapes import Document
from pulih.model.actor import Actor
from pulih.model.entry import Acknowledged, MergedInto
from pulih.model.errors import ForbiddenMove
from pulih.ports.clock import Clock
from pulih.service.incidents import Incidents
from pulih.service.interchange.shelf import Sender, without_address


class ProblemTasks:
    """The tasks of one kind.

    Args:
        kind: one of `PROBLEM_TASKS`.
        incidents: the desk's.
        clock: the desk's.
    """

    def __init__(self, kind: Kind, incidents: Incidents, clock: Clock) -> None:
        self._kind, self._incidents, self._clock = kind, incidents, clock

    def create(self, sent: Document, sender: Sender) -> Document:
        """Do a task, and return it with the problems that it was done to.

        Raises: ForbiddenMove when it can be done to none of them, or not at all.
        """
        if sender.actor is None:
            raise ForbiddenMove("Service problems are for tokens of the role duty; this one is of a source.")
        # The specification has no way to ask for a task again, so it has an id and no address.
        task = {"id": secrets.token_hex(8), "@type": self._kind.type, **without_address(sent)}
        match self._kind.name:
            case "problemAcknowledgement":
                done = [one for one in sent["problem"] if self._acknowledged(one, sender.actor)]
                if not done:
                    raise ForbiddenMove("None of these problems can be acknowledged; they are not there, or over.")
                return {**task, "ackProblem": done, "trackingRecord": self._tracked(sent, sender)}
            case "problemGroup":
                self._group(sent, sender.actor)
                return task
            case "problemUnacknowledgement":
                raise ForbiddenMove("What was acknowledged stays so; who is called next is called for what is new.")
            case _:
                raise ForbiddenMove("Problems that became one stay so; a part is split off on its page, or with /v1.")

    def _acknowledged(self, reference: Document, actor: Actor) -> bool:
        incident = self._incidents.get(reference["id"])
        if incident is None:
            return False
        try:
            self._incidents.act(
                incident.id, Acknowledged(), actor=actor, version=incident.version, reason="TMF656: acknowledged"
            )
        except ForbiddenMove:
            return False
        return True

    def _group(self, sent: Document, actor: Actor) -> None:
        parent = self._incidents.get(sent["parentProblem"]["id"])
        children = [self._incidents.get(one["id"]) for one in sent["childProblem"]]
        there = [one for one in children if one is not None]
        if parent is None or not there or len(there) < len(children):
            raise ForbiddenMove(f"One of these is no {PROBLEM.name}; right would be ids from the list.")
        for child in there:
            fact = MergedInto(incident=parent.id)
            self._incidents.act(
                child.id, fact, actor=actor, version=child.version, reason=f"TMF656: part of {parent.id}"
            )

    def _tracked(self, sent: Document, sender: Sender) -> Document:
        told: Document = sent.get("trackingRecord", {})
        now = written(self._clock.now_us())
        return {"description": "acknowledged", "systemId": "pulih", "time": now, "user": sender.name, **told}
