"""A kind names all its filters from its settings, so that one that is never heard shows (requirement L5)."""

from __future__ import annotations

import msgspec
import pytest

from pulih.adapters.sources.kinds import kind_of

TRAP = {"name": "link down", "oid": "1.3.6.1.6.3.1.1.5.3"}
RULES = {"form": "text", "rule": [{"name": "fibre"}, {"name": "power"}]}


@pytest.mark.parametrize(
    ("kind", "own", "named"),
    [
        ("bluesky", {}, ("xl", "by.U")),
        (
            "reddit",
            {"subreddits": ["indonesia"], "client_id": "a", "secret_file": "a", "user_agent": "a"},
            ("xl", "by.U"),
        ),
        ("rss", {"address": "https://news.example/feed"}, ("xl", "by.U")),
        ("telegram", {"token_file": "a"}, ("xl", "by.U")),
        ("mastodon", {"address": "https://mastodon.example"}, ("xl", "by.U", "tag/xl", "tag/byu")),
        ("sms", {"host": "a", "system_id": "a", "password_file": "a", "numbers": ["+9123"]}, ("9123",)),
        ("ioda", {"watch": [{"asn": 64500, "operator": "xl"}, {"country": "ID"}]}, ("AS64500", "ID")),
        ("snmp", {"senders": ["192.0.2.0/24"], "rule": [TRAP]}, ("link down",)),
        ("mqtt", {"host": "a", "topics": ["alarms"], **RULES}, ("fibre", "power")),
        ("nats", {"host": "a", "subjects": ["alarms"], **RULES}, ("fibre", "power")),
    ],
)
def test_filters_are_known_before_they_are_heard(kind: str, own: dict[str, object], named: tuple[str, ...]) -> None:
    one = kind_of(kind)
    assert one.filters is not None
    assert one.filters(msgspec.convert(own, one.settings), ("xl", "by.U")) == named


def test_to_the_bot_of_one_operator_people_write_without_its_name() -> None:
    one = kind_of("telegram")
    assert one.filters is not None
    assert one.filters(msgspec.convert({"token_file": "a", "operator": "xl"}, one.settings), ()) == ("xl",)
    assert one.filters(msgspec.convert({"token_file": "a"}, one.settings), ()) == ()
