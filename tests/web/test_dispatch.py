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


def test_the_head_of_a_page_whose_body_never_ends_is_an_answer_that_ends() -> None:
    sent: list[dict[str, Any]] = []

    async def endless(scope: Any, _: Any, send: Any) -> None:
        assert scope["method"] == "GET"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"data: beat\n\n", "more_body": True})

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    async def ask() -> None:
        desk = DeskApp(None, None, endless, statuspage=None, tmf=None)  # type: ignore[arg-type]
        scope = {"type": "http", "path": "/console/events", "method": "HEAD"}
        await desk(scope, None, keep)
        assert scope["method"] == "HEAD"

    anyio.run(ask)
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    assert sent[1] == {"type": "http.response.body", "body": b"", "more_body": False}
