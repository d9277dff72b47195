"""A platform of the operator asks whom a published word is for; what is not public is handed over to nobody (T4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_desk import ApiDesk, running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("desk")) as running_desk:
        yield running_desk


def _opened(desk: ApiDesk) -> str:
    body = {
        "operator": "smartfren",
        "onset": "2025-10-03T08:48:00+07:00",
        "scopes": [{"operator": "smartfren", "service": "mobile_data", "region": "31"}],
        "reason": "Field engineers report it.",
    }
    return str(desk.ask("POST", "/v1/incidents", role="duty", json=body).json()["id"])


def _moved(desk: ApiDesk, incident: str, fact: dict[str, Any], *, role: str, version: int) -> Any:
    body = {"version": version, "fact": fact, "reason": "Seen by the duty desk."}
    done = desk.ask("POST", f"/v1/incidents/{incident}/entries", role=role, json=body)
    assert done.status_code == 201, done.text
    return done.json()


def test_a_word_is_handed_over_once_it_is_public_and_until_it_is_taken_back(desk: ApiDesk) -> None:
    incident = _opened(desk)
    path = f"/v1/incidents/{incident}/segments"
    assert desk.ask("GET", path, role="viewer").status_code == 409
    _moved(desk, incident, {"type": "confirmed"}, role="approver", version=1)
    assert "nothing was said" in desk.ask("GET", path, role="viewer").json()["error"]
    draft = {"type": "notice_drafted", "notice": "", "kind": "update", "text_id": "Diperiksa.", "text_en": "Looking."}
    notice = _moved(desk, incident, draft, role="approver", version=2)["notices"][0]["id"]
    assert desk.ask("GET", path, role="viewer").status_code == 409
    _moved(desk, incident, {"type": "notice_published", "notice": notice}, role="admin", version=3)

    told = desk.ask("GET", path, role="viewer").json()
    assert (told["incident"], told["word"]) == (incident, notice)
    [segment] = told["segments"]
    assert (segment["operator"], segment["region"], segment["service"]) == ("smartfren", "31", "mobile_data")
    texts = {(one["surface"], one["language"]): one for one in told["texts"]}
    assert len(texts) == 14
    assert texts["chat", "id"]["text"].startswith("Diperiksa.")
    assert texts["chat", "en"]["text"].startswith("Looking.")

    assert desk.ask("GET", f"{path}?word={notice}", role="viewer").json() == told
    assert desk.ask("GET", f"{path}?word=n99", role="viewer").status_code == 409
    _moved(desk, incident, {"type": "notice_withdrawn", "notice": notice}, role="approver", version=4)
    assert "taken back" in desk.ask("GET", f"{path}?word={notice}", role="viewer").json()["error"]


def test_nobody_asks_without_a_token_and_for_what_is_not_there(desk: ApiDesk, tmp_path: Path) -> None:
    incident = _opened(desk)
    assert desk.ask("GET", f"/v1/incidents/{incident}/segments").status_code == 401
    assert desk.ask("GET", "/v1/incidents/20990101-none/segments", role="viewer").status_code == 404
