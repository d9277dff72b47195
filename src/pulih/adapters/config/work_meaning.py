"""What the settings of partners and of work can get wrong although every key is of its kind."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.config.files import Wrong
from pulih.adapters.config.settings import DeskSettings
from pulih.model.errors import RefusedInput


def faults_of_work(settings: DeskSettings) -> Iterator[Wrong]:
    """Return what is wrong with the tables of partners."""
    for network in settings.tmf.allow_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            what = f"{network!r} is no network ({error})"
            yield ("tmf", "allow_networks"), what, "such as 10.20.0.0/16 or fd00::/8"
    name = settings.tmf.operator
    try:
        unknown = bool(name) and load_catalogue(settings.desk.catalogue).resolve(name) is None
    except RefusedInput:
        # The catalogue has a fault of its own, which is told where it is named.
        return
    if unknown:
        yield ("tmf", "operator"), f"no operator {name!r} is known", "a name of the catalogue"
