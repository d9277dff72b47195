"""Holds payloads against the definitions of TM Forum's own specifications, with their formats."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker

STANDARDS = Path(__file__).parent / "standards"
ADJUSTMENT = ("TMF654_Prepay_Balance_Management_API_v4.0.0_swagger.json", "AdjustBalance_Create")
RATE = ("TMF678-CustomerBill-v4.0.0.swagger.json", "AppliedCustomerBillingRate")


@cache
def validator(file: str, name: str) -> Draft4Validator:
    """A validator of one definition of a specification."""
    definitions = json.loads((STANDARDS / file).read_text(encoding="utf-8"))["definitions"]
    schema = {"$ref": f"#/definitions/{name}", "definitions": definitions}
    return Draft4Validator(schema, format_checker=FormatChecker())


def faults(payload: Any, definition: tuple[str, str]) -> list[str]:
    """What a payload lacks, or has that its definition does not know but our own `externalId`."""
    found = [error.message for error in validator(*definition).iter_errors(payload)]
    definitions = validator(*definition).schema["definitions"]
    return found + _unknown(payload, definitions[definition[1]], definitions)


def _unknown(payload: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(payload, list):
        return [fault for one in payload for fault in _unknown(one, schema.get("items", {}), definitions)]
    if not isinstance(payload, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    strange = [f"unknown: {name}" for name in payload if name not in known and name != "externalId"]
    return strange + [
        fault for name, value in payload.items() if name in known for fault in _unknown(value, known[name], definitions)
    ]
