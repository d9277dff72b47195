"""The desk serves its own published site: tags, packing, headers, and not one path besides those published."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import Server, serving_here

from pulih.adapters.publishers.folder import FolderPublisher
from pulih.web.public.site_layer import SiteLayer

HOME = b"<!doctype html><html lang=id><title>Pulih</title>" + b"<p>Internet seluler terganggu.</p>" * 50
PAGES = {"index.html": HOME, "wilayah/31.74/index.html": HOME + b"31.74", "history.atom": HOME, "tlog/checkpoint": b"n"}


async def other(scope: Any, receive: Any, send: Any) -> None:
    """Answer as the pages of the desk do where nothing is found."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"x-desk", b"yes")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FolderPublisher, httpx.Client]]:
    folder = tmp_path_factory.mktemp("desk") / "site"
    (folder.parent / "secret.key").write_text("secret")
    publisher = FolderPublisher(folder)
    publisher.put(PAGES, ())
    (folder / "beside.html").write_text("not published")
    with serving_here() as serve:
        address = serve(SiteLayer(other, publisher, encrypted=True))
        with httpx.Client(base_url=address, headers={"accept-encoding": "identity"}) as client:
            yield publisher, client


Site = tuple[FolderPublisher, httpx.Client]


def test_a_page_is_served_where_its_address_says(site: Site) -> None:
    client = site[1]
    home = client.get("/")
    assert (home.status_code, home.content) == (200, HOME)
    assert home.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/wilayah/31.74/").content == PAGES["wilayah/31.74/index.html"]
    led = client.get("/wilayah/31.74")
    assert (led.status_code, led.headers["location"]) == (308, "/wilayah/31.74/")
    assert client.get("/tlog/checkpoint").headers["content-type"] == "text/plain; charset=utf-8"


def test_who_asks_what_may_be_asked_of_a_page_is_told(site: Site) -> None:
    for path in ("/", "/wilayah/31.74/", "/history.atom"):
        answer = site[1].options(path)
        assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    assert site[1].options("/nowhere").headers["x-desk"] == "yes"


def test_who_has_a_page_already_is_told_so(site: Site) -> None:
    client = site[1]
    tag = client.get("/").headers["etag"]
    for asked in (tag, f'"other", W/{tag}', "*"):
        again = client.get("/", headers={"if-none-match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/", headers={"if-none-match": '"other"'}).status_code == 200


def test_who_unpacks_gets_it_packed_with_a_tag_of_its_own(site: Site) -> None:
    client = site[1]
    packed = client.send(client.build_request("GET", "/", headers={"accept-encoding": "br, gzip"}), stream=True)
    raw = b"".join(packed.iter_raw())
    packed.close()
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == HOME
    assert len(raw) < len(HOME) / 5
    assert packed.headers["etag"] != client.get("/").headers["etag"]
    assert packed.headers["vary"] == "accept-encoding"
    for asked in ("identity", "gzip;q=0", "gzip;q=x", "br"):
        assert "content-encoding" not in client.get("/", headers={"accept-encoding": asked}).headers


def test_a_page_may_run_nothing_but_the_desks_own_and_a_feed_may_be_read_from_everywhere(site: Site) -> None:
    client = site[1]
    page, feed = client.get("/").headers, client.get("/history.atom").headers
    assert "default-src 'none'; script-src 'self';" in page["content-security-policy"]
    assert page["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in page
    assert (feed["access-control-allow-origin"], feed["cross-origin-resource-policy"]) == ("*", "cross-origin")
    for headers in (page, feed):
        assert headers["x-content-type-options"] == "nosniff"
        assert "max-age" in headers["strict-transport-security"]
        assert headers["cache-control"] == "public, max-age=30, stale-if-error=86400"


@pytest.mark.parametrize(
    "path",
    [
        "/beside.html",
        "/index.html.gz",
        "/../secret.key",
        "/%2e%2e/secret.key",
        "/wilayah/../../secret.key",
        "/wilayah/..%2f..%2fsecret.key",
        "//evil.example/",
        "/%00",
        "/.index.html.1",
        "/wilayah/31.74/%2e%2e/%2e%2e/beside.html",
    ],
)
def test_no_address_leads_to_what_was_not_published(site: Site, path: str) -> None:
    client = site[1]
    url = httpx.URL(str(client.base_url)).copy_with(raw_path=path.encode())
    assert client.send(httpx.Request("GET", url)).headers.get("x-desk") == "yes"


def test_only_reading_is_answered(site: Site) -> None:
    client = site[1]
    head = client.head("/")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(HOME)))
    assert client.post("/").headers["x-desk"] == "yes"


def test_a_page_that_was_changed_is_served_as_it_is_now(site: Site) -> None:
    publisher, client = site
    tag = client.get("/history.atom").headers["etag"]
    publisher.put({"history.atom": b"<feed/>"}, ())
    again = client.get("/history.atom", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (200, b"<feed/>")
    publisher.put({}, ["history.atom"])
    assert client.get("/history.atom").headers["x-desk"] == "yes"


def test_a_page_whose_file_was_lost_is_answered_by_the_desk(site: Site, tmp_path: Path, serving: Server) -> None:
    publisher = FolderPublisher(tmp_path)
    publisher.put({"index.html": HOME}, ())
    (tmp_path / "index.html").unlink()
    (tmp_path / "index.html.gz").unlink()
    address = serving(SiteLayer(other, publisher, encrypted=False))
    answer = httpx.get(address)
    assert answer.headers["x-desk"] == "yes"
