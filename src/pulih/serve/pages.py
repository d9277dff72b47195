"""What the pages are told of settings and names, and the single sign-on where there is one."""

from __future__ import annotations

from typing import Final, get_args
from urllib.parse import urlsplit

from pulih.adapters.cadences import load_cadences
from pulih.adapters.config import DeskSettings
from pulih.adapters.sign_on import OpenIdSignOn, SignOnSettings
from pulih.model.reading import Service
from pulih.ports.clock import Clock
from pulih.ports.people import SignOn
from pulih.serve.secrets import secret_in
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue, Operator
from pulih.web.frame.rooms import Names, Province, WebSettings

_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def web_settings_of(settings: DeskSettings, zone: str, catalogue: Catalogue) -> WebSettings:
    """Return what pages need of the settings; `zone` is the IANA name of the desk's."""
    desk, server = settings.desk, settings.server
    own = [catalogue.resolve(name) for name in desk.operators]
    return WebSettings(
        desk=desk.name,
        mode=desk.mode,
        own=tuple(one.id for one in own if one is not None),
        address=server.address,
        site=settings.site.address.rstrip("/"),
        speaker=desk.speaker,
        office=desk.office,
        zone=zone,
        language=desk.language,
        sign_on=settings.oidc.label if settings.oidc else "",
        proxies=server.proxies,
        cadence=load_cadences()[desk.cadence],
        secure_cookies=not _heard_here_alone(settings),
    )


def _heard_here_alone(settings: DeskSettings) -> bool:
    """Return whether this machine alone reaches the desk, without TLS: not every browser keeps Secure cookies then.

    Chromium and Firefox do; Safari and most programs do not, and nobody could sign in.
    """
    server = settings.server
    return server.host in _THIS_MACHINE and not server.proxies and not server.address.startswith("https://")


def is_heard_here(settings: DeskSettings) -> bool:
    """Return whether processes of this machine alone reach the desk, each for itself, as far as the settings say.

    Where people have an address elsewhere or a proxy is named, what comes from this machine may be anybody's.
    """
    server = settings.server
    is_elsewhere = server.address and urlsplit(server.address).hostname not in _THIS_MACHINE
    return server.host in _THIS_MACHINE and not server.proxies and not is_elsewhere


def names_of(catalogue: Catalogue, gazetteer: Gazetteer) -> Names:
    """Return what operators and regions are called, and the squares of the tile map."""
    regions = gazetteer.regions
    return Names(
        operators={one.id: one.name for one in catalogue.operators},
        services={one.id: services_of(one) for one in catalogue.operators},
        regions={code: region.name for code, region in regions.items()},
        provinces=tuple(
            Province(code=one.code, name=one.name, letters=one.short, column=one.tile[0], row=one.tile[1])
            for one in regions.values()
            if one.tile is not None
        ),
    )


def services_of(operator: Operator) -> tuple[Service, ...]:
    """Return what an operator sells, of what the desk knows by name."""
    return tuple(one for one in get_args(Service) if one in operator.services)


def sign_on_of(settings: DeskSettings, clock: Clock) -> SignOn | None:
    """Return the single sign-on of the settings, None without one.

    Raises: RefusedInput when its secret cannot be read; OutsideFailed when what it needs is not installed.
    """
    table = settings.oidc
    if table is None:
        return None
    return OpenIdSignOn(
        SignOnSettings(
            issuer=table.issuer,
            client_id=table.client_id,
            client_secret=secret_in(table.client_secret_file),
            groups_claim=table.groups_claim,
        ),
        clock,
    )
