"""Channels of a desk, as its settings name them, with the secrets out of the files that they stand in."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pulih.adapters.addresses import networks
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
from pulih.ports.channels import Channel, ChannelKind
from pulih.serve.secrets import secret_in
from pulih.service.sending import Lane
from pulih.service.standing import Standing

_AT_ONCE: Final = 20
# Telegram asks bots for no more than some thirty messages a second (Bots FAQ), the WhatsApp Cloud API takes eighty
# (Messaging limits); people of the own house are not hurried.
_PER_S: Final[Mapping[ChannelKind, float]] = {"telegram": 25.0, "whatsapp": 70.0, "staff": 2.0}


def channels_of(settings: DeskSettings, key: Path) -> Mapping[ChannelKind, Channel]:
    """Return the channels that a desk has beside e-mail.

    Args:
        settings: its settings.
        key: where its key for web push is kept; made when web push is set and there is none.

    Raises: RefusedInput when a secret cannot be used; OutsideFailed when a package is missing or the disk refuses.
    """
    made: dict[ChannelKind, Channel] = {}
    if settings.webhook or settings.subscriptions.webhooks:
        made["webhook"] = _webhook(settings)
    if settings.push is not None:
        made["push"] = WebPush(push_key(key), settings.push.contact, Poster(Reach()))
    if settings.telegram is not None:
        made["telegram"] = Telegram(secret_in(settings.telegram.token_file), api=settings.telegram.api)
    if settings.whatsapp is not None:
        made["whatsapp"] = WhatsApp(account_of(settings.whatsapp))
    if settings.sms is not None:
        made["sms"] = Sms(_centre(settings.sms))
    if settings.staff:
        made["staff"] = Staff({one.name: secret_in(one.address_file) for one in settings.staff})
    return made


def lanes_beside_mail(settings: DeskSettings, key: Path) -> Mapping[ChannelKind, Lane]:
    """Return the channels beside e-mail, and how each is used: so many at once, so many a second.

    Args, Raises: as `channels_of`.
    """
    per_s = {**_PER_S, "sms": settings.sms.per_second if settings.sms else 0.0}
    return {
        kind: Lane(channel=channel, at_once=_AT_ONCE, per_s=per_s.get(kind, 0.0))
        for kind, channel in channels_of(settings, key).items()
    }


def push_key_of(settings: DeskSettings, key: Path) -> str:
    """Return what browsers are told as `applicationServerKey`, "" where web push is not set.

    Raises: OutsideFailed as `push_key`.
    """
    return public_push_key(push_key(key)) if settings.push is not None else ""


def offers_of(settings: DeskSettings) -> tuple[ChannelKind, ...]:
    """Return the channels that somebody can subscribe to with the form of the desk."""
    there: dict[ChannelKind, object] = {"email": settings.mail, "sms": settings.sms, "push": settings.push}
    forms = tuple(kind for kind, table in there.items() if table is not None)
    return (*forms, "webhook") if settings.subscriptions.webhooks else forms


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


def account_of(table: WhatsAppTable) -> Account:
    """Return whose messages they are.

    Raises: RefusedInput when the token cannot be read.
    """
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
