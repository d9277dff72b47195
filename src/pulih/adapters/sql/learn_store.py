"""What is learnt from incidents, in SQL: lines are inserted by number, so of two who write at once one is told so."""

from __future__ import annotations

import msgspec
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.learn_tables import answers as answer_rows
from pulih.adapters.sql.learn_tables import lessons as lesson_rows
from pulih.model.errors import StaleVersion
from pulih.model.lesson import Lesson, LessonFact
from pulih.ports.learning import SurveyAnswer


class SqlLessonStore:
    """Keeps what is learnt in the desk's database; implements `pulih.ports.learning.LessonStore`.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._facts = msgspec.json.Decoder(LessonFact)

    def append(self, lesson: Lesson) -> None:
        """Write a line; see `LessonStore.append`."""
        row = {**msgspec.structs.asdict(lesson), "fact": msgspec.json.encode(lesson.fact)}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(lesson_rows).values(**row))
        except IntegrityError as error:
            raise StaleVersion(
                f"Line {lesson.number} of the review of {lesson.incident} was written by somebody else first; "
                "load the page again and decide on what stands there.",
                key="review.stale",
            ) from error

    def lessons(self, incident: str) -> list[Lesson]:
        """Return the lines of an incident, in order."""
        asked = select(lesson_rows).where(lesson_rows.c.incident == incident).order_by(lesson_rows.c.number)
        with reading(self._engine) as connection:
            rows = connection.execute(asked).mappings().all()
        return [Lesson(**{**row, "fact": self._facts.decode(row["fact"])}) for row in rows]

    def reviewed(self) -> list[str]:
        """Return the incidents that have a line."""
        with reading(self._engine) as connection:
            return list(connection.execute(select(lesson_rows.c.incident).distinct()).scalars())

    def answer(self, answer: SurveyAnswer) -> None:
        """Keep an answer; one of the same link replaces the one before."""
        with writing(self._engine) as connection:
            connection.execute(delete(answer_rows).where(answer_rows.c.link == answer.link))
            connection.execute(insert(answer_rows).values(**msgspec.structs.asdict(answer)))

    def answers(self, incident: str) -> list[SurveyAnswer]:
        """Return the answers of an incident's customers."""
        asked = select(answer_rows).where(answer_rows.c.incident == incident).order_by(answer_rows.c.link)
        with reading(self._engine) as connection:
            return [SurveyAnswer(**row) for row in connection.execute(asked).mappings()]
