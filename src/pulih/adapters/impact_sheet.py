"""Impact sheet: the impacts of findings as JSON for machines."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Context
from pathlib import Path
from typing import Any

import msgspec

from pulih.model.clock import iso
from pulih.model.errors import OutsideFailed
from pulih.model.impact import Impact, Method, Share
from pulih.service.impacts import Recorded

# More digits would pretend to be known.
DIGITS = 3
Reckoned = Sequence[tuple[Recorded, Impact]]


class Basis(msgspec.Struct, frozen=True):
    """What the impacts rest on: names of the files, None for one that was not there."""

    findings: str
    signals: str | None
    subscribers: str | None
    zone: str


def impacts_json(reckoned: Reckoned, basis: Basis) -> str:
    """Return the impacts as JSON: schema 1, keys in a fixed order, times in ISO 8601 UTC, null where unknown."""
    methods: dict[str, Method] = {method.id: method for _, impact in reckoned for method in impact.methods}
    document = {
        "schema": 1,
        "source": msgspec.to_builtins(basis),
        "impacts": [_one(finding, impact) for finding, impact in reckoned],
        "methods": [msgspec.to_builtins(method) for method in methods.values()],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _one(finding: Recorded, impact: Impact) -> dict[str, Any]:
    emergency = impact.emergency
    return {
        "finding": finding.id,
        "incident": finding.incident,
        "narrowed_to": finding.narrowed_to or None,
        "operator": impact.scope.operator or None,
        "service": impact.scope.service,
        "region": impact.scope.region,
        "region_name": finding.region_name,
        "symptom": impact.scope.symptom,
        "start": iso(impact.start_us),
        "end": iso(impact.end_us),
        "lasts": finding.lasts,
        "emergency": None if emergency is None else msgspec.to_builtins(emergency),
        "priority": [msgspec.to_builtins(kind) for kind in impact.priority],
        "subscribers": msgspec.to_builtins(impact.subscribers),
        "served": msgspec.to_builtins(impact.served),
        "share": _share(impact.share),
        "groups": [msgspec.to_builtins(group) for group in impact.groups],
        "user_minutes": msgspec.to_builtins(impact.user_minutes),
        "methods": [method.id for method in impact.methods],
        "rules": list(impact.rules),
    }


def _share(share: Share) -> dict[str, Any]:
    likely, high = (float(f"{value:.{DIGITS}g}") for value in (share.likely, share.high))
    # The lowest is rounded down, so that it stays one.
    low = float(Context(prec=DIGITS, rounding=ROUND_FLOOR).create_decimal(share.low))
    return {"low": low, "likely": max(low, likely), "high": high, "methods": list(share.methods)}


def write_sheet(path: Path, sheet: str) -> None:
    """Write the sheet whole or not at all; what stood there stays until then.

    Raises: OutsideFailed when it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(sheet, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutsideFailed(f"--out {path}: cannot be written ({error.strerror}). Give a file you may write.") from None
