"""What `pulih` shows is what it says it shows."""

from __future__ import annotations
import __future__

import types

import pulih


def test_all_equals_what_is_visible() -> None:
    said = list(getattr(pulih, "__all__", []))
    assert len(said) == len(set(said))
    assert set(said) == {name for name in dir(pulih) if _is_shown(name)}


def test_every_name_said_can_be_used_and_has_a_docstring() -> None:
    for name in getattr(pulih, "__all__", []):
        assert (getattr(pulih, name).__doc__ or "").strip(), name


def _is_shown(name: str) -> bool:
    """Rooms are modules and become visible as they are imported; they are not part of the interface."""
    if name.startswith("_"):
        return False
    return not isinstance(getattr(pulih, name), types.ModuleType | __future__._Feature)
