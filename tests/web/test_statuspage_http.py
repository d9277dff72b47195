"""The details of HTTP that clients and caches of the Statuspage interface rely on."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from served import serving_here

from pulih.web.statuspage import StatuspageApp

BODY = b'{"page":{},"status":{}}'


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of a served interface with two documents."""
    pages = {"api/v2/status.json": BODY, "en/api/v2/status.json": BODY}
    with serving_here() as serve, httpx.Client(base_url=serve(StatuspageApp(pages.get))) as made:
        yield made


@pytest.mark.parametrize("path", ["/api/v2/status.json", "/en/api/v2/status.json"])
def test_a_document_comes_with_the_headers_of_the_wire_format(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    told = "max-age=10, public, s-maxage=10, stale-while-revalidate=20, stale-if-error=3600"
    assert answer.headers["cache-control"] == told
    assert answer.headers["etag"].startswith('W/"')
    assert "set-cookie" not in answer.headers


def test_who_has_it_is_told_so(client: httpx.Client) -> None:
    tag = client.get("/api/v2/status.json").headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        answer = client.get("/api/v2/status.json", headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert answer.headers["access-control-allow-origin"] == "*"
    assert client.get("/api/v2/status.json", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v2/nothing.json", "/api/v2/", "/api/v2/../v2/status.json/x"])
def test_an_unknown_path_is_an_empty_404_without_a_type(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (404, b"")
    assert "content-type" not in answer.headers


def test_a_browser_that_asks_first_is_told_that_it_may_read(client: httpx.Client) -> None:
    asked = {"origin": "https://example.com", "access-control-request-method": "GET"}
    answer = client.options("/api/v2/status.json", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_only_reading_is_allowed(client: httpx.Client) -> None:
    assert client.head("/api/v2/status.json").headers["content-length"] == str(len(BODY))
    answer = client.post("/api/v2/status.json", content=b"x")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
