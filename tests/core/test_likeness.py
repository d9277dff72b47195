"""Past incidents are found by what they share, and what they share is said."""

from __future__ import annotations

from incident_world import JAKARTA, MINUTE_US, START_US, after, begun
from msgspec.structs import replace

from pulih.confirm.likeness import is_like, similar
from pulih.model.entry import CauseSet, ClaimedFixed, Confirmed, Restored
from pulih.model.incident import Incident, ScopeState
from pulih.model.scope import Scope

PARENTS = {"31.74": "31", "31.71": "31"}


def _past(name: str, *scopes: Scope, operator: str = "sf", onset_us: int = 0) -> Incident:
    parts = tuple(ScopeState(scope, "restored") for scope in scopes)
    return Incident(
        id=name, version=1, opened_us=onset_us, onset_us=onset_us, operator=operator, scopes=parts, state="restored"
    )


def test_the_likest_comes_first_with_what_is_shared() -> None:
    same = _past("a", JAKARTA)
    nearby = _past("b", replace(JAKARTA, region="31.74"))
    elsewhere = _past("c", replace(JAKARTA, region="32"))
    found = similar(begun(JAKARTA), [elsewhere, nearby, same], parents=PARENTS, most=5)
    assert [one.incident.id for one in found] == ["a", "b", "c"]
    assert found[0].shared == ("operator", "service", "symptom", "region", "place")
    assert found[1].shared == ("operator", "service", "symptom", "region")
    assert found[2].shared == ("operator", "service", "symptom")


def test_the_same_operator_alone_is_no_likeness() -> None:
    other = _past("a", Scope(operator="sf", service="tv", symptom="slow", region="51"))
    assert similar(begun(JAKARTA), [other], parents=PARENTS, most=5) == ()
    assert not is_like(begun(JAKARTA), other, PARENTS) and is_like(begun(JAKARTA), _past("b", JAKARTA), PARENTS)


def test_trouble_of_another_operator_in_the_same_service_and_place_is_like_it() -> None:
    other = _past("a", replace(JAKARTA, operator="xl"), operator="xl")
    found = similar(begun(JAKARTA), [other], parents=PARENTS, most=5)
    assert found[0].shared == ("service", "symptom", "region", "place")


def test_two_troubles_of_unknown_place_share_none() -> None:
    nowhere = replace(JAKARTA, region=None)
    found = similar(begun(nowhere), [_past("a", nowhere)], parents=PARENTS, most=5)
    assert found[0].shared == ("operator", "service", "symptom")


def test_of_equal_ones_the_latest_comes_first_and_no_more_than_asked() -> None:
    old, new = _past("a", JAKARTA, onset_us=1), _past("b", JAKARTA, onset_us=2)
    found = similar(begun(JAKARTA), [old, new], parents=PARENTS, most=1)
    assert [one.incident.id for one in found] == ["b"]


def test_how_long_it_took_is_told_where_it_was_restored() -> None:
    incident = begun(JAKARTA)
    for fact in (Confirmed(), CauseSet(cause_id="a", cause_en="b"), ClaimedFixed(), Restored(overrides=True)):
        incident = after(incident, fact)
    past = replace(incident, id="20250101-aaaa")
    assert similar(begun(JAKARTA), [past], parents=PARENTS, most=1)[0].minutes == 5 + 4
    going_on = replace(past, state="confirmed", ended_us=None)
    assert similar(begun(JAKARTA), [going_on], parents=PARENTS, most=1)[0].minutes is None
    assert (past.ended_us or 0) - START_US == 4 * MINUTE_US


def test_an_incident_is_not_like_itself() -> None:
    incident = begun(JAKARTA)
    assert similar(incident, [incident], parents=PARENTS, most=5) == ()
