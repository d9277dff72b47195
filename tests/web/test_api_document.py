"""Every command of docs/api.md works as it stands there, and every call and metric that there is stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_desk import ApiDesk, running
from hook_signing import SECRET

from pulih.listen.hooks.kinds import ADAPTERS
from pulih.model.clock import MICROS
from pulih.web.api.app import OPERATIONS, WATCHED

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


class WorldClock:
    """The clock of the world; commands of the page tell their own moments by it."""

    def now_us(self) -> int:
        return int(time.time() * MICROS)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("desk"), clock=WorldClock()) as running_desk:
        # Commands may run apart from each other, and the last one counts what was sent.
        running_desk.ask("POST", "/v1/reports", role="source", json={"id": "first", "source": "form", "text": "mati"})
        yield running_desk


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_a_command_of_the_page_works(desk: ApiDesk, command: str) -> None:
    for needed in ("bash", "curl", "openssl", "python3"):
        assert shutil.which(needed), f"{needed} is missing. Install it with: apt-get install {needed}"
    known = {
        "DESK": desk.address,
        "TOKEN": "source-token",
        "DUTY": "duty-token",
        "VERIFY": "t" * 8,
        "SECRET": SECRET,
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], env=os.environ | known, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    if "/v1/hooks/" in command or "/v1/reports" in command:
        accepted = 2 if "ndjson" in command else 1
        expected = (
            "1158201444" if "challenge" in command else f'{{"accepted":{accepted},"repeated":0,"late":0,"refused":[]}}'
        )
        assert done.stdout.strip() == expected
    elif "/v1/replies" in command:
        assert done.stdout.count('"case":"') == 2
    elif "/v1/calendars/" in command:
        assert done.stdout.strip() == '{"calendar":"core","unusable":[]}'
    elif "entries" in command:
        assert '"state":"confirmed"' in done.stdout
    else:
        assert '"ready":true' in done.stdout
        assert 'pulih_reports_total{fate="counted",source="form"}' in done.stdout


def test_every_call_and_every_adapter_stands_on_the_page() -> None:
    assert [one.path for one in OPERATIONS if f"{one.method} {one.path}`" not in PAGE] == []
    assert [path for path in WATCHED if f"`GET {path}`" not in PAGE] == []
    assert [kind for kind in ADAPTERS if f"| `{kind}` |" not in PAGE] == []
    assert len(COMMANDS) >= len(ADAPTERS) + 4
