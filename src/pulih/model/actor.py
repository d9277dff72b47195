"""An Actor is who does something at the desk: a person with a role, or the desk itself."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from pulih.model.entry import DESK

# What each may do is settled in `confirm.moves`; "desk" is the desk itself and no person.
ActorRole = Literal["viewer", "duty", "approver", "admin", "desk"]


# Between the person who answers for a token and the token; names of accounts hold no blanks.
_VIA: Final = " via "


class Actor(msgspec.Struct, frozen=True):
    """Who acts: the name of a user's account, which no other user has, or of a token; and the role it has now."""

    name: str
    role: ActorRole


def through_token(person: str, token: str) -> str:
    """Return the name of an actor that is a token: who made it answers for what it does.

    >>> through_token("sari", "noc bot [9f2c]")
    'sari via noc bot [9f2c]'
    """
    return f"{person}{_VIA}{token}"


def person_behind(name: str) -> str:
    """Return the person behind the name of an actor: whoever made the token, else the name itself.

    >>> person_behind("sari via noc bot [9f2c]"), person_behind("sari")
    ('sari', 'sari')
    """
    return name.partition(_VIA)[0]


THE_DESK = Actor(DESK, "desk")
