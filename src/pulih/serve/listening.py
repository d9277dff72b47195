"""Listening, joined: the sources of the settings, with their secrets, their budgets and what they must forget."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from pulih.adapters.config import DeskSettings
from pulih.adapters.config.source_meaning import environment_name
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.people.telegram import TelegramSettings
from pulih.adapters.sql.listening_store import SqlListeningStore
from pulih.listen.payload import PayloadReader
from pulih.main import in_environment
from pulih.model.errors import RefusedInput
from pulih.ports.clock import Clock
from pulih.ports.listening import ListeningStore
from pulih.ports.sources import Means, SourceKind
from pulih.serve.chat_asking import Chats, asked_in
from pulih.serve.secrets import secret_in
from pulih.serve.storage import Storage
from pulih.service.accepting import Accepting
from pulih.service.listening.forgetting import Forgetting
from pulih.service.listening.hushed import Hushing, opened
from pulih.service.listening.life import Pace
from pulih.service.listening.one_source import Ground
from pulih.service.listening.patience import Patience
from pulih.service.listening.room import Listened, Listening
from pulih.service.listening.spending import MICROS_A_UNIT, Governor
from pulih.service.live.desk import LiveDesk
from pulih.service.live.forgotten import Forgotten


def forgotten_of(settings: DeskSettings, storage: Storage, secret: bytes) -> Forgotten:
    """Return what was taken back at the sources of the settings.

    Args:
        settings: of the desk.
        storage: of the desk.
        secret: the desk's, by which what is accepted is known.

    Raises: OutsideFailed.
    """
    texts = SqlListeningStore(storage.desk).forgotten()
    return Forgotten(PayloadReader(secret).key, [one.name for one in settings.source], texts)


def listening_of(
    settings: DeskSettings,
    storage: Storage,
    secret: bytes,
    *,
    accepting: Accepting,
    live: LiveDesk,
    clock: Clock,
    chats: Chats,
) -> Listening:
    """Return the room that listens; it connects to nobody before it is started.

    Args:
        settings: of the desk.
        storage: of the desk.
        secret: the desk's, by which what is accepted is known.
        accepting: takes what is heard.
        live: forgets what is taken back, and is told how the sources are.
        clock: the desk's.
        chats: does what people ask for in a chat, and asks there.

    Raises: RefusedInput when a kind cannot be loaded; OutsideFailed when the store cannot be used.
    """
    store, reader = SqlListeningStore(storage.desk), PayloadReader(secret)
    forgetting = Forgetting(
        reader,
        storage.ledger,
        store,
        forget_items=live.forget_items,
        forget_authors=live.forget_authors,
        clock=clock,
    )
    ground = Ground(accepting, reader, storage.ledger, forgetting.forget, clock, Patience(asyncio.sleep, random.random))
    listening = Listening(
        [_listened(one, settings, store, clock=clock, chats=chats) for one in settings.source],
        ground,
        store,
    )
    live.hear_of(listening.alive)
    return listening


def means_of(
    table: SourceTable, settings: DeskSettings, clock: Clock, spend: Callable[[int], Awaitable[None]]
) -> Means:
    """Return what a source of the settings is given to work with; `spend` is told what it costs."""
    return Means(
        name=table.name,
        clock=clock,
        allow_networks=table.allow_networks,
        secret=secrets_from(table),
        spend=spend,
        filters=table.filters or settings.desk.operators,
    )


def secrets_from(table: SourceTable) -> Callable[[str], str]:
    """Return what reads a secret that the settings of a source name: from a file, or from the environment."""

    def secret(path: str) -> str:
        variable = environment_name(path)
        if not variable:
            return secret_in(table.folder / path)
        if found := in_environment(variable):
            return found
        raise RefusedInput(
            f"{table.name}: there is no {variable} in the environment; set it, or name a file.",
            key="source.variable",
            name=table.name,
            variable=variable,
        )

    return secret


def governor_of(table: SourceTable, store: ListeningStore, clock: Clock) -> Governor:
    """Return what watches over the cost of a source."""
    return Governor(table.name, round(table.budget * MICROS_A_UNIT), store, clock)


def shares_bot(table: SourceTable, settings: DeskSettings) -> bool:
    """Say whether a source listens with the bot by which people subscribe: a bot has one asker, who asks for both.

    A source whose token cannot be read shares nothing; it is refused when it is opened.
    """
    if settings.telegram is None or not isinstance(table.own, TelegramSettings):
        return False
    try:
        return secrets_from(table)(table.own.token_file) == secret_in(settings.telegram.token_file)
    except RefusedInput:
        return False


def _listened(
    table: SourceTable, settings: DeskSettings, store: ListeningStore, *, clock: Clock, chats: Chats
) -> Listened:
    kind: SourceKind = kind_of(table.kind)
    governor = governor_of(table, store, clock)
    hushing = Hushing(secrets_from(table))
    means = msgspec.structs.replace(means_of(table, settings, clock, governor.spend), secret=hushing.secret)
    if shares_bot(table, settings):
        means = msgspec.structs.replace(means, talk=chats.talk)
    if table.name in asked_in(settings):
        means = msgspec.structs.replace(means, asks=chats.asks(table.name, clock))
    return Listened(
        table.name,
        table.kind,
        partial(opened, partial(kind.open, table.own, means), hushing),
        governor if kind.paid else None,
        _filters_of(kind, table.own, means.filters),
        _pace_of(kind),
    )


def _filters_of(kind: SourceKind, own: msgspec.Struct | None, wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return all filters of a source; None where its kind does not say, or fails over it."""
    try:
        return kind.filters(own, wanted) if kind.filters else None
    except Exception:
        # A stranger's fault in saying what there is keeps no desk from starting; what is heard is known all the same.
        return None


def _pace_of(kind: SourceKind) -> Pace:
    """Return how the filters of a kind speak."""
    if kind.machines or kind.by_rules:
        return "events"
    return "rounds" if kind.afar else "people"
