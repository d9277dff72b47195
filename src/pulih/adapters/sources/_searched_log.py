"""A searched log: while a source is tried, everything that any library logs, down to DEBUG, is searched for a secret.

Trials may run at the same time; the level of the root logger is put back when the last of them ends.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_FORMAT: Final = logging.Formatter("%(message)s")


class SearchedLog(logging.Handler):
    """Searches what is logged, with the trace of a failure.

    Args:
        secret: what to search for, "" for nothing.

    Attributes:
        loggers: names of those who told it.
    """

    def __init__(self, secret: str) -> None:
        super().__init__(logging.DEBUG)
        self._secret = secret
        self.loggers: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Note who tells the secret; what cannot be formatted is told by nobody."""
        try:
            said = _FORMAT.format(record)
        except (TypeError, ValueError):
            said = f"{record.msg} {record.args}"
        if self._secret and self._secret in said:
            self.loggers.add(record.name)


_OPEN: Final[list[SearchedLog]] = []
_LEVEL: Final[list[int]] = []


@contextmanager
def searched_log(secret: str) -> Iterator[SearchedLog]:
    """Yield a log that is searched until the block ends; within one thread."""
    root = logging.getLogger()
    log = SearchedLog(secret)
    if not _OPEN:
        _LEVEL[:] = [root.level]
        root.setLevel(logging.DEBUG)
    _OPEN.append(log)
    root.addHandler(log)
    try:
        yield log
    finally:
        root.removeHandler(log)
        _OPEN.remove(log)
        if not _OPEN:
            root.setLevel(_LEVEL[0])
