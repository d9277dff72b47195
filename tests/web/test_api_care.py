"""The interface tells whether a customer is affected and what to say, and tells nothing of where they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_desk import ApiDesk, running

SCOPE = {"operator": "smartfren", "service": "mobile_data", "region": "31.74"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    with running(tmp_path_factory.mktemp("desk")) as made:
        opening = {"operator": "smartfren", "onset": "2025-10-03T03:00:00Z", "reason": "Ya", "scopes": [SCOPE]}
        incident = made.ask("POST", "/v1/incidents", role="duty", json=opening).json()["id"]
        move = {"version": 1, "fact": {"type": "confirmed"}, "reason": "Ya"}
        made.ask("POST", f"/v1/incidents/{incident}/entries", role="duty", json=move)
        yield made


def test_a_line_within_a_confirmed_scope_is_surely_affected(desk: ApiDesk) -> None:
    asked = {"operator": "smartfren", "service": "mobile_data", "place": "Jakarta Selatan"}
    told = desk.ask("POST", "/v1/affected", role="viewer", json=asked).json()
    assert (told["case"], told["certain"], told["listed"]) == ("confirmed", "surely", None)
    assert "Smartfren" in told["text_id"]
    assert told["incident"]
    assert desk.ask("POST", "/v1/affected", role="viewer", json={"operator": "xl"}).json()["case"] == "nothing"


def test_a_text_is_answered_in_both_languages_and_said_to_be_indonesian(desk: ApiDesk) -> None:
    told = desk.ask("POST", "/v1/replies", role="viewer", json={"text": "internet mati total"}).json()
    assert (told["case"], told["language"]) == ("confirmed", "id")
    assert told["text_id"].count("\n") == told["text_en"].count("\n")


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        ("/v1/affected", {"place": "Atlantis"}, "No province, regency or city"),
        ("/v1/affected", {"subscriber": "628123"}, "No list of subscribers is set"),
        ("/v1/replies", {"text": "  "}, "The text is empty"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would_be_right(
    desk: ApiDesk, path: str, sent: dict[str, str], said: str
) -> None:
    answer = desk.ask("POST", path, role="viewer", json=sent)
    assert answer.status_code == 409
    assert said in answer.json()["error"]
    assert "628123" not in answer.text


@pytest.mark.parametrize("path", ["/v1/affected", "/v1/replies"])
def test_a_source_of_reports_may_not_ask_about_customers(desk: ApiDesk, path: str) -> None:
    assert desk.ask("POST", path, role="source", json={"text": "mati"}).status_code == 403
