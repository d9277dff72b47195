"""Web push is decrypted by a push service that is not ours, and its key is the desk's alone (T4)."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from channel_peers import PostBox, PushService, message, post_box, push_service

from pulih.adapters.addresses import networks
from pulih.adapters.channels.posting import Poster, Reach
from pulih.adapters.channels.push_key import public_push_key, push_key
from pulih.adapters.channels.webpush import WebPush
from pulih.model.errors import OutsideFailed
from pulih.ports.channels import Outcome

HERE = networks(["127.0.0.0/8", "::1/128"])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    with push_service(tmp_path_factory.mktemp("push")) as running:
        yield running


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return push_key(tmp_path_factory.mktemp("key") / "push.key")


@pytest.fixture(scope="module")
def server() -> Iterator[PostBox]:
    with post_box() as box:
        yield box


def _sent(subscription: object, key: bytes, **more: object) -> Outcome:
    async def once() -> Outcome:
        reach = Reach(allowed=HERE, lookup=lambda *_: ["127.0.0.1"], timeout_s=10)
        push = WebPush(key, "mailto:desk@status.example", Poster(reach))
        try:
            address = subscription if isinstance(subscription, str) else json.dumps(subscription)
            return await push.send(message(address, **more))
        finally:
            await push.close()

    return asyncio.run(once())


def test_a_browser_reads_what_the_desk_wrote(service: PushService, key: bytes) -> None:
    browser = service.subscribe(public_push_key(key))
    text = "Internet seluler pulih di DKI Jakarta — 09.06 WIB."
    assert _sent(browser, key, text=text, subject="XL", link="https://status.example/gangguan/i1/") == Outcome("sent")
    [shown] = service.shown(browser)
    assert json.loads(shown) == {
        "title": "XL", "body": text, "url": "https://status.example/gangguan/i1/", "lang": "id", "tag": "i1/n1/s1",
    }  # fmt: skip


def test_another_desks_key_sends_nothing(service: PushService, key: bytes, tmp_path: Path) -> None:
    browser = service.subscribe(public_push_key(push_key(tmp_path / "other.key")))
    assert _sent(browser, key).fate != "sent"
    assert service.shown(browser) == []


def test_a_subscription_that_the_browser_gave_up_is_refused_for_good(service: PushService, key: bytes) -> None:
    browser = service.subscribe(public_push_key(key))
    service.expire(browser)
    assert _sent(browser, key).fate == "refused"


def test_the_same_message_has_the_same_topic_so_that_a_second_copy_takes_the_place_of_the_first(
    service: PushService, server: PostBox, key: bytes
) -> None:
    browser = {**service.subscribe(public_push_key(key)), "endpoint": f"{server.address}/push"}
    server.usual = (201, {}, b"")
    assert [_sent(browser, key).fate for _ in range(2)] == ["sent", "sent"]
    assert _sent(browser, key, id="i1/n2/s1").fate == "sent"
    first, again, other = (headers for _, headers, _ in server.seen[-3:])
    assert first["topic"] == again["topic"] != other["topic"]
    assert len(first["topic"]) == 32
    assert int(first["ttl"]) > 0


def test_what_the_push_service_answers_is_what_became_of_it(service: PushService, server: PostBox, key: bytes) -> None:
    browser = {**service.subscribe(public_push_key(key)), "endpoint": f"{server.address}/push"}
    became = {}
    for status in (401, 403, 404, 413, 503):
        server.says(status, {})
        became[status] = _sent(browser, key).fate
    assert became == {401: "later", 403: "later", 404: "refused", 413: "refused", 503: "later"}


@pytest.mark.parametrize(
    "address",
    [
        "", "{}", "[]", "nonsense", '{"endpoint": "http://127.0.0.1/", "keys": {"p256dh": "AA", "auth": "AA"}}',
        json.dumps({"endpoint": "http://127.0.0.1/", "keys": {"p256dh": "B" + "A" * 86, "auth": "A" * 22}}),
        json.dumps({"endpoint": "http://127.0.0.1/", "keys": {"p256dh": "é" * 87, "auth": "A" * 22}}),
    ],
)  # fmt: skip
def test_what_is_no_subscription_is_refused(key: bytes, address: str) -> None:
    assert _sent(address, key).fate == "refused"


def test_a_text_that_push_services_do_not_take_is_refused(service: PushService, key: bytes) -> None:
    browser = service.subscribe(public_push_key(key))
    assert _sent(browser, key, text="a" * 4000).fate == "refused"
    around = len('{"title":"Pulih","body":"","url":"","lang":"id","tag":"i1/n1/s1"}')
    fits = "a" * (3993 - around)
    assert _sent(browser, key, text=fits).fate == "sent"
    assert _sent(browser, key, text=fits + "a").fate == "refused"


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "push.key"
    made = push_key(path)
    assert push_key(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(OutsideFailed, match="chmod 600"):
        push_key(path)


def test_a_damaged_key_is_not_replaced_since_all_subscriptions_hang_on_it(tmp_path: Path) -> None:
    path = tmp_path / "push.key"
    path.write_text("nothing")
    path.chmod(0o600)
    with pytest.raises(OutsideFailed, match="backup"):
        push_key(path)
    assert path.read_text() == "nothing"
