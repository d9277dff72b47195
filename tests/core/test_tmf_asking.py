"""What a query of the TM Forum interfaces means: conditions, attributes, parts, order (TMF630)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.interchange.asking import asked_of, fits, part, selected
from pulih.interchange.shapes import Document
from pulih.model.errors import RefusedInput

ALARM: Document = {
    "id": 7,
    "href": "/alarm/7",
    "state": "raised",
    "alarmRaisedTime": "2025-10-03T08:41:00+07:00",
    "isRootCause": True,
    "alarmDetails": "Mains down, no battery",
    "alarmedObject": {"id": "olt-7", "href": "/o"},
    "place": [{"id": "31", "role": "site"}, {"id": "32", "role": "area"}],
    "@type": "Alarm",
}


@pytest.mark.parametrize(
    "query",
    [
        "state=raised",
        "state='raised'",
        "state=%22raised%22",
        "state=cleared,raised",
        "state=cleared&state=raised",
        "id=7",
        "isRootCause=true",
        "alarmedObject.id=olt-7",
        "alarmDetails=Mains down, no battery",
        "place.id=32",
        "alarmRaisedTime=2025-10-03T08:41:00%2B07:00",
        "alarmRaisedTime='2025-10-03T08:41:00+07:00'",
        "alarmRaisedTime='2025-10-03T01:41:00.000Z'",
        "alarmRaisedTime.gt=2025-10-03T01:40:59Z",
        "alarmRaisedTime%3E=2025-10-03T01:41:00Z",
        "alarmRaisedTime>2025-10-02",
        "alarmRaisedTime.lte=2025-10-03T01:41:00Z",
        "id.gte=7&id.lt=8",
        "state.ne=cleared",
        "state!=cleared",
        "",
    ],
)
def test_a_condition_that_holds_finds_the_document(query: str) -> None:
    assert fits(ALARM, asked_of(query))


@pytest.mark.parametrize(
    "query",
    [
        "state=Raised",
        "state=cleared",
        "state=raised&id=8",
        "alarmedObject.id=olt-8",
        "place.id=33",
        "nothing=raised",
        "alarmedObject=olt-7",
        "alarmRaisedTime>2025-10-03T01:41:00Z",
        "id>7",
        "isRootCause=1",
        "state.ne=raised",
    ],
)
def test_a_condition_that_does_not_hold_leaves_it_out(query: str) -> None:
    assert not fits(ALARM, asked_of(query))


@pytest.mark.parametrize("query", ["limit=ten", "offset=1.5", "state.regex=a.*", "filter=$[?(@.a)]", "a=1&" * 200])
def test_a_query_that_cannot_be_understood_is_refused_in_a_sentence(query: str) -> None:
    with pytest.raises(RefusedInput, match="right would be"):
        asked_of(query)


def test_attributes_that_are_asked_for_come_with_id_and_address_and_nothing_else() -> None:
    assert selected(ALARM, asked_of("fields=state,place.id")) == {
        "id": 7,
        "href": "/alarm/7",
        "state": "raised",
        "place": [{"id": "31"}, {"id": "32"}],
    }
    assert selected(ALARM, asked_of("fields=unknown")) == {"id": 7, "href": "/alarm/7"}
    assert selected(ALARM, asked_of("fields=")) == ALARM


def test_a_list_is_sorted_cut_and_counted_whole() -> None:
    documents = [{"id": number, "at": f"2025-10-0{1 + number % 3}T00:00:00Z"} for number in range(9)]
    found, total = part(documents, asked_of("sort=-at&offset=1&limit=3"))
    assert [one["at"][:10] for one in found] == ["2025-10-03", "2025-10-03", "2025-10-02"]
    assert total == 9
    assert part(documents, asked_of("limit=-4")) == ([], 9)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), max_size=5), st.text(max_size=40))
def test_no_query_breaks_anything(document: dict[str, str], query: str) -> None:
    try:
        asked = asked_of(query)
    except RefusedInput:
        return
    part([document], asked)
    selected(document, asked)
