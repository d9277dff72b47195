"""An Actor is who does something at the desk: a person with a role, or the desk itself."""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.entry import DESK

# What each may do is settled in `confirm.moves`; "desk" is the desk itself and no person.
ActorRole = Literal["viewer", "duty", "approver", "admin", "desk"]


class Actor(msgspec.Struct, frozen=True):
    """Who acts: the name of a user's account, which no other user has, and the role it has now."""

    name: str
    role: ActorRole


THE_DESK = Actor(DESK, "desk")
