"""What a query of the TM Forum interfaces means: conditions, attributes, parts, order (TMF630)."""

from __future__ import annotations

from urllib.parse import quote

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


# What TM Forum's guidelines and forum write, and what RFC 9535 adds.
@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("filter=$[?(@.state=='raised')]", True),
        ("filter=$[?@.state=='cleared']", False),
        ("filter=$[?(@.state=='raised' %26%26 @.place[?(@.id=='32' %26%26 @.role=='area')])]", True),
        ("filter=$[?(@.place[?(@.id=='32' %26%26 @.role=='site')])]", False),
        ("filter=place[?(@.id=='32' %26%26 @.role=='area')]", True),
        ("filter=$.place[?(@.id=='32' %26%26 @.role=='site')]", False),
        ("filter=$.place[*].id", True),
        ("filter=alarmedObject[?(@=='olt-7')]", True),
        ("filter=$..[?(@.id=='olt-7')]", True),
        ("filter=$[*].nothing", False),
        ("filter=$[?(@.id > 6 %26%26 @.isRootCause == true)]", True),
        ("filter=$[?(@.alarmRaisedTime > '2025-10-03' || @.nothing)]", True),
        ("filter=$[?length(@.place) > 2]", False),
        ("filter=$[?!@.clearedTime]", True),
        ("filter=$[?(@.alarmDetails=='Mains down, no battery')]", True),
        ("filter=$[?(@.alarmDetails=='a, b, c, d, e .. f .. g (((((((((')]", False),
        ("filter=$[?(@.state=='raised')]&filter=place[?(@.id=='99')]", False),
        ("filter=$[?(@.state=='raised')]&state=cleared", False),
        ("filter= $.state ", True),
    ],
)
def test_an_expression_of_json_path_finds_what_it_says(query: str, finds: bool) -> None:
    asked = asked_of(query)
    assert fits(ALARM, asked) is finds
    assert part([ALARM], asked)[1] == finds
    assert not asked.is_plain and not asked.is_open


def test_a_refused_expression_is_told_what_is_wrong_with_it_and_how_two_ands_are_written() -> None:
    with pytest.raises(RefusedInput, match=r"query\.filter: unbalanced parentheses; .*%26%26"):
        asked_of("filter=$[?(@.state=='raised' && @.id==7)]")


@given(st.text(alphabet="$@.[]()?*'=<>!&|,:0123456789abcdenotlgth ", max_size=60))
def test_no_expression_breaks_anything(expression: str) -> None:
    try:
        asked = asked_of(f"filter={quote(expression)}")
    except RefusedInput as refused:
        assert "right would be" in str(refused)
        return
    fits(ALARM, asked)


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


@pytest.mark.parametrize(
    "query",
    [
        "limit=ten",
        "offset=1.5",
        "state.regex=a.*",
        "a=1&" * 200,
        "filter=",
        "filter=$[?(@.state=='raised'",
        "filter=$[?(@.state=='raised' && @.id==7)]",
        "filter=$[?(@.state='raised')]",
        "filter=$[?match(@.state, 'r.*')]",
        "filter=$[?search(@.state, '(a*)*b')]",
        "filter=$.state | $.id",
        "filter=$[?(@.a in ['b'])]",
        f"filter=$[?(@.state=='{'a' * 500}')]",
        f"filter=$[?{'(' * 9}@.id{')' * 9}]",
        "filter=$..[?(@..id)]",
        "filter=$['a','b','c','d','e']",
        f"filter=${'[?$.*' * 7}[?@.id==1]{']' * 7}",
        "filter=$[?(@.id == 1e999)]",
        f"filter=$[?(@.id == {'9' * 400})]",
        "filter=$[?(@.id==1)][*][*][*][*]",
        f"filter=$[?({'@.a || ' * 9}@.b)]",
        f"filter={'$.id&filter=' * 5}$.id",
    ],
)
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
