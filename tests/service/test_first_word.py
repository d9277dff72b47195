"""The first word gets out by one person where its words are the approved ones, and by two where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from test_incidents import BUDI, JAKARTA, SARI, SELATAN, SPEECH, Desk, finding

from pulih.communicate.holding import holding
from pulih.model.clock import MICROS
from pulih.model.entry import NoticeDrafted, NoticePublished
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    yield desk
    desk.engine.dispose()


def _first_word(desk: Desk, incident: Incident) -> NoticeDrafted:
    draft = holding(incident, SPEECH, now_us=desk.clock.now_us())
    return NoticeDrafted(
        notice="",
        kind="holding",
        text_id=draft.text_id,
        text_en=draft.text_en,
        next_update_by_us=draft.next_update_by_us,
    )


def test_the_timeline_says_whose_words_a_draft_has_whatever_the_drafter_says(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    right = _first_word(desk, incident)
    for fact in (replace(right, text_en=f"{right.text_en} Call us.", as_worded=True), right):
        incident = desk.incidents.act(incident.id, fact, actor=SARI, version=incident.version)
    drafted = [
        one.fact.as_worded for one in desk.incidents.timeline(incident.id) if isinstance(one.fact, NoticeDrafted)
    ]
    assert drafted == [False, True]
    alone = NoticePublished(notice="n1", before_second=True)
    with pytest.raises(ForbiddenMove, match="a second person publishes it"):
        desk.incidents.act(incident.id, alone, actor=SARI, version=incident.version)
    assert desk.restarted().get(incident.id).notices[1].wording == "approved"


def test_a_place_that_joins_after_the_draft_asks_for_a_new_one(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1", SELATAN))
    incident = desk.incidents.act(incident.id, _first_word(desk, incident), actor=SARI, version=1)
    wider = desk.incidents.open_for(finding("f2", JAKARTA))
    assert wider.id == incident.id
    alone = NoticePublished(notice="n1", before_second=True)
    with pytest.raises(ForbiddenMove, match="has changed since"):
        desk.incidents.act(incident.id, alone, actor=SARI, version=wider.version)


def test_the_first_word_is_published_within_the_goal_by_one_person(desk: Desk) -> None:
    incident = desk.incidents.open_for(finding("f1"))
    assert desk.incidents.clocks(incident)[0].due_us == incident.onset_us + 15 * 60 * MICROS
    draft = _first_word(desk, incident)
    incident = desk.incidents.act(incident.id, draft, actor=SARI, version=1)
    publish = NoticePublished(notice="n1", before_second=True)
    incident = desk.incidents.act(incident.id, publish, actor=SARI, version=2)
    waiting = [(one.kind, one.state) for one in desk.incidents.clocks(incident) if one.met_us is None]
    assert waiting == [("next_word", "running"), ("second_signature", "running")]
    assert "notice_signed" in desk.incidents.allowed(incident, BUDI)
    assert "notice_signed" not in desk.incidents.allowed(incident, SARI)
