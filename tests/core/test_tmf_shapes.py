"""The shapes of the TM Forum interfaces are those of the specifications, attribute for attribute (requirement P4)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from tmf_schemas import STANDARDS

from pulih.interchange import alarm_shapes, problem_shapes, ticket_shapes
from pulih.interchange.common_shapes import LISTENER
from pulih.interchange.kinds import ALARM, PROBLEM, TICKET
from pulih.interchange.merging import merged, refuse_fixed
from pulih.interchange.shapes import Shape, check
from pulih.model.errors import RefusedInput

T621 = "TMF621-TroubleTicket-v4.0.0.swagger.json"
T642 = "TMF642-Alarm-v4.0.0.swagger.json"
T656 = "TMF656-ServiceProblem-v4.0.0.swagger.json"
DEFINED = [
    (T621, "TroubleTicket_Create", ticket_shapes.TICKET_SENT),
    (T621, "TroubleTicket_Update", ticket_shapes.TICKET),
    (T621, "TroubleTicket", TICKET.told),
    (T621, "EventSubscriptionInput", LISTENER),
    (T642, "Alarm_Create", alarm_shapes.ALARM_SENT),
    (T642, "Alarm", ALARM.told),
    (T642, "AckAlarms_Create", alarm_shapes.ACK),
    (T642, "UnAckAlarms_Create", alarm_shapes.UNACK),
    (T642, "ClearAlarms_Create", alarm_shapes.CLEAR),
    (T642, "CommentAlarms_Create", alarm_shapes.COMMENTING),
    (T642, "GroupAlarms_Create", alarm_shapes.GROUP),
    (T642, "UnGroupAlarms_Create", alarm_shapes.UNGROUP),
    (T656, "ServiceProblem_Create", problem_shapes.PROBLEM_SENT),
    (T656, "ServiceProblem_Update", problem_shapes.PROBLEM),
    (T656, "ServiceProblem", PROBLEM.told),
    (T656, "ProblemAcknowledgement_Create", problem_shapes.ACKNOWLEDGEMENT),
    (T656, "ProblemUnacknowledgement_Create", problem_shapes.UNACKNOWLEDGEMENT),
    (T656, "ProblemGroup_Create", problem_shapes.GROUPING),
]


@cache
def definitions(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((STANDARDS / file).read_text(encoding="utf-8"))["definitions"]
    return found


def kind_of(shape: Shape, name: str) -> str:
    for kind in ("texts", "uris", "moments", "flags", "wholes", "numbers"):
        if name in getattr(shape, kind):
            return kind
    return "one" if name in shape.one else "many" if name in shape.many else "choices" if name in shape.choices else ""


def kind_in(file: str, schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        schema = definitions(file)[schema["$ref"].rpartition("/")[2]]
        if "properties" in schema:
            return "one"
    if "enum" in schema:
        return "choices"
    plain = {"array": "many", "boolean": "flags", "integer": "wholes", "number": "numbers"}
    formats = {"uri": "uris", "date-time": "moments"}
    return plain.get(schema.get("type", ""), formats.get(schema.get("format", ""), "texts" if "type" in schema else ""))


def differences(file: str, name: str, shape: Shape) -> list[str]:
    """Return every attribute that the shape and the specification see differently, those of parts too."""
    defined = definitions(file)[name]
    found = [] if set(defined.get("required", ())) == set(shape.needed) else [f"{name}: needed {shape.needed}"]
    for attribute, schema in defined.get("properties", {}).items():
        ours, theirs = kind_of(shape, attribute), kind_in(file, schema)
        if ours != theirs:
            found.append(f"{name}.{attribute}: {ours} and not {theirs}")
        elif ours in {"one", "many"}:
            part = schema.get("items", schema)["$ref"].rpartition("/")[2]
            found += differences(file, part, (shape.one if ours == "one" else shape.many)[attribute])
        elif ours == "choices":
            enum = definitions(file)[schema["$ref"].rpartition("/")[2]]["enum"]
            found += [] if set(enum) == shape.choices[attribute] else [f"{name}.{attribute}: other words"]
    return found


@pytest.mark.parametrize(("file", "name", "shape"), DEFINED, ids=[name for _, name, _ in DEFINED])
def test_a_shape_holds_what_the_specification_holds_and_asks_for_no_less(file: str, name: str, shape: Shape) -> None:
    assert differences(file, name, shape) == []


def test_what_a_client_may_not_change_is_what_the_specification_leaves_out_of_a_change() -> None:
    for file, name, kind in (
        (T642, "Alarm", ALARM),
        (T621, "TroubleTicket", TICKET),
        (T656, "ServiceProblem", PROBLEM),
    ):
        whole, change = (set(definitions(file)[one]["properties"]) for one in (name, f"{name}_Update"))
        assert whole - change == set(kind.fixed), name


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"id": "x"}, "body.alarmType"),
        ({"alarmedObject": {"id": 5}}, "body.alarmedObject.id"),
        ({"comment": [{"time": "gestern"}]}, "body.comment[0].time"),
        ({"isRootCause": "yes"}, "body.isRootCause"),
        ({"place": {}}, "body.place"),
        ({"affectedService": [{"@schemaLocation": "not a uri"}]}, "body.affectedService[0].@schemaLocation"),
    ],
)
def test_a_refusal_names_the_attribute_and_says_what_would_be_right(document: dict[str, Any], named: str) -> None:
    whole = dict.fromkeys(alarm_shapes.ALARM_SENT.needed, "x") | {
        "alarmedObject": {"id": "o"}, "alarmRaisedTime": "2025-10-03T01:00:00Z",
    }  # fmt: skip
    sent = document if "id" in document else whole | document
    with pytest.raises(RefusedInput, match="right would be") as refused:
        check(sent, alarm_shapes.ALARM_SENT)
    assert str(refused.value).startswith(f"{named}: ")


def test_an_attribute_of_a_sub_class_is_kept_whatever_it_holds() -> None:
    document = {"callback": "https://a.example/", "own": [{"deep": None}]}
    assert check(document, LISTENER) is document


def test_a_change_merges_documents_replaces_lists_and_takes_away_what_becomes_null() -> None:
    before = {"a": {"b": 1, "c": 2}, "l": [1, 2], "gone": "x"}
    assert merged(before, {"a": {"c": 3}, "l": [9], "gone": None}) == {"a": {"b": 1, "c": 3}, "l": [9]}
    assert before == {"a": {"b": 1, "c": 2}, "l": [1, 2], "gone": "x"}


def test_naming_a_fixed_attribute_with_the_value_it_has_is_no_change_and_another_value_is_refused() -> None:
    document = {"id": "5", "href": "/tmf-api/x/5"}
    refuse_fixed(document, {"id": "5", "href": "https://desk.example/tmf-api/x/5"}, {"id", "href"})
    with pytest.raises(RefusedInput, match=r"body\.id"):
        refuse_fixed(document, {"id": "6"}, {"id", "href"})
