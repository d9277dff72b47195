"""A home probe bears a signed token: its end and its taking back are told, lose nothing, and a fresh one is used."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from network_peers import free_port
from people_in_memory import PeopleInMemory
from probe_servers import web_server
from small_desk import SmallDesk, small_desk
from test_home_probe import _table
from test_people import KEY, SetClock

from pulih.adapters.desk_client import DeskClient
from pulih.adapters.homeprobe.agent import Agent, Place, Targets
from pulih.adapters.homeprobe.bearing import Bearing
from pulih.adapters.homeprobe.waiting import WaitingRoom
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.service.tokens import TokenOver, Tokens


class Probing:
    """One probe, a desk that lets in as desks do, and the clock of the desk."""

    def __init__(self, folder: Path, desk: SmallDesk, targets: Targets) -> None:
        self.clock, self.out, self.desk = SetClock(), io.StringIO(), desk
        self.tokens = Tokens(PeopleInMemory(), self.clock, key=KEY)
        self.path = folder / "token"
        self.room = WaitingRoom(folder / "queue")
        self.put(self.token())
        desk.refuses = self._refuses
        bearing = Bearing(self.path, "rumah-7")
        client = DeskClient(desk.address, bearing.token(), patience_s=0.0)
        place = Place(name="rumah-7", operator="xl")
        self.agent = Agent(place, targets, client, room=self.room, out=self.out, bearing=bearing)

    def token(self, source: str = "probe-rumah-7") -> str:
        return self.tokens.create("rumah 7", "source", by="ayu", source=source, days=30).secret

    def put(self, token: str) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(token + "\n")
        fresh.chmod(0o600)
        fresh.replace(self.path)

    def _refuses(self, token: str) -> str:
        try:
            view = self.tokens.let_in(token)
        except TokenOver as over:
            return str(over)
        return "" if view is not None and view.source == "probe-rumah-7" else "unknown"


@contextmanager
def probing(folder: Path) -> Iterator[Probing]:
    with web_server() as web, small_desk() as desk:
        made = Probing(folder, desk, Targets(asked=(_table("http", f"http://127.0.0.1:{web.port}/"),)))
        try:
            yield made
        finally:
            made.room.close()


@pytest.mark.parametrize("over", ["ended", "taken back"])
def test_a_token_that_holds_no_more_is_told_and_what_waited_is_sent_with_a_fresh_one_once(
    tmp_path: Path, over: str
) -> None:
    with probing(tmp_path) as probe:
        assert probe.agent.round()
        if over == "ended":
            probe.clock.pass_s(30 * DAY_S)
        else:
            probe.tokens.revoke_source("probe-rumah-7", by="ayu")
        for _ in range(3):
            assert not probe.agent.round()
        assert (len(probe.room), len(probe.desk.reports)) == (3, 1)
        said = "has ended at" if over == "ended" else "was taken back"
        assert f"of probe-rumah-7 {said}" in probe.out.getvalue()
        assert "pulih token renew" in probe.out.getvalue()
        probe.put(probe.token())
        assert probe.agent.round()
        assert (len(probe.room), len(probe.desk.reports)) == (0, 5)


def test_a_token_file_that_is_unfit_for_a_while_loses_nothing(tmp_path: Path) -> None:
    with probing(tmp_path) as probe:
        probe.put(probe.token("probe-lain"))
        assert not probe.agent.round()
        assert "the token is that of probe-lain; right would be one for probe-rumah-7" in probe.out.getvalue()
        probe.path.unlink()
        assert not probe.agent.round()
        probe.put(probe.token())
        assert probe.agent.round()
        assert (len(probe.room), len(probe.desk.reports)) == (0, 3)


def test_no_token_stands_in_what_a_probe_tells(tmp_path: Path) -> None:
    with probing(tmp_path) as probe:
        token = probe.path.read_text().strip()
        probe.clock.pass_s(30 * DAY_S)
        probe.agent.round()
        assert token not in probe.out.getvalue() and token.rpartition(".")[2] not in probe.out.getvalue()


@pytest.mark.parametrize(
    ("days_left", "told"), [(20, ""), (3.1, ""), (2.9, "ends at"), (-1, "has ended at"), (None, "old kind")]
)
def test_the_end_of_a_token_is_told_a_tenth_of_its_life_before(
    tmp_path: Path, days_left: float | None, told: str
) -> None:
    clock, path = SetClock(), tmp_path / "token"
    tokens = Tokens(PeopleInMemory(), clock, key=KEY)
    made = tokens.create("a", "source", by="ayu", source="probe-a" if days_left is not None else "", days=30)
    path.write_text(made.secret)
    path.chmod(0o600)
    bearing = Bearing(path, "a")
    assert bearing.token() == made.secret
    worry = bearing.worry(made.token.ends_us - int((days_left or 0) * DAY_S) * MICROS)
    assert (told in worry) if told else worry == ""


def test_a_token_of_another_probe_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(
        Tokens(PeopleInMemory(), SetClock(), key=KEY).create("a", "source", by="b", source="probe-a").secret
    )
    path.chmod(0o600)
    with pytest.raises(RefusedInput, match="right would be one for probe-rumah-7"):
        DeskClient(f"http://127.0.0.1:{free_port()}", Bearing(path, "rumah-7").token(), patience_s=0.0)
