"""A service problem tells of the services and places that the desk holds, whoever named them first (requirement P4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from api_desk import ApiDesk, running
from test_tmf_shapes import T656
from tmf_partner import PROBLEM, PROBLEMS, path_of, sent
from tmf_schemas import validator

from pulih.model.actor import Actor
from pulih.model.entry import ScopesSet
from pulih.model.scope import Scope

SARI = Actor("sari", "duty")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("tmf")) as made:
        yield made


def scopes(desk: ApiDesk, name: str) -> set[tuple[str | None, str | None]]:
    incident = desk.incidents.get(name)
    assert incident is not None
    return {(one.scope.service, one.scope.region) for one in incident.scopes}


def set_by_the_desk(desk: ApiDesk, name: str, *places: tuple[Any, str]) -> None:
    incident = desk.incidents.get(name)
    assert incident is not None
    found = tuple(Scope(operator="smartfren", service=service, region=region) for service, region in places)
    desk.incidents.act(name, ScopesSet(scopes=found), actor=SARI, version=incident.version, reason="by phone")


def test_what_the_desk_holds_is_told_once_it_differs_from_what_a_partner_sent(desk: ApiDesk) -> None:
    made = sent(desk, "problem", externalIdentifier=[{"id": "W-1"}])
    assert made["affectedService"] == PROBLEM["affectedService"]
    set_by_the_desk(desk, made["id"], ("sms", "32"), ("mobile_data", "31"))
    told = desk.ask("GET", path_of(made), role="viewer").json()
    assert [one["name"] for one in told["affectedService"]] == ["sms", "mobile_data"]
    assert [one["id"] for one in told["affectedLocation"]] == ["32", "31"]
    assert [(one["id"], one["role"]) for one in told["relatedEntity"]] == [
        ("x", "affectedService as sent"), ("31", "affectedLocation as sent"),
    ]  # fmt: skip
    assert list(validator(T656, "ServiceProblem").iter_errors(told)) == []
    set_by_the_desk(desk, made["id"], ("mobile_data", "31"))
    assert desk.ask("GET", path_of(made), role="viewer").json()["affectedService"] == PROBLEM["affectedService"]


def test_a_partner_who_changes_where_it_is_changes_the_scopes_of_the_desk(desk: ApiDesk) -> None:
    made = sent(desk, "problem", externalIdentifier=[{"id": "W-2"}])
    where = [{"id": "31", "role": "affected"}, {"name": "32", "role": "affected"}]
    answer = desk.ask("PATCH", path_of(made), role="duty", json={"affectedLocation": where})
    assert (answer.status_code, answer.json()["affectedLocation"]) == (200, where)
    assert scopes(desk, made["id"]) == {("mobile_data", "31"), ("mobile_data", "32")}
    service = [{"id": "y", "name": "sms"}]
    assert desk.ask("PATCH", path_of(made), role="duty", json={"affectedService": service}).status_code == 200
    assert scopes(desk, made["id"]) == {("sms", "31"), ("sms", "32")}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"affectedService": [{"id": "CFS-9", "name": "whatever"}]}, "body.affectedService[0]"),
        ({"affectedLocation": [{"id": "31"}, {"id": "Atlantis"}]}, "body.affectedLocation[1]"),
        ({"affectedLocation": []}, "body.affectedLocation[0]"),
    ],
)
def test_a_place_that_the_desk_does_not_know_is_refused_by_name(
    desk: ApiDesk, change: dict[str, Any], named: str
) -> None:
    made = sent(desk, "problem", externalIdentifier=[{"id": "W-3"}])
    answer = desk.ask("PATCH", path_of(made), role="duty", json=change)
    assert (answer.status_code, answer.json()["reason"].partition(": ")[0]) == (409, named)
    assert "Right would be" in answer.json()["message"]
    assert scopes(desk, made["id"]) == {("mobile_data", "31")}
    taken = {"content": b'{"affectedLocation": null}', "headers": {"content-type": "application/merge-patch+json"}}
    assert desk.ask("PATCH", path_of(made), role="duty", **taken).status_code == 409


def test_a_partner_who_tells_all_of_it_again_does_not_undo_what_the_desk_decided(desk: ApiDesk) -> None:
    event = {"event": {"serviceProblem": {**PROBLEM, "id": "W-4", "externalIdentifier": [{"id": "W-4"}]}}}
    for what in ("Create", "StateChange"):
        answer = desk.ask("POST", f"{PROBLEMS}/listener/serviceProblem{what}Event", role="duty", json=event)
        assert answer.status_code == 201, answer.text
        [found] = desk.ask(
            "GET", f"{PROBLEMS}/serviceProblem", role="viewer", params={"externalIdentifier.id": "W-4"}
        ).json()
        set_by_the_desk(desk, found["id"], ("sms", "32"))
    desk.ask("POST", f"{PROBLEMS}/listener/serviceProblemStateChangeEvent", role="duty", json=event)
    assert scopes(desk, found["id"]) == {("sms", "32")}
