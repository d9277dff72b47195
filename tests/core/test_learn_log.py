"""What may be written to a review, by whom and when: four eyes for what goes public (requirement N2)."""

from __future__ import annotations

import pytest
from learn_world import HOUR_US, ONSET_US, exactly, outage

from pulih.learn.log import ACTIONS_MAX, check, follow
from pulih.model.actor import COMMAND_LINE, Actor, ActorRole, through_token
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.lesson import (
    ActionAdded,
    ActionDone,
    FiguresSet,
    Learnt,
    Lesson,
    LessonFact,
    ReportFiled,
    ReviewAsked,
    ReviewPublished,
    ReviewWithdrawn,
    ReviewWritten,
    SurveySent,
)
from pulih.model.record import Affected, Figures

OVER = outage(exactly(9), ended_us=ONSET_US + HOUR_US).incident
GOING = outage(exactly(9)).incident
SARI, BUDI, CITRA = Actor("sari", "duty"), Actor("budi", "approver"), Actor("citra", "approver")
WORDS = ReviewWritten(summary_id="a", summary_en="b", causes_id=("c",), causes_en=("d",), inside="rahasia")
ACTION = ActionAdded(what_id="uji", what_en="test", owner="NOC", public=True, action="a1")


def written(
    *facts: LessonFact, sums: Learnt | None = None, by: Actor = SARI, of: Incident = OVER, why: str = ""
) -> Learnt:
    """Write one line after the other, each checked."""
    found = sums or Learnt()
    for fact in facts:
        at_us = ONSET_US + (found.version + 1) * HOUR_US
        line = Lesson(incident=of.id, number=found.version + 1, at_us=at_us, actor=by.name, fact=fact, reason=why)
        check(found, line, by, incident=of)
        found = follow(found, line)
    return found


def test_whoever_asked_does_not_publish_and_neither_does_their_token() -> None:
    asked = written(WORDS, ReviewAsked(), by=BUDI)
    for same in (BUDI, Actor(through_token("budi", "bot [1]"), "admin")):
        with pytest.raises(ForbiddenMove, match="second person"):
            written(ReviewPublished(), sums=asked, by=same)
    with pytest.raises(ForbiddenMove, match="made for no person"):
        written(ReviewPublished(), sums=asked, by=Actor(through_token(COMMAND_LINE, "bot [1]"), "admin"))
    public = written(ReviewPublished(), sums=asked, by=CITRA)
    assert (public.review.state, public.review.published_by) == ("published", "citra")


@pytest.mark.parametrize("role", ["viewer", "desk"])
def test_who_only_watches_writes_nothing(role: ActorRole) -> None:
    with pytest.raises(ForbiddenMove, match="not for the role"):
        written(WORDS, by=Actor("eko", role))


def test_a_duty_person_asks_and_does_not_sign() -> None:
    asked = written(WORDS, ReviewAsked(), by=BUDI)
    with pytest.raises(ForbiddenMove, match="role duty"):
        written(ReviewPublished(), sums=asked, by=SARI)


def test_words_that_change_are_asked_for_anew_while_the_public_keeps_what_was_let_out() -> None:
    public = written(ReviewPublished(), sums=written(WORDS, ACTION, ReviewAsked()), by=CITRA)
    changed = written(
        ReviewWritten(summary_id="baru", summary_en="new", causes_id=("c",), causes_en=("d",)), sums=public
    )
    assert changed.review.state == "open"
    assert changed.public is not None
    assert changed.public.summary_id == "a"
    with pytest.raises(ForbiddenMove, match="Nobody has asked"):
        written(ReviewPublished(), sums=changed, by=CITRA)
    again = written(ReviewPublished(), sums=written(ReviewAsked(), sums=changed), by=CITRA)
    assert again.public is not None
    assert again.public.summary_id == "baru"


def test_a_public_action_that_is_added_after_asking_has_to_be_asked_for_too() -> None:
    asked = written(WORDS, ReviewAsked())
    assert written(ACTION, sums=asked).review.state == "open"


