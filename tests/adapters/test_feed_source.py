"""Feeds are read as they change: the press is heard and weighs nothing, people in forums count, and gaps are told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from direct_sources import (
    NOW_US,
    AnsweringServer,
    Asked,
    SetClock,
    answering,
    gaps,
    hears,
    items,
    last_cursor,
    means,
    opened,
    refusals,
    texts,
)
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.sources.people import rss
from pulih.listen.acceptance import Acceptor
from pulih.listen.weighing import Weigher
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.raw_report import RawReport
from pulih.ports.sources import Batch, Later

HEAD = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Kabar</title>'
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Forum</title>
<entry><id>urn:uuid:1</id><title>Internet mati di Depok</title><author><name>sari88</name></author>
<updated>2025-10-03T08:48:00+07:00</updated>
<content type="html">&lt;p&gt;dari pagi&lt;/p&gt;</content></entry></feed>"""


def entry(number: int, title: str, at: str = "Fri, 03 Oct 2025 01:48:00 GMT", words: str = "") -> str:
    return (
        f"<item><guid>https://kabar.example/{number}</guid><title>{title}</title><pubDate>{at}</pubDate>"
        f"<description><![CDATA[{words}]]></description></item>"
    )


class Newsroom:
    """A server of one feed that knows when it changed."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.next: list[tuple[int, Any, dict[str, str]]] = []
        self.version = 1
        self.unchanged = 0

    def write(self, *entries: str) -> None:
        """Put entries in front."""
        self.entries = [*entries, *self.entries][:20]
        self.version += 1

    def __call__(self, asked: Asked) -> tuple[int, Any, dict[str, str]]:
        if self.next:
            return self.next.pop(0)
        tag = f'"v{self.version}"'
        if asked.headers.get("if-none-match") == tag:
            self.unchanged += 1
            return 304, b"", {"ETag": tag}
        body = f"{HEAD}{''.join(self.entries)}</channel></rss>".encode()
        return 200, body, {"ETag": tag, "Last-Modified": "Fri, 03 Oct 2025 01:48:00 GMT"}


@pytest.fixture
def newsroom() -> Iterator[tuple[Newsroom, AnsweringServer]]:
    """A feed, and the server that has it."""
    room = Newsroom()
    with answering(room) as server:
        yield room, server


def source(
    server: AnsweringServer, clock: SetClock | None = None, *, filters: tuple[str, ...] = (), **more: Any
) -> Any:
    given = {"address": f"{server.address}/feed", "every_s": 0.02}
    return opened(rss.KIND, means(clock, filters=filters), **{**given, **more})


def test_what_stands_in_a_feed_at_first_is_old_and_what_comes_is_heard_once(newsroom: Any) -> None:
    room, server = newsroom
    room.write(entry(1, "lama", "Thu, 02 Oct 2025 01:00:00 GMT"))

    def write(batches: list[Any]) -> None:
        if len(batches) == 3:
            room.write(entry(2, "Internet Smartfren tumbang", words="<p>Ribuan pengguna mengeluh.</p>"))

    heard = hears(source(server), enough=lambda told: len(told) >= 8, between=write)
    assert texts(heard) == ["Internet Smartfren tumbang. Ribuan pengguna mengeluh."]
    assert items(heard)[0].at_us == NOW_US
    # The server is asked for what changed, and each answer is a sign of life.
    assert room.unchanged >= 4


def test_the_press_is_heard_and_weighs_nothing_while_people_of_a_forum_count(newsroom: Any) -> None:
    room, server = newsroom
    room.write(entry(1, "Internet mati"))
    cursor = '{"since_us":1759400000000000}'
    [press] = items(hears(source(server), cursor))
    room.next = [(200, ATOM.encode(), {})]
    [person] = items(hears(source(server, speaks="people"), cursor))
    assert (person.text, person.author, person.at_us) == (
        "Internet mati di Depok. dari pagi",
        "127.0.0.1:sari88",
        NOW_US,
    )
    accepting, weigher = Acceptor({}, frozenset()), Weigher()
    signals = [
        accepting.accept(RawReport(NOW_US, one.text, author=one.author, native_id=one.id)) for one in (press, person)
    ]
    assert [one.role for one in signals] == ["press", "public"]
    weights = [weigher.weigh(one) for one in signals]
    assert [(one.value, one.reason) for one in weights] == [(0.0, "press"), (1.0, "")]


def test_only_what_names_an_operator_is_let_through_where_that_is_set(newsroom: Any) -> None:
    room, server = newsroom
    room.write(entry(1, "Smartfren tumbang"), entry(2, "Harga cabai naik"), entry(3, "Pelanggan by.U mengeluh"))
    asked = source(server, filters=("smartfren", "by.U", "axis"))
    heard = hears(asked, '{"since_us":1759400000000000}', enough=lambda told: bool(told[-1].cursor))
    assert texts(heard) == ["Smartfren tumbang", "Pelanggan by.U mengeluh"]
    assert heard[0].filters == ("by.U", "smartfren")


def test_a_restart_goes_on_with_what_the_feed_last_answered(newsroom: Any) -> None:
    room, server = newsroom
    room.write(entry(1, "mati"))
    first = hears(source(server), '{"since_us":1759400000000000}')
    cursor = last_cursor(first)
    again = hears(source(server), cursor, enough=lambda told: len(told) >= 2)
    assert (items(again), room.unchanged) == ([], 2)
    room.write(entry(2, "masih mati", "Fri, 03 Oct 2025 01:58:00 GMT"))
    second = hears(source(server, SetClock(NOW_US + 3_600_000_000)), cursor)
    assert "masih mati" in texts(second)
    assert gaps(second) == []


def test_a_feed_in_which_everything_is_new_may_have_lost_something(newsroom: Any) -> None:
    room, server = newsroom
    room.write(*(entry(number, f"mati {number}", "Fri, 03 Oct 2025 01:47:00 GMT") for number in range(20)))
    heard = hears(source(server), '{"since_us":1759400000000000}')
    assert gaps(heard) == ["All 20 entries of the feed are new; others may have come and gone since it was last read."]


def test_a_broken_feed_gives_what_can_be_read_and_one_that_is_none_is_asked_for_again(newsroom: Any) -> None:
    room, server = newsroom
    good = f"{HEAD}{entry(1, 'mati')}<item><title>terpo"
    nameless = f"{HEAD}<item><description>x</description></item>{entry(2, 'padam')}</channel></rss>"
    room.next = [(200, b"<html>Kami segera kembali", {}), (200, good.encode(), {}), (200, nameless.encode(), {})]
    heard = hears(source(server), '{"since_us":1759400000000000}', enough=2)
    assert texts(heard) == ["mati", "padam"]
    assert any("The feed is broken" in one for one in refusals(heard))
    assert any("has no id, no link and no title" in one for one in refusals(heard))


def test_a_feed_that_fails_is_waited_for_and_one_that_is_gone_is_for_a_person(newsroom: Any) -> None:
    room, server = newsroom
    fates: list[tuple[int, dict[str, str], type[Exception]]] = [
        (429, {"Retry-After": "60"}, Later), (503, {}, OutsideFailed), (0, {}, OutsideFailed), (404, {}, RefusedInput),
        (301, {"Location": "http://169.254.169.254/"}, OutsideFailed),
    ]  # fmt: skip
    for status, headers, fate in fates:
        room.next = [(status, b"", headers)]
        with pytest.raises(fate) as failed:
            hears(source(server))
        assert "127.0.0.1" not in str(failed.value)
    with pytest.raises(RefusedInput, match="its cursor is none"):
        hears(source(server), "besok")


def test_the_past_is_what_the_feed_still_holds(newsroom: Any) -> None:
    news, server = newsroom
    news.write(
        entry(3, "Sinyal hilang lagi", at="Fri, 03 Oct 2025 02:48:00 GMT"),
        entry(2, "Internet mati"),
        entry(1, "Tanpa tanggal", at=""),
    )

    async def told() -> list[Batch]:
        feed = source(server)
        try:
            return [batch async for batch in feed.between(NOW_US - 7_200_000_000, 1_759_457_000_000_000)]
        finally:
            await feed.close()

    [batch] = asyncio.run(told())
    assert [one.text for one in batch.items] == ["Internet mati"]
    assert "holds nothing from before 2025-10-03T01:48:00Z" in batch.gap
    assert "1 of its entries bear no moment" in batch.gap


def test_a_feed_is_never_taken_for_an_address_or_a_file() -> None:
    settings = rss.Settings(address="https://kabar.example/feed")
    assert rss.told(b"/etc/passwd", settings).items == ()
    bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;x</title></item></channel></rss>'
    assert all("root:" not in one.text for one in rss.told(bomb, settings).items)


def test_a_feed_of_a_size_that_none_has_is_not_read() -> None:
    told = rss.told(b" " * (5 << 20), rss.Settings(address="https://kabar.example/feed"))
    assert told.refused == ("The feed has 5,242,880 bytes; right would be at most 1,048,576.",)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            b'<?xml version="1.0" encoding="punycode"?>' + b"a" * 400_000 + b"-" + b"zzz9" * 100_000,
            "no alphabet of feeds",
        ),
        (
            b"<rss>" + b"".join(b'<x%d:a xmlns:x%d="u">' % (one, one) for one in range(30_000)),
            "names 30,000 namespaces",
        ),
    ],
    ids=["letters of domains", "namespaces"],
)
def test_what_would_take_minutes_to_read_is_not_read(body: bytes, why: str) -> None:
    began_s = time.monotonic()
    told = rss.told(body, rss.Settings(address="https://kabar.example/feed"))
    assert why in told.refused[0] and told.items == ()
    assert time.monotonic() - began_s < 5


@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_feed_or_told(body: bytes) -> None:
    told = rss.told(body, rss.Settings(address="https://kabar.example/feed"))
    assert not told.items
    assert told.refused
