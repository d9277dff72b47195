"""Tasks of an incident: what an entry makes of them, and what it must hold: owner, due, state, and what comes before.

A task may wait for others. It can be planned, held or dropped at any time, and is not done before them: who did it all
the same drops what it no longer needs, or takes it out of its list, and the timeline shows that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from pulih.model.entry import TaskAdded, TaskDone, TaskSet
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident, Task

NAME_CHARS_MAX: Final = 120
AFTER_MAX: Final = 20

TaskFact = TaskAdded | TaskSet | TaskDone


def tasked(incident: Incident, fact: TaskFact, at_us: int) -> Incident:
    """Return the incident after an entry about a task."""
    if isinstance(fact, TaskAdded):
        new = Task(
            id=fact.task,
            what=fact.what,
            party=fact.party,
            owner=fact.owner,
            due_us=fact.due_us,
            outside=fact.outside,
            after=fact.after,
            tells_end=fact.tells_end,
        )
        return replace(incident, tasks=(*incident.tasks, new))
    tasks = tuple(_changed(one, fact, at_us) if one.id == fact.task else one for one in incident.tasks)
    return replace(incident, tasks=tasks)


def waits_for(incident: Incident, task: Task) -> tuple[str, ...]:
    """Return the ids of the tasks that must still be done before a task.

    >>> tasks = (Task(id="t1", what="Genset"), Task(id="t2", what="Core", after=("t1",)))
    >>> incident = Incident(id="i", version=1, opened_us=0, onset_us=0, operator="", scopes=(), tasks=tasks)
    >>> waits_for(incident, tasks[1])
    ('t1',)
    """
    return tuple(one.id for one in incident.tasks if one.id in task.after and is_waiting(one))


def is_waiting(task: Task) -> bool:
    """Return whether a task is still to be done."""
    return task.done_us is None and task.state != "dropped"


def check_task(incident: Incident, fact: TaskFact) -> None:
    """Refuse an entry about a task that does not fit the tasks that there are.

    Raises: RefusedInput when it can never be right; ForbiddenMove when it is not right now.
    """
    tasks = {one.id: one for one in incident.tasks}
    if isinstance(fact, TaskDone):
        before = waits_for(incident, tasks[fact.task])
        if before:
            raise ForbiddenMove(
                f"Task {fact.task} waits for {', '.join(before)}; those come first, or are dropped",
                key="detail.task_waits",
                task=fact.task,
                before=", ".join(before),
            )
        return
    for where, name in (("owner", fact.owner), ("outside", fact.outside)):
        if len(name) > NAME_CHARS_MAX or "\n" in name:
            raise RefusedInput(
                f"The field {where} has {len(name)} characters; a name is one line of {NAME_CHARS_MAX} at most.",
                key="detail.long",
                field=where,
                has=len(name),
                most=NAME_CHARS_MAX,
            )
    _check_after(tasks, fact)


def _check_after(tasks: Mapping[str, Task], fact: TaskAdded | TaskSet) -> None:
    unknown = [one for one in fact.after if one not in tasks]
    if unknown:
        raise ForbiddenMove(
            f"There is no task {unknown[0]!r}; there are: {', '.join(tasks) or 'none'}",
            key="detail.not_there",
            name=unknown[0],
        )
    if len(fact.after) > AFTER_MAX:
        raise RefusedInput(f"A task waits for {AFTER_MAX} others at most; {len(fact.after)} were named.")
    ahead = list(fact.after)
    seen: set[str] = set()
    while ahead:
        one = ahead.pop()
        if one == fact.task:
            raise ForbiddenMove(
                f"Task {fact.task} would wait for itself; take it out of what comes before",
                key="detail.task_circle",
                task=fact.task,
            )
        if one not in seen:
            seen.add(one)
            ahead.extend(tasks[one].after)


def _changed(task: Task, fact: TaskSet | TaskDone, at_us: int) -> Task:
    if isinstance(fact, TaskDone):
        return replace(task, done_us=at_us)
    return replace(
        task,
        state=fact.state,
        owner=fact.owner,
        due_us=fact.due_us,
        outside=fact.outside,
        after=fact.after,
        done_us=None,
    )
