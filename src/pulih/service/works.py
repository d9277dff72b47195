"""Works: the one way in which planned work is announced, signed, extended, called off and completed; what overran.

What is announced stands among the planned changes at once, so that complaints during the window are explained by it;
it is public with a second signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from pulih.confirm.works import (
    Reminder,
    called_off,
    check_plan,
    completed,
    extended,
    has_overrun,
    is_closed,
    public_work,
    reminder_of,
    signed,
)
from pulih.model.actor import THE_DESK, Actor, are_two
from pulih.model.bulletin import Work
from pulih.model.clock import DAY_S, MICROS, from_micros
from pulih.model.entry import Explained, Opened
from pulih.model.errors import ForbiddenMove, RefusedInput, StaleVersion
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.model.work import PlannedWork
from pulih.ports.clock import Clock
from pulih.ports.incidents import PlannedChangeStore
from pulih.ports.live import PlannedChange
from pulih.ports.works import WorkStore
from pulih.service.harmless import legible
from pulih.service.incidents import Incidents

# Works are shown so long before they begin and after they ended.
SHOWN_AHEAD_US: Final = 90 * DAY_S * MICROS
SHOWN_BEHIND_US: Final = 7 * DAY_S * MICROS
_MAY: Final = frozenset({"duty", "approver", "admin"})
_SECOND: Final = frozenset({"approver", "admin"})
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
# An incident has one scope for each place and service; more are not told apart.
_SCOPES_MAX: Final = 100
_TRIES_MAX: Final = 20
# Why the desk opens an incident, in Indonesian, then in English.
_OVERRUN: Final = (
    "Pekerjaan terencana {0} melewati waktunya dan belum dinyatakan selesai.\n"
    "Planned work {0} has run over its time and nobody has said that it is complete."
)


class Works:
    """Planned works of a desk; every method may be called from any thread.

    Args:
        store: where they are kept.
        changes: planned changes, which explain complaints.
        incidents: where work that overran becomes one.
        clock: what time it is.
    """

    def __init__(self, store: WorkStore, changes: PlannedChangeStore, *, incidents: Incidents, clock: Clock) -> None:
        self._store, self._changes, self._incidents, self._clock = store, changes, incidents, clock
        self._listeners: list[Callable[[PlannedWork], None]] = []

    def on_change(self, listener: Callable[[PlannedWork], None]) -> None:
        """Call `listener` after each change, in the changer's thread; it must only hand on, and not fail."""
        self._listeners.append(listener)

    def get(self, work_id: str) -> PlannedWork | None:
        """Return one work, None when there is none of that id."""
        return self._store.get(work_id)

    def around(self, now_us: int) -> Sequence[PlannedWork]:
        """Return works that are ahead, under way, or were over lately, by start."""
        return self._store.between(now_us - SHOWN_BEHIND_US, now_us + SHOWN_AHEAD_US)

    def public(self, now_us: int) -> tuple[Work, ...]:
        """Return those that a second person signed, as the public may know them."""
        return tuple(public_work(one, now_us) for one in self.around(now_us) if one.signed_by)

    def reminders(self, now_us: int) -> tuple[Reminder, ...]:
        """Return what waits, most urgent first."""
        found = [reminder for one in self.around(now_us) if (reminder := reminder_of(one, now_us)) is not None]
        return tuple(sorted(found, key=lambda one: one.due_us))

    def announce(self, work: PlannedWork, *, actor: Actor) -> PlannedWork:
        """Announce work, and return it with its id.

        Args:
            work: as it was filled in; id, version, times of change and outcome are given here.
            actor: who announces it.

        Raises: RefusedInput when it is not sound; ForbiddenMove when the actor may not; OutsideFailed.
        """
        _check_may(actor)
        now_us = self._clock.now_us()
        fresh = replace(
            work,
            title_id=legible(work.title_id),
            title_en=legible(work.title_en),
            text_id=legible(work.text_id),
            text_en=legible(work.text_en),
            version=1,
            announced_us=now_us,
            announced_by=actor.name,
            updated_us=now_us,
            signed_us=0,
            signed_by="",
            done_us=None,
            cancelled_us=None,
            incident="",
        )
        check_plan(fresh, now_us)
        for attempt in range(_TRIES_MAX):
            named = replace(fresh, id=self._new_id(fresh, attempt))
            try:
                return self._keep(named)
            except StaleVersion:
                continue
        raise StaleVersion("Several people announced the same work at once; try again.")

    def sign(self, work_id: str, *, actor: Actor, version: int) -> PlannedWork:
        """Let a second person make work public. Raises: as `extend`; ForbiddenMove when the actor may not sign."""
        if actor.role not in _SECOND:
            raise ForbiddenMove(f"Signing is not for the role {actor.role} of {actor.name}.", key="work.approver")
        return self._change(work_id, lambda one, now_us: signed(one, actor.name, now_us), actor=actor, version=version)

    def extend(self, work_id: str, end_us: int, *, actor: Actor, version: int) -> PlannedWork:
        """Let work end at another time. Raises: as `announce`; StaleVersion when somebody changed it since."""
        return self._change(work_id, lambda one, now_us: extended(one, end_us, now_us), actor=actor, version=version)

    def cancel(self, work_id: str, *, actor: Actor, version: int) -> PlannedWork:
        """Call work off that has not begun. Raises: as `extend`."""
        return self._change(work_id, called_off, actor=actor, version=version)

    def complete(self, work_id: str, *, actor: Actor, version: int) -> PlannedWork:
        """Say that work is complete. Raises: as `extend`."""
        return self._change(work_id, completed, actor=actor, version=version)

    def advance(self, now_us: int) -> list[str]:
        """Open an incident, as suspected, for each work that overran; return what was done, a sentence each.

        It may be called again after a crash at any point: an incident that was opened is found and not opened twice.
        """
        return [self._overrun(one) for one in self.around(now_us) if has_overrun(one, now_us)]

    def _overrun(self, work: PlannedWork) -> str:
        reason = _OVERRUN.format(work.id)
        incident = self._opened_for(work) or self._open_for(work, reason)
        if not incident.maintenance:
            fact = Explained(maintenance=work.id)
            self._incidents.act(incident.id, fact, actor=THE_DESK, version=incident.version, reason=reason)
        self._keep(replace(work, incident=incident.id, version=work.version + 1))
        return f"work {work.id} overran into incident {incident.id}"

    def _opened_for(self, work: PlannedWork) -> Incident | None:
        """Return the incident that was opened for work before a crash: none else of its operator begins at its end."""
        going = self._incidents.current(1_000)
        mine = [one for one in going if one.operator == work.operator and one.onset_us == work.end_us]
        return next((one for one in mine if one.maintenance in {"", work.id}), None)

    def _open_for(self, work: PlannedWork, reason: str) -> Incident:
        scopes = [
            Scope(operator=work.operator, service=service, region=region)
            for region in work.regions or (None,)
            for service in work.services or (None,)
        ]
        opened = Opened(operator=work.operator, onset_us=work.end_us, scopes=tuple(scopes[:_SCOPES_MAX]))
        return self._incidents.open(opened, actor=THE_DESK, reason=reason)

    def _change(
        self, work_id: str, how: Callable[[PlannedWork, int], PlannedWork], *, actor: Actor, version: int
    ) -> PlannedWork:
        _check_may(actor)
        work = self._store.get(work_id)
        if work is None:
            raise RefusedInput(f"There is no planned work {work_id!r}; take one of the list.", key="work.unknown")
        if work.version != version:
            raise StaleVersion(f"Work {work_id} was changed by somebody else; look at it again.", key="work.stale")
        return self._keep(how(work, self._clock.now_us()))

    def _keep(self, work: PlannedWork) -> PlannedWork:
        self._store.put(work)
        # Explaining comes second: work that is announced and does not explain yet is mended by the next change.
        changes = _changes_of(work)
        if is_closed(work) and work.cancelled_us is not None:
            self._changes.drop([one.id for one in changes])
        else:
            self._changes.put(changes)
        for listener in self._listeners:
            listener(work)
        return work

    def _new_id(self, work: PlannedWork, attempt: int) -> str:
        local = from_micros(work.announced_us).astimezone(self._incidents.speech.zone)
        seed = msgspec.json.encode((work, attempt))
        number = int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest())
        letters = ""
        for _ in range(4):
            number, rest = divmod(number, len(_LETTERS))
            letters += _LETTERS[rest]
        return f"w{local:%Y%m%d}-{letters}"


