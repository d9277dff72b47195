"""What may be set of partners who speak TM Forum, of who is called when an outage waits, and of who gets reports."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Matter = Literal[
    "suspected", "confirmed", "contradicted", "relapsed", "first_word", "next_word", "recovery_word",
    "relapse_word", "second_signature", "task",
]  # fmt: skip
CallChannel = Literal["email", "sms", "telegram", "whatsapp", "staff", "webhook"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[
    str, Meta(pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z", description='a time of day such as "06:00"')
]
PersonName = Annotated[
    str, Meta(pattern=r"\A\S(.{0,58}\S)?\Z", description="a name of at most 60 letters, such as sari")
]


class TmfTable(msgspec.Struct, frozen=True, kw_only=True):
    """Partners who send alarms, tickets and problems, or listen to them."""

    operator: Annotated[str, Meta(description="whose network and customers they are of, where they do not say")] = ""
    allow_networks: Annotated[
        tuple[str, ...], Meta(description='networks that are not public and hold listeners, such as ["10.20.0.0/16"]')
    ] = ()
    as_kits: Annotated[
        bool, Meta(description="whether TM Forum's conformance kits are followed where they contradict version 4")
    ] = False


class EscalationTable(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk calls who is on duty."""

    acknowledge_min: Annotated[int, Meta(ge=1, le=240, description="a number of minutes from 1 to 240")] = 10
    rounds: Annotated[int, Meta(ge=1, le=10, description="how often through the list, 1 to 10")] = 2
    about: Annotated[tuple[Matter, ...], Meta(description='what is called about, such as ["suspected", "task"]')] = ()


class ContactTable(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on the rota, and the one way in which they are called."""

    name: PersonName
    channel: Annotated[
        CallChannel, Meta(description="email, sms, telegram, whatsapp, staff or webhook; its own table must be there")
    ]
    address: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="e-mail address, number as in E.164, chat id, or the name of a [[staff]] or [[webhook]] table",
        ),
    ]
    language: Annotated[Literal["id", "en"], Meta(description='"id" or "en"')] = "id"


class RecipientTable(msgspec.Struct, frozen=True, kw_only=True):
    """Where reports to a regulator go when somebody presses for it."""

    name: PersonName
    rules: Annotated[tuple[str, ...], Meta(min_length=1, description='ids of rules, such as ["id.house.2026"]')]
    channel: Annotated[Literal["email", "webhook"], Meta(description="email or webhook; its own table must be there")]
    address: Annotated[
        str, Meta(min_length=1, max_length=200, description="e-mail address, or the name of a [[webhook]] table")
    ]


class ShiftTable(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the week, and who is called in it, first to last."""

    people: Annotated[tuple[str, ...], Meta(min_length=1, description='names of [[contact]], such as ["sari", "budi"]')]
    days: Annotated[tuple[Day, ...], Meta(description='days on which it begins, such as ["mon"]')] = ()
    start: TimeOfDay = "00:00"
    end: TimeOfDay = "00:00"
    rotate_days: Annotated[int, Meta(ge=0, le=366, description="a number of days, 0 for no turns")] = 0
    since: Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", description='a day such as "2026-01-05"')] = (
        "2026-01-05"
    )
