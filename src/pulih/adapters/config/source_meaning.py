"""What the settings of sources can get wrong although every key is of its kind."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from pulih.adapters.config.files import Wrong, readable, secret, twice
from pulih.adapters.config.lines import Spot
from pulih.adapters.config.settings import DeskSettings
from pulih.adapters.config.source_reach import settings_of, unreachable
from pulih.adapters.config.source_tables import SourceTable

_SOURCES_MAX: Final = 200
# Names under which the desk itself counts.
_TAKEN: Final = ("form", "tmf621", "tmf642")
# Platforms that can be both asked and called by, under one name: what either tells has the same ids, and counts once.
_BOTH: Final = ("zammad", "zendesk", "chatwoot")
# Keys of kinds that end so name a secret in a file, or in the environment; these name what everybody may read.
_FILE: Final = "_file"
_OPEN: Final = ("ca_file", "certificate_file", "clients_file")
IN_ENVIRONMENT: Final = "env:"


def faults_of_sources(settings: DeskSettings) -> Iterator[Wrong]:
    """Return what is wrong with the tables of sources."""
    yield from twice([one.name for one in settings.source], "source", "name")
    if len(settings.source) > _SOURCES_MAX:
        yield ("source", _SOURCES_MAX), f"there are {len(settings.source):,} sources", f"at most {_SOURCES_MAX}"
    taken = {*_TAKEN, *(one.source for one in settings.hook)}
    shared = {(one.source, one.adapter) for one in settings.hook if one.adapter in _BOTH}
    for number, one in enumerate(settings.source):
        taken_from_it = one.name in taken and (one.name, one.kind) not in shared
        if taken_from_it or one.name.startswith("probe-"):
            what = f"{one.name!r} is the name of something else that is heard"
            yield ("source", number, "name"), what, "a name that no hook of another platform has, and no probe"
        wrong = list(_networks(one, number))
        yield from wrong or unreachable(one, ("source", number))
        yield from _secrets(one, number)


def operators_of_sources(settings: DeskSettings) -> Iterator[tuple[Spot, str]]:
    """Return every operator that a source names, in tables of its kind too, and where."""
    for number, one in enumerate(settings.source):
        if one.own is not None:
            yield from _operators(one.own, ("source", number))


def _operators(table: msgspec.Struct, spot: Spot) -> Iterator[tuple[Spot, str]]:
    for key, value in msgspec.structs.asdict(table).items():
        if key == "operator" and isinstance(value, str):
            yield (*spot, key), value
        elif isinstance(value, tuple):
            for number, below in enumerate(value):
                if isinstance(below, msgspec.Struct):
                    yield from _operators(below, (*spot, key, number))


def _networks(one: SourceTable, number: int) -> Iterator[Wrong]:
    for network in one.allow_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            what = f"{network!r} is no network ({error})"
            yield ("source", number, "allow_networks"), what, "such as 10.20.0.0/16 or fd00::/8"


def _secrets(one: SourceTable, number: int) -> Iterator[Wrong]:
    """Return what is wrong with files of secrets and certificates that the keys of a kind name."""
    for named in settings_of(one.own, ("source", number)) if one.own is not None else ():
        # What stands in the environment is looked for when the desk begins.
        if not named.key.endswith(_FILE) or not named.value or environment_name(named.value):
            continue
        look = readable if named.key in _OPEN else secret
        yield from look(one.folder / named.value, named.spot)


def environment_name(value: str) -> str:
    """Return the name of the variable that a secret stands in, "" when it stands in a file.

    >>> environment_name("env:BLUESKY"), environment_name("/etc/pulih/env:BLUESKY"), environment_name("bluesky.secret")
    ('BLUESKY', 'BLUESKY', '')
    """
    name = Path(value).name
    return name.removeprefix(IN_ENVIRONMENT) if name.startswith(IN_ENVIRONMENT) else ""
