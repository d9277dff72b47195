"""Bearing: the token that a probe at home shows, read anew when its file changes, and what is to be told of it.

So a fresh token is used at the next round, without a restart. A machine may not know the time, so only the desk says
that a token has ended; here it is told beforehand, and no round is held back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pulih.adapters.desk_commands import read_token
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.errors import RefusedInput
from pulih.model.signal import PROBE_PREFIX
from pulih.service.probe_tokens import said_in

# So long before a token ends it is told, a tenth of its life where that is less.
_SOON_S: Final = 14 * DAY_S
_OLD_KIND: Final = (
    "the token of this probe is of the old kind, without a signature; it holds until it ends. "
    "Have it renewed at the desk, under Tokens or with `pulih token renew`"
)


class Bearing:
    """The token in a file.

    Args:
        path: of the file.
        name: of the probe, whose reports the token must send.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._source = path, PROBE_PREFIX + name
        self._read: tuple[int, int, int] | None = None
        self._token = ""

    def token(self) -> str:
        """Return the token that the file holds now.

        Raises: RefusedInput when there is none, everybody may read it, or it is that of another probe.
        """
        seen = self._seen()
        if seen is not None and seen == self._read:
            return self._token
        token = read_token(self._path)
        said = said_in(token)
        if said is not None and said.source != self._source:
            raise RefusedInput(
                f"--token-file {self._path}: the token is that of {said.source}; right would be one for {self._source}"
            )
        # Looked at before it was read: what is written meanwhile is read the next time.
        self._token, self._read = token, seen
        return token

    def worry(self, now_us: int) -> str:
        """Return what is to be told of the token that was read last, "" when all is well.

        Args:
            now_us: microseconds since 1970 UTC, by this machine.
        """
        said = said_in(self._token)
        if said is None:
            return _OLD_KIND if self._token else ""
        now_s = now_us // MICROS
        soon_s = min(_SOON_S, (said.ends_s - said.made_s) // 10)
        if now_s < said.ends_s - soon_s:
            return ""
        ends = iso(said.ends_s * MICROS)
        when = f"has ended at {ends}, by the clock of this machine" if said.ends_s <= now_s else f"ends at {ends}"
        return (
            f"the token {said.serial} of this probe {when}; renew it at the desk, under Tokens or with "
            f"`pulih token renew {said.serial}`, and put the new one into {self._path}: nothing is lost meanwhile"
        )

    def _seen(self) -> tuple[int, int, int] | None:
        """Return what changes with the file, None when it cannot be looked at; reading it says why."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
