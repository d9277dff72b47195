"""The probe at home: what a round means, what a modem tells, and that nothing is lost while there is no way."""

from __future__ import annotations

import io
import json
import os
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_peers import free_port
from probe_servers import name_server, web_server
from small_desk import TOKEN, SmallDesk, small_desk
from typing_hands import typed

from pulih.adapters.config.settings import ProbeTable
from pulih.adapters.desk_client import DeskClient
from pulih.adapters.homeprobe.agent import Agent, Place, Targets, measure
from pulih.adapters.homeprobe.command import every_s
from pulih.adapters.homeprobe.judging import Measured, sentence_of, symptom_of
from pulih.adapters.homeprobe.sample import take_sample
from pulih.adapters.homeprobe.signal_bars import ask_command, ask_modem, bars_of
from pulih.adapters.homeprobe.waiting import Moment, Waiting, WaitingRoom, line_of
from pulih.adapters.probes.asking import Answer
from pulih.listen.payload import PayloadReader
from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed, RefusedInput

WELL, DEAD = Answer(True, 0.02, "connected"), Answer(False, 5.0, "no answer within 5 s")
UNASKED = Answer(False, 0.0, "not public", asked=False)
NOW = Moment(at_us=1_764_150_000 * MICROS, boot="b1", up_s=1_000.0)


def answers(*told: Answer) -> Any:
    return tuple(zip(("dns", "tcp", "http"), told, strict=False))


@pytest.mark.parametrize(
    ("told", "bars", "symptom"),
    [
        ((DEAD, DEAD, DEAD), 4, "no_internet"),
        ((DEAD, DEAD, DEAD), 1, "no_internet"),
        ((DEAD, DEAD, DEAD), 0, "no_signal"),
        ((DEAD, DEAD, DEAD), None, "no_internet"),
        ((DEAD, WELL, WELL), 4, "intermittent"),
        ((WELL, WELL, WELL), 0, "none"),
        ((UNASKED, DEAD), None, "no_internet"),
        ((UNASKED,), 4, None),
        ((), 4, None),
    ],
)
def test_bars_name_a_failure_and_make_none(told: tuple[Answer, ...], bars: int | None, symptom: str | None) -> None:
    assert symptom_of(Measured(answers=answers(*told), bars=bars)) == symptom


def test_a_slow_sample_is_slow_service() -> None:
    measured = Measured(answers=answers(WELL), kbit_s=90.0)
    assert [symptom_of(measured, slow_kbit_s=limit) for limit in (0.0, 90.0, 91.0)] == ["none", "none", "slow"]


def test_signal_good_internet_dead_is_said_so() -> None:
    said = sentence_of(Measured(answers=answers(DEAD, DEAD), bars=3), "no_internet")
    assert said.startswith("signal good (3 of 4), internet dead; dns failed (no answer within 5 s)")


# --- bars of signal


@pytest.mark.parametrize(
    ("said", "bars"),
    [
        ("\r\n+CSQ: 31,99\r\n\r\nOK\r\n", 4),
        ("+CSQ: 9,0", 3),
        ("+CSQ: 5,99", 2),
        ("+CSQ: 4,99", 1),
        ("+CSQ: 0,99", 0),
        ("+CSQ: 99,99", None),
        ("ERROR", None),
        ("100 %", 4),
        ("0%", 0),
        ("-51.5 dBm", 4),
        ("2\n", 2),
        ("7", None),
        ("", None),
    ],
)
def test_what_modems_and_programs_say_is_bars_from_none_to_four(said: str, bars: int | None) -> None:
    assert bars_of(said) == bars


@given(st.text(max_size=40))
def test_any_answer_is_bars_or_none(said: str) -> None:
    assert bars_of(said) in {None, 0, 1, 2, 3, 4}


