"""What is learnt, in a real database: every kind of line comes back as it was, and nobody writes over another's."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from database_here import database_in

from pulih.adapters.sql.learn_store import SqlLessonStore
from pulih.model.errors import StaleVersion
from pulih.model.impact import Bounds
from pulih.model.lesson import (
    ActionAdded,
    ActionDone,
    FiguresSet,
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
from pulih.ports.learning import SurveyAnswer

FACTS: tuple[LessonFact, ...] = (
    FiguresSet(
        figures=Figures(
            affected=(Affected(users=Bounds(1, 2, 3), start_us=4),),
            served=Bounds(9, 9, 9),
            area="remote",
            whole=(),
            personal_data=False,
            expected_end_us=7,
            reference="NORS 4711",
        )
    ),
    ReportFiled(rule="us.nors", clock="notice", at_us=5, note="é"),
    ReviewWritten(summary_id="a", causes_en=("b", "c"), inside="d"),
    ActionAdded(what_id="a", what_en="b", owner="NOC", due_us=9, public=True, action="a1"),
    ActionDone(action="a1"),
    ReviewAsked(),
    ReviewPublished(),
    ReviewWithdrawn(),
    SurveySent(question="nps", links=3),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SqlLessonStore:
    folder: Path = tmp_path_factory.mktemp("learn")
    engine = database_in(folder / "desk.db")
    return SqlLessonStore(engine)


def _line(incident: str, number: int, fact: LessonFact) -> Lesson:
    return Lesson(incident=incident, number=number, at_us=number, actor="sari", fact=fact, reason="sebab")


def test_every_kind_of_line_comes_back_as_it_was_written(store: SqlLessonStore) -> None:
    assert {type(one) for one in FACTS} == set(get_args(LessonFact))
    written = [_line("20260304-aaaa", number, fact) for number, fact in enumerate(FACTS, 1)]
    for one in written:
        store.append(one)
    assert store.lessons("20260304-aaaa") == written
    assert store.lessons("20260304-none") == []
    assert "20260304-aaaa" in store.reviewed()


def test_of_two_lines_with_one_number_the_second_is_refused_and_the_first_stays(store: SqlLessonStore) -> None:
    store.append(_line("20260304-bbbb", 1, ReviewAsked()))
    with pytest.raises(StaleVersion):
        store.append(_line("20260304-bbbb", 1, ReviewPublished()))
    assert [one.fact for one in store.lessons("20260304-bbbb")] == [ReviewAsked()]


def test_a_link_answers_once_and_its_last_answer_counts(store: SqlLessonStore) -> None:
    for link, score in (("l1", 1), ("l2", 4), ("l1", 5)):
        store.answer(SurveyAnswer(incident="20260304-cccc", question="csat", link=link, score=score, at_us=score))
    assert [(one.link, one.score) for one in store.answers("20260304-cccc")] == [("l1", 5), ("l2", 4)]
