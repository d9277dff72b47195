"""Tells schemathesis what TM Forum's conformance kits ask and its schemas do not: a mandatory attribute says something.

Schemathesis loads it by SCHEMATHESIS_HOOKS. Without it a blank text would be drawn as a valid one, whose refusal (400)
is what the kits want; with it, blank texts are drawn among what must be refused.
"""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Ask a letter of each mandatory text of what is sent, and of a change to it; of each document an attribute."""
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
            elif "$ref" in attribute:
                definition["properties"][needed] = {"allOf": [attribute, {"type": "object", "minProperties": 1}]}