@contextmanager
def modem(answer: bytes) -> Iterator[Path]:
    """A modem on a serial line that answers AT+CSQ in pieces, and yields its device."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)

    def speak() -> None:
        asked = b""
        while not asked.endswith(b"AT+CSQ\r"):
            try:
                asked += os.read(ours, 64)
            except OSError:
                return
        for at in range(0, len(answer), 5):
            os.write(ours, answer[at : at + 5])

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield Path(os.ttyname(theirs))
    finally:
        os.close(theirs)
        os.close(ours)
        thread.join(5)


def test_a_modem_is_asked_on_its_serial_line() -> None:
    with modem(b"AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n") as device:
        assert ask_modem(device) == 4
    with modem(b"\r\n+CME ERROR: SIM not inserted\r\n") as device:
        assert ask_modem(device) is None


def test_a_modem_that_is_not_there_leaves_the_round_without_bars(tmp_path: Path) -> None:
    with pytest.raises(OutsideFailed, match="cannot be asked"):
        ask_modem(tmp_path / "ttyUSB9")
    (tmp_path / "file").touch()
    with pytest.raises(OutsideFailed, match="no modem answers"):
        ask_modem(tmp_path / "file")
    with web_server() as web:
        targets = Targets(asked=(_table("http", f"http://127.0.0.1:{web.port}/"),), modem=tmp_path / "ttyUSB9")
        measured, trouble = measure(targets)
    assert (measured.bars, symptom_of(measured)) == (None, "none")
    assert "ttyUSB9" in trouble


def test_a_command_tells_bars_or_why_not() -> None:
    assert ask_command("printf 'signal: 84%%'") == 4
    with pytest.raises(OutsideFailed, match="ended with 1"):
        ask_command("false")
    with pytest.raises(RefusedInput, match="cannot be run"):
        ask_command("no-such-program --now")
    with pytest.raises(RefusedInput, match="cannot be run"):
        ask_command("")


def test_a_sample_is_as_long_as_it_was_told_and_a_rate_needs_enough_of_it() -> None:
    with web_server() as web:
        answer, rate = take_sample(f"http://127.0.0.1:{web.port}/", bytes_max=2, timeout_s=5)
        assert answer.well
        assert rate is not None
        answer, rate = take_sample(f"http://127.0.0.1:{web.port}/", bytes_max=1 << 20, timeout_s=5)
        assert (answer.well, rate) == (True, None)
        answer, rate = take_sample(f"http://127.0.0.1:{web.port}/status/404", bytes_max=2, timeout_s=5)
        assert (answer.well, answer.what, rate) == (False, "status 404", None)
    answer, rate = take_sample(f"http://127.0.0.1:{free_port()}/", bytes_max=2, timeout_s=5)
    assert (answer.well, rate) == (False, None)


# --- what waits


def waiting(number: int, **more: Any) -> Waiting:
    told = {"at_us": NOW.at_us, "boot": "b1", "up_s": 900.0, **more}
    return Waiting(report={"id": str(number)}, **told)


def test_measurements_wait_through_a_power_cut_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "queue"
    room = WaitingRoom(path)
    for number in range(3):
        room.add(waiting(number))
    room.close()
    # The last line is half-written when the power goes.
    path.write_bytes(path.read_bytes()[:-9])
    room = WaitingRoom(path)
    room.add(waiting(3))
    room.close()
    room = WaitingRoom(path)
    assert [one.report["id"] for one in room.first(9)] == ["0", "1", "3"]
    room.drop(2)
    room.close()
    room = WaitingRoom(path)
    assert [one.report["id"] for one in room.first(9)] == ["3"]
    room.close()
    assert path.stat().st_mode & 0o077 == 0


def test_the_oldest_go_when_too_many_wait(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path / "queue", waiting_max=20)
    for number in range(50):
        room.add(waiting(number))
    assert len(room) <= 20
    assert room.first(99)[-1].report["id"] == "49"
    assert room.dropped == 50 - len(room)
    room.close()
    room = WaitingRoom(tmp_path / "queue", waiting_max=20)
    assert room.first(99)[-1].report["id"] == "49"
    room.close()


def test_two_probes_do_not_share_a_queue(tmp_path: Path) -> None:
    room = WaitingRoom(tmp_path / "queue")
    with pytest.raises(RefusedInput, match="another probe"):
        WaitingRoom(tmp_path / "queue")
    room.close()


def test_a_machine_without_a_clock_dates_by_how_long_it_has_run() -> None:
    # Measured at 1970 by a clock that was set since; 100 seconds ago by the time the machine has run.
    early = json.loads(line_of(waiting(1, at_us=5), NOW))
    other = json.loads(line_of(waiting(1, boot="b0"), NOW))
    assert early["at"] == "2025-11-26T09:38:20Z"
    assert other["at"] == "2025-11-26T09:40:00Z"


# --- the agent


def _table(kind: str, target: str, **more: str) -> ProbeTable:
    return ProbeTable(name="rumah-7", kind=kind, target=target, operator="xl", timeout_s=2, **more)  # type: ignore[arg-type]


def agent(desk: str, targets: Targets, room: WaitingRoom, out: io.StringIO) -> Agent:
    client = DeskClient(desk, TOKEN, patience_s=0.0)
    return Agent(Place(name="rumah-7", operator="xl", place="31.74"), targets, client, room=room, out=out)


def the_one(desk: SmallDesk) -> dict[str, Any]:
    [report] = desk.reports.values()
    return report


def test_a_round_is_a_report_that_a_desk_takes(tmp_path: Path) -> None:
    room, out = WaitingRoom(tmp_path / "queue"), io.StringIO()
    with web_server() as web, small_desk() as desk:
        targets = Targets(asked=(_table("http", f"http://127.0.0.1:{web.port}/"),))
        assert agent(desk.address, targets, room, out).round()
        report = the_one(desk)
    room.close()
    assert (report["source"], report["kind"], report["symptom"], report["service"]) == (
        "probe-rumah-7",
        "probe",
        "none",
        "fixed_broadband",
    )
    assert report["text"].startswith("ok: home rumah-7: http ")
    parcel = PayloadReader(b"k" * 16).one(msgspec.json.encode(report), 1 << 60, only="probe-rumah-7")
    assert (len(parcel.heard), parcel.refused) == (1, ())
    assert not (tmp_path / "queue").exists()


def test_what_was_measured_without_a_way_comes_when_there_is_one_and_once(tmp_path: Path) -> None:
    path, out = tmp_path / "queue", io.StringIO()
    dead = Targets(asked=(_table("tcp", f"127.0.0.1:{free_port()}"),), signal_command="echo 4")
    room = WaitingRoom(path)
    nowhere = f"http://127.0.0.1:{free_port()}"
    for _ in range(3):
        assert not agent(nowhere, dead, room, out).round()
    assert "not sent, 3 wait" in out.getvalue()
    room.close()
    room = WaitingRoom(path)
    with small_desk() as desk:
        # It keeps the first call, and is cut off before it can say so.
        desk.answers.append("cut")
        assert not agent(desk.address, dead, room, out).round()
        assert agent(desk.address, dead, room, out).round()
        assert len(desk.reports) == 5
        assert {report["symptom"] for report in desk.reports.values()} == {"no_internet"}
        assert {report["service"] for report in desk.reports.values()} == {"mobile_data"}
        assert all("signal good (4 of 4), internet dead" in report["text"] for report in desk.reports.values())
    assert len(room) == 0
    room.close()


def test_a_token_that_ended_loses_no_measurement(tmp_path: Path) -> None:
    room, out = WaitingRoom(tmp_path / "queue"), io.StringIO()
    with web_server() as web, small_desk() as desk:
        targets = Targets(asked=(_table("http", f"http://127.0.0.1:{web.port}/"),))
        place = Place(name="a", operator="xl")
        old = Agent(place, targets, DeskClient(desk.address, "old-token", patience_s=0.0), room=room, out=out)
        assert not old.round()
        assert len(room) == 1
        assert agent(desk.address, targets, room, out).round()
        assert len(desk.reports) == 2
    assert "does not accept this token" in out.getvalue()
    assert "old-token" not in out.getvalue()
    room.close()


def test_it_measures_again_and_again_until_it_is_told_to_stop(tmp_path: Path) -> None:
    room, out, stopping = WaitingRoom(tmp_path / "queue"), io.StringIO(), threading.Event()
    with web_server() as web, small_desk() as desk:
        targets = Targets(asked=(_table("http", f"http://127.0.0.1:{web.port}/"),))
        runs = threading.Thread(target=agent(desk.address, targets, room, out).run, args=(0.01, stopping))
        runs.start()
        while len(desk.reports) < 3 and runs.is_alive():
            stopping.wait(0.01)
        stopping.set()
        runs.join(10)
        assert not runs.is_alive()
        assert len(desk.reports) >= 3
    room.close()


# --- the command


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o600)
    return path


def probe(token: Path, *more: str) -> Any:
    at = ["--name", "rumah-7", "--operator", "xl", "--token-file", str(token), "--queue", str(token.with_name("queue"))]
    return typed("probe", *at, *more)


def test_one_command_measures_all_once(token: Path) -> None:
    def answer(question: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(question)
        reply.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", "192.0.2.1"))
        return reply

    with web_server() as web, small_desk() as desk, name_server(answer) as port:
        web_address = f"http://127.0.0.1:{web.port}/"
        told = ["--dns", f"example.id@127.0.0.1:{port}", "--tcp", f"127.0.0.1:{web.port}", "--http", web_address]
        done = probe(token, *told, "--sample", web_address, "--place", "31.74", "--to", desk.address, "--once")
        assert done.returncode == 0, done.stderr
        report = the_one(desk)
    assert done.stdout.startswith("ok: home rumah-7: dns ")
    assert [word in report["text"] for word in ("dns ", "tcp ", "http ", "sample ")] == [True] * 4
    assert (report["place"], report["operator"]) == ("31.74", "xl")


def test_one_round_that_cannot_be_sent_says_so_and_waits(token: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    done = probe(token, "--http", f"{nobody}/", "--to", nobody, "--once", "--timeout", "1")
    assert done.returncode == 1
    assert "not sent, 1 wait" in done.stdout
    assert token.with_name("queue").exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([], "nothing is to be measured; give --dns example.id, --tcp HOST:PORT or --http URL, best all"),
        (["--tcp", "a"], "--tcp: 'a' is no host with a port"),
        (["--http", "ftp://a/"], "--http: 'ftp://a/' is no web address"),
        (["--dns", "a@b:x"], "--dns: 'b:x' is no host with a port"),
        (["--tcp", "a:1", "--timeout", "99"], "--timeout: "),
        (["--tcp", "a:1", "--every", "5"], "--every 5: right would be 10s to 24h, such as 5m"),
        (["--tcp", "a:1", "--service", "fax"], "--service fax: right would be one of mobile_data"),
        (["--tcp", "a:1", "--sample-kb", "0"], "--sample-kb 0: right would be 1 to"),
        (["--tcp", "a:1", "--modem", "/dev/x", "--signal-command", "y"], "--modem and --signal-command both"),
        (["--tcp", "a:1", "--to", "http://desk.example.id"], "the token would travel readable for everybody"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_asked(token: Path, told: list[str], said: str) -> None:
    done = probe(token, *told, "--once")
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_times_between_rounds_have_a_unit_and_bounds() -> None:
    assert [every_s(one) for one in ("10s", "5M", "24h")] == [10, 300, 86_400]
    for wrong in ("9s", "25h", "soon", "5", ""):
        with pytest.raises(RefusedInput, match="--every"):
            every_s(wrong)
