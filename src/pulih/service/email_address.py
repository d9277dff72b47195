r"""E-mail addresses that a desk writes to: one plain address, so that nothing else can be slipped into a header.

Stricter than RFC 5321 on purpose: no quoted names, comments or signs beyond ASCII, which hardly anybody has and which
servers treat differently. Source: RFC 5321, 4.1.2 and 4.5.3.1; HTML Living Standard, "valid email address".
"""

from __future__ import annotations

import re
from typing import Final

from pulih.model.errors import RefusedInput

_CHARS_MAX: Final = 254
_LOCAL_MAX: Final = 64
_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SHAPE: Final = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+{_LABEL})")


def email_address(written: str) -> str:
    """Return an address as it is written to: without space around it, its domain in small letters.

    Raises: RefusedInput.

    >>> email_address(" Ayu@Example.ID ")
    'Ayu@example.id'
    """
    found = _SHAPE.fullmatch(written.strip(" "))
    if found is None or len(found[0]) > _CHARS_MAX or len(found[1]) > _LOCAL_MAX:
        raise RefusedInput(
            "This is no e-mail address that can be written to; right would be one such as nama@contoh.id.",
            key="subscribe.address",
        )
    return f"{found[1]}@{found[2].lower()}"


def mailbox(address: str) -> str:
    """Return the mailbox behind an address: what stands behind a plus is the reader's own and leads to the same one.

    >>> mailbox("Ayu+satu@example.id")
    'ayu@example.id'
    """
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.split('+')[0] or local}@{domain}"
