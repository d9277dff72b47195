"""Joins the import of another status page's history: fetches or reads it, and writes it into a data folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO, cast, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import msgspec

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.data_folder import known_layout
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.communicate.statuspage.documents import PATHS
from pulih.communicate.statuspage.history import HISTORY_BYTES_MAX, History, read_history
from pulih.main import zone_name
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.reading import Service
from pulih.ports.clock import Clock
from pulih.serve.storage import open_beside, settings_of
from pulih.service.importing import Came, ImportPlan, take_over

_WAIT_S: Final = 30.0
# What was said before is no news to any subscriber.
_SETTLED_US: Final = 2 * DAY_S * MICROS
_SAID: Final[Mapping[Came, str]] = {
    "taken": "taken over",
    "known": "was here already",
    "going": "left out, since it goes on there",
    "fresh": "left out, since it was over less than two days ago; import again later",
    "empty": "left out, since nothing was said of it",
}


class ImportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: the address of a status page or a file, whose it is, and "NAME=SERVICE" for its components."""

    source: str
    operator: str
    components: tuple[str, ...] = ()


def import_statuspage(data: Path, config: Path | None, asked: ImportRequest, out: TextIO, *, clock: Clock) -> int:
    """Take the history over, and say of each incident what became of it; return 0.

    The desk may run: its pages show what was taken over within a minute.

    Raises: RefusedInput when source, operator or a component cannot be used; OutsideFailed when it cannot be fetched or
        written.
    """
    layout, settings = known_layout(data), settings_of(data, config)
    operator = load_catalogue(settings.desk.catalogue).resolve(asked.operator)
    if operator is None:
        raise RefusedInput(f"--operator {asked.operator!r} is not known; right would be one of docs/commands.md.")
    services = services_of(asked.components)
    plan = ImportPlan(
        operator=operator.id,
        zone=ZoneInfo(zone_name(settings.desk.zone)),
        before_us=clock.now_us() - _SETTLED_US,
        services=services,
    )
    history = _history(asked.source)
    engine = open_beside(layout, settings, "desk")
    try:
        came = take_over(history, plan, SqlIncidentStore(engine))
    finally:
        engine.dispose()
    out.writelines(
        f"{one.incident or '-':<15} {_SAID[one.came]}: {' '.join(one.title.split())[:100]}\n" for one in came
    )
    taken = sum(one.came == "taken" for one in came)
    out.write(f"{taken} of {len(came)} incidents of {history.page.name or asked.source} taken over.\n")
    return 0


def services_of(components: Sequence[str]) -> dict[str, Service]:
    """Return which service each component is, by its name in lower case.

    Raises: RefusedInput when one is not like "NAME=SERVICE".

    >>> services_of(["Mobile Data=mobile_data"])
    {'mobile data': 'mobile_data'}
    """
    found: dict[str, Service] = {}
    for one in components:
        name, _, service = one.rpartition("=")
        if not name or service not in get_args(Service):
            known = ", ".join(get_args(Service))
            raise RefusedInput(f"--component {one!r} cannot be read; right would be NAME=SERVICE, one of {known}.")
        found[name.strip().casefold()] = cast(Service, service)
    return found


def _history(source: str) -> History:
    if urlsplit(source).scheme not in {"http", "https"}:
        try:
            return read_history(Path(source).read_bytes(), source)
        except OSError as error:
            raise RefusedInput(
                f"{source} cannot be read ({error.strerror}); right would be a page's address, or its incidents.json."
            ) from None
    address = source if source.endswith(".json") else f"{source.rstrip('/')}/{PATHS['incidents']}"
    return read_history(_fetched(address), address)


def _fetched(address: str) -> bytes:
    try:
        with httpx.Client(timeout=_WAIT_S, follow_redirects=True) as client, client.stream("GET", address) as answer:
            if answer.status_code != 200:
                raise OutsideFailed(
                    f"{address} answered {answer.status_code}; right would be 200: is it a status page?"
                )
            content = bytearray()
            for part in answer.iter_bytes():
                content += part
                if len(content) > HISTORY_BYTES_MAX:
                    break
            return bytes(content)
    except httpx.HTTPError as error:
        raise OutsideFailed(f"{address} cannot be fetched ({type(error).__name__}); try again later.") from None
