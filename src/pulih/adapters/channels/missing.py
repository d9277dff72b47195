"""Missing: how a channel says that its package is not installed; all of them are optional."""

from __future__ import annotations

from pulih.model.errors import OutsideFailed


def missing(channel: str, extra: str) -> OutsideFailed:
    """Return the error of a channel whose package is not there.

    Args:
        channel: what it is called in a sentence.
        extra: name of the optional part of pulih that brings the package.

    >>> str(missing("Web push", "push"))
    "Web push needs a package that is not installed; run: pip install 'pulih[push]'"
    """
    return OutsideFailed(
        f"{channel} needs a package that is not installed; run: pip install 'pulih[{extra}]'",
        key="source.package",
        extra=extra,
    )
