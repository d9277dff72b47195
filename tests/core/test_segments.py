"""A segment holds exactly those whom a word is for; who may be hit and is not known to be is told "perhaps" (T4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sample_bulletin import outage, word

from pulih.communicate.segments import Segment, membership, segments_of
from pulih.model.bulletin import PublicIncident, PublicScope
from pulih.model.reading import Service

ABOVE = {"31.71": "31", "31.74": "31", "32.01": "32", "32.73": "32"}
REGIONS = st.sampled_from(["", "31", "32", "31.71", "31.74", "32.73"])
SERVICES: st.SearchStrategy[Service] = st.sampled_from(["any", "mobile_data", "mobile_voice"])
PLACED = st.tuples(REGIONS, SERVICES)


def _incident(*parts: tuple[str, Service]) -> PublicIncident:
    scopes = [PublicScope(stage="identified", region=region or None, service=service) for region, service in parts]
    return outage(scopes=tuple(scopes))


def _told(segments: tuple[Segment, ...], region: str, service: Service | None) -> set[str | None]:
    return {membership(one, region=region, service=service, parents=ABOVE) for one in segments} - {None}


def test_a_word_is_for_each_part_of_its_incident() -> None:
    assert segments_of(outage(), word(1), ABOVE) == (
        Segment("smartfren", "31", "mobile_data"),
        Segment("smartfren", "32", "mobile_data"),
    )


def test_a_word_that_names_places_or_services_is_for_those_alone() -> None:
    hit = _incident(("31", "any"), ("32.73", "mobile_data"))
    regency = segments_of(hit, word(1, regions=("31.74",)), ABOVE)
    assert regency == (Segment("smartfren", "31.74", "any"),)
    assert segments_of(hit, word(1, regions=("32",), services=("mobile_data",)), ABOVE) == (
        Segment("smartfren", "32.73", "mobile_data"),
    )
    assert segments_of(hit, word(1, services=("mobile_voice",)), ABOVE) == (Segment("smartfren", "31", "mobile_voice"),)


def test_a_word_about_what_no_part_has_is_for_whom_it_says() -> None:
    hit = _incident(("31", "mobile_data"))
    assert segments_of(hit, word(1, regions=("32",)), ABOVE) == (Segment("smartfren", "32", "any"),)


def test_an_incident_of_which_nothing_is_known_is_for_everybody_of_the_operator() -> None:
    assert segments_of(_incident(), word(1), ABOVE) == (Segment("smartfren", "", "any"),)


def test_who_is_in_it_is_told_surely_and_who_may_be_perhaps() -> None:
    [segment] = segments_of(_incident(("31.74", "mobile_data")), word(1), ABOVE)
    fits = {
        (region, service): membership(segment, region=region, service=service, parents=ABOVE)
        for region in ("31.74", "31", "", "31.71")
        for service in ("mobile_data", None, "mobile_voice")
    }
    assert [one for one, fit in fits.items() if fit == "surely"] == [("31.74", "mobile_data")]
    assert {one for one, fit in fits.items() if fit is None} == {
        ("31.71", "mobile_data"), ("31.71", None), ("31.71", "mobile_voice"),
        ("31.74", "mobile_voice"), ("31", "mobile_voice"), ("", "mobile_voice"),
    }  # fmt: skip


@given(parts=st.lists(PLACED, min_size=1, max_size=5))
def test_whoever_a_part_of_the_incident_holds_is_told_surely_and_by_one_segment_for_each(
    parts: list[tuple[str, Service]],
) -> None:
    segments = segments_of(_incident(*parts), word(1), ABOVE)
    assert segments
    assert len(set(segments)) == len(segments)
    for region, service in parts:
        assert "surely" in _told(segments, region, service)


@given(parts=st.lists(PLACED, min_size=1, max_size=5), named=st.lists(REGIONS.filter(bool), min_size=1, max_size=3))
def test_a_word_that_names_places_is_for_nobody_outside_of_them(
    parts: list[tuple[str, Service]], named: list[str]
) -> None:
    segments = segments_of(_incident(*parts), word(1, regions=tuple(named)), ABOVE)
    for region in ("31.71", "31.74", "32.01", "32.73"):
        inside = region in named or ABOVE[region] in named
        holding_one = any(ABOVE.get(one) == region for one in named)
        assert inside or holding_one or not _told(segments, region, "mobile_data")
