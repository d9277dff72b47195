"""A history in the Statuspage format comes over as past incidents, with its words, times and stages, and only once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from database_here import database_in
from hypothesis import given
from hypothesis import strategies as st
from sample_bulletin import NOW_US, bulletin, outage, over

from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.communicate.edition import Edition
from pulih.communicate.speech import Speech
from pulih.communicate.statuspage import documents
from pulih.communicate.statuspage.history import HeardIncident, History, read_history
from pulih.confirm.timeline import added
from pulih.model.errors import RefusedInput
from pulih.service.importing import IMPORTER, ImportPlan, take_over, timeline_of
from pulih.service.public_incident import is_shown, public_incident

ZONE = ZoneInfo("Asia/Jakarta")
PLAN = ImportPlan(operator="xl", zone=ZONE, before_us=NOW_US, services={"xl calls": "mobile_voice"})
STAGES = ("investigating", "identified", "monitoring", "resolved", "postmortem", "something new")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlIncidentStore]:
    engine = database_in(tmp_path / "desk.db")
    yield SqlIncidentStore(engine)
    engine.dispose()


def _own_history() -> History:
    """Return the sample bulletin's incidents as another page of this kind would tell them."""
    written = documents(Edition(bulletin(), ZONE, "en"))
    return read_history(written["en/api/v2/incidents.json"], "sample")


def test_what_one_desk_tells_another_takes_over_with_the_same_words_and_times(store: SqlIncidentStore) -> None:
    came = {one.title: one for one in take_over(_own_history(), PLAN, store)}
    taken = came["XL: Calls do not connect in Kota Bandung"]
    assert taken.came == "taken"
    entries = store.entries(taken.incident)
    assert {one.actor for one in entries} == {IMPORTER}
    told, original = public_incident(entries, Speech(zone=ZONE)), over()
    assert [(one.text_en, one.published_us) for one in told.words] == [
        (one.text_en, one.published_us) for one in original.words
    ]
    assert (told.stage, told.severity, told.onset_us) == ("resolved", original.severity, original.onset_us)
    assert told.ended_us == original.ended_us
    assert [scope.service for scope in told.scopes] == ["mobile_voice"]
    assert is_shown(added(entries))


def test_what_still_goes_on_there_is_left_to_people(store: SqlIncidentStore) -> None:
    came = {one.title: one.came for one in take_over(_own_history(), PLAN, store)}
    assert came[f"Smartfren: {outage().title_en}"] == "going"


def test_what_was_over_too_lately_is_left_out_so_that_no_subscriber_is_told_of_it(store: SqlIncidentStore) -> None:
    early = msgspec.structs.replace(PLAN, before_us=over().words[-1].published_us)
    came = {one.title: one.came for one in take_over(_own_history(), early, store)}
    assert came["XL: Calls do not connect in Kota Bandung"] == "fresh"


def test_a_second_import_takes_nothing_twice(store: SqlIncidentStore) -> None:
    first = take_over(_own_history(), PLAN, store)
    second = take_over(_own_history(), PLAN, store)
    assert [one.came for one in second] == ["known" if one.came == "taken" else one.came for one in first]
    assert [one.incident for one in second] == [one.incident for one in first]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"<html>", "is no incidents.json"),
        (b'{"incidents": []}', "is no incidents.json"),
        (
            b'{"page": {}, "incidents": [{"id": "a", "name": "b", "status": "resolved", '
            b'"created_at": "2025-10-03T09:30:00"}]}',
            "has no offset",
        ),
        (b" " * ((16 << 20) + 1), "right would be at most"),
    ],
)
def test_what_is_no_history_is_refused_with_its_reason(document: bytes, why: str) -> None:
    with pytest.raises(RefusedInput, match=why):
        read_history(document, "x.json")


@given(
    st.lists(
        st.tuples(st.sampled_from(STAGES), st.integers(-500, 500), st.booleans(), st.text(max_size=20)), max_size=6
    )
)
def test_any_history_that_is_over_adds_up_to_a_restored_incident(said: list[tuple[str, int, bool, str]]) -> None:
    updates: list[dict[str, Any]] = [
        {"status": stage, "body": body, "created_at": _at(minutes), "display_at": None if silent else _at(minutes)}
        for stage, minutes, silent, body in said
    ]
    heard = msgspec.convert(
        {
            "id": "abcdefabcdef",
            "name": "Outage",
            "status": "resolved",
            "impact": "critical",
            "created_at": _at(0),
            "incident_updates": updates,
        },
        HeardIncident,
    )
    entries = timeline_of(heard, PLAN)
    assert [one.at_us for one in entries] == sorted(one.at_us for one in entries)
    incident = added(entries)
    assert incident.state == "restored"
    assert len(incident.notices) == sum(bool(body.strip()) for _, _, _, body in said)


def _at(minutes: int) -> str:
    return f"2025-10-{3 + minutes // 1440:02}T{minutes % 1440 // 60:02}:{minutes % 60:02}:00.000Z"
