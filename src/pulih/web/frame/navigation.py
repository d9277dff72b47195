"""Where the head of every console page leads, and who sees which way.

Eight ways at most, so that they stand in two lines on a phone; what belongs together shares one.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pulih.model.person import Role


class Item(msgspec.Struct, frozen=True):
    """One way: key of its words, address, the role that it needs, and the other pages that share it."""

    words: str
    path: str
    role: Role
    beside: tuple[Item, ...] = ()

    def leads_to(self, path: str) -> bool:
        """Tell whether a page is this way's, or one of those that share it.

        >>> Item("nav.first", "/console", "viewer").leads_to("/console/now")
        False
        """
        own = path == self.path or (self.path != "/console" and path.startswith(f"{self.path}/"))
        return own or any(one.leads_to(path) for one in self.beside)


def items() -> tuple[Item, ...]:
    """Return the ways, in the order in which they stand.

    >>> items()[0].path
    '/console'
    """
    promises = Item("nav.promises", "/console/promises", "viewer")
    measures = Item("nav.measures", "/console/measures", "viewer")
    estimates = Item("nav.estimates", "/console/estimates", "viewer")
    on_call = Item("nav.on_call", "/console/on-call", "viewer")
    sending = Item("nav.sending", "/console/sending", "viewer")
    admin = (
        Item("nav.users", "/console/users", "admin"),
        Item("nav.tokens", "/console/tokens", "admin"),
        Item("nav.audit", "/console/audit", "admin"),
    )
    return (
        Item("nav.first", "/console", "viewer"),
        Item("nav.now", "/console/now", "viewer"),
        Item("nav.incidents", "/console/incidents", "viewer", (promises, on_call, estimates, measures)),
        Item("nav.works", "/console/works", "viewer"),
        Item("nav.care", "/console/care", "viewer"),
        Item("nav.sources", "/console/sources", "viewer"),
        Item("nav.publishing", "/console/publishing", "viewer", (sending,)),
        Item("nav.settings", "/console/settings", "viewer", admin),
    )


def sharing(path: str, may: Callable[[Role], bool]) -> tuple[Item, ...]:
    """Return the pages that share the way of a page, its first one among them; none where it has a way of its own.

    >>> [one.path for one in sharing("/console/sending", lambda role: True)]
    ['/console/publishing', '/console/sending']
    """
    for item in items():
        if item.beside and item.leads_to(path):
            shown = [one for one in (msgspec.structs.replace(item, beside=()), *item.beside) if may(one.role)]
            return tuple(shown) if len(shown) > 1 else ()
    return ()
