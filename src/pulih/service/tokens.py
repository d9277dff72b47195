"""Tokens let machines in: made once and shown once, kept as a digest, each with a role, perhaps a source, and an end.

The secret is 256 random bits, so a plain SHA-256 keeps it as well as a slow hash would, and thousands of reports a
second can be let in. A token for a probe at home is signed instead (service/probe_tokens.py): it says of itself whose
it is and until when, and the desk keeps its serial alone. What a person makes never outlives or outranks that person:
it ends with the account, and does no more than that role may do now; so does one of the command line that is made for a
person. Another one of the command line is nobody's, lasts as it was made, and is no second person's word.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence

import msgspec

from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.errors import PulihError, RefusedInput
from pulih.model.person import SIGNED, TOKEN_ROLES, Account, Deed, Token, TokenRole, TokenView
from pulih.ports.clock import Clock
from pulih.ports.people import PeopleStore
from pulih.service.probe_tokens import ProbeToken, ProbeTokens, is_probe

# Secrets begin with this, so that scanners of code and logs can find those that leaked.
PREFIX = "pulih_"
DAYS_MAX = 366
# All tokens are read anew when this old, so one that another process took back is let in no longer than that;
KEPT_US = MICROS // 2
# and, for secrets that are not among them, this often in so short a time at most, so that guesses do not become reads;
# who makes a token on the command line uses it in the next moment.
STRANGE_US = MICROS // 20
STRANGE_LOOKS = 2


class NewToken(msgspec.Struct, frozen=True):
    """A token with its secret, which is shown once and kept nowhere."""

    token: Token
    secret: str


class TokenOver(PulihError):
    """What the desk itself signed, and what holds no more; told to nobody but its bearer, in a sentence."""


class Tokens:
    """Makes, checks and takes back tokens.

    Args:
        store: where they are kept.
        clock: the desk's.
        key: the desk's, which signs those of probes.
    """

    def __init__(self, store: PeopleStore, clock: Clock, *, key: bytes) -> None:
        self._probes = ProbeTokens(key)
        self._store = store
        self._clock = clock
        self._kept: dict[str, Token] = {}
        self._makers: dict[str, Account] = {}
        self._read_us = 0
        self._strange_us, self._strange_looks = 0, 0
        self._lock = threading.Lock()

    def create(
        self, name: str, role: TokenRole, *, by: str, days: int = 90, source: str = "", person: str = ""
    ) -> NewToken:
        """Make a token; one that sends reports of a probe alone is signed.

        Args:
            name: what it is for.
            role: what it may do.
            by: who makes it.
            days: for how long, 1 to 366.
            source: the only source that it may send reports of; "" = any.
            person: the account that answers for it; "" = whoever makes it.

        Raises: RefusedInput when it has no name, too many days, or nobody who may do as much answers for it.
        """
        name = name.strip()
        if not 1 <= len(name) <= 80:
            raise RefusedInput("A token needs a name of 1 to 80 characters that says what it is for.", key="token.name")
        if not 1 <= days <= DAYS_MAX:
            raise RefusedInput(f"A token lives 1 to {DAYS_MAX} days, not {days}.", key="token.days", most=DAYS_MAX)
        if person:
            self._see_that_answers(person, role)
        now_us = self._clock.now_us()
        source, serial, ends_us = source.strip(), secrets.token_hex(4), now_us + days * DAY_S * MICROS
        signed = role == "source" and is_probe(source)
        secret = (
            self._probes.sign(serial, source, made_us=now_us, ends_us=ends_us)
            if signed
            else PREFIX + secrets.token_urlsafe(32)
        )
        token = Token(
            id=serial,
            name=name,
            digest=SIGNED + serial if signed else digest(secret),
            role=role,
            source=source,
            made_by=person or by,
            made_us=now_us,
            ends_us=ends_us,
        )
        self._store.add_token(token)
        self._read(now_us)
        self._note(by, "token_made", f"{token.id} {name}", f"{role} {token.source}".strip())
        return NewToken(token, secret)

    def renew(self, token_id: str, *, by: str) -> NewToken:
        """Make another token like one of a probe, for as many days; the old one holds until it ends.

        Raises: RefusedInput when there is none of that id, it is no probe's, or it was taken back.
        """
        old = next((one for one in self._store.tokens() if one.id == token_id), None)
        if old is None:
            raise _no_token(token_id)
        if not renewable(old):
            raise RefusedInput(
                f"The token {token_id} cannot be renewed: it is no probe's, or was taken back. Make a new one.",
                key="token.renew",
                token=token_id,
            )
        days = max(1, (old.ends_us - old.made_us) // (DAY_S * MICROS))
        return self.create(old.name, old.role, by=by, days=days, source=old.source)

    def allow(self, secret: str) -> TokenView | None:
        """Return what a secret lets its bearer do, None when it is unknown, over, or taken back."""
        try:
            return self.let_in(secret)
        except TokenOver:
            return None

    def let_in(self, secret: str) -> TokenView | None:
        """Return what a secret lets its bearer do, None when it is unknown.

        Raises: TokenOver when this desk signed it, and it has ended or was taken back.
        """
        if not secret.startswith(PREFIX):
            return None
        said = self._probes.read(secret)
        if said is not None and "report" not in said.may:
            return None
        token = self._known(digest(secret) if said is None else SIGNED + said.serial)
        now_us = self._clock.now_us()
        if said is not None:
            _see_that_it_holds(said, token, now_us)
        if token is None or token.revoked_us is not None or token.ends_us <= now_us:
            return None
        role = self._role_now(token)
        if role is None:
            return None
        return TokenView(id=token.id, name=token.name, role=role, source=token.source, made_by=token.made_by)

    def all(self) -> Sequence[Token]:
        """Return all tokens, newest first."""
        return self._store.tokens()

    def revoke(self, token_id: str, *, by: str) -> None:
        """Take a token back, from now on.

        Raises: RefusedInput when there is none of that id to take back.
        """
        now_us = self._clock.now_us()
        if not self._store.revoke_token(token_id, now_us):
            raise _no_token(token_id)
        self._read(now_us)
        self._note(by, "token_revoked", token_id, "")

    def revoke_source(self, source: str, *, by: str) -> int:
        """Take all tokens back that send reports of one source alone, and return how many there were.

        Raises: RefusedInput when there is none.
        """
        now_us = self._clock.now_us()
        some = [one for one in self._store.tokens() if source and one.source == source]
        taken = [one.id for one in some if self._store.revoke_token(one.id, now_us)]
        if not taken:
            raise _no_token(source)
        self._read(now_us)
        for token_id in taken:
            self._note(by, "token_revoked", token_id, source)
        return len(taken)

    def revoke_of(self, maker: str, *, by: str) -> None:
        """Take back all tokens that a person made, from now on."""
        now_us = self._clock.now_us()
        for token in self._store.tokens():
            if token.made_by == maker and self._store.revoke_token(token.id, now_us):
                self._note(by, "token_revoked", token.id, maker)
        self._read(now_us)

    def refresh(self) -> None:
        """Look again at tokens and people, as one of them changed."""
        self._read(self._clock.now_us())

    def _role_now(self, token: Token) -> TokenRole | None:
        """Return what a token may do by now; None when whoever made it is out. Accounts are shut and never removed."""
        maker = self._makers.get(token.made_by)
        if maker is None:
            return token.role
        return min(token.role, maker.role, key=TOKEN_ROLES.index) if maker.active else None

    def _see_that_answers(self, person: str, role: TokenRole) -> None:
        known = next((one for one in self._store.accounts() if one.name == person and one.active), None)
        if known is None:
            raise RefusedInput(
                f"--for {person}: there is no account of that name that may sign in; make a token for who has one."
            )
        if TOKEN_ROLES.index(role) > TOKEN_ROLES.index(known.role):
            raise RefusedInput(
                f"--for {person}: that person is {known.role}, and a token does no more than they may; {role} would."
            )

    def _known(self, key: str) -> Token | None:
        now_us = self._clock.now_us()
        # A clock that was set back makes what is kept old, and not young for ever.
        age_us = abs(now_us - self._read_us)
        if age_us >= KEPT_US or (key not in self._kept and self._may_look(now_us)):
            self._read(now_us)
        return self._kept.get(key)

    def _may_look(self, now_us: int) -> bool:
        """Tell whether a secret that is not known may be looked for now."""
        if abs(now_us - self._strange_us) >= STRANGE_US:
            self._strange_us, self._strange_looks = now_us, 0
        self._strange_looks += 1
        return self._strange_looks <= STRANGE_LOOKS

    def _read(self, now_us: int) -> None:
        with self._lock:
            self._makers = {account.name: account for account in self._store.accounts()}
            self._kept = {token.digest: token for token in self._store.tokens()}
            self._read_us = now_us

    def _note(self, actor: str, action: str, subject: str, detail: str) -> None:
        self._store.add_deed(
            Deed(at_us=self._clock.now_us(), actor=actor, action=action, subject=subject, detail=detail)
        )


def renewable(token: Token) -> bool:
    """Return whether another token like this one may be made of it: it is a probe's, and was not taken back."""
    return token.role == "source" and is_probe(token.source) and token.revoked_us is None


def _see_that_it_holds(said: ProbeToken, token: Token | None, now_us: int) -> None:
    """Raise TokenOver when a token that this desk signed holds no more; `token` is what the desk keeps of it."""
    if token is None:
        # A desk that was brought back from an older backup cannot take it back, so it does not take it.
        raise TokenOver(f"the token {said.serial} of {said.source} is not known here any more; it needs a new one")
    if token.revoked_us is not None:
        raise TokenOver(f"the token {said.serial} of {said.source} was taken back; it needs a new one")
    if said.ends_s * MICROS <= now_us:
        ended = iso(said.ends_s * MICROS)
        raise TokenOver(f"the token {said.serial} of {said.source} has ended at {ended}; it needs a new one")


def _no_token(named: str) -> RefusedInput:
    return RefusedInput(
        f"There is no token {named} to take back or renew; the list shows those that there are.",
        key="token.unknown",
        token=named,
    )


def digest(secret: str) -> str:
    """Return what is kept of a secret.

    >>> digest("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(secret.encode()).hexdigest()
