"""Statements are held against the facts whoever drafts them, go out when they were scheduled for, and are corrected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from test_incidents import BUDI, SARI, SPEECH, Desk, finding

from pulih.communicate.speech import Draft
from pulih.model.clock import MICROS
from pulih.model.entry import (
    DESK,
    ClaimedFixed,
    Confirmed,
    Fact,
    NoticeDrafted,
    NoticePublished,
    NoticeScheduled,
    NoticeWithdrawn,
    OnsetSet,
    Restored,
)
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.service.incidents import Incidents
from pulih.service.public_incident import public_incident
from pulih.service.releasing import release

MINUTE_US = 60 * MICROS
UPDATE = NoticeDrafted(notice="", kind="update", text_id="Masih diperbaiki.", text_en="Repair goes on.")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    yield desk
    desk.engine.dispose()


def _act(desk: Desk, incident: Incident, fact: Fact, *, by: object = SARI) -> Incident:
    return desk.incidents.act(incident.id, fact, actor=by, version=incident.version, reason="diukur")  # type: ignore[arg-type]


def _confirmed(desk: Desk) -> Incident:
    return _act(desk, desk.incidents.open_for(finding("f1")), Confirmed())


def _drafted(desk: Desk, draft: NoticeDrafted = UPDATE) -> Incident:
    return _act(desk, _confirmed(desk), draft)


def test_a_number_that_nobody_can_show_is_refused_and_nothing_is_written(desk: Desk) -> None:
    incident = _confirmed(desk)
    own = replace(UPDATE, text_id="Ada 5.000 laporan.", text_en="There are 5,000 reports.")
    with pytest.raises(RefusedInput, match=r"“Ada 5.000 laporan” is a number that is not in the evidence") as refused:
        _act(desk, incident, own)
    assert (refused.value.key, refused.value.values["language"]) == ("fact.number", "id")
    assert desk.incidents.get(incident.id) == incident


def test_a_number_in_the_evidence_may_be_said(desk: Desk) -> None:
    known = _confirmed(desk)
    counted = Incidents(
        desk.incidents._store, desk.clock, speech=SPEECH, changes=desk.changes, evidence=lambda _: (5012.0,)
    )
    own = replace(UPDATE, text_id="Ada 5.000 laporan.", text_en="There are 5,000 reports.")
    after = counted.act(known.id, own, actor=SARI, version=known.version)
    assert after.notices[0].text_en == "There are 5,000 reports."
    doubted = Draft(kind="update", text_id="Ada 70 laporan.", text_en="There are 70 reports.")
    assert [one.rule for one in counted.doubts(doubted, after)] == ["fact.number", "fact.number"]


def test_who_publishes_what_facts_have_overtaken_is_told_and_may_still_break_the_glass(desk: Desk) -> None:
    draft = replace(UPDATE, text_id="Sejak pukul 00.05 WIB.", text_en="Since 00:05 WIB.")
    incident = _act(desk, _drafted(desk, draft), OnsetSet(onset_us=desk.clock.at_us - 40 * MINUTE_US))
    with pytest.raises(ForbiddenMove, match="Facts have overtaken statement n1") as refused:
        _act(desk, incident, NoticePublished(notice="n1"), by=BUDI)
    assert refused.value.key == "notice.overtaken"
    assert _act(desk, incident, NoticePublished(notice="n1", break_glass=True)).notices[0].state == "published"


def test_a_second_person_schedules_and_the_desk_publishes_when_the_time_has_come(desk: Desk) -> None:
    incident = _drafted(desk)
    at_us = desk.clock.at_us + 10 * MINUTE_US
    with pytest.raises(ForbiddenMove, match="an approver publishes n1"):
        _act(desk, incident, NoticeScheduled(notice="n1", at_us=at_us))
    incident = _act(desk, incident, NoticeScheduled(notice="n1", at_us=at_us), by=BUDI)
    desk.clock.at_us = at_us - 1
    assert release(desk.incidents, desk.clock.now_us()) == []
    assert desk.incidents.get(incident.id) == incident
    desk.clock.at_us = at_us
    assert release(desk.restarted(), desk.clock.now_us()) == []
    notice = desk.incidents.get(incident.id).notices[0]  # type: ignore[union-attr]
    assert (notice.state, notice.published_us, notice.signed_by) == ("published", at_us, BUDI.name)
    assert desk.incidents.timeline(incident.id)[-1].actor == DESK
    assert release(desk.incidents, desk.clock.now_us()) == []


def test_nobody_schedules_their_own_words_nor_a_time_that_has_passed_nor_one_after_the_promise(desk: Desk) -> None:
    by_us = desk.clock.at_us + 30 * MINUTE_US
    incident = _act(desk, _confirmed(desk), replace(UPDATE, next_update_by_us=by_us), by=BUDI)
    for at_us, who, says in (
        (by_us - MICROS, BUDI, "a second person must sign"),
        (desk.clock.at_us, replace(BUDI, name="dewi"), "choose a later time"),
        (by_us, replace(BUDI, name="dewi"), "promise a later time"),
    ):
        with pytest.raises(ForbiddenMove, match=says):
            _act(desk, incident, NoticeScheduled(notice="n1", at_us=at_us), by=who)


def test_what_no_longer_holds_when_its_time_has_come_stays_in_and_the_timeline_says_why(desk: Desk) -> None:
    incident = _drafted(desk)
    at_us = desk.clock.at_us + 10 * MINUTE_US
    incident = _act(desk, incident, NoticeScheduled(notice="n1", at_us=at_us), by=BUDI)
    for fact in (ClaimedFixed(), Restored(overrides=True)):
        incident = _act(desk, incident, fact)
    desk.clock.at_us = at_us
    told = release(desk.incidents, at_us)
    assert len(told) == 1
    assert "n1 was not published as scheduled" in told[0]
    last = desk.incidents.timeline(incident.id)[-1]
    assert last.fact == NoticeScheduled(notice="n1", at_us=None)
    assert "tidak terbit sesuai jadwal" in last.reason
    assert desk.incidents.get(incident.id).notices[0].publish_at_us is None  # type: ignore[union-attr]
    assert release(desk.incidents, at_us) == []


def test_a_new_draft_or_a_change_of_mind_takes_the_schedule_back(desk: Desk) -> None:
    at_us = desk.clock.at_us + 10 * MINUTE_US
    incident = _act(desk, _drafted(desk), NoticeScheduled(notice="n1", at_us=at_us), by=BUDI)
    anew = _act(desk, incident, replace(UPDATE, notice="n1", text_en="Repair still goes on."))
    assert anew.notices[0].publish_at_us is None
    again = _act(desk, anew, NoticeScheduled(notice="n1", at_us=at_us), by=BUDI)
    back = _act(desk, again, NoticeScheduled(notice="n1", at_us=None))
    assert (back.notices[0].publish_at_us, back.notices[0].scheduled_by) == (None, "")
    with pytest.raises(ForbiddenMove, match="is not scheduled"):
        _act(desk, back, NoticeScheduled(notice="n1", at_us=None))


def test_the_desk_itself_publishes_nothing_that_nobody_scheduled(desk: Desk) -> None:
    incident = _drafted(desk)
    with pytest.raises(ForbiddenMove, match="only once a second person scheduled it"):
        desk.incidents.act(
            incident.id,
            NoticePublished(notice="n1"),
            actor=replace(SARI, name=DESK, role="desk"),
            version=incident.version,
        )


def test_a_correction_names_what_it_corrects_and_erases_nothing(desk: Desk) -> None:
    incident = _act(desk, _drafted(desk), NoticePublished(notice="n1"), by=BUDI)
    correction = NoticeDrafted(notice="", kind="correction", text_id="Koreksi.", text_en="Correction.")
    with pytest.raises(ForbiddenMove, match="may name one that was in public: n1"):
        _act(desk, incident, replace(correction, corrects="n7"))
    with pytest.raises(ForbiddenMove, match=r"n2 \(update\) says it corrects n1"):
        _act(desk, incident, replace(UPDATE, corrects="n1"))
    incident = _act(desk, incident, correction)
    assert incident.notices[1].corrects == "n1"
    incident = _act(desk, incident, NoticePublished(notice="n2"), by=BUDI)
    incident = _act(desk, incident, NoticeWithdrawn(notice="n1"))
    words = public_incident(desk.incidents.timeline(incident.id), SPEECH).words
    assert [(word.id, word.corrects, word.withdrawn_us is None) for word in words] == [
        ("n1", "", False),
        ("n2", "n1", True),
    ]
    assert words[0].text_en == "Repair goes on."


def test_who_speaks_is_on_the_word_and_a_name_of_ones_own_is_no_approved_word(desk: Desk) -> None:
    named = replace(UPDATE, speaker="Sari Wulandari", office="Direktur Jaringan")
    incident = _act(desk, _drafted(desk, named), NoticePublished(notice="n1"), by=BUDI)
    word = public_incident(desk.incidents.timeline(incident.id), SPEECH).words[0]
    assert (word.speaker, word.office) == ("Sari Wulandari", "Direktur Jaringan")
    for wrong in (replace(UPDATE, office="Direktur"), replace(UPDATE, speaker="Sari\nHubungi kami")):
        with pytest.raises(RefusedInput):
            _act(desk, incident, wrong)
