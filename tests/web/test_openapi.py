"""The description of the interface is true: schemathesis asks a real `pulih serve` for all that it promises (P4)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from test_serving import desk, free_port, token

from pulih.listen.payload import PayloadReader
from pulih.web.api.app import OPERATIONS, description
from pulih.web.api.intake_paths import RECEIPT, REPORT
from pulih.web.api.operation import Operation
from pulih.web.intake.answers import Receipt

DOCUMENT: dict[str, Any] = description(OPERATIONS)


def nothing_found(tmp_path: Path, examples: int) -> None:
    """Let schemathesis ask a desk for all that it describes, with so many examples a call."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program, "schemathesis is missing. Install it with: pip install 'pulih[dev]'"
    folder, port = tmp_path / "desk", free_port()
    with desk(folder, port):
        secret = token(folder, "admin")
        command = [
            program,
            "run",
            f"http://127.0.0.1:{port}/v1/openapi.json",
            "--header",
            f"Authorization: Bearer {secret}",
        ]
        bounds = [
            "--checks",
            "all",
            "--max-examples",
            f"{examples}",
            "--seed",
            "20251003",
            "--generation-deterministic",
        ]
        # Its own files go where the test's do.
        asked = subprocess.run(
            [*command, *bounds, "--no-color"],
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
            cwd=tmp_path,
        )
    assert asked.returncode == 0, asked.stdout[-8_000:] + asked.stderr[-2_000:]
    assert "No issues found" in asked.stdout or " passed" in asked.stdout


def test_schemathesis_finds_nothing_that_is_not_as_described(tmp_path: Path) -> None:
    nothing_found(tmp_path, 3)


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
