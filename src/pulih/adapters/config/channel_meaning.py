"""What the settings of channels can get wrong although every key is of its kind: secrets, addresses, names twice."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pulih.adapters.config.channel_tables import WebhookTable
from pulih.adapters.config.files import Wrong, secret, twice
from pulih.adapters.config.lines import Spot
from pulih.adapters.config.reach import private
from pulih.adapters.config.settings import DeskSettings
from pulih.adapters.config.targets import http_target
from pulih.listen.hooks.signature import key_of
from pulih.model.errors import RefusedInput

# SMPP 3.4, 5.2.2.
_PASSWORD_MAX: Final = 8
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def faults_of_channels(settings: DeskSettings) -> Iterator[Wrong]:
    """Return what is wrong with the tables of channels."""
    if settings.telegram is not None:
        yield from secret(settings.telegram.token_file, ("telegram", "token_file"))
        yield from _interface(settings.telegram.api, ("telegram", "api"))
    if settings.whatsapp is not None:
        yield from secret(settings.whatsapp.token_file, ("whatsapp", "token_file"))
        yield from _interface(settings.whatsapp.api, ("whatsapp", "api"))
    if settings.sms is not None:
        yield from _password(settings.sms.password_file, ("sms", "password_file"))
    if settings.subscriptions.webhooks and not settings.server.address:
        what = "machines answer a challenge at this desk, and the desk knows no address of its own"
        yield ("subscriptions", "webhooks"), what, "server address, such as https://desk.example.id"
    yield from twice([one.name for one in settings.webhook], "webhook", "name")
    for number, one in enumerate(settings.webhook):
        yield from _webhook(one, number)
    yield from twice([one.name for one in settings.staff], "staff", "name")
    for number, room in enumerate(settings.staff):
        yield from secret(room.address_file, ("staff", number, "address_file"))


def _interface(address: str, spot: Spot) -> Iterator[Wrong]:
    """Look at the address of an interface: it is told a token, which goes unencrypted to this machine only."""
    if not address:
        return
    try:
        target = http_target(address)
    except RefusedInput:
        yield spot, f"{address!r} is no web address", "an address that begins with https://"
        return
    if not target.tls and urlsplit(address).hostname not in _LOCAL:
        yield spot, f"the token would go to {address} unencrypted", "an address that begins with https://"


def _password(path: Path, spot: Spot) -> Iterator[Wrong]:
    wrong = list(secret(path, spot))
    yield from wrong
    if not wrong and len(path.read_bytes().strip()) > _PASSWORD_MAX:
        what = f"the password in {path} is longer than SMPP allows"
        yield spot, what, f"the message centre's own, {_PASSWORD_MAX} letters at most"


def _webhook(one: WebhookTable, number: int) -> Iterator[Wrong]:
    spot: Spot = ("webhook", number, "secret_file")
    wrong = list(secret(one.secret_file, spot))
    yield from wrong
    if not wrong:
        try:
            key_of(one.secret_file.read_text(encoding="utf-8", errors="replace").strip())
        except RefusedInput as refusal:
            yield spot, str(refusal).rstrip("."), "whsec_ and 24 bytes or more in base64"
    yield from _receiver(one, ("webhook", number, "address"))
    for network in one.allow_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            what = f"{network!r} is no network ({error})"
            yield ("webhook", number, "allow_networks"), what, "such as 10.20.0.0/16 or fd00::/8"


def _receiver(one: WebhookTable, spot: Spot) -> Iterator[Wrong]:
    """Look at where a webhook is posted: one that may be reached, and encrypted on its way through others' networks."""
    try:
        target = http_target(one.address)
    except RefusedInput:
        yield spot, f"{one.address!r} is no web address", "one such as https://example.id/"
        return
    refused = list(private(target.at.host, one.allow_networks, "allow_networks", spot))
    yield from refused
    if not target.tls and not one.allow_networks and not refused:
        what = "what is said would go unencrypted through the public network"
        yield spot, what, "an address with https://, or its own network in allow_networks"
