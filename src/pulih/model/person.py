"""People of the desk and the machines that speak for them: roles, accounts, sessions, tokens, links, and what was done.

Nothing secret is in them: passwords are argon2id hashes; of sessions, tokens and links only the SHA-256 is kept,
and of a signed token nothing but its serial.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

# Each may do all that those before it may. A duty person acts and drafts, an approver signs, an admin keeps accounts.
Role = Literal["viewer", "duty", "approver", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "duty", "approver", "admin")
# A source may send reports and nothing else.
TokenRole = Literal["source", "viewer", "duty", "approver", "admin"]
TOKEN_ROLES: tuple[TokenRole, ...] = ("source", *ROLES)
LinkKind = Literal["first", "welcome"]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever is signed in: the name that stands on timelines, and the role."""

    name: str
    role: Role


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person known to the desk.

    Attributes:
        name: unique, lower case; stands on timelines and is never given to somebody else.
        role: see `Role`.
        password: argon2id hash in its usual writing; "" while there is none.
        subject: issuer and subject of a single sign-on, "" without one.
        active: False keeps the person out; what they did stays theirs.
        created_us, last_seen_us: microseconds since 1970 UTC; None = never seen.
    """

    name: str
    role: Role
    password: str = ""
    subject: str = ""
    active: bool = True
    created_us: int = 0
    last_seen_us: int | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser that is signed in, by the digest of its secret; it ends at `ends_us`, or when unused for long."""

    digest: str
    name: str
    began_us: int
    used_us: int
    ends_us: int


# No digest begins so.
SIGNED: Final = "signed:"


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A secret for machines, by its digest; or what the desk signed for a probe, by its serial.

    Attributes:
        id: names it on pages and in the audit log; tells nothing of the secret. Of a signed one, its serial.
        name: what it is for, in the words of whoever made it.
        digest: SHA-256 of the secret; `SIGNED` and the serial of one that is signed, since no secret of it is kept.
        role: what it may do.
        source: the only source that it may send reports of; "" = any.
        made_by, made_us, ends_us: by whom, when, until when.
        revoked_us: when it was taken back, None = never.
    """

    id: str
    name: str
    digest: str
    role: TokenRole
    source: str = ""
    made_by: str
    made_us: int
    ends_us: int
    revoked_us: int | None = None

    @property
    def signed(self) -> bool:
        """Whether it is proved by the desk's signature."""
        return self.digest.startswith(SIGNED)


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """What a valid token says of its bearer: id and name, what it may do, the only source if any, and who made it."""

    id: str
    name: str
    role: TokenRole
    source: str = ""
    made_by: str = ""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An address that works once: for the first admin, or for a person to choose a password; by its digest."""

    digest: str
    kind: LinkKind
    name: str
    made_us: int
    ends_us: int


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log: who did what to whom, from where; lines are added and never changed."""

    at_us: int
    actor: str
    action: str
    subject: str = ""
    detail: str = ""
    address: str = ""
    number: int = 0


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a single sign-on vouches for: issuer and subject, proposed name, and the groups that it names."""

    subject: str
    name: str
    groups: tuple[str, ...] = ()
