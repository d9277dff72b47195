"""Webhooks go signed to a server that really listens, and nowhere that a stranger may not send the desk (T4)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest
from channel_peers import PostBox, free_port, message, post_box

from pulih.adapters.addresses import networks
from pulih.adapters.channels.posting import Reach
from pulih.adapters.channels.webhook import Receiver, Webhook
from pulih.ports.channels import Outcome

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"type":"word.published","data":{"text":"pulih"}}'
HERE = networks(["127.0.0.0/8"])


@pytest.fixture(scope="module")
def server() -> Iterator[PostBox]:
    with post_box() as box:
        yield box


def _sent(
    address: str, reach: Reach | None = None, own: Mapping[str, Receiver] | None = None, **more: object
) -> Outcome:
    async def once() -> Outcome:
        hook = Webhook(own or {}, reach or Reach(allowed=HERE, timeout_s=5), now_s=lambda: 1_759_456_080.9)
        try:
            return await hook.send(message(address, **{"body": BODY, "secret": SECRET, **more}))
        finally:
            await hook.close()

    return asyncio.run(once())


def test_an_event_arrives_as_it_is_with_a_signature_that_the_receiver_can_check(server: PostBox) -> None:
    assert _sent(f"{server.address}/hook?x=1").fate == "sent"
    path, headers, body = server.seen[-1]
    assert (path, body, headers["webhook-id"]) == ("/hook?x=1", BODY, "i1/n1/s1")
    assert headers["content-type"] == "application/json"
    # Worked out anew from the specification, with nothing of ours.
    signed = b"i1/n1/s1." + headers["webhook-timestamp"].encode() + b"." + body
    mac = hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-timestamp"] == "1759456080"
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_answer_of_the_twohundreds_is_a_yes(server: PostBox, status: int) -> None:
    server.says(status, {}) if status != 204 else server.answers.append((204, {}, b""))
    assert _sent(server.address) == Outcome("sent")


@pytest.mark.parametrize(
    ("status", "fate"),
    [(301, "later"), (400, "later"), (401, "later"), (404, "later"), (410, "refused"), (500, "later")],
)
def test_any_other_answer_is_a_no_and_only_gone_is_for_good(server: PostBox, status: int, fate: str) -> None:
    server.says(status, {}, location="/elsewhere")
    before = len(server.seen)
    assert _sent(server.address).fate == fate
    assert len(server.seen) == before + 1, "a redirect must not be followed"


def test_a_receiver_that_asks_to_wait_is_given_its_time(server: PostBox) -> None:
    server.says(429, {}, retry_after="120")
    assert _sent(server.address) == Outcome("later", "the peer answered 429", 120.0)


def test_a_receiver_that_hangs_up_without_an_answer_has_taken_nothing(server: PostBox) -> None:
    server.answers.append((0, {}, b""))
    assert _sent(server.address).fate == "later"


def test_a_receiver_that_never_answers_is_left_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        outcome = _sent(f"http://127.0.0.1:{silent.getsockname()[1]}/", Reach(allowed=HERE, timeout_s=0.2))
    assert outcome == Outcome("later", "no answer within 0.2 s")


def test_nobody_listening_is_told_as_such() -> None:
    assert _sent(f"http://127.0.0.1:{free_port()}/").fate == "later"


def test_without_leave_no_address_of_this_machine_or_network_is_reached(server: PostBox) -> None:
    port, before = server.server_address[1], len(server.seen)
    for host in ("127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]"):
        outcome = _sent(f"http://{host}:{port}/", Reach(timeout_s=2))
        assert outcome.fate == "refused"
        assert host.strip("[]") not in outcome.why
    assert len(server.seen) == before


def test_a_name_is_asked_once_and_one_bad_address_among_good_ones_is_enough(server: PostBox) -> None:
    asked: list[str] = []

    def lookup(host: str, _: float) -> Sequence[str]:
        asked.append(host)
        return ["9.9.9.9", "127.0.0.1"]

    address = f"https://status.example:{server.server_address[1]}/"
    assert _sent(address, Reach(lookup=lookup, timeout_s=2)).fate == "refused"
    assert asked == ["status.example"]


def test_what_is_not_encrypted_goes_to_no_public_address() -> None:
    outcome = _sent("http://status.example/", Reach(lookup=lambda *_: ["9.9.9.9"], timeout_s=2))
    assert outcome == Outcome("refused", "its address is not encrypted; right would be one that begins with https://")


@pytest.mark.parametrize(
    "address",
    ["", "ftp://x.example/", "http://u:p@x.example/", "https://x.example/\r\nX-Evil: 1", "javascript:alert(1)"],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    assert _sent(address).fate == "refused"


def test_a_message_without_body_or_with_a_weak_secret_is_refused(server: PostBox) -> None:
    before = len(server.seen)
    assert _sent(server.address, body=b"").fate == "refused"
    assert _sent(server.address, secret="short").fate == "refused"
    assert len(server.seen) == before


def test_a_receiver_of_the_settings_is_meant_by_its_name_and_only_it_may_be_in_the_networks_allowed_it(
    server: PostBox,
) -> None:
    own = {"crm": Receiver(f"{server.address}/crm", SECRET, HERE)}
    assert _sent("crm", Reach(timeout_s=2), own, secret="").fate == "sent"
    assert server.seen[-1][0] == "/crm"
    assert _sent(f"{server.address}/crm", Reach(timeout_s=2), own).fate == "refused"
    assert _sent("other", Reach(timeout_s=2), own).fate == "refused"


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=status.example"]
    named = ["-addext", "subjectAltName=DNS:status.example", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *named], check=True, capture_output=True)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    trusting = Reach(
        allowed=HERE,
        lookup=lambda *_: ["127.0.0.1"],
        trust=ssl.create_default_context(cafile=str(certificate)),
        timeout_s=5,
    )
    with post_box() as box:
        box.socket = serving.wrap_socket(box.socket, server_side=True)
        port = box.server_address[1]
        assert _sent(f"https://status.example:{port}/", trusting).fate == "sent"
        assert _sent(f"https://other.example:{port}/", trusting).fate == "later"
        assert _sent(f"https://status.example:{port}/", msgspec.structs.replace(trusting, trust=None)).fate == "later"
        assert len(box.seen) == 1
