"""What learning from incidents asks of the outside: a log that only grows, and answers of customers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from pulih.learn.review_parts import ReviewDocument
from pulih.model.lesson import Lesson
from pulih.model.record import Question
from pulih.ports.channels import Language


class SurveyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: to which incident's question, by which link (a digest that names nobody), and the score."""

    incident: str
    question: Question
    link: str
    score: int
    at_us: int


class LessonStore(Protocol):
    """Keeps what is learnt; every method may be called from any thread."""

    def append(self, lesson: Lesson) -> None:
        """Write a line. Raises StaleVersion when somebody wrote that number first; OutsideFailed."""
        ...

    def lessons(self, incident: str) -> list[Lesson]:
        """Return the lines of an incident, in order."""
        ...

    def reviewed(self) -> Collection[str]:
        """Return the incidents that have a line."""
        ...

    def answer(self, answer: SurveyAnswer) -> None:
        """Keep an answer; one of the same link replaces the one before."""
        ...

    def answers(self, incident: str) -> Sequence[SurveyAnswer]:
        """Return the answers of an incident's customers."""
        ...


class ReviewPress(Protocol):
    """Draws a review document; every method may be called from any thread."""

    def html(self, document: ReviewDocument, language: Language) -> bytes:
        """Return it as one HTML file, with its pictures in it."""
        ...

    def pdf(self, document: ReviewDocument, language: Language) -> bytes:
        """Return it as PDF. Raises OutsideFailed when what prints it is not installed."""
        ...
