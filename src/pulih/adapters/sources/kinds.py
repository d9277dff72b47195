"""Kinds of sources by name: each file of the three rooms beside this one that has a `KIND`, and those of packages.

A file is imported when its kind is asked for, so that a desk loads the libraries of the sources it has and no others.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import Final

from pulih.adapters.sources import measurements, network, people
from pulih.model.errors import RefusedInput
from pulih.ports.sources import ENTRY_POINTS, SourceKind

_ROOMS: Final = (people, network, measurements)


def kind_names() -> tuple[str, ...]:
    """Return the names of all kinds there are, those of packages too, sorted."""
    return tuple(sorted({*_own(), *(one.name for one in entry_points(group=ENTRY_POINTS))}))


def kind_of(name: str) -> SourceKind:
    """Return a kind.

    Raises: RefusedInput when there is none of that name, or its package cannot be loaded.
    """
    if (module := _own().get(name)) is not None:
        kind = importlib.import_module(module).KIND
    else:
        found = next((one for one in entry_points(group=ENTRY_POINTS) if one.name == name), None)
        if found is None:
            raise RefusedInput(f'kind: there is no source "{name}"; right would be one of {", ".join(kind_names())}.')
        try:
            kind = found.load()
        except Exception as problem:
            # A stranger's module may fail in any way while it is imported, and keeps no other kind from being listed.
            why = str(problem) or type(problem).__name__
            raise RefusedInput(
                f'kind: the package of "{name}" cannot be loaded ({why}); right would be to install it anew.'
            ) from None
    if not isinstance(kind, SourceKind) or kind.name != name:
        raise RefusedInput(
            f'kind: the package of "{name}" gives no source of that name; right would be as docs/listening.md says.'
        )
    return kind


def _own() -> dict[str, str]:
    """Return the modules of own kinds by name; those that begin with an underscore are no kinds."""
    return {
        one.name: f"{room.__name__}.{one.name}"
        for room in _ROOMS
        for one in pkgutil.iter_modules(room.__path__)
        if not one.name.startswith("_")
    }
