"""Tables of what is learnt: lines that are added and never changed, and answers of customers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from pulih.adapters.sql.schema import DESK, Micros

# `fact` is JSON in UTF-8.
lessons: Final = Table(
    "learn_lessons",
    DESK,
    Column("incident", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at_us", Micros, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("reason", String, nullable=False),
    Column("fact", LargeBinary, nullable=False),
)

# One row for each link that was answered; `link` is a digest and names nobody.
answers: Final = Table(
    "learn_answers",
    DESK,
    Column("link", String(64), primary_key=True),
    Column("incident", String(32), nullable=False),
    Column("question", String(8), nullable=False),
    Column("score", Integer, nullable=False),
    Column("at_us", Micros, nullable=False),
    Index("learn_answers_by_incident", "incident", "question"),
)
