"""The Statuspage documents hold to the wire format, field by field, whatever the bulletin holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sample_bulletin import HOUR_US, NOW_US, bulletin, many_past, outage, over, taken_back, word, works

from pulih.communicate.edition import Edition, PageLanguage
from pulih.communicate.statuspage import PATHS, documents
from pulih.communicate.statuspage.shapes import ComponentStatus, Impact, Indicator
from pulih.model.bulletin import Bulletin, PublicOperator, PublicScope, Stage, WorkState
from pulih.model.incident import Severity

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")
ID = re.compile(r"[a-z0-9]{12}")
UPDATE = {
    "id", "incident_id", "status", "body", "created_at", "updated_at", "display_at", "affected_components",
    "deliver_notifications", "custom_tweet", "tweet_id",
}  # fmt: skip
COMPONENT = {
    "id", "page_id", "name", "status", "created_at", "updated_at", "position", "description", "showcase",
    "only_show_if_degraded", "start_date", "group_id", "group",
}  # fmt: skip
EVENT = {
    "id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink",
    "started_at", "page_id", "incident_updates", "components",
}  # fmt: skip
KEYS = {
    "summary": {"page", "components", "incidents", "scheduled_maintenances", "status"},
    "status": {"page", "status"},
    "components": {"page", "components"},
    "incidents": {"page", "incidents"},
    "incidents/unresolved": {"page", "incidents"},
    "scheduled-maintenances": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/active": {"page", "scheduled_maintenances"},
}


def _all(made: Bulletin | None = None, language: PageLanguage = "en") -> dict[str, Any]:
    made = made or bulletin()
    written = documents(Edition(made, ZoneInfo(made.zone), language))
    prefix = "" if language == "id" else "en/"
    return {name: msgspec.json.decode(written[prefix + path]) for name, path in PATHS.items()}


def _values(document: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _values(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from _values(value, key)
    else:
        yield key, document


def _check(read: dict[str, Any]) -> None:
    assert {name: set(one) for name, one in read.items()} == KEYS
    for key, value in _values(read):
        if value is not None and (key.endswith("_at") or key in {"scheduled_for", "scheduled_until"}):
            assert TIME.fullmatch(value), (key, value)
        if value is not None and (key in {"id", "code"} or key.endswith("_id")):
            assert ID.fullmatch(value), (key, value)
    for one in [*read["incidents"]["incidents"], *read["incidents/unresolved"]["incidents"]]:
        assert set(one) == EVENT | {"reminder_intervals"}
        assert one["status"] in get_args(Stage)
    for one in read["scheduled-maintenances"]["scheduled_maintenances"]:
        assert set(one) == EVENT | {"scheduled_for", "scheduled_until"}
        assert (one["impact"], one["status"] in get_args(WorkState)) == ("maintenance", True)
    for one in [*read["incidents"]["incidents"], *read["scheduled-maintenances"]["scheduled_maintenances"]]:
        assert one["impact"] in get_args(Impact)
        moments = [update["created_at"] for update in one["incident_updates"]]
        assert moments == sorted(moments, reverse=True)
        assert moments
        assert all(set(update) == UPDATE for update in one["incident_updates"])
    for one in read["components"]["components"]:
        assert set(one) == (COMPONENT | {"components"} if one["group"] else COMPONENT)
        assert one["status"] in get_args(ComponentStatus)
    assert read["status"]["status"]["indicator"] in get_args(Indicator)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_document_has_the_fields_of_the_wire_format(language: PageLanguage) -> None:
    _check(_all(language=language))


def test_groups_are_operators_and_hold_their_services() -> None:
    components = _all()["components"]["components"]
    groups = [one for one in components if one["group"]]
    assert [one["name"] for one in groups] == ["Smartfren", "XL"]
    for group in groups:
        children = [one["id"] for one in components if one["group_id"] == group["id"]]
        assert group["components"] == children
    assert [one["position"] for one in components] == list(range(len(components)))


def test_no_two_components_have_the_same_name() -> None:
    """The exporter of the tests knows components by name alone, and would let one hide the other."""
    names = [one["name"] for one in _all()["components"]["components"]]
    assert len(set(names)) == len(names)
    alone = _all(bulletin(operators=bulletin().operators[:1]))["components"]["components"]
    assert [one["name"] for one in alone] == ["Smartfren", "Mobile internet", "Calls", "Text messages"]


def test_an_operator_without_services_is_a_component_by_itself() -> None:
    read = _all(bulletin(operators=(PublicOperator("smartfren", "Smartfren"),)))["components"]["components"]
    assert [(one["group"], one["status"]) for one in read] == [(False, "partial_outage")]


def test_an_update_names_what_it_hits_by_group_and_name() -> None:
    newest = _all()["incidents/unresolved"]["incidents"][0]["incident_updates"]
    assert [one["affected_components"][0]["name"] for one in newest] == ["Smartfren - Smartfren Mobile internet"] * 2
    assert newest[-1]["affected_components"][0]["old_status"] == "operational"


def test_the_summary_lists_what_goes_on_and_what_is_ahead() -> None:
    read = _all()["summary"]
    assert [one["status"] for one in read["incidents"]] == ["identified"]
    assert [one["status"] for one in read["scheduled_maintenances"]] == ["scheduled"]


def test_what_is_over_is_listed_with_when_it_ended_and_never_as_unresolved() -> None:
    read = _all()
    ended = {one["name"]: one for one in read["incidents"]["incidents"] if one["status"] == "resolved"}
    assert len(ended) == 2
    assert all(one["resolved_at"] for one in ended.values())
    assert [one["impact"] for name, one in ended.items() if "Aceh" in name] == ["none"]
    assert len(read["incidents/unresolved"]["incidents"]) == 1


def test_a_list_ends_at_fifty_and_begins_with_the_newest() -> None:
    read = _all(bulletin(past=many_past(200)))["incidents"]["incidents"]
    assert len(read) == 50
    assert [one["created_at"] for one in read] == sorted((one["created_at"] for one in read), reverse=True)


def test_work_under_way_makes_its_services_under_maintenance() -> None:
    ahead = works()[0]
    going = replace(ahead, state="in_progress", start_us=NOW_US - HOUR_US, end_us=NOW_US + HOUR_US)
    read = _all(bulletin(current=(), works=(going,)))
    assert read["status"]["status"] == {"indicator": "maintenance", "description": "Service Under Maintenance"}
    hit = [one["name"] for one in read["components"]["components"] if one["status"] == "under_maintenance"]
    assert hit == ["XL", "XL Mobile internet"]
    assert [one["status"] for one in read["scheduled-maintenances/active"]["scheduled_maintenances"]] == ["in_progress"]


def test_work_that_was_called_off_says_so_and_stops_nothing() -> None:
    off = replace(works()[0], state="completed", cancelled_us=NOW_US)
    read = _all(bulletin(works=(off,)))["scheduled-maintenances"]["scheduled_maintenances"][0]
    assert read["status"] == "completed"
    assert read["incident_updates"][0]["body"] == "The work was called off; no service will be interrupted for it."


@pytest.mark.parametrize(("severity", "indicator"), [("minor", "minor"), ("major", "major"), ("critical", "critical")])
def test_the_indicator_is_that_of_the_gravest(severity: Severity, indicator: Indicator) -> None:
    read = _all(bulletin(current=(outage(severity=severity), outage(id="20251003-aaaa", severity="minor"))))
    assert read["status"]["status"]["indicator"] == indicator


def test_a_service_out_in_the_whole_country_is_a_major_outage() -> None:
    everywhere = outage(scopes=(PublicScope(stage="identified", service="sms"),))
    read = _all(bulletin(current=(everywhere,)))["components"]["components"]
    assert {one["name"]: one["status"] for one in read if one["status"] != "operational"} == {
        "Smartfren": "major_outage",
        "Smartfren Text messages": "major_outage",
    }


def test_a_claimed_repair_is_still_degraded() -> None:
    scopes = tuple(replace(one, stage="monitoring") for one in outage().scopes)
    read = _all(bulletin(current=(outage(stage="monitoring", scopes=scopes),)))
    assert read["status"]["status"]["indicator"] == "minor"
    assert "degraded_performance" in {one["status"] for one in read["components"]["components"]}


def test_who_cannot_know_that_all_is_well_does_not_say_so() -> None:
    calm = bulletin(current=())
    assert _all(calm)["status"]["status"]["description"] == "All Systems Operational"
    for unsure in (replace(calm, heard=False), replace(calm, mode="independent")):
        assert _all(unsure)["status"]["status"] == {"indicator": "none", "description": "No confirmed outages"}


def test_a_suspicion_of_which_a_word_was_said_is_listed_and_is_no_outage() -> None:
    suspected = outage(
        confirmed_us=None, stage="investigating", words=(word(1, kind="holding", stage="investigating"),)
    )
    read = _all(bulletin(current=(suspected,)))
    assert read["status"]["status"] == {"indicator": "none", "description": "No confirmed outages"}
    assert [(one["status"], one["impact"]) for one in read["summary"]["incidents"]] == [("investigating", "none")]
    assert {one["status"] for one in read["components"]["components"]} == {"operational"}


def test_ids_stay_the_same_when_all_else_changes() -> None:
    before = {one["name"]: one["id"] for one in _all()["incidents"]["incidents"]}
    after = _all(bulletin(made_us=NOW_US + HOUR_US, current=(), past=(outage(stage="resolved"), over(), taken_back())))
    assert {one["name"]: one["id"] for one in after["incidents"]["incidents"]} == before


def test_documents_do_not_change_while_nothing_happens() -> None:
    edition = Edition(bulletin(), ZoneInfo("Asia/Jakarta"))
    later = replace(edition, bulletin=bulletin(made_us=NOW_US + HOUR_US, stale_us=NOW_US + 2 * HOUR_US))
    assert documents(later) == documents(edition)


@given(st.text(max_size=40), st.sampled_from(get_args(Stage)), st.sampled_from(get_args(WorkState)), st.booleans())
def test_any_text_stage_and_state_keeps_the_format(typed: str, stage: Stage, state: WorkState, retracted: bool) -> None:
    scopes = tuple(replace(one, stage=stage) for one in outage().scopes)
    one = outage(
        title_en=typed, stage=stage, retracted=retracted, scopes=scopes, words=(word(1, stage=stage, text_en=typed),)
    )
    _check(_all(bulletin(current=(one,), works=(replace(works()[0], state=state, title_en=typed),))))
