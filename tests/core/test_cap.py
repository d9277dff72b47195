"""CAP alerts are valid by the schema of OASIS, say the same when read back, and form a chain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import capparser
import feedparser
import pytest
from feed_rules import atom_faults
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace
from sample_bulletin import HOUR_US, MINUTE_US, NOW_US, bulletin, many_past, outage, over, taken_back, word

from pulih.communicate.cap import alert, alert_path, index
from pulih.communicate.edition import Edition
from pulih.model.bulletin import PublicIncident, PublicScope, Stage

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "standards" / "CAP-v1.2-schema.xsd"))
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


def _alert(incident: PublicIncident, zone: str = "Asia/Jakarta") -> bytes:
    written = alert(Edition(bulletin(zone=zone), ZoneInfo(zone)), incident)
    SCHEMA.assertValid(etree.fromstring(written))
    return written


def _of(incident: PublicIncident, name: str) -> str:
    return etree.fromstring(_alert(incident)).findtext(CAP + name, "")


def _so_far(incident: PublicIncident) -> Sequence[str]:
    """Return the identifiers of a chain: those referred to, and the last one's own."""
    referred = [one.split(",")[1] for one in _of(incident, "references").split()]
    return [*referred, _of(incident, "identifier")]


@pytest.mark.parametrize("incident", [outage(), over(), taken_back(), outage(words=(), promises=())])
@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Jayapura", "UTC"])
def test_alerts_are_valid_by_the_schema(incident: PublicIncident, zone: str) -> None:
    assert b"<sent>" in _alert(incident, zone)


def test_the_schema_refuses_a_time_in_z() -> None:
    """A check that takes everything would be no check."""
    assert not SCHEMA.validate(etree.fromstring(_alert(outage()).replace(b"+07:00</sent>", b"Z</sent>")))


def test_a_parser_reads_the_same_facts_back_in_both_languages() -> None:
    read = capparser.parse(stringXML=_alert(outage()).decode())
    infos = read.info[0]
    assert (read.msgType[0], read.scope[0], read.sent[0]) == ("Update", "Public", "2025-10-03T09:30:00+07:00")
    assert [one.language[0] for one in infos] == ["id-ID", "en"]
    assert [one.headline[0] for one in infos] == [
        "Smartfren: Internet seluler tidak dapat dipakai di DKI Jakarta dan Jawa Barat",
        "Smartfren: Mobile internet cannot be used in DKI Jakarta and Jawa Barat",
    ]
    for info in infos:
        assert (info.urgency[0], info.severity[0], info.certainty[0]) == ("Immediate", "Severe", "Observed")
        assert info.onset[0] == "2025-10-03T08:48:00+07:00"
        # Good until the next word is promised.
        assert info.expires[0] == "2025-10-03T10:30:00+07:00"
        assert [area.geocode[0][0].value[0] for area in info.area[0]] == ["31", "32"]
    assert infos[1].description[0] == outage().words[-1].text_en
    assert infos[1].instruction[0].startswith("The emergency number 112 can be reached.")


def test_the_first_message_is_an_alert_and_each_later_one_names_all_before_it() -> None:
    first = outage(words=outage().words[:1], promises=())
    assert (_of(first, "msgType"), _of(first, "references")) == ("Alert", "")
    assert _of(outage(), "msgType") == "Update"
    assert list(_so_far(outage()))[:1] == list(_so_far(first))


def test_what_was_no_outage_ends_in_a_cancel() -> None:
    assert _of(taken_back(), "msgType") == "Cancel"
    assert len(_so_far(taken_back())) == 2


def test_an_outage_that_is_over_is_all_clear() -> None:
    read = capparser.parse(stringXML=_alert(over()).decode())
    assert {
        (one.responseType[0][0] if isinstance(one.responseType[0], list) else one.responseType[0])
        for one in read.info[0]
    } == {"AllClear"}
    assert {one.urgency[0] for one in read.info[0]} == {"Past"}


def test_an_outage_that_goes_on_after_all_gives_no_identifier_twice() -> None:
    ended = outage(stage="resolved", ended_us=NOW_US - 10 * MINUTE_US)
    again = outage(words=(*outage().words, word(3, published_us=NOW_US - 5 * MINUTE_US)))
    assert set(_so_far(ended)) & set(_so_far(again)) == set(_so_far(outage()))


def test_an_outage_in_the_whole_country_names_the_country() -> None:
    everywhere = outage(scopes=(PublicScope(stage="identified", service="mobile_data"),))
    read = capparser.parse(stringXML=_alert(everywhere).decode())
    assert [area.areaDesc[0] for info in read.info[0] for area in info.area[0]] == [
        "Seluruh Indonesia",
        "All of Indonesia",
    ]


def test_unreachable_emergency_calls_are_severe_whatever_else_works() -> None:
    grave = outage(severity="minor", emergency_calls="not_reachable")
    assert b"<severity>Severe</severity>" in _alert(grave)


def test_the_index_is_a_feed_that_leads_to_every_alert() -> None:
    made = bulletin()
    written = index(Edition(made, ZoneInfo("Asia/Jakarta")))
    assert atom_faults(written, address="https://status.example.net/cap/index.atom") == []
    read = feedparser.parse(written)
    paths = {alert_path(one) for one in (*made.current, *made.past)}
    assert {one.links[0].href.removeprefix("https://status.example.net/") for one in read.entries} == paths
    assert len(feedparser.parse(index(Edition(bulletin(past=many_past(300)), ZoneInfo("UTC")))).entries) == 50


STAGES: tuple[Stage, ...] = ("investigating", "identified", "monitoring")


@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(STAGES), st.booleans()), max_size=5),
    st.booleans(),
    st.text(max_size=30),
)
def test_a_chain_only_grows_while_words_are_added(
    said: list[tuple[int, Stage, bool]], confirmed: bool, typed: str
) -> None:
    start_us = NOW_US - 10 * HOUR_US
    words = tuple(
        word(number, stage=stage, published_us=start_us + at * MINUTE_US, text_id=f"a{typed}", text_en=f"b{typed}")
        for number, (at, stage, _) in enumerate(sorted(said), start=1)
    )
    one = outage(words=words, promises=(), confirmed_us=start_us if confirmed else None, onset_us=start_us)
    later = replace(one, words=(*words, word(9, published_us=NOW_US)))
    chain, longer = list(_so_far(one)), list(_so_far(later))
    assert len(set(longer)) == len(longer)
    # Before anything was said the chain begins at the onset; whoever speaks first begins it instead.
    assert longer[: len(chain)] == chain or not (words or confirmed)
