"""Which window regions cover a place: codes are hierarchical, their parts separated by dots.

A place that is known only coarsely is not inside a finer window: whoever is "in 31" may be anywhere in it.
Source: docs/credit.md, "Region codes".
"""

EVERYWHERE = "*"


def covers(region: str, place: str) -> bool:
    """Whether a window of this region holds for a place.

    >>> covers("31", "31.74"), covers("31.7", "31.74"), covers("31.74", "31"), covers("*", "31")
    (True, False, False, True)
    """
    return region in (EVERYWHERE, place) or place.startswith(f"{region}.")


def depth(region: str) -> int:
    """Parts of a code; `*` has none.

    >>> depth("*"), depth("31.74.06")
    (0, 3)
    """
    return 0 if region == EVERYWHERE else region.count(".") + 1
