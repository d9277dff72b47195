"""The TM Forum interfaces as partners meet them, with what conformance kits look at (requirement P4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from api_desk import ApiDesk, running
from test_tmf_shapes import T621, T642
from tmf_partner import ALARMS, PROBLEMS, TICKET, TICKETS, WHOLE, path_of, sent
from tmf_schemas import validator

from pulih.interchange.shapes import moment_of

EACH = pytest.mark.parametrize("name", list(WHOLE))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("tmf")) as made:
        yield made


@EACH
def test_what_was_created_is_answered_whole_listed_and_found_by_its_address(desk: ApiDesk, name: str) -> None:
    path, document, defined, _ = WHOLE[name]
    made = sent(desk, name)
    assert list(validator(*defined).iter_errors(made)) == []
    assert {key: made[key] for key in document} == document
    assert made["href"].startswith("http://127.0.0.1:")
    assert made["@type"]
    found = desk.ask("GET", path_of(made), role="viewer")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/json;charset=utf-8")
    assert found.json() == made
    listed = desk.ask("GET", path, role="viewer")
    assert made["id"] in [one["id"] for one in listed.json()]
    assert int(listed.headers["X-Total-Count"]) == int(listed.headers["X-Result-Count"]) == len(listed.json())
    assert [fault for one in listed.json() for fault in validator(*defined).iter_errors(one)] == []


@EACH
def test_every_mandatory_attribute_is_needed_and_its_absence_refused_by_name(desk: ApiDesk, name: str) -> None:
    path, document, (file, kind), _ = WHOLE[name]
    needed = validator(file, f"{kind}_Create").schema["definitions"][f"{kind}_Create"]["required"]
    for attribute in needed:
        less = {key: value for key, value in document.items() if key != attribute}
        answer = desk.ask("POST", path, role="duty", json=less)
        assert answer.status_code == 400, attribute
        fault = answer.json()
        assert list(validator(file, "Error").iter_errors(fault)) == []
        assert attribute in fault["reason"]


@EACH
def test_a_list_is_filtered_by_each_attribute_quoted_or_not_and_shows_what_is_asked_for(
    desk: ApiDesk, name: str
) -> None:
    path, _, _, attributes = WHOLE[name]
    made = sent(desk, name)
    for attribute in attributes:
        for value in (made[attribute], f"'{made[attribute]}'"):
            found = desk.ask("GET", path, role="viewer", params={attribute: value, "fields": attribute}).json()
            assert made["id"] in [one["id"] for one in found], attribute
            assert {frozenset(one) for one in found} == {frozenset({"id", "href", attribute})}
        none = desk.ask("GET", path, role="viewer", params={attribute: "surely-not"})
        assert (none.status_code, none.json(), none.headers["X-Total-Count"]) == (200, [], "0")
    one = desk.ask("GET", path_of(made), role="viewer", params={"fields": ",".join(attributes)})
    assert set(one.json()) == {"id", "href", *attributes}
    assert [one["id"] for one in desk.ask("GET", path, role="viewer", params={"id": made["id"]}).json()] == [made["id"]]


@EACH
def test_a_list_is_filtered_by_expressions_of_json_path_and_a_wrong_one_says_what_would_be_right(
    desk: ApiDesk, name: str
) -> None:
    path, *_ = WHOLE[name]
    made = sent(desk, name)
    for expression, finds in (
        (f"$[?(@.id=={made['id']!r} && @.href)]", True),
        (f"$[?(@.id=={made['id']!r} && @['@type']=='surely-not')]", False),
    ):
        answer = desk.ask("GET", path, role="viewer", params={"filter": expression})
        assert (answer.status_code, [one["id"] for one in answer.json()]) == (200, [made["id"]] if finds else [])
        assert answer.headers["X-Total-Count"] == str(int(finds))
    wrong = desk.ask("GET", path, role="viewer", params={"filter": "$[?match(@.id, '(a*)*b')]"})
    assert wrong.status_code == 400
    assert "ight would be $[?(@.state=='raised')]" in wrong.json()["message"]


@EACH
def test_a_list_is_read_in_parts(desk: ApiDesk, name: str) -> None:
    path, *_ = WHOLE[name]
    for number in range(3):
        sent(desk, name, description=f"part {number}") if name != "alarm" else sent(
            desk, name, specificProblem=f"part {number}"
        )
    whole = desk.ask("GET", path, role="viewer").json()
    first, second = (desk.ask("GET", path, role="viewer", params={"limit": 2, "offset": offset}) for offset in (0, 2))
    assert [one["id"] for one in first.json()] == [one["id"] for one in whole[:2]]
    assert [one["id"] for one in second.json()] == [one["id"] for one in whole[2:4]]
    assert (first.headers["X-Total-Count"], first.headers["X-Result-Count"]) == (str(len(whole)), "2")
    beyond = desk.ask("GET", path, role="viewer", params={"offset": 10_000})
    assert (beyond.status_code, beyond.json()) == (200, [])


@EACH
def test_a_change_touches_what_it_names_and_nothing_else(desk: ApiDesk, name: str) -> None:
    made = sent(desk, name)
    change: dict[str, Any] = {
        "alarm": {"perceivedSeverity": "minor"}, "ticket": {"severity": "Low"}, "problem": {"category": "system.x"},
    }[name]  # fmt: skip
    after = desk.ask("PATCH", path_of(made), role="duty", json=change)
    assert after.status_code == 200, after.text
    times = {"alarmChangedTime", "lastUpdate"}
    assert {k: v for k, v in after.json().items() if k not in times} == {
        **{k: v for k, v in made.items() if k not in times},
        **change,
    }
    assert desk.ask("GET", path_of(made), role="viewer").json() == after.json()
    fixed = desk.ask("PATCH", path_of(made), role="duty", json={"id": "another"})
    assert (fixed.status_code, "id" in fixed.json()["reason"]) == (400, True)


@EACH
def test_what_is_removed_is_gone_and_what_never_was_is_not_found(desk: ApiDesk, name: str) -> None:
    path, *_ = WHOLE[name]
    made = sent(desk, name, **({"externalIdentifier": [{"id": "gone"}]} if name == "problem" else {}))
    assert desk.ask("DELETE", path_of(made), role="duty").status_code == 204
    for method in ("GET", "DELETE"):
        assert desk.ask(method, path_of(made), role="duty").status_code == 404
    assert desk.ask("PATCH", path_of(made), role="duty", json={}).status_code == 404
    assert made["id"] not in [one["id"] for one in desk.ask("GET", path, role="viewer").json()]
    for number in ("999999999", "nowhere", "20251003-none.t1", "1.5"):
        assert desk.ask("GET", f"{path}/{number}", role="viewer").status_code == 404


@EACH
def test_only_who_may_gets_in_and_a_method_that_is_not_there_says_which_are(desk: ApiDesk, name: str) -> None:
    path, document, _, _ = WHOLE[name]
    assert desk.ask("GET", path).status_code == 401
    assert desk.ask("GET", path, headers={"authorization": "Bearer wrong"}).status_code == 401
    assert desk.ask("GET", path, role="source").status_code == 403
    assert desk.ask("POST", path, role="viewer", json=document).status_code == 403
    assert desk.ask("POST", path, role="source", json=document).status_code == (403 if name == "problem" else 201)
    refused = desk.ask("PUT", path, role="admin", json=document)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")


@EACH
def test_a_body_that_is_no_document_is_refused(desk: ApiDesk, name: str) -> None:
    bodies = {
        (b"{", "application/json"): 400,
        (b"[]", "application/json"): 400,
        (b"{}", "text/plain"): 415,
        (b'{"a":' * 2_000, "application/json"): 400,
        (b" " * 300_000, "application/json"): 413,
    }
    for (body, kind), status in bodies.items():
        answer = desk.ask("POST", WHOLE[name][0], role="duty", content=body, headers={"content-type": kind})
        assert (answer.status_code, answer.json()["code"]) == (status, str(status))


def test_an_alarm_is_evidence_when_it_is_raised_and_when_it_is_cleared(desk: ApiDesk) -> None:
    made = sent(desk, "alarm", role="source", externalAlarmId="ev-1")
    assert isinstance(made["id"], int)
    assert made["ackState"] == "unacknowledged"
    cleared = desk.ask("PATCH", path_of(made), role="source", json={"state": "cleared"}).json()
    assert moment_of(cleared["alarmClearedTime"]) is not None
    mine = [one for one in desk.kept() if one["id"].startswith("ev-1:")]
    assert [(one["kind"], one["id"], one["source"]) for one in mine] == [
        ("alarm", "ev-1:firing", "tmf642"), ("alarm", "ev-1:resolved", "tmf642"),
    ]  # fmt: skip
    assert [one["text"].partition(":")[2] for one in mine] == [mine[0]["text"].partition(":")[2]] * 2
    assert {(one["operator"], one["service"], one["place"]) for one in mine} == {("smartfren", "mobile_data", "31.74")}
    assert sent(desk, "alarm", role="source", externalAlarmId="ev-1")["id"] == made["id"]
    desk.ask("PATCH", path_of(made), role="duty", json={"state": "raised", "perceivedSeverity": "major"})
    desk.ask("DELETE", path_of(made), role="duty")
    again = [one["text"].partition(":")[0] for one in desk.kept() if one["id"].startswith("ev-1:")]
    assert again[-2:] == ["firing", "resolved"]


def test_a_source_changes_what_it_sent_and_nothing_else(desk: ApiDesk) -> None:
    made = sent(desk, "alarm", role="duty", externalAlarmId="foreign")
    for method in ("PATCH", "DELETE"):
        answer = desk.ask(method, path_of(made), role="source", json={"state": "cleared"})
        assert answer.status_code == 409, answer.text


def test_tasks_acknowledge_clear_comment_and_group_the_alarms_that_their_patterns_mean(desk: ApiDesk) -> None:
    one, two = (sent(desk, "alarm", sourceSystemId="tasks", externalAlarmId=f"task-{n}") for n in (1, 2))
    pattern = [{"sourceSystemId": "tasks", "alarmedObject": {"id": "93051825"}}]
    base = {"alarmPattern": pattern, "ackSystemId": "ems", "ackUserId": "rani"}
    tasks = {
        "ackAlarms": (base, "ackedAlarm"),
        "unAckAlarms": (base, "unAckedAlarm"),
        "commentAlarms": ({"alarmPattern": pattern, "comment": {"comment": "sedang dicek"}}, "commentedAlarm"),
        "groupAlarms": (
            {"sourceSystemId": "tasks", "alarmChangedTime": "2025-10-03T02:00:00Z", "parentAlarm": {"id": one["id"]},
             "correlatedAlarm": [{"id": two["id"]}]}, "groupedAlarm"),
        "unGroupAlarms": (
            {"sourceSystemId": "tasks", "alarmChangedTime": "2025-10-03T02:00:00Z", "parentAlarm": {"id": one["id"]},
             "correlatedAlarm": [{"id": two["id"]}]}, "unGroupedAlarm"),
        "clearAlarms": (
            {"alarmPattern": pattern, "clearSystemId": "ems", "clearUserId": "rani",
             "alarmClearedTime": "2025-10-03T02:30:00Z"}, "clearedAlarm"),
    }  # fmt: skip
    states: dict[str, Any] = {}
    for name, (body, done) in tasks.items():
        answer = desk.ask("POST", f"{ALARMS}/{name}", role="duty", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert {str(each["id"]) for each in made[done]} == {str(one["id"]), str(two["id"])}
        assert list(validator(T642, name[0].upper() + name[1:]).iter_errors(made)) == []
        assert desk.ask("GET", path_of(made), role="viewer").json() == made
        assert desk.ask("GET", f"{ALARMS}/{name}", role="viewer", params={"state": "done", "fields": "state"}).json()
        states[name] = desk.ask("GET", path_of(two), role="viewer").json()
    assert [states[name]["ackState"] for name in ("ackAlarms", "unAckAlarms")] == ["acknowledged", "unacknowledged"]
    assert states["commentAlarms"]["comment"][0]["comment"] == "sedang dicek"
    assert [states[name]["parentAlarm"] for name in ("groupAlarms", "unGroupAlarms")] == [
        [{"id": str(one["id"]), "href": one["href"], "@referredType": "Alarm"}], [],
    ]  # fmt: skip
    assert (states["clearAlarms"]["state"], states["clearAlarms"]["clearUserId"]) == ("cleared", "rani")


def test_a_customers_ticket_is_heard_as_a_complaint_once(desk: ApiDesk) -> None:
    made = sent(desk, "ticket", role="source", externalId="crm-9")
    assert (made["status"], made["statusChange"][0]["status"]) == ("acknowledged", "acknowledged")
    assert sent(desk, "ticket", role="source", externalId="crm-9")["id"] == made["id"]
    other = desk.ask("POST", f"{TICKETS}/troubleTicket", role="source",
                     json={**TICKET, "externalId": "crm-9", "description": "sesuatu yang lain"})  # fmt: skip
    assert other.status_code == 409
    [heard, *_] = [one for one in desk.kept() if one["id"] == "ticket:crm-9"]
    assert (heard["kind"], heard["author"], heard["text"]) == ("complaint", "tmf621:c-7", TICKET["description"])
    solved = desk.ask("PATCH", path_of(made), role="source", json={"status": "resolved", "statusChangeReason": "ok"})
    assert [one["status"] for one in solved.json()["statusChange"]] == ["acknowledged", "resolved"]
    assert moment_of(solved.json()["resolutionDate"]) is not None


def test_a_problem_that_comes_in_is_a_suspicion_with_its_source_and_publishes_nothing(desk: ApiDesk) -> None:
    made = sent(desk, "problem", status="inProgress", externalIdentifier=[{"id": "A-78"}])
    incident = desk.incidents.get(made["id"])
    assert incident is not None
    assert (made["status"], incident.state, incident.severity) == ("acknowledged", "suspected", "critical")
    assert incident.notices == ()
    [scope] = [one.scope for one in incident.scopes]
    assert (scope.operator, scope.service, scope.region) == ("smartfren", "mobile_data", "31")
    opened = desk.incidents.timeline(incident.id)[0]
    assert opened.reason.startswith("TMF656 service problem from NOC A: Core of Jakarta")
    assert opened.actor.startswith("maker-of-duty via ")


def test_the_status_of_a_problem_moves_as_the_table_of_moves_allows(desk: ApiDesk) -> None:
    made = sent(desk, "problem", externalIdentifier=[{"id": "A-79"}])
    path, told = path_of(made), []
    for status in ("closed", "inProgress", "closed", "resolved", "inProgress", "rejected", "inProgress"):
        answer = desk.ask("PATCH", path, role="duty", json={"status": status, "statusChangeReason": "per telepon"})
        told.append((status, answer.status_code))
    assert told == [
        ("closed", 409), ("inProgress", 200), ("closed", 409), ("resolved", 200), ("inProgress", 200),
        ("rejected", 200), ("inProgress", 409),
    ]  # fmt: skip
    incident = desk.incidents.get(made["id"])
    assert incident is not None
    assert incident.state == "rejected"
    records = desk.ask("GET", f"{PROBLEMS}/serviceProblemEventRecord", role="viewer",
                       params={"serviceProblem.id": made["id"], "sort": "eventTime"}).json()  # fmt: skip
    assert [one["eventType"] for one in records if "State" in one["eventType"]] == [
        "ServiceProblemStateChangeEvent"
    ] * 4
    assert desk.ask("GET", path_of(records[0]), role="viewer").json() == records[0]


def test_notes_and_priority_of_a_problem_are_entries_of_the_timeline(desk: ApiDesk) -> None:
    made = sent(desk, "problem", externalIdentifier=[{"id": "A-80"}])
    change = {"note": [{"text": "Genset sedang di jalan", "author": "vendor"}], "priority": 6}
    after = desk.ask("PATCH", path_of(made), role="duty", json=change).json()
    assert [one["text"] for one in after["note"]] == ["Genset sedang di jalan"]
    assert after["priority"] == 6
    incident = desk.incidents.get(made["id"])
    assert incident is not None
    assert incident.severity == "minor"
    desk.ask("PATCH", path_of(made), role="duty", json=change)
    assert desk.incidents.get(made["id"]) == incident


def test_problems_are_acknowledged_and_grouped_and_what_cannot_be_undone_is_refused(desk: ApiDesk) -> None:
    one, two = (sent(desk, "problem", externalIdentifier=[{"id": name}]) for name in ("G-1", "G-2"))
    refs = {"problem": [{"id": one["id"]}]}
    done = desk.ask("POST", f"{PROBLEMS}/problemAcknowledgement", role="duty", json=refs)
    assert (done.status_code, done.json()["ackProblem"]) == (201, refs["problem"])
    acknowledged = desk.incidents.get(one["id"])
    assert acknowledged is not None
    assert acknowledged.acknowledged_us is not None
    group = {"parentProblem": {"id": one["id"]}, "childProblem": [{"id": two["id"]}]}
    assert desk.ask("POST", f"{PROBLEMS}/problemGroup", role="duty", json=group).status_code == 201
    child = desk.ask("GET", path_of(two), role="viewer").json()
    assert (child["status"], child["parentProblem"][0]["id"]) == ("cancelled", one["id"])
    assert desk.ask("POST", f"{PROBLEMS}/problemUngroup", role="duty", json=group).status_code == 409
    assert desk.ask("POST", f"{PROBLEMS}/problemUnacknowledgement", role="duty", json=refs).status_code == 409


def test_a_recovery_task_is_a_ticket_that_a_partner_works_on(desk: ApiDesk) -> None:
    made = sent(desk, "problem", externalIdentifier=[{"id": "T-1"}])
    name = made["id"]
    facts = (
        {"type": "task_added", "task": "", "what": "Genset ke situs", "party": "power", "outside": "PLN"},
        {"type": "task_added", "task": "", "what": "Nyalakan core", "after": ["t1"], "owner": "rani"},
    )
    for fact in facts:
        incident = desk.incidents.get(name)
        assert incident is not None
        body = {"version": incident.version, "fact": fact}
        assert desk.ask("POST", f"/v1/incidents/{name}/entries", role="duty", json=body).status_code == 201
    first = desk.ask("GET", f"{TICKETS}/troubleTicket/{name}.t1", role="viewer").json()
    assert list(validator(T621, "TroubleTicket").iter_errors(first)) == []
    assert (first["status"], first["relatedParty"][0]["name"]) == ("acknowledged", "PLN")
    assert first in desk.ask("GET", f"{TICKETS}/troubleTicket", role="viewer").json()
    told = []
    for number, change in (("t2", {"status": "resolved"}), ("t1", {"status": "inProgress"}), ("t1", {"name": "x"}),
                           ("t1", {"status": "resolved"}), ("t2", {"status": "closed"})):  # fmt: skip
        answer = desk.ask("PATCH", f"{TICKETS}/troubleTicket/{name}.{number}", role="duty", json=change)
        told.append(answer.status_code)
    assert told == [409, 200, 409, 200, 200]
    after = desk.incidents.get(name)
    assert after is not None
    assert [task.done_us is not None for task in after.tasks] == [True, True]
    assert desk.ask("DELETE", f"{TICKETS}/troubleTicket/{name}.t1", role="duty").status_code == 409
