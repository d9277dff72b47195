"""Recovery tasks: owner, due, state, dependency, and the party outside (requirement R1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from incident_world import JAKARTA, SARI, START_US, after, begun, histories, lived

from pulih.confirm.clocks import clocks
from pulih.confirm.moves import allowed
from pulih.confirm.task_moves import is_waiting, waits_for
from pulih.confirm.timeline import added
from pulih.model.entry import TaskAdded, TaskDone, TaskSet
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident


def with_tasks() -> Incident:
    """An incident with a power company's task, and one of our own that waits for it."""
    incident = after(begun(JAKARTA), TaskAdded(task="t1", what="Genset", party="power", outside="PLN", due_us=START_US))
    return after(incident, TaskAdded(task="t2", what="Core", owner="rani", after=("t1",)))


def test_a_task_says_whose_it_is_what_it_waits_for_and_how_it_stands() -> None:
    incident = after(with_tasks(), TaskSet(task="t1", state="under_way", owner="sari", outside="PLN UP3", due_us=5))
    first, second = incident.tasks
    assert (first.state, first.owner, first.outside, first.due_us) == ("under_way", "sari", "PLN UP3", 5)
    assert waits_for(incident, second) == ("t1",)
    assert waits_for(after(incident, TaskDone(task="t1")), second) == ()


def test_a_task_is_not_done_before_what_it_waits_for_unless_that_is_dropped() -> None:
    incident = with_tasks()
    with pytest.raises(ForbiddenMove, match="t2 waits for t1"):
        after(incident, TaskDone(task="t2"))
    dropped = after(incident, TaskSet(task="t1", state="dropped"))
    assert after(dropped, TaskDone(task="t2")).tasks[1].done_us is not None


def test_tasks_never_wait_for_each_other_in_a_circle_or_for_one_that_is_not_there() -> None:
    incident = after(with_tasks(), TaskAdded(task="t3", what="Uji", after=("t2",)))
    for task, before in (("t1", ("t3",)), ("t1", ("t1",)), ("t2", ("t3",))):
        with pytest.raises(ForbiddenMove, match="wait for itself"):
            after(incident, TaskSet(task=task, after=before))
    with pytest.raises(ForbiddenMove, match="no task 't7'"):
        after(incident, TaskSet(task="t1", after=("t7",)))


def test_a_task_that_was_done_can_be_opened_again_and_a_dropped_one_has_no_clock() -> None:
    done = after(with_tasks(), TaskDone(task="t1"))
    again = after(done, TaskSet(task="t1", state="open", due_us=START_US))
    assert is_waiting(again.tasks[0])
    assert [one.of for one in clocks(again, START_US) if one.kind == "task"] == ["t1"]
    dropped = after(again, TaskSet(task="t1", state="dropped", due_us=START_US))
    assert [one for one in clocks(dropped, START_US) if one.kind == "task"] == []
    assert "task_done" in allowed(dropped, SARI)


@given(histories)
def test_whatever_happens_some_waiting_task_can_be_done(attempted: list) -> None:
    incident = added(lived(attempted))
    waiting = [one for one in incident.tasks if is_waiting(one)]
    assert not waiting or any(not waits_for(incident, one) for one in waiting)
