"""Four clients of other makers, unchanged, read a desk's status over HTTP as they read any page of this kind."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sample_bulletin import bulletin
from served import serving_here

from pulih.communicate.edition import Edition
from pulih.communicate.statuspage import documents
from pulih.web.statuspage import StatuspageApp

NODE = Path(__file__).resolve().parents[1] / "node"
# What the exporter does once in RUN_MODE=once, word for word; its scheduler, which that mode never uses, is left out.
ONCE = """
import sys
from prometheus_client import REGISTRY, write_to_textfile
from statuspage_prometheus_exporter.service_monitor import monitor_services
monitor_services(is_initial_run=True)
write_to_textfile(sys.argv[1], REGISTRY)
"""
OUTAGE = "Smartfren: Internet seluler tidak dapat dipakai di DKI Jakarta dan Jawa Barat"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the sample bulletin."""
    read = documents(Edition(bulletin(), ZoneInfo("Asia/Jakarta")))
    with serving_here() as serve:
        yield serve(StatuspageApp(read.get))


def _peer(name: str) -> Path:
    folder = NODE / "node_modules" / name
    assert folder.is_dir(), f"{name} is missing. Install it with: make peers"
    return folder


def test_statuscheck_reads_the_same_outage(address: str) -> None:
    from statuscheck.services.bases._statuspageio import BaseStatusPageAPI

    class Desk(BaseStatusPageAPI):
        name = "desk"

        def _get_base_url(self) -> str:
            return f"{address}/api/v2/"

    summary = Desk().get_summary()
    assert (summary.status.code, summary.status.is_ok) == ("critical", False)
    assert summary.incidents[0].name == OUTAGE
    assert {(one.name, one.status) for one in summary.incidents[0].components} == {
        ("Smartfren Internet seluler", "Partial outage")
    }
    assert len(summary.components) == 8


def test_the_prometheus_exporter_reads_incidents_and_components(address: str, tmp_path: Path) -> None:
    services = {"desk": {"url": f"{address}/api/v2/summary.json", "name": "Desk"}}
    (tmp_path / "services.json").write_text(json.dumps(services))
    written = tmp_path / "status.prom"
    told = {"SERVICES_JSON_PATH": str(tmp_path / "services.json"), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", ONCE, str(written)]
    done = subprocess.run(command, env=told, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    lines = written.read_text().splitlines()
    assert any(line.startswith("statuspage_incident_info{") and OUTAGE in line for line in lines)
    stood = [line for line in lines if line.startswith("statuspage_component_status{")]
    assert len(stood) == 8
    down = [line.split('"')[1] for line in stood if line.endswith(" 0.0")]
    assert sorted(down) == ["Smartfren", "Smartfren Internet seluler"]
    assert any("maintenance" in line and "Pemutakhiran perangkat inti" in line for line in lines)


def test_the_client_of_npm_reads_every_document(address: str) -> None:
    _peer("statuspage.io")
    node = shutil.which("node")
    assert node is not None, "Node is missing. Install it with: make peers"
    script = """
        const {Statuspage} = require('statuspage.io');
        const page = new Statuspage('desk'); page.setApiUrl(process.argv[1]);
        Promise.all([page.api.getSummary(), page.api.getStatus(), page.api.getComponents(),
          page.api.incidents.getAll(), page.api.incidents.getUnresolved(), page.api.scheduledMaintenances.getUpcoming()
        ]).then(read => console.log(JSON.stringify(read)));
    """
    done = subprocess.run(
        [node, "-e", script, address], cwd=NODE, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    summary, status, components, incidents, unresolved, upcoming = json.loads(done.stdout)
    assert status["status"] == summary["status"] == {"indicator": "critical", "description": "Gangguan besar"}
    assert components["components"] == summary["components"]
    assert [one["name"] for one in unresolved["incidents"]] == [OUTAGE]
    assert len(incidents["incidents"]) == 3
    assert [one["status"] for one in upcoming["scheduled_maintenances"]] == ["scheduled"]


def test_the_status_widget_shows_the_sentence_in_a_browser(address: str, browser: object, tmp_path: Path) -> None:
    """The widget stands on a site of another origin, as it does in the world."""
    script = _peer("@statuspage/status-widget") / "dist" / "index.js"
    shutil.copy(script, tmp_path / "widget.js")
    content = f'<!doctype html><script src="widget.js"></script><statuspage-widget src="{address}"></statuspage-widget>'
    (tmp_path / "index.html").write_text(content)
    with _Site(tmp_path) as elsewhere:
        page = browser.new_page()  # type: ignore[attr-defined]
        page.goto(f"{elsewhere}/index.html")
        page.wait_for_function(
            "document.querySelector('statuspage-widget').shadowRoot?.textContent.includes('Gangguan besar')"
        )
        page.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


class _Site:
    def __init__(self, folder: Path) -> None:
        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *args: _Quiet(*args, directory=str(folder))
        )
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
