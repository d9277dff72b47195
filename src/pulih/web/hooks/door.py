"""The door of hooks: which hooks there are, what proves a delivery to each, and the reports that come of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from pulih.listen.hooks.hooked import Delivery, Hooked
from pulih.listen.hooks.kinds import ADAPTERS
from pulih.listen.hooks.signature import SECRET_BYTES_MIN, key_of
from pulih.listen.payload import TEXT_CHARS_MAX
from pulih.model.errors import RefusedInput
from pulih.service.listening.calls import Calls
from pulih.web.hooks.proofs import PROOFS, Headers, Unproven, same

# The header that names a delivery, where its sender gives it a name.
_NAME = "webhook-id"
# Long enough that nobody tries it out.
_TOKEN_MIN = 16


class UnknownHook(RefusedInput):
    """There is no hook of that name, or not for what was asked of it (HTTP 404)."""


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """One hook of the desk, as the configuration names it.

    Attributes:
        source: its name, at the end of its address and in every report it hears.
        adapter: whose payloads it takes, a key of `ADAPTERS`.
        secrets: any of them proves a delivery; two while one is exchanged.
        verify_token: what Meta repeats when a hook of WhatsApp is entered there; "" for all others.
        operator, service, place: what is meant where a report names none; "" (or the service "any") leaves it open.
    """

    source: str
    adapter: str
    secrets: tuple[str, ...]
    verify_token: str = ""
    operator: str = ""
    service: str = ""
    place: str = ""


class Hooks:
    """The hooks of a desk.

    Args:
        hooks: all of them; each source once.

    Raises: RefusedInput when a hook has no adapter of ours, no secret, or one that is too short.

    >>> hooks = Hooks([Hook(source="care", adapter="zammad", secrets=("0123456789abcdef0123456789",))])
    >>> hooks.sources()
    ('care',)
    """

    def __init__(self, hooks: Sequence[Hook] = ()) -> None:
        for hook in hooks:
            _check(hook)
        self._hooks: Mapping[str, Hook] = {hook.source: hook for hook in hooks}
        if len(self._hooks) < len(hooks):
            raise RefusedInput("Two hooks have the same source; give each one of its own.")
        # What became of deliveries; whoever takes them tells it.
        self.calls = Calls({hook.source: hook.adapter for hook in hooks})

    def sources(self) -> tuple[str, ...]:
        """Return the names of all hooks, sorted."""
        return tuple(sorted(self._hooks))

    def heard(self, source: str, headers: Headers, body: bytes, now_s: float) -> list[Hooked]:
        """Return the reports of a delivery, once it is proven; a delivery may well hold none.

        Args:
            source: the name of the hook.
            headers: of the request, names in small letters.
            body: the very bytes that came, whatever was done to send them (no gzip undone).
            now_s: the clock of the world, seconds since 1970 UTC; a desk that replays must not judge by its own.

        Raises: UnknownHook; Unproven; RefusedInput when the body is not of the shape that the hook takes.
        """
        hook = self._hook(source)
        PROOFS[hook.adapter](headers, body, hook.secrets, now_s)
        told = ADAPTERS[hook.adapter](body, Delivery(source=source, id=headers.get(_NAME, "")))
        return [_completed(report, hook) for report in told]

    def challenge(self, source: str, query: Mapping[str, str]) -> str:
        """Return what Meta wants to hear when a hook of WhatsApp is entered there.

        Args:
            source: the name of the hook.
            query: `hub.mode`, `hub.verify_token` and `hub.challenge` of the address.

        Raises: UnknownHook when the hook answers no such question; Unproven when the token is another.
        """
        hook = self._hook(source)
        if not hook.verify_token:
            raise UnknownHook(f'The hook "{source}" takes POST only.')
        if query.get("hub.mode") != "subscribe" or not same(query.get("hub.verify_token", ""), hook.verify_token):
            raise Unproven('The address lacks "hub.mode=subscribe" or the verify token of the hook.')
        return query.get("hub.challenge", "")

    def talks(self, source: str) -> bool:
        """Return whether people write to a hook themselves, so that commands may be among what they say.

        Raises: UnknownHook.
        """
        return self._hook(source).adapter == "whatsapp"

    def status(self, source: str) -> int:
        """Return the status that tells the sender of a hook that its delivery was taken.

        Meta asks for 200 and delivers again after any other; the others are content with any of the twohundreds.

        Raises: UnknownHook.
        """
        return 200 if self._hook(source).adapter == "whatsapp" else 202

    def _hook(self, source: str) -> Hook:
        hook = self._hooks.get(source)
        if hook is None:
            raise UnknownHook("There is no hook of this name; right would be a source of pulih.toml, under [[hook]].")
        return hook


def _check(hook: Hook) -> None:
    if hook.adapter not in ADAPTERS:
        known = ", ".join(sorted(ADAPTERS))
        raise RefusedInput(f'The hook "{hook.source}" has the adapter "{hook.adapter}"; right would be one of {known}.')
    if not hook.secrets:
        raise RefusedInput(f'The hook "{hook.source}" has no secret, and nobody could prove a delivery to it.')
    for secret in hook.secrets:
        if hook.adapter == "standard":
            key_of(secret)
        elif len(secret) < _TOKEN_MIN:
            raise RefusedInput(
                f'A secret of the hook "{hook.source}" has {len(secret)} letters; at least {_TOKEN_MIN} would be right,'
                f" and {SECRET_BYTES_MIN} better."
            )


def _completed(report: Hooked, hook: Hook) -> Hooked:
    """Return `report` with what its hook means where it says nothing; a long mail is heard by its beginning."""
    service = "" if hook.service == "any" else hook.service
    return msgspec.structs.replace(
        report,
        source=hook.source,
        text=report.text[:TEXT_CHARS_MAX],
        operator=report.operator or hook.operator,
        service=report.service or service,
        place=report.place or hook.place,
    )
