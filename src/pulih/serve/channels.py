"""Channels of a desk, as its settings name them, with the secrets out of the files that they stand in."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

import msgspec

from pulih.adapters.channels.posting import Poster, Reach
from pulih.adapters.channels.push_key import public_push_key, push_key
from pulih.adapters.channels.smpp import MessageCentre
from pulih.adapters.channels.sms import Sms
from pulih.adapters.channels.staff import Staff
from pulih.adapters.channels.telegram import Telegram
from pulih.adapters.channels.webhook import Receiver, Webhook
from pulih.adapters.channels.webpush import WebPush
from pulih.adapters.channels.whatsapp import Account, WhatsApp
from pulih.adapters.config import DeskSettings
from pulih.adapters.config.channel_tables import SmsTable, WhatsAppTable
from pulih.adapters.probes.addresses import networks
from pulih.ports.channels import Channel, ChannelKind, Language
from pulih.serve.secrets import secret_in


class Standing(msgspec.Struct, frozen=True):
    """Who hears of every word because the settings say so: on which channel, under which address, in which language."""

    kind: ChannelKind
    address: str
    language: Language


def channels_of(settings: DeskSettings, key: Path) -> Mapping[ChannelKind, Channel]:
    """Return the channels that a desk has beside e-mail; machines that subscribe need no settings.

    Args:
        settings: its settings.
        key: where its key for web push is kept; made when web push is set and there is none.

    Raises: RefusedInput when a secret cannot be used; OutsideFailed when a package is missing or the disk refuses.
    """
    made: dict[ChannelKind, Channel] = {"webhook": _webhook(settings)}
    if settings.push is not None:
        made["push"] = WebPush(push_key(key), settings.push.contact, Poster(Reach()))
    if settings.telegram is not None:
        made["telegram"] = Telegram(secret_in(settings.telegram.token_file), api=settings.telegram.api)
    if settings.whatsapp is not None:
        made["whatsapp"] = WhatsApp(_account(settings.whatsapp))
    if settings.sms is not None:
        made["sms"] = Sms(_centre(settings.sms))
    if settings.staff:
        made["staff"] = Staff({one.name: secret_in(one.address_file) for one in settings.staff})
    return made


def push_key_of(settings: DeskSettings, key: Path) -> str:
    """Return what browsers are told as `applicationServerKey`, "" where web push is not set.

    Raises: OutsideFailed as `push_key`.
    """
    return public_push_key(push_key(key)) if settings.push is not None else ""


def standing_of(settings: DeskSettings) -> tuple[Standing, ...]:
    """Return who hears of every word because the settings say so; their secrets stay with the channels."""
    machines = [Standing("webhook", one.name, one.language) for one in settings.webhook]
    return (*machines, *(Standing("staff", one.name, one.language) for one in settings.staff))


def _webhook(settings: DeskSettings) -> Webhook:
    own = {
        one.name: Receiver(one.address, secret_in(one.secret_file), networks(one.allow_networks))
        for one in settings.webhook
    }
    return Webhook(own, Reach())


def _account(table: WhatsAppTable) -> Account:
    return Account(phone_id=table.phone_id, token=secret_in(table.token_file), template=table.template, api=table.api)


def _centre(table: SmsTable) -> MessageCentre:
    return MessageCentre(
        host=table.host,
        port=table.port,
        system_id=table.system_id,
        password=secret_in(table.password_file),
        sender=table.sender,
        system_type=table.system_type,
        trust=ssl.create_default_context() if table.tls else None,
    )
