"""Own probes: real servers are asked, what they say is told, and nothing that is not public is reached."""

from __future__ import annotations

import ipaddress
import ssl
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe_servers import closed_port, knows, knows_nothing, name_server, silent_port, web_server

from pulih.adapters.addresses import may_be_reached, networks, settled
from pulih.adapters.config import ProbeTable
from pulih.adapters.config.targets import http_target, tcp_target
from pulih.adapters.probes.asking import Answer, Reach, ask
from pulih.adapters.probes.schedule import ProbeReport, Schedule, report_of
from pulih.model.errors import OutsideFailed, RefusedInput

HERE = networks(["127.0.0.0/8"])
OPEN = Reach(HERE)


def _probe(kind: str, target: str, **more: object) -> ProbeTable:
    return ProbeTable(**{"name": "one", "kind": kind, "target": target, "operator": "xl", "timeout_s": 2.0, **more})


def test_a_name_server_that_knows_the_name_answers_well() -> None:
    with name_server(knows) as port:
        answer = ask(_probe("dns", "www.example.com", server=f"127.0.0.1:{port}"), OPEN)
    assert (answer.well, answer.what) == (True, "A record answered")


def test_a_name_server_that_does_not_know_the_name_fails_with_its_word() -> None:
    with name_server(knows_nothing) as port:
        answer = ask(_probe("dns", "www.example.com", server=f"127.0.0.1:{port}"), OPEN)
    assert (answer.well, answer.what) == (False, "NXDOMAIN for www.example.com")


def test_a_silent_name_server_is_given_up_in_time() -> None:
    with name_server(lambda question: None) as port:
        answer = ask(_probe("dns", "www.example.com", server=f"127.0.0.1:{port}", timeout_s=0.3), OPEN)
    assert not answer.well
    assert 0.25 < answer.took_s < 1.5


def test_a_port_that_listens_is_well_and_a_closed_one_is_not() -> None:
    with silent_port() as port:
        assert ask(_probe("tcp", f"127.0.0.1:{port}"), OPEN).what == "connected"
    answer = ask(_probe("tcp", f"127.0.0.1:{closed_port()}"), OPEN)
    assert (answer.well, answer.what) == (False, "Connection refused")


@pytest.mark.parametrize(
    ("path", "status", "well"),
    [
        ("/", 0, True),
        ("/status/204", 0, True),
        ("/status/503", 0, False),
        ("/status/503", 503, True),
        ("/", 204, False),
    ],
)
def test_a_web_address_is_judged_by_its_status(path: str, status: int, well: bool) -> None:
    with web_server() as server:
        answer = ask(_probe("http", f"http://127.0.0.1:{server.port}{path}", status=status), OPEN)
    assert answer.well is well
    assert answer.what.startswith("status ")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with web_server() as server:
        answer = ask(_probe("http", f"http://127.0.0.1:{server.port}/elsewhere"), OPEN)
        assert (answer.well, answer.what) == (True, "status 302")
        assert [path for path, _ in server.seen] == ["/elsewhere"]


@pytest.mark.parametrize("path", ["/drip", None])
def test_a_server_that_drips_or_says_nothing_is_cut_in_time(path: str | None) -> None:
    with web_server() as server, silent_port() as silent:
        target = f"http://127.0.0.1:{server.port if path else silent}{path or '/'}"
        answer = ask(_probe("http", target, timeout_s=0.4), OPEN)
    assert (answer.well, answer.what) == (False, "no answer within 0.4 s")
    assert answer.took_s < 2


def test_the_address_that_was_looked_at_is_the_one_that_is_asked() -> None:
    """A name that points elsewhere at a second look-up is never looked up a second time."""
    looked: list[str] = []

    def lookup(host: str, timeout_s: float) -> Sequence[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["192.0.2.1"]

    with web_server() as server:
        probe = _probe("http", f"http://status.example.net:{server.port}/status/200")
        answer = ask(probe, Reach(HERE, lookup))
        assert answer.well
        assert server.seen == [("/status/200", f"status.example.net:{server.port}")]
    assert looked == ["status.example.net"]


def test_an_encrypted_address_is_checked_by_its_name(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=status.example.net",
         "-addext", "subjectAltName=DNS:status.example.net", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    trust = ssl.create_default_context(cafile=str(certificate))
    here = ["127.0.0.1"]
    with web_server() as server:
        server.socket = serving.wrap_socket(server.socket, server_side=True)
        right = _probe("http", f"https://status.example.net:{server.port}/")
        other = _probe("http", f"https://other.example.net:{server.port}/")
        assert ask(right, Reach(HERE, lambda host, timeout_s: here, trust)).what == "status 200"
        wrong = ask(other, Reach(HERE, lambda host, timeout_s: here, trust))
        untrusted = ask(right, Reach(HERE, lambda host, timeout_s: here))
    assert "its certificate is not valid" in wrong.what
    assert "its certificate is not valid" in untrusted.what


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "::7f00:1",
        "::ffff:0:7f00:1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_reached(address: str) -> None:
    assert not may_be_reached(ipaddress.ip_address(address), ())
    with pytest.raises(RefusedInput, match=r"is not public.*allow_networks"):
        settled(address, (), lookup=lambda host, timeout_s: [], timeout_s=1)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "64:ff9b::909:909", "::ffff:9.9.9.9"])
def test_what_is_public_is_reached(address: str) -> None:
    assert may_be_reached(ipaddress.ip_address(address), ())


@given(st.ip_addresses())
def test_only_an_allowed_network_opens_what_is_not_public(address: ipaddress.IPv4Address) -> None:
    wide = networks(["0.0.0.0/0", "::/0"])
    assert may_be_reached(address, wide)
    if address.is_private and not address.is_global:
        assert not may_be_reached(address, ())


