"""The command that takes another status page's history over, from a file and over HTTP."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sample_bulletin import DAY_US, NOW_US, bulletin

from pulih.adapters.data_folder import DataFolder
from pulih.communicate.edition import Edition
from pulih.communicate.statuspage import documents
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.serve.clocks import ReplayClock
from pulih.serve.importing import ImportRequest, import_statuspage

CLOCK = ReplayClock(NOW_US + 3 * DAY_US)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of a stopped desk."""
    with DataFolder(tmp_path / "desk"):
        pass
    return tmp_path / "desk"


@contextmanager
def _page(site: dict[str, bytes]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = site.get(self.path.lstrip("/"))
            self.send_response(404 if content is None else 200)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def _site() -> dict[str, bytes]:
    return dict(documents(Edition(bulletin(), ZoneInfo("Asia/Jakarta"))))


def test_a_page_is_fetched_and_a_second_time_is_known(data: Path) -> None:
    with _page(_site()) as address:
        asked = ImportRequest(source=address, operator="XL", components=("XL Telepon=mobile_voice",))
        first, second = StringIO(), StringIO()
        assert import_statuspage(data, None, asked, first, clock=CLOCK) == 0
        assert import_statuspage(data, None, asked, second, clock=CLOCK) == 0
    assert "2 of 3 incidents of Pulih Contoh taken over." in first.getvalue()
    assert "left out, since it goes on there" in first.getvalue()
    assert "0 of 3 incidents" in second.getvalue()


def test_a_file_is_read_as_the_page_is(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "incidents.json"
    file.write_bytes(_site()["api/v2/incidents.json"])
    out = StringIO()
    import_statuspage(data, None, ImportRequest(source=str(file), operator="xl"), out, clock=CLOCK)
    assert "2 of 3 incidents" in out.getvalue()


def test_what_cannot_be_used_is_refused_with_what_would_be_right(data: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="is not known"):
        import_statuspage(data, None, ImportRequest(source="x", operator="no such operator"), StringIO(), clock=CLOCK)
    with pytest.raises(RefusedInput, match="right would be NAME=SERVICE"):
        import_statuspage(
            data, None, ImportRequest(source="x", operator="xl", components=("a",)), StringIO(), clock=CLOCK
        )
    with pytest.raises(RefusedInput, match="cannot be read"):
        import_statuspage(
            data, None, ImportRequest(source=str(tmp_path / "no"), operator="xl"), StringIO(), clock=CLOCK
        )
    with _page({}) as address, pytest.raises(OutsideFailed, match="answered 404"):
        import_statuspage(data, None, ImportRequest(source=address, operator="xl"), StringIO(), clock=CLOCK)
    with pytest.raises(OutsideFailed, match="cannot be fetched"):
        import_statuspage(
            data, None, ImportRequest(source="http://127.0.0.1:9", operator="xl"), StringIO(), clock=CLOCK
        )
