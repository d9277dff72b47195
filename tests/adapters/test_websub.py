"""A hub is told of new feeds when they can be fetched, and hands them on; one that fails is told again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from sample_bulletin import bulletin
from websub_hub import HubWorld

from pulih.adapters.config import DeskSettings, PublishTable, SiteTable
from pulih.adapters.config.places import faults_of_site
from pulih.adapters.site.machine_pages import MachinePages
from pulih.adapters.websub import WebSubPing
from pulih.model.errors import OutsideFailed
from pulih.serve.places import places_of


@pytest.fixture
def world() -> Iterator[HubWorld]:
    """A site, a hub and a subscriber."""
    made = HubWorld()
    yield made
    made.close()


def test_a_subscriber_is_handed_the_new_feed_by_the_hub_that_the_feed_names(world: HubWorld) -> None:
    made = bulletin(address=world.address)
    pages = MachinePages(hub=world.hub).pages(made, None)
    world.site |= {f"/{path}": content for path, content in pages.items()}
    topic = f"{world.address}/history.atom"
    named = [one.href for one in feedparser.parse(pages["history.atom"]).feed.links if one.rel in {"hub", "self"}]
    assert set(named) == {world.hub, topic}
    assert world.subscribe(topic) == 202
    assert WebSubPing(world.hub, world.address).put(pages, ()).put == 6
    assert topic in world.told
    assert world.handed == [(pages["history.atom"], f'<{world.hub}>; rel="hub", <{topic}>; rel="self"')]


def test_a_hub_is_not_told_before_the_feed_can_be_fetched(world: HubWorld) -> None:
    world.site["/history.atom"] = b"the old feed"
    ping = WebSubPing(world.hub, world.address)
    with pytest.raises(OutsideFailed, match="is not the new feed yet"):
        ping.put({"history.atom": b"the new feed"}, ())
    assert world.told == []
    world.site["/history.atom"] = b"the new feed"
    assert ping.put({"history.atom": b"the new feed"}, ()).put == 1


def test_pages_that_are_no_feeds_are_no_news_to_a_hub(world: HubWorld) -> None:
    assert WebSubPing(world.hub, world.address).put({"index.html": b"x"}, ("old.html",)).put == 0
    assert world.told == []


def test_a_hub_that_refuses_or_is_not_there_is_a_failure_that_is_told(world: HubWorld) -> None:
    world.site["/feed.json"] = b"{}"
    world.refuses = True
    with pytest.raises(OutsideFailed, match=r"answered 503; right would be 2xx"):
        WebSubPing(world.hub, world.address).put({"feed.json": b"{}"}, ())
    with pytest.raises(OutsideFailed, match="no answer"):
        WebSubPing("http://127.0.0.1:9/hub", world.address).put({"feed.json": b"{}"}, ())


def test_the_hub_of_the_settings_is_told_behind_the_places() -> None:
    site = SiteTable(address="https://status.example.id", hub="https://hub.example.id/")
    place = PublishTable(name="www", kind="folder", folder=Path("site"))
    made = places_of(DeskSettings(site=site, publish=(place,)))
    assert [one.name for one in made] == ["www (folder)", "WebSub hub.example.id"]


@pytest.mark.parametrize(
    ("site", "why"),
    [
        ({"hub": "hub.example.id", "address": "https://status.example.id"}, "is no address of a hub"),
        ({"hub": "https://hub.example.id/"}, "and none is named"),
    ],
)
def test_a_hub_that_cannot_be_used_is_refused_with_what_would_be_right(site: dict[str, str], why: str) -> None:
    assert [what for _, what, _ in faults_of_site(DeskSettings(site=SiteTable(**site))) if why in what]
