"""A database of subscriptions and an outbox that many tests share, emptied before each: making one takes longer."""

from __future__ import annotations

from pathlib import Path

from database_here import database_in
from sqlalchemy import Engine, delete

from pulih.adapters.sql.engine import writing
from pulih.adapters.sql.subscription_tables import deliveries, subscriptions, topics, words


def made_database(folder: Path) -> Engine:
    """Return a database in a folder, with all tables of the desk."""
    return database_in(folder / "desk.db")


def emptied(engine: Engine) -> Engine:
    """Return the database without any subscription, word or delivery."""
    with writing(engine) as connection:
        for table in (deliveries, words, topics, subscriptions):
            connection.execute(delete(table))
    return engine
