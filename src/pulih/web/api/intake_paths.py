"""Paths of the intake in the description: reports and hooks, which an application of its own takes in.

What a report may hold is the struct that the intake checks it with, so that the description says what it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from pulih.listen.payload import Report
from pulih.web.intake.answers import Receipt

INTAKE_TYPES: Final[tuple[type[msgspec.Struct], ...]] = (Report, Receipt)
REPORT: Final[dict[str, Any]] = {
    "id": "1974012345678901234",
    "source": "form",
    "at": "2025-10-03T08:48:00+07:00",
    "text": "sinyal bagus tapi internet tidak bisa dipakai",
    "operator": "smartfren",
    "place": "Jakarta Selatan",
}
RECEIPT: Final[dict[str, Any]] = {"accepted": 1, "repeated": 0, "late": 0, "refused": []}
_SOURCE: Final[dict[str, Any]] = {
    "name": "source",
    "in": "path",
    "required": True,
    "description": "name of a hook, as pulih.toml gives it",
    "example": "care",
    "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"},
}
_HOOK_SAYS: Final = (
    "Takes what ticket systems, chats and alarms post by themselves. No token: each delivery shows by its signature "
    "that it comes from whoever shares the secret of the hook. docs/api.md goes through the hooks one by one."
)
_REPORTS_SAY: Final = (
    "One report as JSON, or up to 100,000, one a line, as application/x-ndjson; gzip is allowed, 8 MiB at most. "
    "202 means that all of it is on the disk. A report that came before is repeated, and what is older than 24 hours "
    "is late; neither is counted. For the role source, and for duty and those above it."
)


def intake_paths(named: Mapping[type, Any], refused: Mapping[int, Any]) -> dict[str, Any]:
    """Return the paths of the intake.

    Args:
        named: schema of each type.
        refused: answer of each status of a refusal.
    """
    receipt = {"schema": named[Receipt], "example": RECEIPT}
    taken = {"202": {"description": "On the disk", "content": {"application/json": receipt}}}
    delivered = {"200": {**taken["202"], "description": "On the disk; Meta asks for this status"}, **taken}
    # A report a line stands in the words only: OpenAPI 3.1 has no schema for a sequence, and tools refuse the type.
    body = {"application/json": {"schema": named[Report], "example": REPORT}}
    return {
        "/v1/reports": {
            "post": {
                "operationId": "sendReports",
                "summary": "Send reports",
                "description": _REPORTS_SAY,
                "requestBody": {"required": True, "content": body},
                "responses": {**taken, **_chosen(refused, 400, 401, 403, 408, 413, 415, 503)},
            }
        },
        "/v1/hooks/{source}": {
            "parameters": [_SOURCE],
            "post": {
                "operationId": "deliverHook",
                "summary": "Deliver a webhook",
                "description": _HOOK_SAYS,
                "security": [],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": ["object", "array"]}}},
                },
                "responses": {**delivered, **_chosen(refused, 400, 401, 404, 408, 413, 503)},
            },
            "get": {
                "operationId": "verifyHook",
                "summary": "Answer the challenge of WhatsApp",
                "description": "Meta asks once, when the address of a hook of WhatsApp is entered there.",
                "security": [],
                "parameters": [_asked("hub.mode"), _asked("hub.verify_token"), _asked("hub.challenge")],
                "responses": {
                    "200": {
                        "description": "The challenge, repeated",
                        "content": {"text/plain": {"schema": {"type": "string"}}},
                    },
                    **_chosen(refused, 401, 404),
                },
            },
        },
    }


def _asked(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}


def _chosen(refused: Mapping[int, Any], *statuses: int) -> dict[str, Any]:
    return {str(status): refused[status] for status in statuses}