def test_a_name_with_one_hidden_address_among_public_ones_is_refused() -> None:
    with pytest.raises(RefusedInput, match=r"mixed.example.net \(10.0.0.1\) is not public"):
        settled("mixed.example.net", (), lookup=lambda host, timeout_s: ["9.9.9.9", "10.0.0.1"], timeout_s=1)


def test_a_name_without_address_fails_as_the_outside_does() -> None:
    with pytest.raises(OutsideFailed, match="has no address"):
        settled("none.example.net", (), lookup=lambda host, timeout_s: [], timeout_s=1)


def test_a_target_that_may_not_be_reached_is_not_asked_and_says_nothing_about_service() -> None:
    with web_server() as server:
        answer = ask(_probe("http", f"http://127.0.0.1:{server.port}/"), Reach())
        assert (answer.asked, answer.well, server.seen) == (False, False, [])


@pytest.mark.parametrize(
    "written", ["http://a.example/\r\nHost: b", "http://", "file:///etc/passwd", "http://a b/", "http://x@y/", "//a"]
)
def test_a_web_address_that_hides_something_is_refused(written: str) -> None:
    with pytest.raises(RefusedInput, match="right would be"):
        http_target(written)


def test_a_target_with_an_address_of_the_sixth_version_keeps_its_port() -> None:
    assert (tcp_target("[2001:db8::1]:25").host, tcp_target("[2001:db8::1]:25").port) == ("2001:db8::1", 25)


class _Clock:
    def now_us(self) -> int:
        return 1_759_000_000_000_000


def _until(true: object, within_s: float = 5.0) -> None:
    end_s = time.monotonic() + within_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end_s, "this did not happen in time"
        time.sleep(0.01)


def _quick(name: str) -> ProbeTable:
    # The settings ask for ten seconds at least; the schedule itself does not mind.
    return ProbeTable(name=name, kind="tcp", target="a.example:1", operator="xl", every_s=0.05, timeout_s=0.01)


def test_the_schedule_asks_again_and_again_and_hands_over_reports_of_probes() -> None:
    heard: list[ProbeReport] = []
    schedule = Schedule(
        [_quick("a"), _quick("b")],
        lambda probe: Answer(probe.name == "a", 0.01, "asked"),
        heard.extend,
        clock=_Clock(),
        at_once=2,
    )
    schedule.start()
    _until(lambda: len(heard) >= 6)
    schedule.stop()
    after = len(heard)
    time.sleep(0.15)
    assert len(heard) == after
    assert {report["source"] for report in heard} == {"probe-a", "probe-b"}
    assert {(report["source"], report["symptom"]) for report in heard} == {
        ("probe-a", "none"),
        ("probe-b", "no_internet"),
    }
    states = {state.name: state for state in schedule.states()}
    assert states["a"].failed == 0
    assert states["b"].failed == states["b"].asked > 0


def test_a_target_is_not_asked_while_its_last_question_is_open() -> None:
    gate, most = threading.Event(), []
    running: set[int] = set()

    def slow(probe: ProbeTable) -> Answer:
        running.add(threading.get_ident())
        most.append(len(running))
        gate.wait(5)
        running.discard(threading.get_ident())
        return Answer(True, 0.0, "slow")

    schedule = Schedule([_quick("a")], slow, lambda reports: None, clock=_Clock(), at_once=4)
    schedule.start()
    _until(lambda: schedule.states()[0].left_out >= 3)
    assert most == [1]
    gate.set()
    schedule.stop()


def test_reports_that_the_intake_does_not_take_are_counted_and_asking_goes_on() -> None:
    def full(reports: list[ProbeReport]) -> None:
        raise OutsideFailed("too much is waiting")

    schedule = Schedule([_quick("a")], lambda probe: Answer(True, 0.0, "ok"), full, clock=_Clock(), at_once=1)
    schedule.start()
    _until(lambda: schedule.states()[0].not_taken >= 2)
    schedule.stop()


def test_a_schedule_that_never_began_can_be_stopped_as_when_the_start_of_the_desk_failed() -> None:
    Schedule([_quick("a")], lambda probe: Answer(True, 0.0, "ok"), len, clock=_Clock(), at_once=1).stop()


def test_what_nobody_foresaw_is_told_and_asking_goes_on() -> None:
    asked: list[int] = []

    def broken(reports: list[ProbeReport]) -> None:
        asked.append(1)
        raise KeyError("gone")

    schedule = Schedule([_quick("a")], lambda probe: Answer(True, 0.0, "ok"), broken, clock=_Clock(), at_once=1)
    assert schedule.trouble() == ""
    schedule.start()
    _until(lambda: len(asked) >= 2)
    schedule.stop()
    assert schedule.trouble() == "a probe failed in a way nobody foresaw (KeyError: 'gone')"


def test_a_target_that_may_not_be_reached_is_shown_and_not_reported() -> None:
    heard: list[ProbeReport] = []
    schedule = Schedule(
        [_quick("a")],
        lambda probe: Answer(False, 0.0, "not public", asked=False),
        heard.extend,
        clock=_Clock(),
        at_once=1,
    )
    schedule.start()
    _until(lambda: schedule.states()[0].refused == "not public")
    schedule.stop()
    assert heard == []


def test_two_answers_of_one_target_are_two_reports() -> None:
    probe, answer = _quick("a"), Answer(True, 0.0, "ok")
    assert report_of(probe, answer, 1)["id"] != report_of(probe, answer, 2)["id"]
