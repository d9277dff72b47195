"""Words of one's own staff hold nothing that can not be seen, by whichever door they came in."""

from __future__ import annotations

import re

import pytest
from console_seats import Desk, outage, path_of
from test_refusals import refused

from pulih.model.actor import Actor
from pulih.model.entry import (
    CauseSet,
    Confirmed,
    Fact,
    HelpSet,
    NoticeDrafted,
    NoticePublished,
    OwnerSet,
    RumourAdded,
    RumourAnswered,
    TaskAdded,
)
from pulih.model.errors import RefusedInput

# As it comes from chats, documents and terminals: marks and overrides of direction, controls, ends of lines.
HIDDEN = "\u200eada\x01\x0bdi\u202e sini\u2066\x9b\x00\ufeff"
SEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def act(desk: Desk, fact: Fact, who: Actor = Actor("citra", "approver")) -> None:  # noqa: B008
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    desk.world.incidents.act(incident.id, fact, actor=who, version=incident.version, reason=f"Karena {HIDDEN}")


def test_no_page_shows_what_can_not_be_seen_and_words_stay_whole(desk: Desk) -> None:
    act(desk, Confirmed())
    act(desk, OwnerSet(owner="Tim \u202emalam\u200e"))
    act(desk, CauseSet(cause_id=f"Kabel {HIDDEN}", cause_en=f"Cable {HIDDEN}"))
    act(desk, HelpSet(emergency_calls="reachable", priority_customers=(f"RS {HIDDEN}",),
                      alternatives_id=f"SMS {HIDDEN}", alternatives_en=f"Texts {HIDDEN}"))  # fmt: skip
    act(desk, TaskAdded(task="", what=f"Sambung {HIDDEN}", outside="PLN\u200f"))
    act(desk, RumourAdded(rumour="", claim=f"Sengaja {HIDDEN}"))
    act(desk, RumourAnswered(rumour="r1", fact=HIDDEN, answer_id=HIDDEN, answer_en=HIDDEN))
    text = f"Masih diperbaiki,\n{HIDDEN}"
    act(desk, NoticeDrafted(notice="n1", kind="update", text_id=text, text_en=text), Actor("dewi", "duty"))
    act(desk, NoticePublished(notice="n1"))
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    assert (incident.owner, incident.cause_id) == ("Tim malam", "Kabel ada\ndi sini")
    assert incident.notices[0].text_id == "Masih diperbaiki,\nada\ndi sini"
    page = desk.seat("dewi")
    for path in ("", "/words", "/handover", "/situation"):
        text = page.request.get(desk.address + path_of(desk) + path).text()
        assert SEEN.findall(text) == [], path
        assert "ada" in text
    for path in ("/", "/en/", "/console", "/console/now"):
        assert SEEN.findall(page.request.get(desk.address + path).text()) == [], path


def test_a_form_that_was_refused_shows_nothing_hidden_again(desk: Desk) -> None:
    told = refused(desk, "rumour_answer", rumour="r9", fact=HIDDEN, answer_id=HIDDEN, answer_en=HIDDEN)
    assert SEEN.findall(told) == []


def test_names_that_no_page_has_room_for_are_refused_with_what_would_be_right(desk: Desk) -> None:
    for fact, words in (
        (OwnerSet(owner="a" * 121), "120 are the most"),
        (OwnerSet(owner="sari\nbudi"), "a name is one"),
        (HelpSet(emergency_calls="reachable", priority_customers=("a" * 501,)), "500 are the most"),
        (HelpSet(emergency_calls="reachable", priority_customers=("RS",) * 51), "50 are the most"),
    ):
        with pytest.raises(RefusedInput, match=words):
            act(desk, fact)
    assert "paling banyak 120" in refused(desk, "owner", owner="a" * 121)
