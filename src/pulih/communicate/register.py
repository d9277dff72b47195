"""The outage register: public incidents with start, areas, services, updates and resolution, as JSON and as CSV.

It has what ACMA's proposal for a public outage register asks for (consultation from 19 January to 18 February 2026,
outcome not seen; docs/regulators.md), and says of itself that this is a proposal. It is a function of what was said, so
it is the same to the last byte until something happens.
"""

from __future__ import annotations

import csv
import io
from typing import Any, Final

import msgspec

from pulih.communicate.edition import Edition, created_us
from pulih.model.bulletin import PublicIncident

REGISTER_JSON: Final = "register.json"
REGISTER_CSV: Final = "register.csv"
COLUMNS: Final = (
    "id", "operator", "title_id", "title_en", "start", "published", "areas", "area_codes", "services", "stage",
    "updates_id", "updates_en", "resolution", "resolution_proved",
    "resolution_doubted", "reopened", "retracted",
)  # fmt: skip
_NOTE: Final = (
    "The fields are those of a public outage register that ACMA proposed in 2026 and whose outcome was not seen. "
    "No rule that the desk knows demands this file."
)
_KEPT: Final = "Incidents stay for good; the proposal asks for two years. At most 1,000 that are over are listed."
# A cell that begins so is worked out by spreadsheets.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


def register_json(edition: Edition) -> bytes:
    """Return the register as one JSON object; moments are ISO 8601, areas and services in the edition's language."""
    whole = {
        "desk": edition.bulletin.desk,
        "rule": "ACMA, public outage register",
        "standing": "proposed",
        "note": _NOTE,
        "kept": _KEPT,
        "incidents": [_row(edition, one) for one in _all(edition)],
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def register_csv(edition: Edition) -> bytes:
    """Return the register as CSV (RFC 4180, UTF-8): one line for each incident, several values with line breaks."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for one in _all(edition):
        row = _row(edition, one)
        row["areas"], row["area_codes"] = ([area[key] for area in row["areas"]] for key in ("name", "code"))
        for language in ("id", "en"):
            row[f"updates_{language}"] = [_said(word, f"text_{language}") for word in row["updates"]]
        table.writerow([_cell(row[name]) for name in COLUMNS])
    return written.getvalue().encode()


def _all(edition: Edition) -> tuple[PublicIncident, ...]:
    return (*edition.bulletin.current, *edition.bulletin.past)


def _row(edition: Edition, incident: PublicIncident) -> dict[str, Any]:
    regions = dict.fromkeys(one.region for one in incident.scopes if one.region)
    services = dict.fromkeys(one.service for one in incident.scopes if one.service)
    return {
        "id": incident.id,
        "operator": edition.operator(incident.operator),
        "title_id": incident.title_id,
        "title_en": incident.title_en,
        "start": edition.instant(incident.onset_us),
        "published": edition.instant(created_us(incident)),
        "areas": [{"code": one, "name": edition.place(one)} for one in regions],
        "services": [edition.service(one) for one in services],
        "stage": incident.stage,
        "updates": [
            {
                "at": edition.instant(word.published_us),
                "stage": word.stage,
                "text_id": word.text_id,
                "text_en": word.text_en,
                "withdrawn": None if word.withdrawn_us is None else edition.instant(word.withdrawn_us),
            }
            for word in incident.words
        ],
        "resolution": None if incident.ended_us is None else edition.instant(incident.ended_us),
        "resolution_proved": None if incident.ended_us is None else not incident.unproved,
        "resolution_doubted": None if incident.ended_us is None else incident.contradicted,
        "reopened": [edition.instant(one.at_us) for one in incident.turns if one.kind == "reopened"],
        "retracted": incident.retracted,
    }


def _said(word: dict[str, Any], text: str) -> str:
    withdrawn = f" (withdrawn {word['withdrawn']})" if word["withdrawn"] else ""
    return f"{word['at']}{withdrawn} {word[text]}"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return _cell("\n".join(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
