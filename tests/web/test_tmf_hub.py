"""Partners are told what happened, and tell the desk what happened at theirs (requirement P4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_desk import ApiDesk, running
from test_tmf_shapes import T621, T642, T656
from tmf_partner import ALARM, ALARMS, PROBLEM, PROBLEMS, TICKETS, Listener, path_of, sent
from tmf_schemas import validator


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("tmf")) as made:
        yield made


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize(
    "query",
    ["event.alarm.sourceSystemId=heard", "filter=$[?(@.event.alarm.sourceSystemId=='heard')]"],
    ids=["condition", "expression"],
)
def test_a_listener_is_told_in_order_of_what_it_asked_for(desk: ApiDesk, listener: Listener, query: str) -> None:
    made = desk.ask("POST", f"{ALARMS}/hub", role="duty",
                    json={"callback": listener.address, "query": query})  # fmt: skip
    assert made.status_code == 201, made.text
    assert list(validator(T642, "EventSubscription").iter_errors(made.json())) == []
    alarm = sent(desk, "alarm", sourceSystemId="heard", externalAlarmId="hub-1")
    sent(desk, "alarm", sourceSystemId="unheard", externalAlarmId="hub-2")
    desk.ask("PATCH", path_of(alarm), role="duty", json={"state": "cleared"})
    desk.ask("DELETE", path_of(alarm), role="duty")
    told = listener.has(4)
    assert [one["eventType"] for one in told] == [
        "AlarmCreateEvent", "AlarmAttributeValueChangeEvent", "AlarmStateChangeEvent", "AlarmDeleteEvent",
    ]  # fmt: skip
    for one in told:
        assert list(validator(T642, one["eventType"]).iter_errors(one)) == []
    assert told[0]["event"]["alarm"]["id"] == alarm["id"]
    number = made.json()["id"]
    assert desk.ask("DELETE", f"{ALARMS}/hub/{number}", role="duty").status_code == 204
    assert desk.ask("DELETE", f"{ALARMS}/hub/{number}", role="duty").status_code == 404


def test_incidents_and_their_tasks_are_told_to_who_listens(desk: ApiDesk, listener: Listener) -> None:
    for root in (PROBLEMS, TICKETS):
        answer = desk.ask("POST", f"{root}/hub", role="duty", json={"callback": listener.address})
        assert answer.status_code == 201
    made = sent(desk, "problem", externalIdentifier=[{"id": "H-1"}], priority=3)
    desk.ask("PATCH", path_of(made), role="duty", json={"status": "inProgress", "statusChangeReason": "terkonfirmasi"})
    incident = desk.incidents.get(made["id"])
    assert incident is not None
    body = {"version": incident.version, "fact": {"type": "task_added", "task": "", "what": "Nyalakan core"}}
    desk.ask("POST", f"/v1/incidents/{made['id']}/entries", role="duty", json=body)
    told = listener.has(4)
    assert {one["eventType"] for one in told} == {
        "ServiceProblemCreateEvent", "ServiceProblemStateChangeEvent", "ServiceProblemAttributeValueChangeEvent",
        "TroubleTicketCreateEvent",
    }  # fmt: skip
    for one in told:
        file = T621 if one["eventType"].startswith("TroubleTicket") else T656
        assert list(validator(file, one["eventType"]).iter_errors(one)) == []


@pytest.mark.parametrize(
    "callback", ["https://169.254.169.254/latest", "https://10.0.0.1/", "ftp://a.example/", "x", ""]
)
def test_the_desk_posts_to_no_machine_that_nobody_allowed(desk: ApiDesk, callback: str) -> None:
    answer = desk.ask("POST", f"{PROBLEMS}/hub", role="duty", json={"callback": callback})
    assert (answer.status_code, "callback" in answer.json()["reason"]) == (409, True)


def test_events_of_other_systems_are_taken_in_by_their_ids_there(desk: ApiDesk) -> None:
    event = {"eventId": "e-1", "eventType": "AlarmCreateEvent", "event": {"alarm": {**ALARM, "id": 4711}}}
    taken = desk.ask("POST", f"{ALARMS}/listener/alarmCreateEvent", role="source", json=event)
    assert taken.status_code == 201
    assert list(validator(T642, "EventSubscription").iter_errors(taken.json())) == []
    change = {"event": {"alarm": {"id": 4711, "state": "cleared"}}}
    for number in range(2):
        answer = desk.ask("POST", f"{ALARMS}/listener/alarmStateChangeEvent", role="source", json=change)
        assert answer.status_code == 201, (number, answer.text)
    [mine] = desk.ask("GET", f"{ALARMS}/alarm", role="viewer", params={"externalAlarmId": "4711"}).json()
    assert mine["state"] == "cleared"
    problem = {"event": {"serviceProblem": {**PROBLEM, "id": "B-1"}}}
    problem["event"]["serviceProblem"].pop("externalIdentifier")
    taken = desk.ask("POST", f"{PROBLEMS}/listener/serviceProblemCreateEvent", role="duty", json=problem)
    assert taken.status_code == 201
    found = desk.ask("GET", f"{PROBLEMS}/serviceProblem", role="viewer", params={"externalIdentifier.id": "B-1"}).json()
    assert [one["status"] for one in found] == ["acknowledged"]
    less = desk.ask("POST", f"{ALARMS}/listener/alarmCreateEvent", role="source", json={"event": {}})
    assert less.status_code == 409


def test_tasks_on_alarms_are_told_as_begun_and_as_done(desk: ApiDesk, listener: Listener) -> None:
    query = "eventType=AckAlarmsCreateEvent,AckAlarmsStateChangeEvent"
    desk.ask("POST", f"{ALARMS}/hub", role="duty", json={"callback": listener.address, "query": query})
    sent(desk, "alarm", externalAlarmId="told-1")
    task = {"ackSystemId": "ems", "ackUserId": "rani", "alarmPattern": [{"externalAlarmId": "told-1"}]}
    made = desk.ask("POST", f"{ALARMS}/ackAlarms", role="duty", json=task).json()
    told = listener.has(2)
    assert [(one["eventType"], one["event"]["ackAlarms"]["state"]) for one in told] == [
        ("AckAlarmsCreateEvent", "inProgress"), ("AckAlarmsStateChangeEvent", "done"),
    ]  # fmt: skip
    for one in told:
        assert list(validator(T642, one["eventType"]).iter_errors(one)) == []
        assert one["event"]["ackAlarms"]["id"] == made["id"]


def test_a_recovery_task_that_goes_to_somebody_else_has_the_status_it_had(desk: ApiDesk, listener: Listener) -> None:
    desk.ask("POST", f"{TICKETS}/hub", role="duty", json={"callback": listener.address})
    made = sent(desk, "problem", externalIdentifier=[{"id": "H-2"}])
    facts = (
        {"type": "task_added", "task": "", "what": "Nyalakan core"},
        {"type": "task_set", "task": "t1", "state": "open", "owner": "rani"},
        {"type": "task_set", "task": "t1", "state": "under_way", "owner": "rani"},
        {"type": "task_done", "task": "t1"},
    )
    for fact in facts:
        incident = desk.incidents.get(made["id"])
        assert incident is not None
        body = {"version": incident.version, "fact": fact}
        assert desk.ask("POST", f"/v1/incidents/{made['id']}/entries", role="duty", json=body).status_code == 201
    told = [one["eventType"].removeprefix("TroubleTicket") for one in listener.has(7)]
    changed = "AttributeValueChangeEvent"
    assert told == [
        "CreateEvent", changed, changed, "StatusChangeEvent", changed, "StatusChangeEvent", "ResolvedEvent",
    ]  # fmt: skip
