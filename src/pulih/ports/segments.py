"""What handing over asks of the outside: the operator's own list of subscribers, row by row; and what it gives.

The list stays where the operator put it. Of a row that cannot be used nothing is told but its number and why.
"""

from __future__ import annotations

import msgspec

from pulih.model.reading import Service
from pulih.ports.channels import Language


class Subscriber(msgspec.Struct, frozen=True, gc=False):
    """One row of the list: how the operator's platform knows the subscriber, and what it says of them.

    Attributes:
        id: a number or name, as the platform wants it back.
        operator: catalogue id.
        region: code, "" when the list says none.
        service: None when the list says none.
        language: None when the list says none.
    """

    id: str
    operator: str
    region: str = ""
    service: Service | None = None
    language: Language | None = None


class UnusableRow(msgspec.Struct, frozen=True, gc=False):
    """A row that cannot be used: its number (1 is the first line), and why, in a sentence that names no subscriber."""

    row: int
    why: str


class Addressed(msgspec.Struct, frozen=True, gc=False):
    """One line of the result: who is told what, and how sure it is that they are hit ("" where no list was given).

    `subscriber` is "" where no list was given: the line is for all of the segment then.
    """

    subscriber: str
    operator: str
    region: str
    service: Service
    surely: str
    language: Language
    text: str
    link: str
    incident: str
    word: str
