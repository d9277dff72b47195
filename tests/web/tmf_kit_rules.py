"""Tells schemathesis what TM Forum's conformance kits ask and its schemas do not: a mandatory attribute says something.

Schemathesis loads it by SCHEMATHESIS_HOOKS. Without it a blank text would be drawn as a valid one, whose refusal (400)
is what the kits want; with it, blank texts are drawn among what must be refused.
"""

from __future__ import annotations

from typing import Any

import schemathesis

from pulih.interchange.shapes import is_empty


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Ask of each mandatory text of what is sent, and of a change to it, that it has a letter."""
    definitions = raw_schema.get("definitions", {})
    for name, definition in definitions.items():
        kind, _, does = name.rpartition("_")
        if does not in {"Create", "Update"} and name != "EventSubscriptionInput":
            continue
        whole = definitions.get(f"{kind}_Create", definition) if does == "Update" else definition
        for needed in whole.get("required", ()):
            attribute = definition["properties"].get(needed, {})
            if attribute.get("type") == "string" and not {"enum", "format"} & attribute.keys():
                attribute["pattern"] = r"\S"


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """Leave out documents and lists that hold nothing but blanks; no schema can say that."""
    if not isinstance(body, dict):
        return True
    held = [value for value in body.values() if isinstance(value, dict | list)]
    held += [one for value in held if isinstance(value, list) for one in value]
    return not any(is_empty(one) for one in held)
