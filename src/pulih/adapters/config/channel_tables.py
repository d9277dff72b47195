"""What may be set for channels: a frozen struct for each table of pulih.toml that carries words to people and machines.

docs/config.md describes every key, docs/channels.md what each channel does with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

# A table of the settings, as a message names it; it can never be taken for an address.
ChannelName = Annotated[
    str,
    Meta(
        pattern=r"\A[a-z0-9][a-z0-9._-]{0,63}\Z",
        description="small letters, digits, dots, dashes and underscores, at most 64 of them, such as noc",
    ),
]
SecretFile = Annotated[Path, Meta(description="the path of a file, from the folder of pulih.toml on")]
Tongue = Annotated[Literal["id", "en"], Meta(description='"id" for Indonesian or "en" for English')]


class PushTable(msgspec.Struct, frozen=True, kw_only=True):
    """Web push to browsers; its key is made by the desk."""

    contact: Annotated[
        str,
        Meta(
            pattern=r"\A(mailto:[^@\s]+@[^@\s]+\.[^@\s]+|https://[^\s]+)\Z",
            description="where push services reach your people: mailto:desk@example.id, or an address with https://",
        ),
    ]


class TelegramTable(msgspec.Struct, frozen=True, kw_only=True):
    """The desk's own bot on Telegram."""

    token_file: SecretFile
    api: Annotated[str, Meta(description="address of an own Bot API server")] = "https://api.telegram.org"


class WhatsAppTable(msgspec.Struct, frozen=True, kw_only=True):
    """The desk's number on the WhatsApp Business Cloud API."""

    phone_id: Annotated[str, Meta(pattern=r"\A[0-9]{1,32}\Z", description="the id of the number, digits only")]
    token_file: SecretFile
    template: Annotated[
        str,
        Meta(pattern=r"\A[a-z0-9_]{0,512}\Z", description="small letters, digits and underscores, such as gangguan"),
    ] = ""
    api: Annotated[str, Meta(description="address of the interface, when it is not Meta's own")] = ""


class SubscriptionsTable(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody can subscribe to beside the channels that have a table of their own."""

    webhooks: Annotated[bool, Meta(description="true or false")] = False


class SmsTable(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's message centre, over SMPP 3.4."""

    host: Annotated[str, Meta(min_length=1, max_length=253, description="name or address of the message centre")]
    port: Annotated[int, Meta(ge=1, le=65535, description="a port number from 1 to 65535")] = 2775
    system_id: Annotated[
        str, Meta(pattern=r"\A[\x21-\x7e]{1,15}\Z", description="the name it knows the desk by, at most 15 letters")
    ]
    password_file: SecretFile
    sender: Annotated[
        str,
        Meta(
            pattern=r"\A(\+?[0-9]{1,15}|[A-Za-z0-9][A-Za-z0-9 ._-]{0,10})\Z",
            description="a number, or a name of at most 11 letters, from which messages come",
        ),
    ]
    system_type: Annotated[
        str, Meta(pattern=r"\A[\x21-\x7e]{0,12}\Z", description="what it calls the desk's kind, at most 12 letters")
    ] = ""
    tls: Annotated[bool, Meta(description="true or false")] = False
    per_second: Annotated[float, Meta(ge=0, le=10_000, description="messages a second, 0 for as many as it takes")] = 10


class WebhookTable(msgspec.Struct, frozen=True, kw_only=True):
    """A machine of the operator's own that hears of every word."""

    name: ChannelName
    address: Annotated[str, Meta(min_length=1, max_length=2000, description="an address such as https://example.id/")]
    secret_file: SecretFile
    allow_networks: Annotated[
        tuple[str, ...], Meta(description='networks that are not public and hold it, such as ["10.20.0.0/16"]')
    ] = ()
    language: Tongue = "id"


class StaffTable(msgspec.Struct, frozen=True, kw_only=True):
    """A room or pager of the operator's own people."""

    name: ChannelName
    address_file: SecretFile
    language: Tongue = "id"
