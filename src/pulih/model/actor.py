"""An Actor is who does something at the desk: a person with a role, or the desk itself."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from pulih.model.entry import DESK
from pulih.model.errors import ForbiddenMove

# What each may do is settled in `confirm.moves`; "desk" is the desk itself and no person.
ActorRole = Literal["viewer", "duty", "approver", "admin", "desk"]


# Between the person who answers for a token and the token; names of accounts hold no blanks.
_VIA: Final = " via "
# Who answers for a token of the command line that was made for no person by name: nobody who is known.
COMMAND_LINE: Final = "command line"


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


def are_two(one: str, other: str) -> bool:
    """Tell whether two people who are known are behind the names of two actors.

    >>> are_two("budi", "sari via noc bot [9f2c]"), are_two("budi", "command line via noc bot [9f2c]")
    (True, False)
    """
    people = {person_behind(one), person_behind(other)}
    return len(people) == 2 and COMMAND_LINE not in people


def see_that_known(*names: str) -> None:
    """Raise ForbiddenMove when the person behind one of the names of actors is not known, where two must be."""
    for name in names:
        if person_behind(name) == COMMAND_LINE:
            raise ForbiddenMove(
                f"{name} is a token that was made for no person, so it is nobody's word where two people are needed; "
                "make one with pulih token create --for NAME, or let a person do its part",
                key="eyes.nobody",
                who=name,
            )


THE_DESK = Actor(DESK, "desk")