def test_nothing_is_published_of_an_outage_that_is_not_over_or_of_words_that_are_not_there() -> None:
    with pytest.raises(ForbiddenMove, match="restored"):
        written(WORDS, ReviewAsked(), of=GOING)
    with pytest.raises(ForbiddenMove, match="both languages"):
        written(ReviewWritten(summary_id="a"), ReviewAsked())
    asked = written(WORDS, ReviewAsked())
    with pytest.raises(ForbiddenMove, match="restored"):
        written(ReviewPublished(), sums=asked, by=CITRA, of=GOING)


def test_taking_a_review_back_needs_a_reason_and_something_public() -> None:
    public = written(ReviewPublished(), sums=written(WORDS, ReviewAsked()), by=CITRA)
    with pytest.raises(RefusedInput, match="reason"):
        written(ReviewWithdrawn(), sums=public, by=CITRA)
    back = written(ReviewWithdrawn(), sums=public, by=CITRA, why="Keliru")
    assert (back.public, back.review.state) == (None, "withdrawn")
    with pytest.raises(ForbiddenMove, match="not public"):
        written(ReviewWithdrawn(), sums=back, by=CITRA, why="Keliru")


def test_actions_have_owners_and_are_tracked_to_done_once() -> None:
    with pytest.raises(RefusedInput, match="an owner"):
        written(ActionAdded(what_id="a", what_en="b", owner=" "))
    done = written(ACTION, ActionDone(action="a1"))
    assert done.review.actions[0].done_us == ONSET_US + 2 * HOUR_US
    for fact in (ActionDone(action="a1"), ActionDone(action="a7")):
        with pytest.raises(RefusedInput, match="no open action"):
            written(fact, sums=done)


def test_a_review_takes_no_more_actions_than_people_can_track() -> None:
    full = written(*[ACTION] * ACTIONS_MAX)
    with pytest.raises(RefusedInput, match="at most"):
        written(ACTION, sums=full)


def test_a_report_of_tomorrow_was_not_sent() -> None:
    with pytest.raises(ForbiddenMove, match="future"):
        written(ReportFiled(rule="us.nors", clock="notice", at_us=ONSET_US + 3 * HOUR_US))
    sums = written(ReportFiled(rule="us.nors", clock="notice", at_us=ONSET_US))
    assert [(one.rule, one.by) for one in sums.filings] == [("us.nors", "sari")]


def test_an_end_is_expected_since_it_was_first_said_and_not_since_other_figures_changed() -> None:
    first = FiguresSet(figures=Figures(expected_end_us=ONSET_US + 9 * HOUR_US))
    more = FiguresSet(figures=Figures(expected_end_us=ONSET_US + 9 * HOUR_US, affected=(Affected(users=exactly(5)),)))
    later = FiguresSet(figures=Figures(expected_end_us=ONSET_US + 20 * HOUR_US))
    assert written(first, more).figures.expected_since_us == ONSET_US + HOUR_US
    assert written(first, later).figures.expected_since_us == ONSET_US + 2 * HOUR_US
    assert written(first, FiguresSet(figures=Figures())).figures.expected_since_us is None


def test_customers_are_asked_once_it_is_restored_and_links_add_up() -> None:
    with pytest.raises(ForbiddenMove, match="restored"):
        written(SurveySent(question="csat", links=10), of=GOING)
    assert written(SurveySent(question="csat", links=10), SurveySent(question="csat", links=5)).sent == (("csat", 15),)


def test_what_is_said_anew_of_a_post_takes_the_place_of_what_was_said_of_it() -> None:
    def asked(post: str, links: int) -> SurveySent:
        return SurveySent(question="csat", links=links, post=post)

    by_hand = SurveySent(question="csat", links=5)
    assert written(asked("i/p7", 2), by_hand, asked("i/p9", 3)).sent == (("csat", 10),)
    assert written(asked("i/p7", 2), by_hand, asked("i/p9", 3), asked("i/p7", 1)).sent == (("csat", 9),)
    assert written(asked("i/p7", 2), asked("i/p7", 0)).sent == ()
    assert written(asked("i/p7", 2), asked("i/p7", 0), asked("i/p9", 2)).sent == (("csat", 2),)
