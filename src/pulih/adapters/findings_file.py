"""Findings file: read findings.json of a backtest again, refused with the field that is wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from pulih.adapters.results import FINDINGS, SIGNALS
from pulih.model.clock import to_micros
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.model.scope import Scope
from pulih.service.impacts import Recorded

_SCHEMA = 1
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


class Findings(msgspec.Struct, frozen=True):
    """What findings.json says, as far as it is needed again.

    Attributes:
        findings: in the order of the file.
        operator: id of the operator the backtest was about, None for all.
        zone: IANA name of its local zone.
        signals: path of the signals behind the findings, None where that file is not there.
    """

    findings: tuple[Recorded, ...]
    operator: str | None
    zone: str
    signals: Path | None


class _Finding(msgspec.Struct, frozen=True):
    id: str
    incident: str
    operator: str | None
    service: Service | None
    region: str | None
    region_name: str | None
    symptom: Symptom | None
    onset: _Moment
    cleared: _Moment | None
    signals: _Count
    expected: Annotated[float, msgspec.Meta(ge=0)]
    narrowed_to: str | None


class _Source(msgspec.Struct, frozen=True):
    last: _Moment | None


class _Settings(msgspec.Struct, frozen=True):
    operator: str | None
    zone: str


class _Version(msgspec.Struct, frozen=True):
    schema: int


class _Document(msgspec.Struct, frozen=True):
    source: _Source
    settings: _Settings
    findings: tuple[_Finding, ...]


def read_findings(path: Path) -> Findings:
    """Read the findings of a backtest.

    Args:
        path: findings.json, or the folder that holds it.

    Raises: RefusedInput when it is not there, or was not written by a backtest.
    """
    file = path / FINDINGS if path.is_dir() else path
    document = _document(file)
    last = document.source.last
    signals = file.with_name(SIGNALS)
    return Findings(
        findings=tuple(_recorded(one, last, file) for one in document.findings),
        operator=document.settings.operator,
        zone=_known_zone(document.settings.zone, file),
        signals=signals if signals.is_file() else None,
    )


def _document(file: Path) -> _Document:
    try:
        content = file.read_bytes()
        # Another schema has other keys; that one of them is missing would not be what is wrong.
        schema = msgspec.json.decode(content, type=_Version).schema
        document = msgspec.json.decode(content, type=_Document) if schema == _SCHEMA else None
    except OSError as error:
        raise RefusedInput(
            f"{file}: cannot be read ({error.strerror}); give the folder that a backtest wrote, or its {FINDINGS}"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedInput(f"{file}: is no {FINDINGS} of a backtest ({error}); docs/commands.md has its keys") from None
    if document is None:
        raise RefusedInput(
            f"{file}: schema {schema} is not known to this version, which reads schema {_SCHEMA}; "
            "run the backtest again"
        )
    return document


def _known_zone(name: str, file: Path) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RefusedInput(
            f"{file}: settings.zone {name!r} is no time zone; right would be a name such as Asia/Jakarta"
        ) from None


def _recorded(one: _Finding, last: datetime | None, file: Path) -> Recorded:
    end = one.cleared or last
    if end is None or end < one.onset:
        told = "nothing tells when it ends" if end is None else "it ends before its onset"
        raise RefusedInput(f"{file}: finding {one.id}: {told}; run the backtest again")
    return Recorded(
        id=one.id,
        incident=one.incident,
        narrowed_to=one.narrowed_to or "",
        region_name=one.region_name,
        scope=Scope(operator=one.operator or "", service=one.service, region=one.region, symptom=one.symptom),
        start_us=to_micros(one.onset),
        end_us=to_micros(end),
        lasts=one.cleared is None,
        signals=one.signals,
        expected=one.expected,
    )
