"""Feeds say what the bulletin says, are read without complaint, and stay the same while nothing happens."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import feedparser
import msgspec
import pytest
from feed_rules import atom_faults, rss_faults
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from msgspec.structs import replace
from sample_bulletin import MINUTE_US, bulletin, many_past, outage, word, works

from pulih.communicate.edition import Edition, PageLanguage
from pulih.communicate.feeds import CHECKPOINT_XMLNS, ENTRIES_MAX, FeedOptions, atom, json_feed, rss
from pulih.model.bulletin import Bulletin

ZONE = ZoneInfo("Asia/Jakarta")
LANGUAGES: tuple[PageLanguage, ...] = ("id", "en")
ADDRESS = "https://status.example.net"
NOTE = "status.example.net/tlog\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— status.example.net/tlog Az3grl\n"


def _edition(language: PageLanguage = "id", of: Bulletin | None = None) -> Edition:
    return Edition(of or bulletin(), ZONE, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_atom_holds_to_the_rules_of_the_validator(language: PageLanguage) -> None:
    prefix = "" if language == "id" else "/en"
    assert atom_faults(atom(_edition(language)), address=f"{ADDRESS}{prefix}/history.atom") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_rss_holds_to_the_rules_of_the_validator(language: PageLanguage) -> None:
    prefix = "" if language == "id" else "/en"
    assert rss_faults(rss(_edition(language)), address=f"{ADDRESS}{prefix}/history.rss") == []


def test_the_rules_of_the_validator_see_faults() -> None:
    """A check that finds nothing anywhere would be no check."""
    address = f"{ADDRESS}/history.atom"
    sound = atom(_edition())
    spoilt = (
        sound.replace(b'rel="self"', b'rel="via"').replace(b"<author>", b"<editor>").replace(b"</author>", b"</editor>")
    )
    assert {fault.split()[0] for fault in atom_faults(spoilt, address=address)} == {"MissingAuthor", "MissingSelf"}
    assert rss_faults(rss(_edition()).replace(b"<language>id<", b"<language><"), address=f"{ADDRESS}/history.rss") != []


@pytest.mark.parametrize("language", LANGUAGES)
def test_feedparser_reads_the_same_entries_from_atom_and_rss(language: PageLanguage) -> None:
    read = [feedparser.parse(feed(_edition(language))) for feed in (atom, rss)]
    assert [one.bozo for one in read] == [False, False]
    told = [[(one.id, one.title, one.link) for one in feed.entries] for feed in read]
    assert told[0] == told[1]
    assert len(told[0]) == 5


def test_entries_are_newest_first_and_so_are_the_words_in_them() -> None:
    read = feedparser.parse(atom(_edition("en")))
    published = [one.published_parsed for one in read.entries]
    assert published == sorted(published, reverse=True)
    first = html.fromstring(read.entries[0].content[0].value).text_content()
    assert first.index("Identified - We are sorry") < first.index("Investigating - Smartfren mobile internet")


def test_what_was_taken_back_stays_readable_and_says_so() -> None:
    read = feedparser.parse(atom(_edition("en")))
    taken_back = next(one for one in read.entries if "Aceh" in one.title)
    assert "were not disrupted after all" in taken_back.title
    assert "[Withdrawn " in taken_back.content[0].value
    assert "may not be delivered" in taken_back.content[0].value


def test_the_json_feed_says_the_same() -> None:
    feed = msgspec.json.decode(json_feed(_edition("en")))
    read = feedparser.parse(atom(_edition("en")))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [(one["id"], one["title"], one["url"]) for one in feed["items"]] == [
        (one.id, one.title, one.link) for one in read.entries
    ]
    assert feed["feed_url"] == f"{ADDRESS}/en/feed.json"


def test_a_feed_does_not_change_while_nothing_happens() -> None:
    later = bulletin(made_us=bulletin().made_us + MINUTE_US, stale_us=bulletin().stale_us + MINUTE_US)
    for feed in (atom, rss, json_feed):
        assert feed(_edition(of=later)) == feed(_edition())


def test_the_two_languages_are_two_feeds_with_entries_of_their_own() -> None:
    indonesian, english = (feedparser.parse(atom(_edition(one))) for one in LANGUAGES)
    assert {one.id for one in indonesian.entries}.isdisjoint(one.id for one in english.entries)
    assert indonesian.feed.id != english.feed.id


def test_a_long_history_is_cut_to_the_newest() -> None:
    read = feedparser.parse(atom(_edition(of=bulletin(past=many_past(1_000)))))
    assert len(read.entries) == ENTRIES_MAX
    assert "Smartfren" in read.entries[0].title


def test_hub_and_checkpoint_stand_in_all_three() -> None:
    options = FeedOptions(hub="https://hub.example.net/", checkpoint=NOTE)
    for feed in (atom, rss):
        read = feedparser.parse(feed(_edition(), options))
        assert not read.bozo
        assert "https://hub.example.net/" in [one.href for one in read.feed.links if one.rel == "hub"]
        assert CHECKPOINT_XMLNS.encode() in feed(_edition(), options)
        assert NOTE.encode() in feed(_edition(), options)
    read = msgspec.json.decode(json_feed(_edition(), options))
    assert read["hubs"] == [{"type": "WebSub", "url": "https://hub.example.net/"}]
    assert read["_tlog"]["checkpoint"] == NOTE
    assert atom_faults(atom(_edition(), options), address=f"{ADDRESS}/history.atom") == []


def test_an_outage_of_which_nothing_was_said_yet_is_told_by_what_is_known() -> None:
    silent = bulletin(current=(outage(words=(), promises=()),))
    read = feedparser.parse(atom(_edition("en", silent)))
    assert (
        "Identified - Mobile internet cannot be used"
        in html.fromstring(read.entries[0].content[0].value).text_content()
    )


def test_a_feed_without_entries_and_without_an_address_is_a_feed() -> None:
    empty = bulletin(current=(), past=(), works=(), address="")
    assert atom_faults(atom(_edition(of=empty)), address="http://localhost/history.atom") == []
    assert not feedparser.parse(rss(_edition(of=empty))).bozo


def test_work_is_not_told_before_it_is_known_when_it_was_announced() -> None:
    """A calendar does not say; its work stands in the feed from its beginning, dated by that."""
    unknown = replace(works()[0], announced_us=0, updated_us=0)
    ahead = bulletin(works=(unknown,))
    assert not [one for one in feedparser.parse(atom(_edition(of=ahead))).entries if "Pemutakhiran" in one.title]
    begun = bulletin(works=(replace(unknown, state="in_progress", start_us=bulletin().made_us - MINUTE_US),))
    entry = next(one for one in feedparser.parse(atom(_edition(of=begun))).entries if "Pemutakhiran" in one.title)
    assert entry.published == "2025-10-03T10:11:00+07:00"


@given(st.text(max_size=60))
def test_no_text_breaks_a_feed_or_becomes_markup(typed: str) -> None:
    hostile = f"<script>alert(1)</script>{typed}]]><b onclick=x>&amp;"
    spoilt = outage(
        title_id=hostile,
        title_en=hostile,
        words=(word(1, kind="holding", text_id=hostile, text_en=hostile),),
        promises=(),
    )
    edition = _edition(of=replace(bulletin(), current=(spoilt,), desk=hostile))
    assert atom_faults(atom(edition), address=f"{ADDRESS}/history.atom") == []
    assert rss_faults(rss(edition), address=f"{ADDRESS}/history.rss") == []
