"""Where the head of every console page leads, and who sees which way."""

from __future__ import annotations

import msgspec

from pulih.model.person import Role


class Item(msgspec.Struct, frozen=True):
    """One way: key of its words, address, and the role that it needs."""

    words: str
    path: str
    role: Role


def items() -> tuple[Item, ...]:
    """Return the ways, in the order in which they stand.

    >>> items()[0].path
    '/console'
    """
    return (
        Item("nav.first", "/console", "viewer"),
        Item("nav.now", "/console/now", "viewer"),
        Item("nav.incidents", "/console/incidents", "viewer"),
        Item("nav.works", "/console/works", "viewer"),
        Item("nav.sources", "/console/sources", "viewer"),
        Item("nav.publishing", "/console/publishing", "viewer"),
        Item("nav.settings", "/console/settings", "viewer"),
        Item("nav.users", "/console/users", "admin"),
        Item("nav.tokens", "/console/tokens", "admin"),
        Item("nav.audit", "/console/audit", "admin"),
    )
