"""Shapes that documents of several TM Forum interfaces share: notes, parties, places, references.

Source: the definitions of TMF621, TMF642 and TMF656 v4.0.0 (Apache-2.0), in which they are the same but for `href`.
"""

from __future__ import annotations

from typing import Final

from pulih.interchange.shapes import Shape, names

# Every document may say what it is a sub-class of, and where that is described.
BASE: Final = names("@baseType @type")
WHERE: Final = names("@schemaLocation")


def plain(written: str, *, moments: str = "", needed: str = "", uris: str = "") -> Shape:
    """Return the shape of a document of texts.

    Args:
        written: names of its texts.
        moments, uris: names of its moments and URIs.
        needed: names without which there is no sense in it.

    >>> sorted(plain("id").texts)
    ['@baseType', '@type', 'id']
    """
    return Shape(
        texts=names(written) | BASE,
        uris=names(uris) | WHERE,
        moments=names(moments),
        needed=tuple(needed.split()),
    )


NOTE: Final = plain("id author text", moments="date")
PLAIN_REF: Final = plain("id href name @referredType", needed="id")
PLACE: Final = plain("id href name role @referredType", needed="role")
PARTY: Final = plain("id href name role @referredType", needed="@referredType id")
ENTITY: Final = plain("id href name role @referredType", needed="@referredType id role")
# TMF656 holds that an href is a URI.
REF: Final = plain("id name @referredType", uris="href", needed="id")
URI_PARTY: Final = plain("id name role @referredType", uris="href", needed="@referredType id")
URI_ENTITY: Final = plain("id name role @referredType", uris="href", needed="@referredType id role")
LISTENER: Final = Shape(texts=names("callback query"), needed=("callback",))
