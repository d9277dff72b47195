"""Openapi: the description of the interface (OpenAPI 3.1), made from the operations and the structs that check them.

Reports and hooks are served by the intake; `intake_paths` describes them, and a test posts what it says.
Source: OpenAPI Specification 3.1.1; RFC 6750 for bearer tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from pulih.web.api.health import Liveness, Readiness
from pulih.web.api.intake_paths import INTAKE_TYPES, intake_paths
from pulih.web.api.operation import Operation
from pulih.web.api.problems import Problem

_REF = "#/components/schemas/{name}"
_SHAPE = "Shape"
# What each status of a refusal means here.
REFUSALS: Mapping[int, str] = {
    400: "Not of the shape that is described",
    401: "No token, or none that is known",
    403: "The token is for another role",
    404: "No such thing",
    405: "Not this method",
    408: "The body came too slowly",
    409: "Not allowed now; `allowed` names the moves that are",
    413: "The body is too long",
    415: "The body is of another content type",
    503: "Something outside failed, such as the disk; try again",
}
_NAMED = {
    "finding": {"example": "f3b1c0a94d7e", "schema": {"type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"}},
    "calendar": {"example": "core", "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,59}$"}},
    "incident": {"example": "20251003-k7qd", "schema": {"type": "string", "pattern": "^[0-9]{8}-[0-9a-z]{4}$"}},
}


def description(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the whole description, ready to be written as JSON.

    Args:
        operations: calls of this application.
    """
    types = _types(operations)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    named = dict(zip(types, schemas, strict=True))
    refusals = {status: _refusal(said, named) for status, said in REFUSALS.items()}
    paths: dict[str, Any] = {}
    for operation in operations:
        described = _described(operation, named, components)
        described["responses"].update({str(status): refusals[status] for status in _statuses(operation)})
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    # A query stands in the parameters of its call, one by one.
    for kind in {one.query.__name__ for one in operations}:
        del components[kind]
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Pulih",
            "version": version("pulih"),
            "summary": "The outage desk for machines",
            "description": "How to send reports, read what is found, and act on incidents. docs/api.md tells more.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {**paths, **intake_paths(named, refusals), **_watched(named, refusals)},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token of the desk"},
            },
        },
    }
    return {str(name): value for name, value in _tidied(document).items()}


def _refusal(said: str, named: Mapping[type, Any]) -> dict[str, Any]:
    return {"description": said, "content": {"application/json": {"schema": named[Problem]}}}


def _statuses(operation: Operation) -> list[int]:
    """Return the statuses of all refusals of a call."""
    return sorted({400, 401, 403, 503, *operation.refusals} | ({413, 415} if operation.body else set()))


def _types(operations: Sequence[Operation]) -> list[type]:
    own = [kind for one in operations for kind in (one.query, one.answer, one.body) if kind is not None]
    return list(dict.fromkeys([*own, *INTAKE_TYPES, Problem, Liveness, Readiness]))


def _described(operation: Operation, named: Mapping[type, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    answer = {"schema": named[operation.answer], "example": operation.examples["answer"]}
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"{operation.description} For the role {operation.role} and those above it.",
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation, components)],
        "responses": {str(operation.status): {"description": "Done", "content": {"application/json": answer}}},
    }
    if operation.body is not None:
        body = {"schema": named[operation.body], "example": operation.examples["body"]}
        described["requestBody"] = {"required": True, "content": {"application/json": body}}
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, **_NAMED[name]} for name in names]


def _query_parameters(operation: Operation, components: Mapping[str, Any]) -> list[dict[str, Any]]:
    properties: Mapping[str, Any] = components[operation.query.__name__].get("properties", {})
    return [_asked(name, schema) for name, schema in properties.items()]


def _asked(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(schema)
    return {"name": name, "in": "query", "description": plain.pop("description", ""), "schema": plain}


def _watched(named: Mapping[type, Any], refusals: Mapping[int, Any]) -> dict[str, Any]:
    """Return the paths of those who watch the desk."""

    def told(kind: type, said: str) -> dict[str, Any]:
        return {"description": said, "content": {"application/json": {"schema": named[kind]}}}

    return {
        "/healthz": {
            "get": {
                "operationId": "getHealth",
                "summary": "Whether the process lives",
                "security": [],
                "responses": {"200": told(Liveness, "It lives")},
            }
        },
        "/readyz": {
            "get": {
                "operationId": "getReadiness",
                "summary": "Whether the desk takes reports and tells what is found",
                "description": "What is wrong is told to bearers of a token of the role viewer and those above it.",
                "security": [{}, {"token": []}],
                "responses": {
                    "200": told(Readiness, "It is ready"),
                    "401": refusals[401],
                    "403": refusals[403],
                    "503": told(Readiness, "It is not ready"),
                },
            }
        },
        "/metrics": {
            "get": {
                "operationId": "getMetrics",
                "summary": "Metrics for Prometheus",
                "description": "A process of the machine that alone reaches the desk needs no token.",
                "security": [{}, {"token": []}],
                "responses": {
                    "200": {"description": "All metrics", "content": {"text/plain": {"schema": {"type": "string"}}}},
                    "401": refusals[401],
                    "403": refusals[403],
                },
            }
        },
    }


def _tidied(value: Any) -> Any:
    """Return a description without the endings of class names, and with the first paragraph of docstrings."""
    if isinstance(value, dict):
        return {_name(key): _tidied(inner) if key != "example" else inner for key, inner in value.items()} | (
            {"description": _sentence(value["description"])} if isinstance(value.get("description"), str) else {}
        )
    if isinstance(value, list):
        return [_tidied(inner) for inner in value]
    if isinstance(value, str) and value.startswith("#/components/"):
        return value.removesuffix(_SHAPE)
    return value


def _name(key: str) -> str:
    return key.removesuffix(_SHAPE)


def _sentence(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())
