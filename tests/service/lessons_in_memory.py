"""A log of what is learnt, in memory: what the desk's database keeps, for tests without one."""

from __future__ import annotations

from collections.abc import Sequence

from pulih.model.errors import StaleVersion
from pulih.model.lesson import Lesson
from pulih.ports.learning import SurveyAnswer


class LessonsInMemory:
    """Keeps lines by incident and number, and one answer for each link."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Lesson]] = {}
        self._answers: dict[str, SurveyAnswer] = {}

    def append(self, lesson: Lesson) -> None:
        lines = self._lines.setdefault(lesson.incident, [])
        if lesson.number != len(lines) + 1:
            raise StaleVersion("Somebody was first.")
        lines.append(lesson)

    def lessons(self, incident: str) -> list[Lesson]:
        return list(self._lines.get(incident, []))

    def reviewed(self) -> list[str]:
        return list(self._lines)

    def answer(self, answer: SurveyAnswer) -> None:
        self._answers[answer.link] = answer

    def answers(self, incident: str) -> Sequence[SurveyAnswer]:
        return sorted((one for one in self._answers.values() if one.incident == incident), key=lambda one: one.link)
