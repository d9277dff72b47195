"""Each request goes to the one application that it is for."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from pulih.serve.dispatch import DeskApp


def opened(scope: dict[str, Any]) -> list[str]:
    """Return the names of the applications that a request came to."""
    came: list[str] = []

    def named(name: str) -> Any:
        async def application(_: Any, __: Any, ___: Any) -> None:
            came.append(name)

        return application

    async def ask() -> None:
        desk = DeskApp(named("intake"), named("api"), named("pages"), statuspage=named("statuspage"), tmf=named("tmf"))
        await desk(scope, None, None)

    anyio.run(ask)
    return came


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/v1/reports", "intake"),
        ("/v1/hooks/care", "intake"),
        ("/v1/reports/1", "api"),
        ("/v1/findings", "api"),
        ("/v1", "api"),
        ("/healthz", "api"),
        ("/metrics", "api"),
        ("/v10", "pages"),
        ("/api/v2/summary.json", "statuspage"),
        ("/en/api/v2/incidents/unresolved.json", "statuspage"),
        ("/api/v20", "pages"),
        ("/tmf-api/alarm/v4/alarm", "tmf"),
        ("/tmf-api/alarm/v40", "pages"),
        ("/console", "pages"),
        ("/", "pages"),
    ],
)
def test_a_request_goes_through_one_door(path: str, door: str) -> None:
    assert opened({"type": "http", "path": path}) == [door]


def test_the_pages_hear_when_the_server_starts_and_stops() -> None:
    assert opened({"type": "lifespan"}) == ["pages"]
