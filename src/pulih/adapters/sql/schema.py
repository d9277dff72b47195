"""All tables hang on one of two catalogues: those that accepting writes on every batch, and those of the desk.

Two catalogues, since on SQLite they are two files: whoever waits for a person's entry must not wait for a flood of
reports. On PostgreSQL both may live in one database, so no table name occurs twice.

How a room adds a table:

1. Define it in a module of its own named `*_tables.py` in this folder, on `INTAKE` or `DESK`. Times are `Micros`.
2. Write a step in `migrations/intake/` or `migrations/desk/`, named `<room>_0001.py`, with `revision = "<room>_0001"`.
   A room's first step has `down_revision = None` and `branch_labels = ("<room>",)`; every other names the step before
   it in `down_revision`. Each room has a chain of its own, so that two rooms never wait for each other. A step repeats
   columns and never imports tables: it says what the shape was then.
3. Nothing else: `upgrade` runs what is missing, and a test compares what the steps make with what the tables say, on
   SQLite and on PostgreSQL.

A step that was released is never changed, and none leads back: an older desk is restored from its backup.
"""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import BigInteger, MetaData

Role = Literal["intake", "desk"]

INTAKE: Final = MetaData()
DESK: Final = MetaData()

# Microseconds since 1970 UTC; 64 bits hold them for 292,000 years.
Micros: Final = BigInteger
