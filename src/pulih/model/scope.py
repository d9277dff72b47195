"""A Scope says what a claim is about: operator, service, region and symptom, each possibly "all of it"."""

from __future__ import annotations

import msgspec

from pulih.model.reading import Service, Symptom


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding, an impact or an incident speaks of.

    Attributes:
        operator: catalogue id; "" where no operator is named.
        service, symptom: what fails and how; None where it is not told.
        region: Kemendagri code; None = the whole country, or no place known.
    """

    operator: str = ""
    service: Service | None = None
    region: str | None = None
    symptom: Symptom | None = None
