"""The description of the interface is whole, and its examples are of the shapes that they show (P4).

Schemathesis asks a real `pulih serve` for all that it promises in tests/long.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pulih.listen.payload import PayloadReader
from pulih.web.api.app import OPERATIONS, description
from pulih.web.api.intake_paths import RECEIPT, REPORT
from pulih.web.api.operation import Operation
from pulih.web.intake.answers import Receipt

DOCUMENT: dict[str, Any] = description(OPERATIONS)


def test_every_call_of_the_interface_and_of_the_intake_is_described() -> None:
    described = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert {(one.method, one.path) for one in OPERATIONS} <= described
    assert {("POST", "/v1/reports"), ("POST", "/v1/hooks/{source}"), ("GET", "/v1/hooks/{source}")} <= described


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_example_is_of_the_shape_that_it_shows(operation: Operation) -> None:
    msgspec.convert(operation.examples["answer"], operation.answer)
    assert (operation.body is None) == ("body" not in operation.examples)
    if operation.body is not None:
        msgspec.convert(operation.examples["body"], operation.body)


def test_the_example_of_a_report_is_taken_as_it_stands() -> None:
    parcel = PayloadReader(b"k" * 32).one(msgspec.json.encode(REPORT), 1_790_000_000_000_000)
    assert parcel.refused == ()
    msgspec.convert(RECEIPT, Receipt)


def test_no_two_calls_have_one_name_and_each_says_what_it_is_for() -> None:
    calls = [call for methods in DOCUMENT["paths"].values() for name, call in methods.items() if name != "parameters"]
    names = [call["operationId"] for call in calls]
    assert len(set(names)) == len(names)
    assert [call["operationId"] for call in calls if not call.get("summary")] == []


def test_what_the_description_points_at_is_there() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    text = msgspec.json.encode(DOCUMENT).decode()
    pointed = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert pointed <= set(schemas)
    assert [name for name in schemas if name.endswith(("Shape", "Query"))] == []
