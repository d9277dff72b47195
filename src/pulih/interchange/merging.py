"""Merging: a document after a change that a partner sent, and what of it may not be changed.

Source: RFC 7386 (JSON Merge Patch), which TMF630 asks of PATCH: attributes that are named take the new value, documents
in documents are merged, lists are replaced.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pulih.interchange.shapes import Document
from pulih.model.errors import RefusedInput


def merged(document: Document, change: Document) -> Document:
    """Return a document after a change; an attribute that becomes null is gone.

    >>> merged({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": 4}})
    {'b': {'c': 4, 'd': 3}}
    """
    result: Document = dict(document)
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            held = result.get(name)
            result[name] = merged(held if isinstance(held, dict) else {}, value)
        else:
            result[name] = value
    return result


def without_nulls(change: Any) -> Any:
    """Return what of a change gives attributes a value.

    >>> without_nulls({"a": None, "b": {"c": None, "d": 1}})
    {'b': {'d': 1}}
    """
    if not isinstance(change, dict):
        return change
    return {name: without_nulls(value) for name, value in change.items() if value is not None}


def refuse_fixed(document: Document, change: Document, fixed: Collection[str]) -> None:
    """Refuse a change of what stays as it is; naming it with the value it has is no change.

    Raises: RefusedInput.
    """
    for name in sorted(set(change).intersection(fixed)):
        held = document.get(name)
        # An address is the same whatever machine it was asked at.
        same = str(change[name]).endswith(str(held)) if name == "href" else change[name] == held
        if not same:
            raise RefusedInput(f"body.{name}: it cannot be changed; right would be a change without it.")
