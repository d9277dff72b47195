"""Alarms of partners that turn more than once, groups of them, and values that say nothing (requirement P4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from api_desk import ApiDesk, running
from test_tmf_shapes import T642, T656
from tmf_partner import ALARMS, PROBLEM, PROBLEMS, TICKETS, WHOLE, path_of, sent
from tmf_schemas import validator

AT = "2025-10-03T02:00:00Z"
GROUP: dict[str, Any] = {"sourceSystemId": "ems-5", "alarmChangedTime": AT}
CLEAR: dict[str, Any] = {"clearSystemId": "ems", "clearUserId": "rani", "alarmClearedTime": AT}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("tmf")) as made:
        yield made


def did(desk: ApiDesk, task: str, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = desk.ask("POST", f"{ALARMS}/{task}", role="duty", json=body)
    return answer.status_code, answer.json()


def now(desk: ApiDesk, document: Mapping[str, Any]) -> dict[str, Any]:
    return dict(desk.ask("GET", path_of(document), role="viewer").json())


def heard(desk: ApiDesk, name: str) -> list[str]:
    return [one["text"].partition(":")[0] for one in desk.kept() if one["id"].startswith(f"{name}:")]


@pytest.mark.parametrize("name", list(WHOLE))
def test_a_mandatory_attribute_that_says_nothing_is_taken_and_told_again_when_sent_and_when_changed(
    desk: ApiDesk, name: str
) -> None:
    _, document, (file, kind), _ = WHOLE[name]
    for attribute in validator(file, f"{kind}_Create").schema["definitions"][f"{kind}_Create"]["required"]:
        value = document[attribute]
        if isinstance(value, str) and attribute != "alarmRaisedTime":
            made = sent(desk, name, **{attribute: " "})
            assert made[attribute] == now(desk, made)[attribute] == " "
            there = sent(desk, name)
            fixed = {"sourceSystemId"}.intersection({attribute})
            changed = desk.ask("PATCH", path_of(there), role="duty", json={attribute: " "})
            assert changed.status_code == (400 if fixed else 200), changed.text
            assert now(desk, there)[attribute] == (document[attribute] if fixed else " ")
    nothing = sent(desk, "alarm", alarmedObject={}, externalAlarmId="nothing-1")
    assert now(desk, nothing)["alarmedObject"] == {}


def test_a_ticket_that_says_nothing_is_kept_and_is_no_complaint(desk: ApiDesk) -> None:
    path, document, _, _ = WHOLE["ticket"]
    before = len(desk.kept())
    for said in ("", " ", "<anytext>"):
        answer = desk.ask("POST", path, role="duty", json={**document, "name": "", "description": said})
        assert (answer.status_code, now(desk, answer.json())["description"]) == (201, said)
    assert len(desk.kept()) == before


def test_empty_objects_and_users_are_refused_in_tasks(desk: ApiDesk) -> None:
    one = sent(desk, "alarm", externalAlarmId="empty-1")
    pattern = [{"externalAlarmId": "empty-1"}]
    ack = {"ackSystemId": "ems", "ackUserId": "u"}
    group = {**GROUP, "parentAlarm": {"id": one["id"]}, "correlatedAlarm": [{"id": one["id"]}]}
    for task, body in (
        ("ackAlarms", {**ack, "ackUserId": "", "alarmPattern": pattern}),
        ("commentAlarms", {"comment": {}, "alarmPattern": pattern}),
        ("groupAlarms", {**group, "parentAlarm": {}}),
        ("ackAlarms", {**ack, "alarmPattern": [*pattern, {}]}),
        ("ackAlarms", {**ack, "alarmPattern": [{"alarmedObject": {}}]}),
        ("clearAlarms", {**CLEAR, "alarmPattern": [{}]}),
    ):
        status, fault = did(desk, task, **body)
        assert (status, "right would be" in fault["message"].lower()) == (409, True), (task, body)
    assert now(desk, one) == one


def test_a_group_has_only_alarms_that_are_there_named_by_id_or_by_address(desk: ApiDesk) -> None:
    parent, child, other = (sent(desk, "alarm", externalAlarmId=f"family-{n}") for n in range(3))
    gone = {"id": 999_999}
    for refused in (
        {"parentAlarm": gone, "correlatedAlarm": [{"id": child["id"]}]},
        {"parentAlarm": {"href": "https://elsewhere.example/alarm/1"}, "correlatedAlarm": [{"id": child["id"]}]},
        {"parentAlarm": {"id": parent["id"]}, "correlatedAlarm": [gone]},
        {"parentAlarm": {"id": parent["id"]}, "correlatedAlarm": [{"id": parent["id"]}]},
    ):
        assert did(desk, "groupAlarms", **GROUP, **refused)[0] == 409, refused
    assert now(desk, child) == child
    family = {
        "parentAlarm": {"href": parent["href"]},
        "correlatedAlarm": [{"href": child["href"]}, {"id": other["id"]}, gone],
    }
    status, made = did(desk, "groupAlarms", **GROUP, **family)
    assert status == 201
    assert list(validator(T642, "GroupAlarms").iter_errors(made)) == []
    assert made["correlatedAlarm"] == family["correlatedAlarm"]
    assert [one["href"] for one in made["groupedAlarm"]] == [parent["href"], child["href"], other["href"]]
    assert [one["id"] for one in now(desk, parent)["correlatedAlarm"]] == [str(child["id"]), str(other["id"])]
    assert [one["href"] for one in now(desk, child)["parentAlarm"]] == [parent["href"]]
    assert did(desk, "unGroupAlarms", **GROUP, **family)[0] == 201
    assert (now(desk, parent)["correlatedAlarm"], now(desk, child)["parentAlarm"]) == ([], [])


def test_an_alarm_that_turns_again_says_when_it_was_cleared_last_and_each_turn_is_heard(desk: ApiDesk) -> None:
    made = sent(desk, "alarm", externalAlarmId="turns-1")
    pattern = [{"externalAlarmId": "turns-1"}]
    assert did(desk, "clearAlarms", **CLEAR, alarmPattern=pattern)[0] == 201
    status, second = did(desk, "clearAlarms", **{**CLEAR, "clearUserId": "budi"}, alarmPattern=pattern)
    assert (status, second["clearedAlarm"]) == (201, [])
    cleared = now(desk, made)
    assert (cleared["clearUserId"], cleared["alarmClearedTime"]) == ("rani", AT)
    up = {"state": "raised", "perceivedSeverity": "major"}
    raised = desk.ask("PATCH", path_of(made), role="duty", json=up).json()
    assert not {"alarmClearedTime", "clearUserId", "clearSystemId"} & set(raised)
    again = desk.ask("PATCH", path_of(made), role="duty", json={"state": "cleared"}).json()
    assert again["alarmClearedTime"] > AT
    assert heard(desk, "turns-1") == ["firing", "resolved", "firing", "resolved"]


def test_an_alarm_posted_again_with_its_external_id_is_cleared_and_raised_as_the_one_that_is_there(
    desk: ApiDesk,
) -> None:
    made = sent(desk, "alarm", role="source", externalAlarmId="same-1")
    cleared = sent(desk, "alarm", role="source", externalAlarmId="same-1", state="cleared", alarmClearedTime=AT)
    assert (cleared["id"], cleared["state"], cleared["alarmClearedTime"]) == (made["id"], "cleared", AT)
    late = sent(desk, "alarm", role="source", externalAlarmId="same-1")
    assert (late["id"], late["state"]) == (made["id"], "cleared")
    later = sent(desk, "alarm", role="source", externalAlarmId="same-1", alarmRaisedTime="2025-10-03T04:00:00Z")
    assert (later["id"], later["state"], "alarmClearedTime" in later) == (made["id"], "raised", False)
    assert heard(desk, "same-1") == ["firing", "resolved", "firing"]
    elsewhere = sent(desk, "alarm", role="source", externalAlarmId="same-1", sourceSystemId="ems-6")
    assert elsewhere["id"] != made["id"]


def test_what_was_made_says_where_it_is_only_where_it_can_be_asked_for(desk: ApiDesk) -> None:
    problem = sent(desk, "problem", externalIdentifier=[{"id": "where-1"}])
    done = desk.ask(
        "POST", f"{PROBLEMS}/problemAcknowledgement", role="duty", json={"problem": [{"id": problem["id"]}]}
    )
    assert (done.status_code, "location" in done.headers, "href" in done.json()) == (201, False, False)
    assert list(validator(T656, "ProblemAcknowledgement").iter_errors(done.json())) == []
    hub = desk.ask("POST", f"{ALARMS}/hub", role="duty", json={"callback": "https://noc.example.id/"})
    assert hub.headers["location"].endswith(f"{ALARMS}/hub/{hub.json()['id']}")
    where = {"href": hub.headers["location"]}
    assert desk.ask("DELETE", path_of(where), role="duty").status_code == 204


def test_a_source_that_tells_of_a_problem_is_told_that_its_token_is_for_another_role(desk: ApiDesk) -> None:
    event = {"event": {"serviceProblem": {**PROBLEM, "id": "B-9"}}}
    answer = desk.ask("POST", f"{PROBLEMS}/listener/serviceProblemCreateEvent", role="source", json=event)
    assert answer.status_code == 403


def test_a_ticket_that_is_taken_up_again_was_not_resolved(desk: ApiDesk) -> None:
    made = sent(desk, "ticket")
    assert path_of(made).startswith(TICKETS)
    for status, resolved in (("resolved", True), ("closed", True), ("acknowledged", False), ("resolved", True)):
        after = desk.ask("PATCH", path_of(made), role="duty", json={"status": status}).json()
        assert ("resolutionDate" in after) is resolved, status
