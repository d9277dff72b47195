"""The live desk of the demo: a real one on a folder of its own, with a clock that is set, fed through its intake."""

from __future__ import annotations

import csv
import gzip
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path

import msgspec

from pulih.adapters.config import DeskSettings, DeskTable
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.desk_client import DeskClient
from pulih.model.clock import HOUR_S, MICROS, from_micros, to_micros
from pulih.model.finding import Finding
from pulih.model.person import Role
from pulih.serve.clocks import ReplayClock
from pulih.serve.desk import Desk
from pulih.serve.running import server_of

WIB = timezone(timedelta(hours=7), "WIB")
# From here on people may watch; what comes before teaches the desk what is usual.
WATCHED_FROM_US = to_micros(datetime(2025, 10, 3, 8, 30, tzinfo=WIB))
SPEED = 60.0
# The public page follows the desk's minutes and not the world's, which would be an hour of the day.
HEARD_EVERY_US = 2 * 60 * MICROS
# Reports of so many seconds are sent together while nobody watches.
TOGETHER_S = 30
PEOPLE: tuple[tuple[str, Role], ...] = (("dewi", "duty"), ("citra", "approver"))
PASSWORD = "sinyal bagus, data mati"

Row = dict[str, str]


class DemoDesk:
    """A desk for the bundled day.

    Args:
        folder: where it keeps what it keeps; not there yet.
        port: where it listens.
        day: the bundled day.
    """

    def __init__(self, folder: Path, port: int, day: Path) -> None:
        self._folder, self._port = folder, port
        self._rows = list(_reports(day))
        self._clock = ReplayClock(self._rows[0][0])
        self._began_s = time.monotonic()
        self._failed: list[BaseException] = []

    def headless(self) -> int:
        """Let the whole day come in as fast as it can, say what was found when, and end."""
        return self._served(self._hurry)

    def live(self, show: Callable[[str], None]) -> int:
        """Teach the desk, then let the day come in sixty times as fast as the world until Ctrl-C."""
        return self._served(lambda desk, client: self._watch(desk, client, show))

    def at(self, moment_us: int, look: Callable[[str], None]) -> int:
        """Let the day come in until a moment, hand the console's address to `look`, and end when it has looked."""

        def played(desk: Desk, client: DeskClient) -> None:
            self._send(client, [row for row in self._rows if row[0] < moment_us])
            self._clock.set(moment_us)
            self._wait_for(desk)
            _welcome(desk)
            look(f"{self._address}/console")
            self._server.should_exit = True

        return self._served(played)

    def _served(self, play: Callable[[Desk, DeskClient], None]) -> int:
        settings = DeskSettings(desk=DeskTable(name="Smartfren (simulasi)", operators=("smartfren",)))
        with DataFolder(self._folder) as folder:
            desk = Desk(folder, settings, self._clock)
            try:
                desk.start()
                server = server_of(desk, "127.0.0.1", self._port, sys.stdout)

                def played() -> None:
                    try:
                        while not server.started:
                            time.sleep(0.05)
                        token = desk.people.tokens.create("demo", "source", by="demo").secret
                        play(desk, DeskClient(self._address, token, patience_s=30))
                    except BaseException as problem:
                        self._failed.append(problem)
                        server.should_exit = True

                threading.Thread(target=played, name="demo", daemon=True).start()
                self._server = server
                server.run()
            finally:
                desk.stop()
        for problem in self._failed:
            print(f"demo: {problem}", file=sys.stderr)
        return 1 if self._failed else 0

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _hurry(self, desk: Desk, client: DeskClient) -> None:
        self._send(client, self._rows)
        self._clock.set(self._rows[-1][0] + HOUR_S * MICROS)
        self._wait_for(desk)
        _tell(desk)
        print(f"\nThe desk heard five weeks in {time.monotonic() - self._began_s:.0f} s.", flush=True)
        self._server.should_exit = True

    def _watch(self, desk: Desk, client: DeskClient, show: Callable[[str], None]) -> None:
        before = [row for row in self._rows if row[0] < WATCHED_FROM_US]
        print(f"Teaching the desk {len(before):,} reports of four quiet weeks ...", flush=True)
        self._send(client, before)
        self._clock.set(WATCHED_FROM_US)
        self._wait_for(desk)
        _welcome(desk)
        print(f"It is Friday, 3 October 2025, 08:30 WIB. Sign in at {self._address}/console", flush=True)
        names = " or ".join(f"{name} ({role})" for name, role in PEOPLE)
        print(f'  as {names}; the password of both is "{PASSWORD}".')
        print(f"The public page, as customers read it: {self._address}/ (in English: {self._address}/en/).")
        print("  Its pages say that all of this is a simulation.")
        print("The first complaints come in some twenty seconds. Ctrl-C ends the demo.\n", flush=True)
        show(f"{self._address}/console")
        desk.publishing.hear_anew()
        heard_us = WATCHED_FROM_US
        self._clock.run(SPEED)
        for at_us, group in groupby(self._rows[len(before) :], key=lambda row: row[0]):
            time.sleep(max(0.0, (at_us - self._clock.now_us()) / MICROS / SPEED))
            client.send([line for _, line in group])
            if at_us >= heard_us + HEARD_EVERY_US:
                heard_us = at_us
                desk.publishing.hear_anew()
        print("The day is over; the desk stays until Ctrl-C.", flush=True)

    def _send(self, client: DeskClient, rows: list[tuple[int, bytes]]) -> None:
        """Send rows as they were said, each soon enough to count in its window."""
        for _, group in groupby(rows, key=lambda row: row[0] // (TOGETHER_S * MICROS)):
            together = list(group)
            self._clock.set(together[-1][0])
            client.send([line for _, line in together])

    def _wait_for(self, desk: Desk) -> None:
        """Wait until everything that was sent is counted and the windows that are over are closed."""
        now_us = self._clock.now_us()
        while desk.counted_until_us() < now_us:
            time.sleep(0.1)


def _reports(day: Path) -> Iterator[tuple[int, bytes]]:
    """Yield moment and JSON of each row of the day, oldest first."""
    with gzip.open(day, "rt", encoding="utf-8", newline="") as lines:
        rows = [(to_micros(datetime.fromisoformat(row["time"])), row) for row in csv.DictReader(lines)]
    for at_us, row in sorted(rows, key=lambda one: one[0]):
        told = {name: row[name] for name in ("id", "source", "text", "author", "place") if row[name]}
        yield at_us, msgspec.json.encode(told | {"at": row["time"]})


def _welcome(desk: Desk) -> None:
    """Make the accounts of the demo."""
    link = desk.people.first_link()
    if link is None:
        return
    desk.people.accept(link, "ayu", PASSWORD)
    admin = desk.people.session(desk.people.sign_in("ayu", PASSWORD))
    if admin is None:
        return
    for name, role in PEOPLE:
        desk.people.accept(desk.people.add(name, role, by=admin), name, PASSWORD)


def _tell(desk: Desk) -> None:
    """Print what was found, what was opened, and that the counters balance."""
    print("What the live desk found:")
    for one in sorted(desk.live.findings(open_only=False), key=lambda one: one.alarm_us):
        print(f"  {_clock(one.alarm_us)}  {_sentence(one)}")
    print("Incidents that it opened, as suspected, for people to decide on:")
    for incident in (*desk.incidents.current(), *desk.incidents.past()):
        scopes = ", ".join(sorted({part.scope.region or "everywhere" for part in incident.scopes}))
        print(f"  {incident.id}  {incident.operator}, {scopes}: {incident.state}, since {_clock(incident.onset_us)}")
    total = desk.live.counters()
    print(
        f"Heard {total.heard:,} = counted {total.counted:,} + refused {total.refused:,} "
        f"+ repeated {total.repeated:,} + late {total.late:,}."
    )


def _sentence(one: Finding) -> str:
    place = one.region_name or "no one place"
    over = f"over at {_clock(one.cleared_us)}" if one.cleared_us else "still open"
    whose = one.operator_name or "reports that name no operator"
    return f"{whose}, {place}: began {_clock(one.onset_us)}, {one.signals:,} reports, {over}"


def _clock(at_us: int) -> str:
    return f"{from_micros(at_us).astimezone(WIB):%a %d %b %H:%M}"
