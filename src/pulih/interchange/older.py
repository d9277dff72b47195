"""Older: what TM Forum's conformance kits send, which its specifications of version 4 do not let through.

The kits of TMF621 and TMF656 are of the releases 18.0 and 18.5: a ticket may have any status there, and a party does
not say of which type it is. The kit of TMF642 has texts for the ids of alarms, its specification has numbers. A desk
set to `[tmf] as_kits` fits such documents to version 4 when they come in, so that all that it keeps is of one version.
Source: the kits CTK-TMF621-TroubleTicket-R18-0, CTK-TMF642-Alarm and CTK-TMF656-ServiceProblem of tmforum-rand.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from pulih.interchange.shapes import Document, Shape

_TYPE: Final = "@referredType"
# TMF632 calls by this name what is a person or an organisation.
_ANY_PARTY: Final = "Party"


def fitted(document: Any, shape: Shape) -> Any:
    """Return a document as version 4 has it: parties with a type, and no status that it does not know.

    What is wrong otherwise stays wrong, and is for `check`.

    Args:
        document: as it was decoded.
        shape: what version 4 says of it.

    >>> fitted({"id": "7", "status": "new"}, Shape(choices={"status": frozenset({"held"})}))
    {'id': '7'}
    """
    if not isinstance(document, dict):
        return document
    made: Document = {name: _value(name, value, shape) for name, value in document.items()}
    strange = {name for name, words in shape.choices.items() if _is_strange(made.get(name), words)}
    if _TYPE in shape.needed and _TYPE not in made:
        made[_TYPE] = _ANY_PARTY
    return {name: value for name, value in made.items() if name not in strange}


def _value(name: str, value: Any, shape: Shape) -> Any:
    if name in shape.one:
        return fitted(value, shape.one[name])
    if name in shape.many and isinstance(value, list):
        return [fitted(one, shape.many[name]) for one in value]
    return value


def with_any_id(shape: Shape) -> Shape:
    """Return a shape in which an id may be a text as well as a number.

    >>> with_any_id(Shape(many={"ackedAlarm": Shape(wholes=frozenset({"id"}))})).many["ackedAlarm"].wholes
    frozenset()
    """
    return replace(
        shape,
        wholes=shape.wholes - {"id"},
        one={name: with_any_id(each) for name, each in shape.one.items()},
        many={name: with_any_id(each) for name, each in shape.many.items()},
    )


def _is_strange(value: Any, words: frozenset[str]) -> bool:
    return isinstance(value, str) and value not in words
