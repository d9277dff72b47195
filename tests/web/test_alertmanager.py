"""Debian's Alertmanager posts to a desk: what fires, what fires still, and what is resolved (requirement L1)."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_desk import ApiDesk, running
from hook_signing import SECRET
from network_peers import HERE, free_port

from pulih.serve.clocks import WorldClock

CONFIG = """
route: {{receiver: pulih, group_by: [alertname], group_wait: 0s, group_interval: 200ms, repeat_interval: 200ms}}
receivers:
  - name: pulih
    webhook_configs:
      - url: {desk}/v1/hooks/alertmanager
        http_config: {{authorization: {{credentials_file: {secret}}}}}
"""
LABELS = {"alertname": "PacketCoreSessionsDown", "instance": "upf-jkt-1:9100", "operator": "smartfren"}


class Alertmanager:
    """One Alertmanager that tells one desk; it may be ended and started again."""

    def __init__(self, folder: Path, desk: str) -> None:
        path = shutil.which("prometheus-alertmanager")
        assert path, "prometheus-alertmanager is missing; install it: apt-get install prometheus-alertmanager"
        (folder / "secret").write_text(SECRET)
        (folder / "config.yml").write_text(CONFIG.format(desk=desk, secret=folder / "secret"))
        port = free_port()
        # Reading the certificates of this machine would take longer than all else.
        self._client = httpx.Client(base_url=f"http://{HERE}:{port}", timeout=5, trust_env=False, verify=False)
        self._command = [path, f"--config.file={folder}/config.yml", f"--storage.path={folder}/data"]
        self._command += [f"--web.listen-address={HERE}:{port}", "--cluster.listen-address="]
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._running = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self._ask("GET", "/-/ready") == 200, "Alertmanager answers")

    def stop(self) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait(10)
            self._running = None

    def close(self) -> None:
        self.stop()
        self._client.close()

    def tell(
        self, starts: datetime, summary: str, *, ends: datetime | None = None, instance: str = LABELS["instance"]
    ) -> None:
        """Tell it of the alert, as Prometheus does."""
        alert = {
            "labels": {**LABELS, "instance": instance},
            "annotations": {"summary": summary},
            "startsAt": starts.isoformat(),
            "endsAt": (ends or datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
        }
        assert self._ask("POST", "/api/v2/alerts", json=[alert]) == 200

    def _ask(self, method: str, path: str, **more: Any) -> int:
        try:
            return self._client.request(method, path, **more).status_code
        except httpx.TransportError:
            return 0


def until(true: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + 15
    while not true():
        assert time.monotonic() < deadline_s, f"Not within 15 s: {what}."
        time.sleep(0.05)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ApiDesk]:
    with running(tmp_path, clock=WorldClock()) as one:
        yield one


@pytest.fixture
def alertmanager(desk: ApiDesk, tmp_path: Path) -> Iterator[Alertmanager]:
    one = Alertmanager(tmp_path, desk.address)
    try:
        one.start()
        yield one
    finally:
        one.close()


def told_of(desk: ApiDesk) -> list[dict[str, int]]:
    sources = desk.ask("GET", "/v1/sources", role="viewer").json()["sources"]
    return [one for one in sources if one["source"] == "alertmanager"]


def counted(desk: ApiDesk) -> int:
    return sum(one["counted"] for one in told_of(desk))


def repeated(desk: ApiDesk) -> int:
    return sum(one["repeated"] for one in told_of(desk))


def test_an_alert_is_heard_once_however_often_it_is_told_and_its_end_is_its_own(
    desk: ApiDesk, alertmanager: Alertmanager
) -> None:
    starts = datetime.now(UTC) - timedelta(seconds=30)
    alertmanager.tell(starts, "Sessions fell by 92 %")
    until(lambda: counted(desk) == 1, "the alert is heard")
    # Another value now, another notification, and another life of Alertmanager: the same alert.
    alertmanager.tell(starts, "Sessions fell by 95 %")
    until(lambda: repeated(desk) >= 1, "it is told again")
    alertmanager.stop()
    alertmanager.start()
    alertmanager.tell(starts, "Sessions fell by 95 %")
    again = repeated(desk)
    until(lambda: repeated(desk) > again, "it is told again after the restart")
    alertmanager.tell(starts, "Sessions fell by 1 %", ends=datetime.now(UTC))
    until(lambda: counted(desk) == 2, "the end is heard")
    # The journal has repeats too; what counts is the first of each id.
    first = {one["id"]: one for one in reversed(desk.kept())}
    firing, resolved = sorted(first.values(), key=lambda one: one["at"])
    assert (firing["kind"], firing["operator"], resolved["kind"]) == ("alarm", "smartfren", "alarm")
    assert firing["text"].startswith("firing (Sessions fell by 92 %): PacketCoreSessionsDown. instance=upf-jkt-1:9100")
    assert resolved["text"].startswith("resolved (Sessions fell by 1 %): ")
    assert firing["text"].partition(":")[2] == resolved["text"].partition(":")[2]
    assert firing["at"] < resolved["at"]


def test_an_alert_that_began_days_before_it_is_told_first_is_counted_and_none_is_late(
    desk: ApiDesk, alertmanager: Alertmanager
) -> None:
    starts = datetime.now(UTC) - timedelta(days=3)
    alertmanager.tell(starts, "Sessions fell by 92 %")
    until(lambda: counted(desk) == 1, "the alert is heard")
    [told] = told_of(desk)
    assert told["late"] == 0
    assert desk.kept()[0]["at"] < datetime.now(UTC) - timedelta(days=2)
