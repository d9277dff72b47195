"""A desk on a machine whose clock jumps, and whose chores fail: it goes on, and says so wherever people look."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from desk_here import desk_here
from desk_world import PASSWORD
from served import serving_here
from set_machine import NOW_US, SECOND_US, Machine

from pulih.adapters.clock_file import read_last_seen
from pulih.adapters.config import DeskSettings, SiteTable
from pulih.adapters.config.settings import MaintenanceTable
from pulih.adapters.data_folder import DataFolder
from pulih.listen.payload import PayloadReader
from pulih.model.clock import iso
from pulih.ports.files import Wanted
from pulih.serve.clocks import SteadyClock

HOUR_S = 3600


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, "It did not come about within 30 s."
        time.sleep(0.02)


def keep_cookies(answer: httpx.Response, client: httpx.Client) -> None:
    for line in answer.headers.get_list("set-cookie"):
        name, value = line.split(";")[0].split("=", 1)
        client.cookies.set(name, value.strip('"'), domain="127.0.0.1")


def pages_of(address: str, *pages: str) -> list[str]:
    """Return pages of the console as the first admin reads them."""
    with httpx.Client(base_url=address) as client:
        # httpx keeps Secure cookies for TLS; browsers trust this machine without it.
        client.event_hooks["response"] = [lambda answer: keep_cookies(answer, client)]
        form = client.get("/sign-in?lang=en").text
        fields = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', form))
        answer = client.post("/sign-in", data={**fields, "name": "ayu", "password": PASSWORD})
        assert answer.status_code == 303
        return [client.get(f"/console/{page}?lang=en").text for page in pages]


def test_a_desk_goes_on_while_its_clock_jumps_and_its_chores_fail_and_says_so(tmp_path: Path) -> None:
    machine = Machine()
    with DataFolder(tmp_path / "desk") as folder, serving_here() as serve:
        clock = SteadyClock(machine.time(), machine.told.append)
        missing = MaintenanceTable(file=tmp_path / "missing.ics")
        desk = desk_here(folder, DeskSettings(maintenance=(missing,), site=SiteTable(on=False)), clock)
        desk.start()
        reader = PayloadReader(folder.secret)

        def hear(name: str) -> None:
            at = iso(machine_us())
            line = f'{{"id": "{name}", "source": "shop", "text": "internet mati total", "at": "{at}"}}'.encode()
            assert desk.accepting.accept(reader.batch(line, clock.now_us())).accepted == 1

        def machine_us() -> int:
            # What is true, whatever the machine's clock shows.
            return NOW_US + machine.passed_us - 50 * SECOND_US

        hear("before")
        wait_for(lambda: desk.counted_until_us() >= machine_us())
        machine.jumps(HOUR_S)
        for minute in range(3):
            hear(f"while {minute}")
            machine.passes(60)
            wait_for(lambda: desk.counted_until_us() >= machine_us())
        assert desk.live.closed_until_us() < NOW_US + 5 * 60 * SECOND_US
        machine.passes(60)
        wait_for(lambda: desk.counted_until_us() >= machine_us())
        token = desk.people.tokens.create("watch", "viewer", by="ayu").secret
        link = desk.people.first_link()
        assert link is not None
        desk.people.accept(link, "ayu", PASSWORD)
        wait_for(lambda: desk.upkeep().failing())
        address = serve(desk.app, desk.hub)
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
            ready, metrics = client.get("/readyz"), client.get("/metrics").text
        pages = pages_of(address, "sources", "now")
        counted = desk._signals.count(Wanted(start_us=0, end_us=NOW_US + HOUR_S * SECOND_US))
        desk.stop()
        seen = read_last_seen(folder.layout.clock)
    assert ready.status_code == 200
    says = {one["name"]: one["says"] for one in ready.json()["checks"]}
    assert "3,600 s ahead" in says["machine clock"]
    assert says["clock"] == ""
    assert says["chores"].startswith("calendars: ") and "missing.ics" in says["chores"]
    assert "pulih_clock_jumps_total 1.0" in metrics
    assert "pulih_clock_apart_seconds 3600.0" in metrics
    assert 'pulih_chore_failing{chore="calendars"} 1.0' in metrics
    assert 'pulih_chore_failures_total{chore="expiry"} 0.0' in metrics
    assert len(machine.told) == 1
    for page in pages:
        assert "jumped 60 min ahead" in page
        assert "Some calendars of planned changes could not be used" in page
    assert counted.total == 4
    assert seen is not None
    assert NOW_US < seen.at_us < NOW_US + 10 * 60 * SECOND_US
