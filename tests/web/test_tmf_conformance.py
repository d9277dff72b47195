"""TM Forum's conformance kits, asked of a desk that has a history of its own (requirement P4).

The kits audit every row that is listed, so the desk holds alarms, tickets and problems of partners and its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from api_desk import FINDING, NOW_US, ApiDesk, running
from conformance import Kit, alarms, problems, tickets
from hook_signing import SECRET
from msgspec.structs import replace
from test_tmf_shapes import T621, T656
from tmf_partner import ALARM, ALARMS, PROBLEM, PROBLEMS, TICKET, TICKETS, path_of, sent
from tmf_schemas import validator

from pulih.adapters.journal.keys import DayKeys
from pulih.interchange.alarm_shapes import ALARM_SENT
from pulih.interchange.older import fitted
from pulih.interchange.problem_shapes import PROBLEM_SENT
from pulih.interchange.ticket_shapes import TICKET_SENT
from pulih.model.clock import DAY_S, MICROS

Run = Callable[..., Kit]
# Each kit, where it asks, and how often it looks at a desk that holds nothing else.
KITS: dict[str, tuple[Run, str, int]] = {
    "TMF642": (alarms, ALARMS, 229),
    "TMF656": (problems, PROBLEMS, 248),
    "TMF621": (tickets, TICKETS, 158),
}
EACH = pytest.mark.parametrize("name", list(KITS))


def run(desk: ApiDesk, name: str) -> Kit:
    kit, root, _ = KITS[name]
    return kit(partial(desk.ask, role="admin"), root)


def lived(desk: ApiDesk) -> None:
    """Let a desk live a little: what partners sent, what it was told, and what it found and does itself."""
    headers = {"authorization": f"Bearer {SECRET}"}
    labels = {"alertname": "PacketCoreSessionsDown", "operator": "smartfren"}
    alert = {"status": "firing", "labels": labels, "annotations": {}, "startsAt": "2025-10-03T01:41:00Z"}
    hooked = desk.ask("POST", "/v1/hooks/alertmanager", headers=headers, json={"version": "4", "alerts": [alert]})
    assert hooked.status_code in {200, 202}, hooked.text
    one = sent(desk, "alarm", role="source", externalAlarmId="own-1")
    sent(desk, "alarm", role="source", externalAlarmId="own-2", alarmedObject={})
    desk.ask("PATCH", path_of(one), role="duty", json={"state": "cleared"})
    event = {"event": {"alarm": {**ALARM, "id": 4711}}}
    assert desk.ask("POST", f"{ALARMS}/listener/alarmCreateEvent", role="source", json=event).status_code == 201
    sent(desk, "ticket", role="source")
    mine, theirs, other = (sent(desk, "problem", externalIdentifier=[{"id": f"own-{n}"}]) for n in range(3))
    group = {"parentProblem": {"id": mine["id"]}, "childProblem": [{"id": theirs["id"]}]}
    assert desk.ask("POST", f"{PROBLEMS}/problemGroup", role="duty", json=group).status_code == 201
    assert desk.ask("PATCH", path_of(other), role="duty", json={"status": "rejected"}).status_code == 200
    own = desk.incidents.open_for(replace(FINDING, operator="telkomsel", operator_name="Telkomsel"))
    fact = {"type": "task_added", "task": "", "what": "Nyalakan core"}
    body = {"version": own.version, "fact": fact}
    assert desk.ask("POST", f"/v1/incidents/{own.id}/entries", role="duty", json=body).status_code == 201


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    folder = tmp_path_factory.mktemp("tmf")
    with running(folder, as_kits=True) as made:
        lived(made)
    # What its first day was sealed with is gone, as after [storage] text_days.
    DayKeys(folder / "keys").drop(NOW_US + 2 * DAY_S * MICROS)
    with running(folder, as_kits=True) as made:
        sent(made, "ticket")
        told = [one["description"] for one in made.ask("GET", f"{TICKETS}/troubleTicket", role="viewer").json()]
        assert "(no longer kept)" in told
        yield made


@EACH
def test_a_kit_finds_every_row_of_a_desk_with_a_history_as_it_wants_it_and_again_when_it_runs_again(
    desk: ApiDesk, name: str
) -> None:
    counts = []
    for _ in range(2):
        kit = run(desk, name)
        assert kit.failed() == []
        counts.append(len(kit.looks))
    assert KITS[name][2] < counts[0] <= counts[1]


@EACH
def test_a_kit_looks_as_often_as_the_published_one_at_a_desk_that_holds_nothing(tmp_path: Path, name: str) -> None:
    with running(tmp_path, as_kits=True) as empty:
        kit = run(empty, name)
    assert (kit.failed(), len(kit.looks)) == ([], KITS[name][2])


def test_what_kits_sent_is_kept_as_version_4_has_it(desk: ApiDesk) -> None:
    [other] = [one for one in run(desk, "TMF621").created.values() if one["ticketType"] == "connectivity"]
    assert other["status"] == "acknowledged"
    [problem] = run(desk, "TMF656").created.values()
    assert problem["originatorParty"]["@referredType"] == "Party"
    for file, kind, made in ((T621, "TroubleTicket", other), (T656, "ServiceProblem", problem)):
        assert list(validator(file, kind).iter_errors(made)) == []


@EACH
def test_what_is_of_version_4_is_not_fitted_to_it(name: str) -> None:
    document, shape = {
        "TMF642": (ALARM, ALARM_SENT), "TMF656": (PROBLEM, PROBLEM_SENT), "TMF621": (TICKET, TICKET_SENT),
    }[name]  # fmt: skip
    assert fitted(document, shape) == document


def test_an_alarm_whose_id_is_a_text_is_meant_by_it_in_tasks_and_in_groups(desk: ApiDesk) -> None:
    one, two = (sent(desk, "alarm", externalAlarmId=f"text-{n}") for n in range(2))
    ack = {"ackSystemId": "ems", "ackUserId": "rani", "alarmPattern": [{"id": one["id"]}]}
    done = desk.ask("POST", f"{ALARMS}/ackAlarms", role="duty", json=ack)
    assert (done.status_code, [each["id"] for each in done.json()["ackedAlarm"]]) == (201, [one["id"]])
    group = {"sourceSystemId": "ems-5", "alarmChangedTime": "2025-10-03T02:00:00Z"}
    family = {"parentAlarm": {"id": one["id"]}, "correlatedAlarm": [{"id": two["id"]}]}
    assert desk.ask("POST", f"{ALARMS}/groupAlarms", role="duty", json={**group, **family}).status_code == 201
    child = desk.ask("GET", path_of(two), role="viewer").json()
    assert [each["id"] for each in child["parentAlarm"]] == [one["id"]]
    # Whoever was certified by the kit tells of alarms by texts that need not be digits.
    event = {"event": {"alarm": {**ALARM, "id": "3f1844df-a9a5"}}}
    assert desk.ask("POST", f"{ALARMS}/listener/alarmCreateEvent", role="source", json=event).status_code == 201
    query = {"externalAlarmId": "3f1844df-a9a5"}
    assert len(desk.ask("GET", f"{ALARMS}/alarm", role="viewer", params=query).json()) == 1
    unknown = {"parentAlarm": {"id": "nowhere"}, "correlatedAlarm": [{"id": two["id"]}]}
    assert desk.ask("POST", f"{ALARMS}/groupAlarms", role="duty", json={**group, **unknown}).status_code == 409


def test_without_the_setting_kits_differ_where_they_contradict_the_specifications_and_nowhere_else(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as strict:
        lived(strict)
        ask = partial(strict.ask, role="admin")
        refused = {"TMF656": problems(ask, PROBLEMS), "TMF621": tickets(ask, TICKETS)}
        assert {name: (kit.failed()[0].after, kit.failed()[0].what) for name, kit in refused.items()} == dict.fromkeys(
            refused, ("POST ", "status 201")
        )
        assert alarms(ask, ALARMS).failed() == []
        assert problems(ask, PROBLEMS, more={"@referredType": "Organization"}).failed() == []
        bare = {one.what for one in tickets(ask, TICKETS, status="held").failed()}
        assert bare == {"has nothing but ['description']", "has nothing but ['severity', 'status']"}


def test_the_id_of_an_alarm_is_a_number_but_for_who_asks_for_plain_json(tmp_path: Path) -> None:
    with running(tmp_path) as strict:
        made = sent(strict, "alarm")
        for accept, kind in (
            ("*/*", int),
            ("application/json;charset=utf-8", int),
            ("application/json, text/plain, */*", int),
            ("application/json", str),
            ("Application/JSON", str),
        ):
            headers = {"accept": accept}
            one = strict.ask("GET", path_of(made), role="viewer", headers=headers)
            [listed] = strict.ask("GET", f"{ALARMS}/alarm", role="viewer", headers=headers).json()
            changed = strict.ask("PATCH", path_of(made), role="duty", headers=headers, json={"alarmDetails": accept})
            assert {type(each["id"]) for each in (one.json(), listed, changed.json())} == {kind}, accept
            assert (one.headers["vary"], changed.headers["vary"]) == ("accept", "accept")
            assert str(one.json()["id"]) == str(made["id"])
        told = strict.ask("POST", f"{ALARMS}/alarm", role="duty", headers={"accept": "application/json"}, json=ALARM)
        assert (told.status_code, type(told.json()["id"])) == (201, str)
        number = str(made["id"])
        filtered = strict.ask("GET", f"{ALARMS}/alarm", role="viewer", params={"id": number, "fields": "state"})
        assert [each["id"] for each in filtered.json()] == [made["id"]]
