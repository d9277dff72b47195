"""The interface for machines (requirements C1, L5, P3): who may ask what, what is told, and how it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from api_desk import FINDING, ApiDesk, running

from pulih.model.incident import Incident
from pulih.web.api.planning import PLANNING


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("desk")) as running_desk:
        yield running_desk


@pytest.fixture
def incident(desk: ApiDesk) -> Incident:
    """A new suspected incident, opened by hand."""
    body = {
        "operator": "smartfren",
        "onset": "2025-10-03T08:48:00+07:00",
        "scopes": [{"operator": "smartfren", "service": "mobile_data"}],
        "reason": "Field engineers report it.",
    }
    opened = desk.ask("POST", "/v1/incidents", role="duty", json=body)
    assert opened.status_code == 201, opened.text
    found = desk.incidents.get(opened.json()["id"])
    assert found is not None
    return found


def move(desk: ApiDesk, incident: Incident, fact: dict[str, Any], *, role: str = "duty", version: int = 1) -> Any:
    body = {"version": version, "fact": fact, "reason": "Seen by the duty desk."}
    return desk.ask("POST", f"/v1/incidents/{incident.id}/entries", role=role, json=body)


def test_an_incident_opened_by_hand_is_suspected_and_read_with_its_timeline(desk: ApiDesk, incident: Incident) -> None:
    told = desk.ask("GET", f"/v1/incidents/{incident.id}", role="viewer").json()
    assert told["incident"]["state"] == "suspected"
    assert told["incident"]["onset"] == "2025-10-03T01:48:00Z"
    assert [entry["fact"]["type"] for entry in told["entries"]] == ["opened"]
    assert told["entries"][0]["actor"] == "maker-of-duty via duty bot [02]"
    assert incident.id in [one["id"] for one in desk.ask("GET", "/v1/incidents", role="viewer").json()["incidents"]]


def test_a_move_answers_with_the_incident_after_it(desk: ApiDesk, incident: Incident) -> None:
    after = move(desk, incident, {"type": "confirmed"})
    assert after.status_code == 201
    assert (after.json()["state"], after.json()["version"]) == ("confirmed", 2)
    due = move(
        desk,
        incident,
        {"type": "task_added", "task": "", "what": "Restart", "party": "vendor", "due": "2025-10-03T11:00:00+07:00"},
        version=2,
    )
    assert due.json()["tasks"][0]["due"] == "2025-10-03T04:00:00Z"


def test_a_move_that_is_not_allowed_names_those_that_are(desk: ApiDesk, incident: Incident) -> None:
    refused = move(desk, incident, {"type": "claimed_fixed"})
    assert refused.status_code == 409
    told = refused.json()
    assert "confirmed" in told["allowed"]
    assert "claimed_fixed" not in told["allowed"]
    assert told["error"]
    assert desk.incidents.get(incident.id) == incident


def test_of_two_who_act_at_once_one_wins_and_the_other_is_told(desk: ApiDesk, incident: Incident) -> None:
    def act(role: str) -> Any:
        return move(desk, incident, {"type": "confirmed"} if role == "duty" else {"type": "rejected"}, role=role)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(act, ("duty", "admin")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert loser.json()["error"]
    assert len(desk.ask("GET", f"/v1/incidents/{incident.id}/entries", role="viewer").json()["entries"]) == 2


def test_a_draft_and_its_signature_are_of_two_tokens(desk: ApiDesk, incident: Incident) -> None:
    assert move(desk, incident, {"type": "confirmed"}, role="approver").status_code == 201
    fact = {
        "type": "notice_drafted",
        "notice": "",
        "kind": "update",
        "text_id": "Sedang diperiksa.",
        "text_en": "Looking.",
    }
    drafted = move(desk, incident, fact, role="approver", version=2)
    notice = drafted.json()["notices"][0]["id"]
    alone = move(desk, incident, {"type": "notice_published", "notice": notice}, role="approver", version=3)
    assert alone.status_code == 409
    second = move(desk, incident, {"type": "notice_published", "notice": notice}, role="admin", version=3)
    assert second.status_code == 201, second.text
    assert second.json()["notices"][0]["state"] == "published"


def test_a_first_word_in_words_of_ones_own_is_a_conflict_that_says_what_is_allowed(
    desk: ApiDesk, incident: Incident
) -> None:
    fact = {"type": "notice_drafted", "notice": "n1", "kind": "holding", "text_id": "Hubungi kami.",
            "text_en": "Call us.", "next_update_by": "2025-10-04T00:00:00Z", "as_worded": True}  # fmt: skip
    drafted = move(desk, incident, fact, role="duty")
    assert drafted.json()["notices"][0]["wording"] == "own"
    alone = {"type": "notice_published", "notice": "n1", "before_second": True}
    refused = move(desk, incident, alone, role="duty", version=2)
    assert refused.status_code == 409
    assert "a second person publishes it" in refused.json()["error"]
    assert {"notice_drafted", "notice_published", "notice_withdrawn"} <= set(refused.json()["allowed"])
    broken = alone | {"break_glass": True, "before_second": False}
    assert move(desk, incident, broken, role="duty", version=2).status_code == 201


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"version": "3", "fact": {"type": "noted"}}, "body.version"),
        ({"fact": {"type": "noted"}}, "body.version"),
        ({"version": 1, "fact": {"type": "fixed"}}, "body.fact.type"),
        ({"version": 1, "fact": {"type": "onset_set", "onset": "2025-10-03T08:48:00"}}, "body.fact.onset"),
        ({"version": 1, "fact": {"type": "opened"}}, "body.fact.type"),
        ({"version": 1, "fact": {"type": "noted"}, "force": True}, "body.force"),
    ],
)
def test_a_body_of_another_shape_is_refused_with_the_place(
    desk: ApiDesk, incident: Incident, body: dict[str, Any], place: str
) -> None:
    refused = desk.ask("POST", f"/v1/incidents/{incident.id}/entries", role="duty", json=body)
    assert refused.status_code == 400
    assert refused.json()["where"] == place
    assert refused.json()["error"]
    assert refused.json()["right"]


def test_a_body_that_is_no_json_is_refused(desk: ApiDesk, incident: Incident) -> None:
    path = f"/v1/incidents/{incident.id}/entries"
    for content in (b"", b"{", b"\xff", b"[" * 50_000):
        refused = desk.ask("POST", path, role="duty", content=content, headers={"content-type": "application/json"})
        assert (refused.status_code, refused.json()["where"]) == (400, "body")
    assert desk.ask("POST", path, role="duty", content=b"{}").status_code == 415
    long = desk.ask("POST", path, role="duty", json={"reason": "x" * 300_000})
    assert long.status_code == 413


@pytest.mark.parametrize("path", ["/v1/counters", "/v1/sources", "/v1/findings", "/v1/series"])
def test_nobody_reads_without_a_token(desk: ApiDesk, path: str) -> None:
    for role, status in (("", 401), ("stranger", 401), ("source", 403), ("viewer", 200), ("admin", 200)):
        answer = desk.ask("GET", path, role=role)
        assert answer.status_code == status
        if status in (401, 403):
            assert set(answer.json()) == {"error", "where", "right"}
        assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_viewer_reads_and_does_not_act(desk: ApiDesk, incident: Incident) -> None:
    assert move(desk, incident, {"type": "confirmed"}, role="viewer").status_code == 403
    assert desk.ask("POST", "/v1/incidents", role="source", json={}).status_code == 403


def test_a_token_in_the_address_lets_nobody_in(desk: ApiDesk) -> None:
    assert desk.ask("GET", "/v1/findings?access_token=viewer-token").status_code == 401


def test_findings_are_those_of_the_operator_that_was_asked_for(desk: ApiDesk) -> None:
    for query, count in (("", 1), ("?operator=smartfren", 1), ("?operator=xl", 0), ("?state=all&limit=1", 1)):
        assert len(desk.ask("GET", f"/v1/findings{query}", role="viewer").json()["findings"]) == count


def test_a_finding_comes_with_its_verdict_and_voices(desk: ApiDesk) -> None:
    told = desk.ask("GET", f"/v1/findings/{FINDING.id}", role="viewer").json()
    assert told["finding"]["onset"] == "2025-10-03T01:48:00Z"
    assert told["finding"]["cleared"] is None
    assert told["verdict"]["certainty"] == "high"
    assert told["voices"][0]["text"] == "internet mati"


@pytest.mark.parametrize("path", ["/v1/findings/none", "/v1/incidents/20251003-none", "/v1/incidents/x/entries"])
def test_what_is_not_there_is_missing_and_the_answer_says_where_to_look(desk: ApiDesk, path: str) -> None:
    refused = desk.ask("GET", path, role="viewer")
    assert refused.status_code == 404
    assert "/v1/" in refused.json()["right"]


def test_an_unknown_path_or_method_is_refused_in_the_same_shape(desk: ApiDesk) -> None:
    nowhere = desk.ask("GET", "/v1/nowhere", role="viewer")
    assert (nowhere.status_code, nowhere.json()["where"]) == (404, "path")
    wrong = desk.ask("DELETE", "/v1/findings", role="admin")
    assert (wrong.status_code, wrong.json()["where"]) == (405, "method")
    assert "GET" in wrong.headers["allow"]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("state=closed", "query.state"),
        ("colour=red", "query.colour"),
        ("state=open&state=all", "query"),
        ("&".join(f"a{n}=1" for n in range(40)), "query"),
    ],
)
def test_a_parameter_that_is_not_described_is_refused(desk: ApiDesk, query: str, where: str) -> None:
    refused = desk.ask("GET", f"/v1/findings?{query}", role="viewer")
    assert (refused.status_code, refused.json()["where"]) == (400, where)


def test_a_series_ends_where_it_was_asked_to_and_never_in_the_future(desk: ApiDesk) -> None:
    asked = desk.ask("GET", "/v1/series?hours=2&step_s=3600&end=2025-10-03T03:00:00Z", role="viewer").json()
    assert (asked["start"], len(asked["counts"])) == ("2025-10-03T01:00:00Z", 2)
    ahead = desk.ask("GET", "/v1/series?hours=1&step_s=3600&end=2125-10-03T03:00:00Z", role="viewer").json()
    assert ahead["start"] == "2025-10-03T02:00:00Z"


def test_counters_balance_after_reports_of_every_fate(tmp_path: Path) -> None:
    lines = (
        b'{"id": "1", "source": "form", "text": "mati"}\n{"id": "1", "source": "form", "text": "mati"}\n'
        b'{"id": "2", "source": "form", "at": "2025-09-01T00:00:00Z"}\nno json\n'
    )
    with running(tmp_path) as desk:
        sent = desk.ask(
            "POST", "/v1/reports", role="source", content=lines, headers={"content-type": "application/x-ndjson"}
        )
        assert sent.status_code == 202, sent.text
        told = desk.ask("GET", "/v1/counters", role="viewer").json()["total"]
    assert told == {"heard": 4, "counted": 1, "refused": 1, "repeated": 1, "late": 1}


def test_answers_are_not_kept_by_anybody_and_are_what_they_say(desk: ApiDesk) -> None:
    headers = desk.ask("GET", "/v1/counters", role="viewer").headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert headers["content-type"].startswith("application/json")


def test_planned_changes_are_kept_by_the_name_of_their_calendar(tmp_path: Path) -> None:
    sent = {"ical": PLANNING[0].examples["body"]["ical"]}
    with running(tmp_path) as desk:
        kept = desk.ask("POST", "/v1/calendars/core", role="duty", json=sent)
        assert (kept.status_code, kept.json()) == (200, {"calendar": "core", "unusable": []})
        no_calendar = desk.ask("POST", "/v1/calendars/core", role="duty", json={"ical": "halo"})
        assert no_calendar.status_code == 409
        assert desk.ask("POST", "/v1/calendars/core", role="viewer", json=sent).status_code == 403
        assert (tmp_path / "calendars" / "core.ics").read_text().startswith("BEGIN:VCALENDAR")
