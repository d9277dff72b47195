"""What `pulih probe` does with what was typed: targets checked before anything is asked, then one round or many."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any, Final, TextIO

import dns.resolver
import msgspec

from pulih.adapters.config.settings import ProbeTable
from pulih.adapters.config.targets import http_target, name_server, tcp_target
from pulih.adapters.desk_client import DeskClient
from pulih.adapters.desk_commands import until_signalled
from pulih.adapters.homeprobe.agent import SEND_PATIENCE_S, Agent, Place, Targets
from pulih.adapters.homeprobe.bearing import Bearing
from pulih.adapters.homeprobe.waiting import WaitingRoom
from pulih.model.clock import DAY_S, HOUR_S
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.reading import Service

_EVERY: Final = re.compile(r"(\d{1,6})(s|m|h)")
_UNITS: Final = {"s": 1, "m": 60, "h": HOUR_S}
_EVERY_S_MIN: Final = 10
_NOT_SENT: Final = 1
_SAMPLE_KB_MAX: Final = 100_000


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed; each stands in the help of the command."""

    name: str
    operator: str
    to: str
    token_file: Path
    place: str = ""
    service: Service | None = None
    dns: tuple[str, ...] = ()
    tcp: tuple[str, ...] = ()
    http: tuple[str, ...] = ()
    sample: str = ""
    sample_kb: int = 256
    slow_below: float = 0.0
    modem: Path | None = None
    signal_command: str = ""
    timeout: float = 5.0
    every: str = "5m"
    once: bool = False
    queue: Path | None = None
    plain_http: bool = False


def run_probe(wish: Wish, out: TextIO) -> int:
    """Measure once, or until SIGINT or SIGTERM; return 0, or 1 when one round could not be sent.

    Args:
        wish: what was typed.
        out: where each round is told.

    Raises: RefusedInput; OutsideFailed.
    """
    every = every_s(wish.every)
    targets = targets_of(wish)
    bearing = Bearing(wish.token_file, wish.name)
    client = DeskClient(
        wish.to,
        bearing.token(),
        patience_s=SEND_PATIENCE_S,
        plain=wish.plain_http,
    )
    room = WaitingRoom(wish.queue or Path(f"pulih-probe-{wish.name}.queue"))
    try:
        place = Place(name=wish.name, operator=wish.operator, place=wish.place, service=wish.service)
        agent = Agent(place, targets, client, room=room, out=out, bearing=bearing)
        if wish.once:
            return 0 if agent.round() else _NOT_SENT
        stopping = threading.Event()
        with until_signalled(stopping):
            agent.run(every, stopping)
        return 0
    finally:
        room.close()


def targets_of(wish: Wish) -> Targets:
    """Return what is measured.

    Raises: RefusedInput when there is nothing, or something cannot be asked; OutsideFailed without a name server.
    """
    asked = [
        *(_table(wish, "--dns", kind="dns", **_name_at(one)) for one in wish.dns),
        *(_table(wish, "--tcp", kind="tcp", target=one) for one in wish.tcp),
        *(_table(wish, "--http", kind="http", target=one) for one in wish.http),
    ]
    if not asked:
        raise RefusedInput("nothing is to be measured; give --dns example.id, --tcp HOST:PORT or --http URL, best all")
    if wish.modem is not None and wish.signal_command:
        raise RefusedInput("--modem and --signal-command both tell the signal; give one of them")
    if wish.sample:
        http_target(wish.sample)
    if not 1 <= wish.sample_kb <= _SAMPLE_KB_MAX:
        raise RefusedInput(f"--sample-kb {wish.sample_kb}: right would be 1 to {_SAMPLE_KB_MAX}")
    return Targets(
        asked=tuple(asked),
        modem=wish.modem,
        signal_command=wish.signal_command,
        sample=wish.sample,
        sample_bytes=wish.sample_kb << 10,
        slow_kbit_s=wish.slow_below,
        timeout_s=wish.timeout,
    )


def every_s(written: str) -> int:
    """Return seconds of a time such as 5m.

    Raises: RefusedInput.

    >>> every_s("30s"), every_s("5m")
    (30, 300)
    """
    found = _EVERY.fullmatch(written.strip().lower())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not _EVERY_S_MIN <= seconds <= DAY_S:
        raise RefusedInput(f"--every {written}: right would be 10s to 24h, such as 5m")
    return seconds


def _name_at(written: str) -> dict[str, str]:
    name, at, server = written.partition("@")
    if at:
        return {"target": name, "server": server}
    try:
        first = str(dns.resolver.Resolver().nameservers[0])
    except (dns.resolver.NoResolverConfiguration, IndexError):
        raise OutsideFailed(
            f"--dns {written}: this machine has no name server; give one: --dns {name}@9.9.9.9"
        ) from None
    return {"target": name, "server": f"[{first}]" if ":" in first else first}


def _table(wish: Wish, option: str, **told: Any) -> ProbeTable:
    """Return a target, once it is known that it can be asked."""
    check = {"dns": lambda: name_server(told["server"]), "tcp": lambda: tcp_target(told["target"])}
    try:
        check.get(told["kind"], lambda: http_target(told["target"]))()
        return msgspec.convert(
            {"name": wish.name, "operator": wish.operator, "place": wish.place, "timeout_s": wish.timeout, **told},
            type=ProbeTable,
        )
    except RefusedInput as problem:
        raise RefusedInput(f"{option}: {problem}") from None
    except msgspec.ValidationError as problem:
        field = str(problem).rpartition("$.")[2].rstrip("`")
        named = {"target": option, "server": option, "timeout_s": "--timeout"}.get(field, f"--{field}")
        what = str(problem).partition(" - ")[0]
        raise RefusedInput(f"{named}: {what}; `pulih probe --help` says what is right") from None
