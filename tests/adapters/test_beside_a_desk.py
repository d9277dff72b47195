"""Commands beside a desk that runs never change its database to a shape that it does not know."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder, Layout
from pulih.adapters.sql.engine import open_engine, sqlite_url, writing
from pulih.adapters.sql.upgrading import shape, upgrade, version_table
from pulih.model.errors import ForbiddenMove
from pulih.serve.storage import open_beside, open_storage
from pulih.serve.tokens import create_token

LAST = "works_0001"


def _aged(layout: Layout) -> None:
    """Take the last step of a database back, as if an older version had made it."""
    engine = open_storage(layout, DeskSettings(), "desk")
    with writing(engine) as connection:
        connection.execute(text(f"DELETE FROM {version_table('desk')} WHERE version_num = '{LAST}'"))
        connection.execute(text("DROP TABLE planned_works"))
    assert shape(engine, "desk") == "older"
    engine.dispose()


def test_beside_a_desk_of_an_older_version_nothing_is_changed(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "desk") as folder:
        _aged(folder.layout)
        with pytest.raises(ForbiddenMove, match=r"its desk runs \(process \d+\) in an older version"):
            create_token(tmp_path / "desk", None, role="source", name="tickets")
        engine = open_engine(sqlite_url(folder.layout.desk_db), "desk")
        assert shape(engine, "desk") == "older"
        engine.dispose()


def test_a_desk_that_is_being_upgraded_is_waited_for(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "desk") as folder:
        _aged(folder.layout)
        engine = open_engine(sqlite_url(folder.layout.desk_db), "desk")
        upgrading = threading.Timer(0.3, upgrade, (engine, "desk"))
        upgrading.start()
        open_beside(folder.layout, DeskSettings(), "desk").dispose()
        upgrading.join()
        assert shape(engine, "desk") == "today"
        engine.dispose()


def test_with_the_desk_stopped_or_new_a_command_brings_the_database_to_today_s_shape(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "desk") as folder:
        assert create_token(tmp_path / "desk", None, role="source", name="tickets").startswith("pulih_")
        _aged(folder.layout)
    assert create_token(tmp_path / "desk", None, role="source", name="tickets").startswith("pulih_")
