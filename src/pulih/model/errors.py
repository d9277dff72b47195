"""The error tree: three fates, and every message says what was wrong, where, and what would be right."""


class PulihError(Exception):
    """Any refusal that Pulih itself states; never raised bare.

    The message is English. Where people read pages in their own language, `key` names the same sentence in
    web/words, to be filled in with `values`; "" has only the message.
    """

    def __init__(self, message: str = "", *, key: str = "", **values: object) -> None:
        super().__init__(message)
        self.key = key
        self.values = values


class RefusedInput(PulihError):
    """What was handed in cannot be used; the caller can mend it (HTTP 400, exit code 2)."""


class ForbiddenMove(PulihError):
    """The input is sound but not allowed in this state (HTTP 409); `allowed` names the moves that are."""

    def __init__(self, message: str, allowed: tuple[str, ...] = (), *, key: str = "", **values: object) -> None:
        super().__init__(message, key=key, **values)
        self.allowed = allowed


class StaleVersion(ForbiddenMove):
    """Somebody else was first: what the move was decided on is not the present any more."""


class OutsideFailed(PulihError):
    """Something outside Pulih failed: disk, network, a missing optional part (HTTP 503, retried)."""


class ShapeMismatch(RefusedInput):
    """Arrays that must fit each other do not; says both shapes."""
