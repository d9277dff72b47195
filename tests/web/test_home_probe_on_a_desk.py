"""A probe at home sends what it measured to a desk, whose intake takes it as that of a probe (requirement L1)."""

from __future__ import annotations

from pathlib import Path

from api_desk import running
from network_peers import free_port
from probe_servers import web_server
from typing_hands import typed

from pulih.adapters.desk_client import DeskClient
from pulih.model.clock import MICROS
from pulih.serve.clocks import WorldClock


def test_a_desk_hears_signal_good_internet_dead_from_a_probe_at_home(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("source-token")
    token.chmod(0o600)
    told = ["--name", "rumah-7", "--operator", "smartfren", "--place", "31.74", "--token-file", token, "--once"]
    told += ["--queue", tmp_path / "queue", "--signal-command", "echo 4"]
    with running(tmp_path, clock=WorldClock()) as desk, web_server() as web:
        dead = typed("probe", *told, "--to", desk.address, "--tcp", f"127.0.0.1:{free_port()}")
        well = typed("probe", *told, "--to", desk.address, "--http", f"http://127.0.0.1:{web.port}/")
        assert (dead.returncode, well.returncode) == (0, 0), dead.stderr + well.stderr
        first, second = desk.kept()
        # By which a probe knows that its own clock is wrong.
        desk_us = DeskClient(desk.address, "source-token", patience_s=0.0).clock_us()
        assert desk_us is not None and abs(desk_us - WorldClock().now_us()) < 10 * MICROS
    assert (first["kind"], first["source"], first["symptom"]) == ("probe", "probe-rumah-7", "no_internet")
    assert first["text"].startswith("failed: home rumah-7: signal good (4 of 4), internet dead; tcp failed")
    assert (second["symptom"], second["service"], second["place"]) == ("none", "mobile_data", "31.74")
