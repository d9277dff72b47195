"""A feed of one operator or province holds what concerns it and nothing else, and is a sound feed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import feedparser
import pytest
from feed_rules import atom_faults
from msgspec.structs import replace
from sample_bulletin import bulletin, outage, works

from pulih.communicate.edition import Edition, PageLanguage
from pulih.communicate.feed_parts import FeedPart, concerns, narrowed, parts_of
from pulih.communicate.feeds import PLAIN, atom
from pulih.model.bulletin import PublicScope

ZONE = ZoneInfo("Asia/Jakarta")


def _titles(path: str, language: PageLanguage = "id") -> list[str]:
    edition = Edition(bulletin(), ZONE, language)
    part = next(one for one in parts_of(edition) if one.path == path)
    written = atom(replace(edition, bulletin=narrowed(edition.bulletin, part)), PLAIN, part)
    assert atom_faults(written, address=f"https://status.example.net/{path}") == []
    return [one.title.partition(":")[0] + "/" + one.title[-8:] for one in feedparser.parse(written).entries]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_operator_and_every_province_has_a_sound_feed_beside_its_page(language: PageLanguage) -> None:
    paths = [one.path for one in parts_of(Edition(bulletin(), ZONE, language))]
    begins = ("layanan/", "wilayah/") if language == "id" else ("en/service/", "en/place/")
    assert len(paths) == 5
    assert all(path.startswith(begins) and path.endswith("/feed.atom") for path in paths)
    for path in paths:
        _titles(path, language)


def test_an_operator_hears_of_itself_alone() -> None:
    assert {one.partition("/")[0] for one in _titles("layanan/smartfren/feed.atom")} == {"Smartfren"}
    assert {one.partition("/")[0] for one in _titles("layanan/xl/feed.atom")} == {"XL"}


def test_a_province_hears_of_its_regencies_and_of_no_other_province() -> None:
    assert len(_titles("wilayah/32/feed.atom")) == 3
    assert len(_titles("wilayah/11/feed.atom")) == 1


def test_what_is_everywhere_concerns_every_province_and_codes_are_not_cut_in_the_middle() -> None:
    everywhere = outage(scopes=(PublicScope(stage="identified", service="sms"),))
    part = FeedPart(page="wilayah/3/", name="", province="3")
    assert concerns(part, everywhere)
    assert concerns(part, replace(works()[0], regions=()))
    assert not concerns(part, replace(works()[0], regions=("31.74",)))
