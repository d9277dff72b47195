"""How far sources reach: nowhere private by any spelling, no password in clear to strangers, no address in a log."""

from __future__ import annotations

import asyncio
import logging

import pytest
from platform_peer import Answered, Asked, PlatformPeer, said

from pulih.adapters.sources import reach
from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.measurements._polling import Asking
from pulih.adapters.sources.people._answers import Peer
from pulih.model.errors import RefusedInput

PRIVATE = (
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fd00::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "5f00::1",
    "64:ff9b:1::7f00:1",
    "::ffff:0:127.0.0.1",
    "2001:0:5ef5:79fb::80ff:fffe",
)


@pytest.mark.parametrize("host", PRIVATE)
def test_no_spelling_of_a_private_address_is_connected_to(host: str) -> None:
    async def tried() -> None:
        means = tried_means("feed", allow_networks=())
        with pytest.raises(RefusedInput, match="is not public"):
            await reach.opened(means, host, 9)
        async with reach.client(means) as client:
            with pytest.raises(RefusedInput, match="is not public"):
                await client.get(f"http://{f'[{host}]' if ':' in host else host}/".replace("%lo", ""))

    asyncio.run(tried())


def test_where_a_peer_redirects_to_is_not_asked() -> None:
    async def tried() -> None:
        async def answer(_: Asked) -> Answered:
            return Answered(status=302, headers={"Location": f"{peer.address}/private"})

        peer = PlatformPeer(answer)
        await peer.start()
        try:
            async with reach.client(tried_means()) as client:
                assert (await client.get(f"{peer.address}/open")).status_code == 302
            assert [one.path for one in peer.seen] == ["/open"]
        finally:
            await peer.stop()

    asyncio.run(tried())


def test_a_token_does_not_go_in_clear_to_a_public_address_and_may_within_a_network_of_ours() -> None:
    async def tried() -> None:
        async with reach.client(tried_means(), headers={"Authorization": "Bearer s3cr3t"}) as client:
            with pytest.raises(RefusedInput, match=r"in clear to 192\.88\.99\.1; right would be an address with https"):
                await client.get("http://192.88.99.1/")
        reach.keep_from_clear(tried_means(), "10.1.2.3", "tls = true")
        with pytest.raises(RefusedInput, match="right would be tls = true"):
            reach.keep_from_clear(tried_means(), "9.9.9.9", "tls = true")

    asyncio.run(tried())


def test_no_secret_in_a_path_or_a_query_or_an_address_goes_in_clear_to_a_public_address() -> None:
    async def tried() -> None:
        for address in ("http://192.88.99.1/bot123:s3cr3t/getUpdates", "http://192.88.99.1/?key=s3cr3t"):
            async with reach.client(tried_means()) as client:
                with pytest.raises(RefusedInput, match=r"in clear to 192\.88\.99\.1") as told:
                    await client.get(address)
            assert "s3cr3t" not in str(told.value)
        # A feed that everybody may read may be asked, but not with a password in its address.
        async with reach.client(tried_means(), reads_in_clear=True) as client:
            with pytest.raises(RefusedInput, match="in clear"):
                await client.get("http://desk:s3cr3t@192.88.99.1/feed")

    asyncio.run(tried())


def test_a_name_that_answers_otherwise_the_second_time_gets_no_secret() -> None:
    answers = iter((["10.0.0.7"], ["192.88.99.1"]))
    means = tried_means(allow_networks=("10.0.0.0/8",), look_up=lambda _, __: next(answers))

    async def tried() -> None:
        async with reach.client(means, headers={"Authorization": "Bearer s3cr3t"}) as client:
            with pytest.raises(RefusedInput, match=r"in clear to 192\.88\.99\.1"):
                await client.get("http://feed.example.id/")

    asyncio.run(tried())


def test_a_name_with_one_private_address_among_public_ones_is_not_connected_to() -> None:
    means = tried_means(allow_networks=(), look_up=lambda _, __: ["192.88.99.1", "10.0.0.7"])
    with pytest.raises(RefusedInput, match=r"feed\.example\.id is not public"):
        asyncio.run(reach.address(means, "feed.example.id"))


def test_no_log_tells_an_address_that_a_source_asks(caplog: pytest.LogCaptureFixture) -> None:
    async def answer(_: Asked) -> Answered:
        return said([])

    async def tried() -> None:
        peer = PlatformPeer(answer)
        await peer.start()
        feed, asking = Peer(tried_means(), "the feed"), Asking(tried_means(), peer.address, per_s=0)
        try:
            await feed.get(f"{peer.address}/feed?key=s3cr3t")
            await asking.get("/v2", {"key": "s3cr3t"}, {})
        finally:
            await feed.close()
            await asking.close()
            await peer.stop()

    with caplog.at_level(logging.DEBUG):
        asyncio.run(tried())
    assert "s3cr3t" not in caplog.text
