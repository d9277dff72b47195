"""Policies and incidents are understood whole or refused, with the key and what would be right."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from credit_cases import Row
from credit_examples import USUAL, P

from pulih.compensate.clauses import Benefit, Clause, DaysAfterWorkingDays, credit_currency
from pulih.compensate.incident_file import instant_us, read_incidents
from pulih.compensate.outages import in_order, start_date
from pulih.compensate.policy import read_policy
from pulih.model.errors import RefusedInput


def _changed(content: Row, path: str, value: Any) -> Row:
    """A copy with the value at a path such as "clause.0.quantity.kind"; None takes the key away."""
    changed = copy.deepcopy(content)
    *way, last = path.split(".")
    place: Any = changed
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return changed


WRONG_POLICIES: list[tuple[str, Any, str]] = [
    ("id", None, "policy: the key id is missing"),
    ("id", "", "a text that is not empty belongs here"),
    ("valid", 1, "there is no key 'valid' here"),
    ("valid_from", "2025-01-01", "a date without quotes"),
    ("valid_to", datetime(2025, 1, 1, tzinfo=UTC), "a date without quotes and without a time"),
    ("excluded_causes", "weather", "a list of texts"),
    ("supersedes", "old", "a list of texts"),
    ("supersedes", [1], "a list of texts"),
    ("clause", [], "a policy has one clause or more"),
    ("clause", {"id": "c"}, "a list of tables"),
    ("clause.0.id", None, "clause 1: the key id is missing"),
    ("clause.0.servces", ["data"], "did you mean services"),
    ("clause.0.scope", "some", "one of affected, all"),
    ("clause.0.scope", "all", 'a clause of scope "all" reaches everybody and has no threshold'),
    ("clause.0.applies", {"payments": ["prepaid"]}, "did you mean payment"),
    ("clause.0.applies", {"payment": "prepaid"}, "a list of texts"),
    ("clause.0.services", [], "name a service, or leave the key out"),
    ("clause.0.service_mode", "both", "one of any, all"),
    ("clause.0.location", "work", "one of presence, home, presence_else_home, listed"),
    ("clause.0.window_max_depth", -1, "a whole number from 0 up"),
    ("clause.0.window_max_depth", True, "a whole number from 0 up"),
    ("clause.0.requires", [{"attribute": "towers"}], "requires 1: the key min is missing"),
    ("clause.0.requires", [{"attribute": "towers", "min": 1, "max": 2}], "there is no key 'max'"),
    ("clause.0.threshold.measure", "sum", "one of total, longest"),
    ("clause.0.threshold.op", "<", "one of >, >="),
    ("clause.0.threshold.seconds", 1.5, "a whole number"),
    ("clause.0.threshold.seconds", 2**63, "a whole number from 0 up, at most what 64 bits hold, belongs here"),
    ("clause.0.threshold.seconds", None, "the key seconds is missing"),
    ("clause.0.quantity", None, "the key quantity is missing"),
    ("clause.0.quantity.kind", "hours", "one of duration, local_days"),
    ("clause.0.quantity.unit_s", 0, "a whole number from 1 up"),
    ("clause.0.quantity.rounding", "half", "one of up, down, exact"),
    ("clause.0.quantity.units", 1, "there is no key 'units' here"),
    ("clause.0.quantity", {"kind": "fixed"}, "the key units is missing"),
    ("clause.0.value", None, "the key value is missing"),
    ("clause.0.value.kind", "money", "one of fee, amount, days, benefit"),
    ("clause.0.value.month", "31", "one of 30, calendar"),
    ("clause.0.value.amount", 5, "there is no key 'amount' here"),
    ("clause.0.value.unit", "MB", "there is no key 'unit' here"),
    ("clause.0.value", {"kind": "days", "unit": "MB"}, "there is no key 'unit' here"),
    ("clause.0.value", {"kind": "amount", "amount_minor": 1, "currency": "rp"}, "three capital letters"),
    ("clause.0.multiplier", 1.5, "a whole number"),
    ("clause.0.cap", {}, "the key fee_percent or amount_minor is missing"),
    ("clause.0.cap", {"percent": 100}, "there is no key 'percent'"),
]


@pytest.mark.parametrize(("path", "value", "says"), WRONG_POLICIES)
def test_a_policy_with_a_wrong_key_is_refused_and_the_refusal_names_it(path: str, value: Any, says: str) -> None:
    content = {"id": "idn-default", "clause": [dict(P["clause"][0])]}
    with pytest.raises(RefusedInput) as refusal:
        read_policy(_changed(content, path, value))
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"kind": "benefit", "unit": "M", "amount": 1}, "2 to 8 capital letters"),
        ({"kind": "benefit", "unit": "mb", "amount": 1}, "2 to 8 capital letters"),
        ({"kind": "benefit", "unit": "ABCDEFGHI", "amount": 1}, "2 to 8 capital letters"),
        ({"kind": "benefit", "unit": "MB\n", "amount": 1}, "2 to 8 capital letters"),
        ({"kind": "benefit", "unit": "MB", "amount": 0}, "a whole number from 1 up"),
        ({"kind": "benefit", "unit": "MB", "amount": 1.0}, "a whole number from 1 up"),
        ({"kind": "benefit", "unit": "MB"}, "the key amount is missing"),
        ({"kind": "benefit", "unit": "MB", "amount": 1, "currency": "IDR"}, "there is no key 'currency'"),
    ],
)
def test_a_benefit_has_a_unit_and_an_amount_and_nothing_else(value: Row, says: str) -> None:
    clause = {"id": "c", "quantity": {"kind": "fixed", "units": 1}, "value": value}
    with pytest.raises(RefusedInput, match=says):
        read_policy({"id": "p", "clause": [clause]})


def test_what_has_no_meaning_together_is_refused() -> None:
    fixed, benefit = {"kind": "fixed", "units": 1}, {"kind": "benefit", "unit": "MB", "amount": 1}
    duration = {"kind": "duration", "measure": "total", "unit_s": 60, "rounding": "up", "count_from": "threshold"}
    together: list[tuple[Row, str]] = [
        ({"scope": "all", "quantity": duration, "value": benefit}, 'has a quantity of kind "fixed"'),
        ({"quantity": fixed, "value": benefit, "cap": {"fee_percent": 100}}, "MB are no money"),
        ({"quantity": duration, "value": benefit}, 'count_from "threshold" needs a threshold'),
    ]
    for clause, says in together:
        with pytest.raises(RefusedInput, match=says):
            read_policy({"id": "p", "clause": [{"id": "c", **clause}]})


def test_two_clauses_of_one_id_are_refused() -> None:
    with pytest.raises(RefusedInput, match="clause 2: the id 'pro-rata-minute' is taken"):
        read_policy({**P, "clause": [*P["clause"], *P["clause"]]})


@pytest.mark.parametrize("weekend", [["sunday"], "sat", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]])
def test_a_weekend_is_a_list_of_some_weekdays(weekend: Any) -> None:
    quantity = {"kind": "days_after_working_days", "n": 2, "weekend": weekend}
    with pytest.raises(RefusedInput, match="weekend"):
        read_policy({"id": "p", "clause": [{"id": "c", "quantity": quantity, "value": {"kind": "days"}}]})


def test_weekend_and_holidays_have_their_defaults_and_order() -> None:
    def read(**more: Any) -> DaysAfterWorkingDays:
        quantity = {"kind": "days_after_working_days", "n": 2, **more}
        clause = {"id": "c", "quantity": quantity, "value": {"kind": "days"}}
        found = read_policy({"id": "p", "clause": [clause]}).clauses[0].quantity
        assert isinstance(found, DaysAfterWorkingDays)
        return found

    assert (read().weekend, read().holidays) == ((5, 6), ())
    assert read(weekend=["sun", "fri"]).weekend == (4, 6)
    assert read(weekend=[]).weekend == ()
    days = [date(2024, 12, 26), date(2024, 12, 25), date(2024, 12, 26)]
    assert read(holidays=days).holidays == (date(2024, 12, 25), date(2024, 12, 26))
    with pytest.raises(RefusedInput, match="a list of dates"):
        read(holidays=["2024-12-25"])


def test_a_policy_does_not_supersede_itself_and_repetitions_have_no_effect() -> None:
    assert read_policy({**P, "supersedes": ["idn-default", "old", "old"]}).supersedes == ("old",)


def test_the_currency_of_a_credit_follows_from_the_value() -> None:
    fee = read_policy(P).clauses[0]
    kind = Clause(id="c", quantity=fee.quantity, value=Benefit("MB", 1))
    assert [credit_currency(clause, "IDR") for clause in (fee, kind)] == ["IDR", "MB"]


WRONG_INCIDENTS: list[tuple[str, Any, str]] = [
    ("id", None, "incident: the key id is missing"),
    ("zone", None, "incident INC-1: the key zone is missing"),
    ("zone", "WIB+7", "this zone is unknown; an IANA name belongs here"),
    ("zone", "../etc", "this zone is unknown"),
    ("windows", None, "the key windows is missing"),
    ("windows.0.start", "2025-10-03T10:00:00", "the offset is missing"),
    ("windows.0.start", "2025-10-03", "the offset is missing"),
    ("windows.0.end", "yesterday", "a time of ISO 8601"),
    ("windows.0.end", "2025-10-03T10:00:00.1234567Z", "microseconds are the finest"),
    ("windows.0.end", 5, "a text that is not empty"),
    ("windows.0.region", "", "a text that is not empty"),
    ("windows.0.services", "data", "did you mean service"),
    ("excluded", "no", "true or false"),
    ("attributes", {"towers": 1.5}, "a whole number"),
    ("attributes", {"towers": True}, "a whole number"),
    ("supersede", ["I0"], "did you mean supersedes"),
    ("supersedes", "I0", "a list of texts"),
    ("supersedes", [0], "a list of texts"),
    ("supersedes", ["INC-1"], "which is in this file"),
]


@pytest.mark.parametrize(("path", "value", "says"), WRONG_INCIDENTS)
def test_an_incident_with_a_wrong_key_is_refused_and_the_refusal_names_it(path: str, value: Any, says: str) -> None:
    with pytest.raises(RefusedInput) as refusal:
        read_incidents(_changed(USUAL, path, value))
    assert says in str(refusal.value)


def test_ids_of_incidents_differ_and_each_is_superseded_by_one_at_most() -> None:
    with pytest.raises(RefusedInput, match="stands in the file twice"):
        read_incidents({"incidents": [USUAL, USUAL]})
    first, second = {**USUAL, "supersedes": ["I0"]}, {**USUAL, "id": "INC-2", "supersedes": ["I1", "I0"]}
    with pytest.raises(RefusedInput, match="supersedes 'I0', as incident INC-1 does"):
        read_incidents({"incidents": [first, second]})
    with pytest.raises(RefusedInput, match="supersedes 'INC-2', which is in this file"):
        read_incidents({"incidents": [{**USUAL, "supersedes": ["INC-2"]}, {**USUAL, "id": "INC-2"}]})


def test_keys_of_other_systems_and_no_cause_are_left_alone() -> None:
    with_company = {**USUAL, "cause": None, "title": "Fibre cut", "x-ticket": 5}
    assert read_incidents(with_company) == read_incidents(USUAL)


def test_windows_that_end_before_they_begin_do_not_exist() -> None:
    turned = {**USUAL["windows"][0], "start": USUAL["windows"][0]["end"], "end": USUAL["windows"][0]["start"]}
    (incident,) = read_incidents({**USUAL, "windows": [turned]})
    assert (incident.windows, start_date(incident)) == ((), None)


def test_incidents_without_time_come_last_and_ids_are_ordered_by_their_bytes() -> None:
    ids = ["é", "z", "Z"]
    read = read_incidents({"incidents": [{**USUAL, "id": "A", "windows": []}, *({**USUAL, "id": id_} for id_ in ids)]})
    assert [incident.id for incident in read] == ["Z", "z", "é", "A"]
    assert in_order(reversed(read)) == read


def test_an_instant_is_the_same_however_its_offset_is_written() -> None:
    written = ["2025-10-03T10:00:00+07:00", "2025-10-03T03:00:00Z", "2025-10-02T22:00:00.000000-05:00"]
    assert {instant_us(text) for text in written} == {1_759_460_400_000_000}
