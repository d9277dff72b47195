"""Passwords: what is good enough, how it is kept, and whether one fits; argon2id and nothing of our own.

Source: RFC 9106 (second recommended option: 64 MiB, three passes), NIST SP 800-63B (length over rules of composition).
"""

from __future__ import annotations

import threading

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pulih.model.errors import RefusedInput

LENGTH_MIN = 12
LENGTH_MAX = 256
# Each check takes 64 MiB for a moment; more at once would let strangers fill the memory.
AT_ONCE = 2
# What nobody's password is kept as, with salt and digest of nought: to check against it costs what any check costs.
_NOBODY = f"$argon2id$v=19$m={{memory_kib}},t={{passes}},p={{lanes}}${'A' * 22}${'A' * 43}"


class Cost(msgspec.Struct, frozen=True):
    """What one check costs: passes over the memory, KiB of it, lanes."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


class Passwords:
    """Keeps and checks passwords at a cost."""

    def __init__(self, cost: Cost | None = None) -> None:
        cost = cost or Cost()
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = _NOBODY.format(passes=cost.passes, memory_kib=cost.memory_kib, lanes=cost.lanes)

    def kept(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._turn:
            return self._hasher.hash(password)

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether a password fits; takes as long where nothing is kept, so that time tells no names.

        >>> passwords = Passwords(Cost(passes=1, memory_kib=8, lanes=1))
        >>> passwords.fits(passwords.kept("hujan di Bogor"), "hujan di Bogor"), passwords.fits("", "hujan di Bogor")
        (True, False)
        """
        with self._turn:
            try:
                return self._hasher.verify(kept or self._nobody, password[:LENGTH_MAX]) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Tell whether a password was kept at another cost than today's, and should be kept again."""
        return self._hasher.check_needs_rehash(kept)


def checked(password: str, name: str) -> str:
    """Return a new password that is good enough.

    Raises: RefusedInput when it is too short, too long, or easy to guess from the name.

    >>> checked("hujan di Bogor", "rina")
    'hujan di Bogor'
    """
    if len(password) < LENGTH_MIN:
        raise RefusedInput(
            f"The password has {len(password)} characters; at least {LENGTH_MIN} are needed.",
            key="password.short",
            has=len(password),
            least=LENGTH_MIN,
        )
    if len(password) > LENGTH_MAX:
        raise RefusedInput(
            f"The password has more than {LENGTH_MAX} characters; shorten it.", key="password.long", most=LENGTH_MAX
        )
    left = password.lower().replace(name.lower(), "").replace("pulih", "").replace("password", "")
    if len(set(left)) < 5:
        raise RefusedInput(
            "The password is easy to guess; four words that do not belong together are a good one.",
            key="password.guessed",
        )
    return password
