"""A Scope says whom and what a claim is about: operator x service x region x symptom, each possibly all of it."""

from __future__ import annotations

import msgspec

from pulih.model.reading import Service, Symptom


class Scope(msgspec.Struct, frozen=True, order=True):
    """Operator x service x region x symptom; "" or None stands for "all of it".

    Attributes:
        operator: operator id of the catalogue.
        region: Kemendagri code, "" for the whole country.
        service, symptom: None for all.
    """

    operator: str
    region: str = ""
    service: Service | None = None
    symptom: Symptom | None = None
