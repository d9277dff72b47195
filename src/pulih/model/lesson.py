"""A Lesson is one line of what is learnt from an incident: figures, reports to regulators, the review, its actions.

Lines are added and never changed, beside the incident's timeline and not on it: a review may go on for weeks after an
incident was closed, and what the public timeline proves must not depend on it. What was done is one struct for each
kind; `learn.log` adds them up.
"""

from __future__ import annotations

import msgspec

from pulih.model.record import Figures, Filing, Question
from pulih.model.review import Review


class FiguresSet(msgspec.Struct, frozen=True, kw_only=True, tag="figures_set"):
    """People know better whom it hit and what rules ask; the figures replace those before."""

    figures: Figures


class ReportFiled(msgspec.Struct, frozen=True, kw_only=True, tag="report_filed"):
    """A report went to a regulator at `at_us`, for one clock of one rule; `post` names it where the desk sent it."""

    rule: str
    clock: str
    at_us: int
    note: str = ""
    post: str = ""


class ReviewWritten(msgspec.Struct, frozen=True, kw_only=True, tag="review_written"):
    """The words of the review, all of them; they replace those before. See `Review`."""

    summary_id: str = ""
    summary_en: str = ""
    causes_id: tuple[str, ...] = ()
    causes_en: tuple[str, ...] = ()
    well_id: tuple[str, ...] = ()
    well_en: tuple[str, ...] = ()
    inside: str = ""


class ActionAdded(msgspec.Struct, frozen=True, kw_only=True, tag="action_added"):
    """Something is to be done so that it goes better next time; its id is given by the desk."""

    what_id: str
    what_en: str
    owner: str
    due_us: int | None = None
    public: bool = False
    action: str = ""


class ActionDone(msgspec.Struct, frozen=True, kw_only=True, tag="action_done"):
    """An action is done."""

    action: str


class ReviewAsked(msgspec.Struct, frozen=True, kw_only=True, tag="review_asked"):
    """Somebody asks a second person to let the public version out."""


class ReviewPublished(msgspec.Struct, frozen=True, kw_only=True, tag="review_published"):
    """A second person lets the public version out."""


class ReviewWithdrawn(msgspec.Struct, frozen=True, kw_only=True, tag="review_withdrawn"):
    """The public version is taken back, with a reason."""


class SurveySent(msgspec.Struct, frozen=True, kw_only=True, tag="survey_sent"):
    """Links to one question were made for so many people who were hit; `post` names it where the desk sent them.

    A later line of the same post says anew how many these were: 0 where it turned out that it reached nobody.
    """

    question: Question
    links: int
    post: str = ""


LessonFact = (
    FiguresSet
    | ReportFiled
    | ReviewWritten
    | ActionAdded
    | ActionDone
    | ReviewAsked
    | ReviewPublished
    | ReviewWithdrawn
    | SurveySent
)


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """One line: of which incident, its number from 1 on, when, by whom, why, and what was done."""

    incident: str
    number: int
    at_us: int
    actor: str
    fact: LessonFact
    reason: str = ""


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of the lines of one incident; `version` is the number of the last, 0 before the first.

    `sent` is how many links were made to each question, `posted` how many of them by each post; `public` the review as
    it was let out, None while it is not.
    """

    figures: Figures = Figures()
    filings: tuple[Filing, ...] = ()
    review: Review = Review()
    public: Review | None = None
    sent: tuple[tuple[Question, int], ...] = ()
    posted: tuple[tuple[str, int], ...] = ()
    version: int = 0
