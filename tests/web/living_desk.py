"""A real desk with an invented outage: all that `pulih serve` joins, fed through its own intake, by a set clock.

Two hours of small talk teach it what is usual; then people in Jakarta write that Smartfren's internet is down, one each
twenty seconds. All of it is made up.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import httpx
from desk_world import ADMIN, PASSWORD

from pulih.adapters.config import DeskSettings, DeskTable
from pulih.adapters.data_folder import DataFolder
from pulih.model.clock import MICROS, iso, to_micros
from pulih.serve.clocks import ReplayClock
from pulih.serve.desk import Desk

MINUTE_US = 60 * MICROS
BEGINS_US = to_micros(datetime(2025, 10, 3, 6, 0, tzinfo=timezone(timedelta(hours=7))))
ONSET_US = BEGINS_US + 168 * MINUTE_US
QUIET = "kuota smartfren mahal amat"
SAID = (
    "internet smartfren mati dari tadi di Jakarta",
    "smartfren di Jakarta Selatan ga bisa internetan sama sekali",
    "paket data smartfren ga jalan, Jakarta Timur",
    "smartfren down ya? data mati total di Jakarta Barat",
    "sinyal smartfren ada tapi data mati, Jakarta Selatan",
    "smartfren Tebet internet mati, ada yang sama?",
    "kok smartfren ga bisa konek internet, Jakarta Utara",
    "data smartfren hilang sejak pagi di Jakarta Pusat",
    "smartfren gangguan? internet nol di Jakarta Utara",
    "internet smartfren ku mati min, Cengkareng",
)


class LivingDesk:
    """One desk of Smartfren with dewi (duty) and citra (approver); `address` is where it is served."""

    def __init__(self, folder: DataFolder) -> None:
        self.clock = ReplayClock(BEGINS_US)
        own = DeskTable(name="Smartfren", operators=("smartfren",))
        self.desk = Desk(folder, DeskSettings(desk=own), self.clock)
        self.address = ""
        self._heard = 0

    def add_people(self) -> None:
        people = self.desk.people
        first = people.first_link()
        assert first is not None
        people.accept(first, "ayu", PASSWORD)
        people.accept(people.add("dewi", "duty", by=ADMIN), "", PASSWORD)
        people.accept(people.add("citra", "approver", by=ADMIN), "", PASSWORD)

    def hear_small_talk(self) -> None:
        """Hear one report in sixteen minutes for two and a half hours."""
        self._say([(BEGINS_US + minute * MINUTE_US, QUIET) for minute in range(0, 160, 16)])
        # Who waits for the outage afterwards waits for that alone, and not for a hundred windows before it.
        until_s = time.monotonic() + 120
        while self.desk.counted_until_us() < self.clock.now_us():
            assert time.monotonic() < until_s, "the small talk was not counted in time"
            time.sleep(0.05)

    def hear_the_outage(self) -> None:
        """Hear one report each twenty seconds for ten minutes, and let the minute after them end."""
        self._say([(ONSET_US + n * 20 * MICROS, SAID[n % len(SAID)]) for n in range(30)])
        self.clock.set(ONSET_US + 11 * MINUTE_US)

    def later(self, minutes: int) -> None:
        self.clock.set(self.clock.now_us() + minutes * MINUTE_US)

    def _say(self, told: list[tuple[int, str]]) -> None:
        token = self.desk.people.tokens.create("aduan", "source", by="ayu", source="aduan").secret
        with httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {token}"}) as client:
            for at_us, text in told:
                self.clock.set(at_us)
                self._heard += 1
                name = str(self._heard)
                row = {"id": name, "source": "aduan", "author": name, "text": text, "at": iso(at_us)}
                assert client.post("/v1/reports", json=row).json()["accepted"] == 1
