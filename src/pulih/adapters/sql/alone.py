"""Alone: one desk has a database of PostgreSQL for itself, as long as it runs, whatever happens to its connections.

Two desks on one would both number frames, and the ledger would take those of the second for frames that it knows. A
lock of PostgreSQL goes with its session, and a session with its server or its way there. So no connection is opened
without the lock, and it is looked after besides; a desk that finds it with another one uses the database no more.
SQLite stands in a data folder, which is locked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from pulih.adapters.sql.engine import told
from pulih.model.errors import ForbiddenMove, OutsideFailed

# Any number that nobody else uses as an advisory lock, beside that of `upgrading`.
_ALONE: Final = 7_085_202
_TRY: Final = text(f"SELECT pg_try_advisory_lock({_ALONE}, hashtext(current_schema()))")
# A desk that was killed lets go of its lock when the server sees that, and one whose machine is gone within a minute.
_LETS_GO_S: Final = 5.0
_AGAIN_S: Final = 0.1
_SEEN_GONE: Final = {"tcp_keepalives_idle": 20, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
# A session of ours whose way was cut may still have the lock.
_END_OURS: Final = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name AND pid <> pg_backend_pid()"
)


class Alone:
    """Keeps a database for one desk.

    Args:
        engines: whose connections are opened while it is kept and not without; the first says which database it is.

    Raises: ForbiddenMove when another desk has it; OutsideFailed when the database cannot be used.

    Attributes:
        lost: that another desk has it by now, in a sentence; "" while it is ours.
    """

    def __init__(self, engines: Sequence[Engine]) -> None:
        self.lost = ""
        self._url = engines[0].url.render_as_string()
        self._engine: Engine | None = None
        self._session: Connection | None = None
        self._turn = threading.Lock()
        self._name = f"pulih {uuid4().hex}"
        self._listeners: list[Callable[[], None]] = []
        if engines[0].dialect.name != "postgresql":
            return
        self._engine = create_engine(engines[0].url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self.keep()
        for engine in engines:
            event.listen(engine, "do_connect", self._before_connecting)

    def on_lost(self, listener: Callable[[], None]) -> None:
        """Call `listener` when another desk has the database."""
        self._listeners.append(listener)

    def keep(self) -> None:
        """Look that the database is ours, and take it again when the session of its lock has ended.

        Raises: ForbiddenMove when another desk has it, of which listeners are told once; OutsideFailed when the
            database cannot be used.
        """
        if self._engine is None:
            return
        with self._turn, told(self._engine):
            was_ours = not self.lost
            if was_ours and not self._is_held():
                self._take(self._engine)
        if self.lost:
            for listener in self._listeners if was_ours else ():
                listener()
            raise ForbiddenMove(self.lost)

    def look(self, _: int) -> None:
        """Do as `keep`; a chore."""
        self.keep()

    def let_go(self) -> None:
        """Let another desk have it."""
        with self._turn:
            self._end()

    def _is_held(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.scalar(text("SELECT 1"))
        except (DBAPIError, ConnectionError):
            self._end()
            return False
        return True

    def _take(self, engine: Engine) -> None:
        session = self._session = engine.connect()
        for name, value in {**_SEEN_GONE, "application_name": f"'{self._name}'"}.items():
            session.exec_driver_sql(f"SET {name} = {value}")
        session.execute(_END_OURS, {"name": self._name})
        until = time.monotonic() + _LETS_GO_S
        while not session.scalar(_TRY):
            if time.monotonic() > until:
                self._end()
                self.lost = (
                    f"Another desk has the database {self._url}; two on one would take each other's reports for their "
                    "own. Stop that one, or give this one a database of its own."
                )
                return
            time.sleep(_AGAIN_S)

    def _end(self) -> None:
        # The lock goes with the session.
        if self._session is not None:
            self._session.invalidate()
            self._session.close()
            self._session = None

    def _before_connecting(self, *_: object) -> None:
        try:
            self.keep()
        except ForbiddenMove as refusal:
            # For whoever wanted to connect it is a database that cannot be used.
            raise OutsideFailed(str(refusal)) from None
