"""What a settings file can get wrong although every key is of its kind: names twice, files not there, addresses.

Each fault is told with the key it is of; the words are those of `config.reading`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pulih.adapters.calendars import holidays_of
from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.config.channel_meaning import faults_of_channels
from pulih.adapters.config.credit_meaning import faults_of_credit
from pulih.adapters.config.files import Wrong, readable, secret, twice
from pulih.adapters.config.lines import Spot
from pulih.adapters.config.mail import faults_of_mail
from pulih.adapters.config.places import faults_of_site
from pulih.adapters.config.reach import private
from pulih.adapters.config.settings import (
    CareTable,
    DeskSettings,
    DeskTable,
    HookTable,
    MaintenanceTable,
    ProbeTable,
    StorageTable,
)
from pulih.adapters.config.source_meaning import faults_of_sources, operators_of_sources
from pulih.adapters.config.targets import HostPort, http_target, is_host, name_server, tcp_target
from pulih.adapters.config.work_meaning import faults_of_work
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.maintenance import check_calendar
from pulih.listen.hooks.signature import key_of
from pulih.model.clock import INDONESIAN_ZONES
from pulih.model.errors import RefusedInput

_PROBES_MAX: Final = 500
# Long enough that nobody tries it out.
_HOOK_SECRET_MIN: Final = 16
_WEB: Final = "https://"


def faults_of_meaning(settings: DeskSettings) -> list[Wrong]:
    """Return what is wrong with settings whose keys are each of their kind."""
    return [
        *_desk(settings.desk),
        *_operators(settings),
        *_regions(settings),
        *_storage(settings.storage),
        *_proxies(settings.server.proxies),
        *_networks(settings.probes.allow_networks),
        *_address(settings),
        *_probes(settings.probe, settings.probes.allow_networks),
        *_hooks(settings.hook),
        *_calendars(settings.maintenance),
        *_care(settings.care),
        *faults_of_credit(settings.credit),
        *faults_of_site(settings),
        *faults_of_channels(settings),
        *faults_of_mail(settings),
        *faults_of_work(settings),
        *faults_of_sources(settings),
        *(secret(settings.oidc.client_secret_file, ("oidc", "client_secret_file")) if settings.oidc else ()),
    ]  # fmt: skip


def _desk(desk: DeskTable) -> Iterator[Wrong]:
    try:
        ZoneInfo(INDONESIAN_ZONES.get(desk.zone.upper(), desk.zone))
    except (KeyError, ValueError, OSError):
        yield ("desk", "zone"), f"there is no time zone {desk.zone!r}", "WIB, WITA, WIT or an IANA name"
    try:
        holidays_of(desk.holidays or None)
    except RefusedInput as refusal:
        yield ("desk", "holidays"), str(refusal), 'a country such as "ID", or no holidays at all'
    if desk.places is not None:
        yield from readable(desk.places, ("desk", "places"))


def _operators(settings: DeskSettings) -> Iterator[Wrong]:
    try:
        catalogue = load_catalogue(settings.desk.catalogue)
    except RefusedInput as refusal:
        yield ("desk", "catalogue"), str(refusal), "a file in the shape of docs/lexicon.md"
        return
    named: list[tuple[Spot, str]] = [(("desk", "operators"), name) for name in settings.desk.operators]
    for table in ("probe", "maintenance", "hook"):
        named += [((table, number, "operator"), one.operator) for number, one in enumerate(getattr(settings, table))]
    named += operators_of_sources(settings)
    for spot, name in named:
        if name and catalogue.resolve(name) is None:
            yield (
                spot,
                f"no operator {name!r} is known",
                "a name of the catalogue, or an entry for it in desk catalogue",
            )


def _storage(storage: StorageTable) -> Iterator[Wrong]:
    spot = ("storage", "database")
    if storage.database:
        parts = urlsplit(storage.database)
        if not parts.scheme.startswith("postgresql"):
            yield spot, f"{parts.scheme or storage.database!r} is no database of the desk", "postgresql+pg8000://..."
        if parts.password is not None:
            right = "the address without it, and the password in a file named by database_password_file"
            yield spot, "there is a password in this address", right
    if storage.database_password_file is not None:
        yield from secret(storage.database_password_file, ("storage", "database_password_file"))


def _proxies(addresses: Sequence[str]) -> Iterator[Wrong]:
    for address in addresses:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            yield ("server", "proxies"), f"{address!r} is no address", "an address such as 10.0.0.5, no name or network"


def _networks(networks: Sequence[str]) -> Iterator[Wrong]:
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            what = f"{network!r} is no network ({error})"
            yield ("probes", "allow_networks"), what, "such as 10.20.0.0/16 or fd00::/8"


def _address(settings: DeskSettings) -> Iterator[Wrong]:
    address, host = settings.server.address, settings.server.host
    if not is_host(host):
        yield ("server", "host"), f"{host!r} is no address or name", "an address of this machine, such as 127.0.0.1"
    parts = urlsplit(address)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if address and not (parts.hostname and (parts.scheme == "https" or (local and parts.scheme == "http"))):
        what = f"{address!r} is no address that people can reach safely"
        yield ("server", "address"), what, f"an address that begins with {_WEB} (http:// on this machine only)"


def _probes(probes: Sequence[ProbeTable], networks: Sequence[str]) -> Iterator[Wrong]:
    yield from twice([one.name for one in probes], "probe", "name")
    if len(probes) > _PROBES_MAX:
        yield ("probe", _PROBES_MAX), f"there are {len(probes):,} probes", f"at most {_PROBES_MAX}"
    for number, probe in enumerate(probes):
        spot: Spot = ("probe", number, "server" if probe.kind == "dns" else "target")
        try:
            asked = _asked(probe)
        except RefusedInput as refusal:
            what, _, right = str(refusal).partition("; right would be ")
            yield spot, what, right
        else:
            yield from private(asked.host, networks, "[probes] allow_networks", spot)
        if probe.timeout_s >= probe.every_s:
            what = f"it is asked every {probe.every_s:g} s and given {probe.timeout_s:g} s to answer"
            yield ("probe", number, "timeout_s"), what, "less time to answer than until it is asked again"


def _asked(probe: ProbeTable) -> HostPort:
    """Return whom a probe asks. Raises RefusedInput."""
    if probe.kind == "http":
        return http_target(probe.target).at
    return tcp_target(probe.target) if probe.kind == "tcp" else name_server(probe.server)


def _regions(settings: DeskSettings) -> Iterator[Wrong]:
    placed = [(number, one.place) for number, one in enumerate(settings.probe) if one.place]
    path = settings.desk.places
    if (path is None and not placed) or (path is not None and list(readable(path, ()))):
        return
    try:
        gazetteer = load_gazetteer(path)
    except RefusedInput as refusal:
        yield ("desk", "places"), str(refusal), "a file in the shape of docs/places.md"
        return
    for number, place in placed:
        if not gazetteer.find_code(place):
            yield ("probe", number, "place"), f"no region {place!r} is known", "a region's code or name, such as 31.74"


def _hooks(hooks: Sequence[HookTable]) -> Iterator[Wrong]:
    yield from twice([one.source for one in hooks], "hook", "source")
    for number, hook in enumerate(hooks):
        for key, path in (("secret_file", hook.secret_file), ("former_secret_file", hook.former_secret_file)):
            if path is not None:
                yield from _hook_secret(path, ("hook", number, key), hook.adapter)
        if hook.verify_token_file is not None:
            yield from secret(hook.verify_token_file, ("hook", number, "verify_token_file"))
        elif hook.adapter == "whatsapp":
            what = "WhatsApp Cloud asks for a token before it sends, and none is named"
            yield ("hook", number, "adapter"), what, "a file with that token, named by verify_token_file"


def _hook_secret(path: Path, spot: Spot, adapter: str) -> Iterator[Wrong]:
    wrong = list(secret(path, spot, least=_HOOK_SECRET_MIN))
    yield from wrong
    held = "" if wrong else path.read_text(encoding="utf-8", errors="replace").strip()
    if "\n" in held:
        yield spot, f"{path} holds several lines", "one secret, and the one before it in a file of former_secret_file"
    elif held and adapter == "standard":
        try:
            key_of(held)
        except RefusedInput as refusal:
            yield spot, str(refusal).rstrip("."), "whsec_ and 24 bytes or more in base64"


def _calendars(calendars: Sequence[MaintenanceTable]) -> Iterator[Wrong]:
    for number, one in enumerate(calendars):
        spot: Spot = ("maintenance", number, "file")
        wrong = list(readable(one.file, spot))
        yield from wrong
        if wrong:
            continue
        try:
            check_calendar(one.file.read_bytes(), one.file.name)
        except RefusedInput as refusal:
            what, _, right = str(refusal).partition("; right would be ")
            yield spot, what, right


def _care(care: CareTable) -> Iterator[Wrong]:
    path, spot = care.subscribers_file, ("care", "subscribers_file")
    if path is None:
        return
    refused = list(readable(path, spot))
    yield from refused
    if not refused and path.stat().st_mode & 0o007:
        what = f"everybody on this machine may read the list of subscribers in {path}"
        yield spot, what, f"a file that only the desk may read: chmod 600 {path}"
