"""A log of calls as a call centre writes it, which is put away, taken away, and written to late."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path


class LogPeer:
    """A log of calls that is put away, taken away, and written to."""

    def __init__(self, path: Path) -> None:
        self._path, self._away = path, path.with_name("away")
        self._lines: dict[str, str] = {}
        self._rotated, self._numbers = itertools.count(1), itertools.count(1)
        path.write_text("call_id,waktu,catatan\n")

    async def say(self, text: str, *, late_s: int = 0) -> None:
        at = datetime.now(UTC) - timedelta(seconds=late_s)
        self._lines[text] = f"c{next(self._numbers)},{at.isoformat()},{text}\n"
        self._write(self._lines[text])

    async def say_late(self, text: str) -> None:
        # A long call is written down after one that began later.
        await self.say(text, late_s=600)

    async def repeat(self, text: str) -> None:
        self._write(self._lines[text])

    async def garble(self) -> None:
        self._write("c1,x\n")

    async def restart(self) -> None:
        # As logrotate does: the file is put away, and the next line begins a new one.
        self._path.rename(self._path.with_name(f"{self._path.name}.{next(self._rotated)}"))
        self._path.write_text("call_id,waktu,catatan\n")

    async def cut(self) -> None:
        self._path.rename(self._away)

    async def heal(self) -> None:
        self._away.rename(self._path)

    async def delete(self, text: str) -> None:
        raise NotImplementedError

    def _write(self, line: str) -> None:
        path = self._path if self._path.exists() else self._away
        with path.open("a") as file:
            file.write(line)
