"""Hub: who asked to be told of events, and the telling of each, in order, until they took it.

An event is written in the transaction of what it tells of, or, for incidents, found on their timelines; a listener
notes the last one it took. So what happened while the desk was cut off is told after the next start, and a listener
that was away is told all of it, as long as events are kept. One whose answer was lost is told again, with the same id.
Source: TMF630 REST API Design Guidelines, hub and notifications.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from pulih.interchange.asking import Asked, asked_of, fits
from pulih.interchange.kinds import PROBLEM, TICKET
from pulih.interchange.problems import event_of
from pulih.interchange.shapes import Document
from pulih.interchange.tasks import events_of, ticket_of
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.entry import Entry, TaskAdded, TaskDone, TaskSet
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.ports.channels import Outcome
from pulih.ports.interchange import EventStore, Happened, Listener, Seal
from pulih.service.incidents import Incidents
from pulih.service.interchange.problems import Problems
from pulih.service.interchange.shelf import NotThere, Shelf

# Posts the body of an event to an address, and says what became of it.
Post = Callable[[str, bytes], Awaitable[Outcome]]

# What listeners did not take by then is lost to them.
KEPT_US: Final = 3 * DAY_S * MICROS
LISTENERS_MAX: Final = 50
_AT_ONCE: Final = 50
_LOOKED_AT: Final = 1_000
_RETRY_S: Final = 5.0
_RETRY_S_MAX: Final = 1.0 * HOUR_S
_URL_MAX: Final = 2_000


class Hub:
    """The listeners of a desk.

    Args:
        store: where they and events are kept.
        seal: opens sealed events.
        shelf: makes events; `problems` makes problems of incidents.
        incidents: the desk's.
        usable: refuses an address that the desk would never post to.
    """

    def __init__(
        self,
        store: EventStore,
        seal: Seal,
        shelf: Shelf,
        *,
        problems: Problems,
        incidents: Incidents,
        usable: Callable[[str], None],
    ) -> None:
        self._store, self._seal, self._shelf = store, seal, shelf
        self._problems, self._incidents, self._usable = problems, incidents, usable
        self._looked: dict[str, int] = {}

    def listen(self, root: str, sent: Document, made_by: str) -> Document:
        """Keep a listener, and return it.

        Raises: ForbiddenMove when its address cannot be used or there are too many; RefusedInput; OutsideFailed.
        """
        callback, query = sent["callback"], sent.get("query", "")
        if len(callback) > _URL_MAX or len(query) > _URL_MAX:
            raise RefusedInput(f"body.callback: it is too long; right would be at most {_URL_MAX} characters.")
        asked_of(query)
        try:
            self._usable(callback)
        except RefusedInput as refused:
            raise ForbiddenMove(f"body.callback: {refused}") from None
        if len(self._store.listeners(root)) >= LISTENERS_MAX:
            raise ForbiddenMove(f"There are {LISTENERS_MAX} listeners already; right would be to remove one first.")
        now_us = self._shelf.clock.now_us()
        made = self._store.listen(Listener(root=root, callback=callback, query=query, made_by=made_by, made_us=now_us))
        return {"id": str(made.number), "callback": callback, **({"query": query} if "query" in sent else {})}

    def leave(self, root: str, number: str) -> None:
        """Remove a listener. Raises NotThere."""
        if not (number.isascii() and number.isdecimal() and len(number) < 10 and self._store.leave(root, int(number))):
            raise NotThere(f"path: there is no listener {number[:60]!r}; right would be the id that its hub answered.")

    def look(self) -> None:
        """Write events about what incidents did since they were looked at last. Raises OutsideFailed."""
        found = (*self._incidents.current(_LOOKED_AT), *self._incidents.past(_LOOKED_AT))
        roots = {one.root for one in self._store.listeners()}
        for incident in found:
            if self._looked.get(incident.id) == incident.version:
                continue
            seen = self._store.seen(incident.id) or 0
            if seen < incident.version:
                told = [*self._told(incident, seen)] if roots & {PROBLEM.root, TICKET.root} else []
                self._store.see(incident.id, incident.version, told)
            self._looked[incident.id] = incident.version
        there = {incident.id for incident in found}
        self._looked = {name: version for name, version in self._looked.items() if name in there}

    async def tell(self, post: Post) -> float | None:
        """Tell every listener what it has not been told, one listener not waiting for another.

        Return: seconds until somebody who did not take an event is tried again, None when nobody is.

        Raises: OutsideFailed when the store cannot be used.
        """
        listeners = await asyncio.to_thread(self._store.listeners)
        now_us = self._shelf.clock.now_us()
        due = [one for one in listeners if one.due_us <= now_us]
        results = await asyncio.gather(*(self._tell_one(one, post) for one in due), return_exceptions=True)
        for one in results:
            if isinstance(one, BaseException):
                raise one
        later = [one.due_us for one in listeners if one.due_us > now_us]
        later += [one.due_us for one in results if isinstance(one, Listener) and one.due_us > now_us]
        return max((min(later) - now_us) / MICROS, 0.0) if later else None

    def forget(self, now_us: int) -> None:
        """Remove events that are too old. Raises OutsideFailed."""
        self._store.forget_events(now_us - KEPT_US)

    def trouble(self) -> str:
        """Return which listener does not take events, "" when all do."""
        failing = next((one for one in self._store.listeners() if one.failed), None)
        return "" if failing is None else f"listener {failing.number} does not take events: {failing.why}"

    async def _tell_one(self, listener: Listener, post: Post) -> Listener:
        wanted = asked_of(listener.query)
        while True:
            events = await asyncio.to_thread(self._store.after, listener.root, listener.told, _AT_ONCE)
            for one in events:
                body = self._seal.opened(one.sealed, one.key)
                outcome = Outcome("sent")
                if body is not None and _wants(body, wanted):
                    outcome = await post(listener.callback, body)
                listener = await asyncio.to_thread(self._come, listener, one, outcome)
                if listener.failed:
                    return listener
            if len(events) < _AT_ONCE:
                return listener

    def _come(self, listener: Listener, event: Happened, outcome: Outcome) -> Listener:
        """Write what became of an event, and return how far its listener has come."""
        if outcome.gone:
            self._store.leave(listener.root, listener.number)
            return replace(listener, failed=1)
        if outcome.fate == "sent":
            listener = replace(listener, told=event.number, failed=0, due_us=0, why="")
        else:
            wait_s = outcome.retry_s or min(_RETRY_S * 2.0**listener.failed, _RETRY_S_MAX)
            due_us = self._shelf.clock.now_us() + round(wait_s * MICROS)
            listener = replace(listener, failed=listener.failed + 1, due_us=due_us, why=outcome.why[:500])
        self._store.settle(listener)
        return listener

    def _told(self, incident: Incident, seen: int) -> Iterator[Happened]:
        entries = self._incidents.timeline(incident.id)[: incident.version]
        problem = self._problems.told(incident)
        for entry in entries[seen:]:
            yield from self._shelf.happened(PROBLEM, [event_of(entry)], problem, entry.at_us)
            yield from self._about_task(incident, entries, entry)

    def _about_task(self, incident: Incident, entries: Sequence[Entry], entry: Entry) -> Iterator[Happened]:
        fact = entry.fact
        if not isinstance(fact, TaskAdded | TaskSet | TaskDone):
            return
        task = next(one for one in incident.tasks if one.id == fact.task)
        names = events_of(task.id, entries, entry)
        yield from self._shelf.happened(TICKET, names, ticket_of(incident, task, entries), entry.at_us)


def _wants(body: bytes, wanted: Asked) -> bool:
    return wanted.is_open or fits(msgspec.json.decode(body, type=Document), wanted)
