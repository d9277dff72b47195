"""What one question after restoration says of how customers felt, and how far those who did not answer could move it.

Who answers is not who was asked: the angry and the pleased answer more. So each score stands with how many were asked,
how many answered, and the bounds it would have if all the others had given the worst or the best answer. Source of the
bounds: Horowitz, Manski, Censoring of Outcomes and Regressors due to Survey Nonresponse, 1998 (requirement N1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from pulih.learn.wording import Pair
from pulih.model.errors import RefusedInput
from pulih.model.record import Question, Survey


class Asked(msgspec.Struct, frozen=True):
    """One question: its words, its lowest and highest answer, and what those mean."""

    words: Pair
    low: int
    high: int
    low_means: Pair
    high_means: Pair


QUESTIONS: Final[Mapping[Question, Asked]] = MappingProxyType(
    {
        "csat": Asked(
            (
                "Seberapa puas Anda dengan cara kami menangani gangguan ini?",
                "How satisfied are you with how we handled this outage?",
            ),
            1,
            5,
            ("sangat tidak puas", "very dissatisfied"),
            ("sangat puas", "very satisfied"),
        ),
        "nps": Asked(
            (
                "Seberapa mungkin Anda menyarankan layanan kami kepada teman atau keluarga?",
                "How likely are you to recommend our service to a friend or relative?",
            ),
            0,
            10,
            ("sangat tidak mungkin", "not at all likely"),
            ("sangat mungkin", "extremely likely"),
        ),
        "ces": Asked(
            (
                "Apakah mudah bagi Anda mendapat kabar dan bantuan selama gangguan ini?",
                "Was it easy for you to get news and help during this outage?",
            ),
            1,
            7,
            ("sangat sulit", "very difficult"),
            ("sangat mudah", "very easy"),
        ),
    }
)


class SurveyResult(msgspec.Struct, frozen=True, kw_only=True):
    """The score of a question.

    Attributes:
        question: which.
        asked, answered: how many.
        score: of those who answered, None when nobody did.
        low, high: if all the others had answered as badly, or as well, as can be; None when nobody was asked.
    """

    question: Question
    asked: int
    answered: int
    score: float | None
    low: float | None
    high: float | None

    @property
    def response_rate(self) -> float | None:
        """Percent of those asked who answered, None when nobody was asked."""
        return 100 * self.answered / self.asked if self.asked else None


def survey_result(survey: Survey) -> SurveyResult:
    """Return the score of a survey with the bounds of those who did not answer.

    Raises: RefusedInput when an answer is off its scale, or more answered than were asked.

    >>> survey_result(Survey(question="csat", asked=4, scores=(5, 4)))
    SurveyResult(question='csat', asked=4, answered=2, score=100.0, low=50.0, high=100.0)
    """
    question, scores = QUESTIONS[survey.question], survey.scores
    if any(not question.low <= one <= question.high for one in scores):
        raise RefusedInput(f"An answer to {survey.question} is {question.low} to {question.high}.", key="survey.scale")
    if len(scores) > survey.asked:
        raise RefusedInput(f"{len(scores)} answered and {survey.asked} were asked; nobody answers twice.")
    silent = survey.asked - len(scores)
    return SurveyResult(
        question=survey.question,
        asked=survey.asked,
        answered=len(scores),
        score=_score(survey.question, scores),
        low=_score(survey.question, [*scores, *[question.low] * silent]),
        high=_score(survey.question, [*scores, *[question.high] * silent]),
    )


def _score(question: Question, scores: Sequence[int]) -> float | None:
    """Return the score by the formula of `learn.measures`."""
    if not scores:
        return None
    count = len(scores)
    match question:
        case "csat":
            return 100 * sum(one >= 4 for one in scores) / count
        case "nps":
            return 100 * (sum(one >= 9 for one in scores) - sum(one <= 6 for one in scores)) / count
        case "ces":
            return sum(scores) / count