def may_sign(work: PlannedWork, actor: Actor) -> bool:
    """Tell whether an actor may give the second signature that work still needs."""
    another = are_two(actor.name, work.announced_by)
    return actor.role in _SECOND and another and not work.signed_by and not is_closed(work)


def own_id(change_id: str) -> str:
    """Return the id of the work that a planned change may stem from.

    >>> own_id("w20251003-k7qm/32"), own_id("noc.ics/1f/17")
    ('w20251003-k7qm', 'noc.ics')
    """
    return change_id.partition("/")[0]


def _changes_of(work: PlannedWork) -> list[PlannedChange]:
    """Return work as planned changes, one for each place; the first has the id of the work."""
    end_us = work.end_us if work.done_us is None else max(work.start_us + 1, min(work.end_us, work.done_us))
    return [
        PlannedChange(
            id=f"{work.id}/{region}" if number else work.id,
            operator=work.operator,
            start_us=work.start_us,
            end_us=end_us,
            region=region,
            text=f"{work.title_id} / {work.title_en}",
        )
        for number, region in enumerate(work.regions or (None,))
    ]


def _check_may(actor: Actor) -> None:
    if actor.role not in _MAY:
        raise ForbiddenMove(f"Planned work is not for the role {actor.role} of {actor.name}.", key="work.role")
