"""The command of the probe at home: `pulih probe`; sentences and exit codes as everywhere."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, get_args

from cyclopts import App, Parameter

from pulih.model.errors import RefusedInput
from pulih.model.reading import Service

COMMANDS = ("probe",)


@Parameter(name="*")
@dataclass(frozen=True)
class Measuring:
    """What a probe at home is and measures; each option says it in its help."""

    name: Annotated[str, Parameter(help="Name of this probe; its source at the desk is probe-NAME.")]
    operator: Annotated[str, Parameter(help="Operator whose service is measured.")]
    token_file: Annotated[Path, Parameter(help="File with a token of role source; only its owner may read it.")]
    to: Annotated[str, Parameter(help="Address of the desk.")] = "http://127.0.0.1:8000"
    place: Annotated[str, Parameter(help="Where it stands: a region's code or name, such as 31.74.")] = ""
    service: Annotated[
        str, Parameter(help="Service that is measured; mobile_data where a modem is asked, else fixed_broadband.")
    ] = ""
    dns: Annotated[
        tuple[str, ...], Parameter(help="Name to look up, NAME or NAME@SERVER; may be given several times.")
    ] = ()
    tcp: Annotated[tuple[str, ...], Parameter(help="HOST:PORT to connect to; may be given several times.")] = ()
    http: Annotated[tuple[str, ...], Parameter(help="Web address to get; may be given several times.")] = ()
    sample: Annotated[str, Parameter(help="Web address of some bytes, to see how fast they come.")] = ""
    sample_kb: Annotated[int, Parameter(help="KiB of a sample; each round uses them up.")] = 256
    slow_below: Annotated[float, Parameter(help="A sample of fewer kilobits a second means slow service.")] = 0.0
    modem: Annotated[
        Path | None, Parameter(help="Serial line of a modem that answers AT+CSQ, such as /dev/ttyUSB2.")
    ] = None
    signal_command: Annotated[
        str, Parameter(help="Command that writes the signal: bars 0 to 4, a percentage, dBm or +CSQ.")
    ] = ""
    timeout: Annotated[float, Parameter(help="Seconds for each question, at most 30.")] = 5.0
    every: Annotated[str, Parameter(help="Time between rounds, 10s to 24h.")] = "5m"
    once: Annotated[bool, Parameter(help="Measure one round and end; exit code 1 when it could not be sent.")] = False
    queue: Annotated[
        Path | None, Parameter(help="File in which measurements wait for a way; in the present folder when not told.")
    ] = None
    plain_http: Annotated[bool, Parameter(help="Allow an address of another machine without encryption.")] = False


def probe(*, measuring: Measuring) -> int:
    """Measure what customers get, here, and send it to a desk; what cannot be sent waits on the disk.

    Asks name servers, ports and web addresses, takes a sample where told, and reads the bars of a modem, so that
    "signal good, internet dead" is measured and not only said. Until Ctrl-C, or once.
    """
    from pulih.adapters.homeprobe.command import Wish, run_probe  # noqa: PLC0415

    told = asdict(measuring)
    if told["service"] not in {"", *get_args(Service)}:
        raise RefusedInput(f"--service {told['service']}: right would be one of {', '.join(get_args(Service))}")
    return run_probe(Wish(**{**told, "service": told["service"] or None}), sys.stdout)


def add_to(app: App) -> None:
    """Add the command to the others."""
    app.command(probe, name="probe")
