"""Brings a database to today's shape: runs the steps in `migrations/` that it has not had, all of them or none.

The steps are Alembic's, without its command line and settings file: the program runs them itself at every start.
Source: https://alembic.sqlalchemy.org/en/latest/branches.html (several chains in one history).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Final, Literal

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.schema import Role
from pulih.model.errors import RefusedInput

_STEPS: Final = Path(__file__).with_name("migrations")
# Any number that nobody else uses as an advisory lock: two processes that start at once upgrade one after the other.
_LOCK: Final = 7_085_201
Shape = Literal["none", "older", "today"]


def upgrade(engine: Engine, role: Role) -> None:
    """Run the missing steps of a role in one transaction.

    Raises: RefusedInput when a newer version of the program was here; OutsideFailed when the database cannot be used.
    """
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _shape(connection, role)
        _run(connection, role)


def shape(engine: Engine, role: Role) -> Shape:
    """Return whether a database has today's shape, that of an older version, or none; nothing is changed.

    Raises: RefusedInput when it is of a newer version; OutsideFailed when it cannot be used.
    """
    with reading(engine) as connection:
        return _shape(connection, role)


def version_table(role: Role) -> str:
    """Return the name of the table that remembers which steps were run.

    >>> version_table("desk")
    'pulih_desk_version'
    """
    return f"pulih_{role}_version"


@cache
def _steps(role: Role) -> ScriptDirectory:
    """Return the steps of a role; they do not change while a program runs."""
    return ScriptDirectory(str(_STEPS), version_locations=[str(_STEPS / role)])


def _shape(connection: Connection, role: Role) -> Shape:
    context = MigrationContext.configure(connection, opts={"version_table": version_table(role)})
    run, steps = set(context.get_current_heads()), _steps(role)
    if unknown := run - {step.revision for step in steps.walk_revisions()}:
        raise RefusedInput(
            f"The {role} database is of a newer version of Pulih: it had the step {min(unknown)}, which this version "
            "does not know. Right would be that version, or the backup from before the upgrade; nothing was changed."
        )
    if not run:
        return "none"
    return "today" if run == set(steps.get_heads()) else "older"


def _run(connection: Connection, role: Role) -> None:
    steps = _steps(role)

    def missing(run: Collection[str], _: MigrationContext) -> list[MigrationStep]:
        found = list(steps.iterate_revisions("heads", tuple(run), implicit_base=True))
        return [MigrationStep.upgrade_from_script(steps.revision_map, step) for step in reversed(found)]

    with EnvironmentContext(Config(), steps, fn=missing, destination_rev="heads") as environment:
        environment.configure(connection=connection, version_table=version_table(role))
        environment.run_migrations()
