"""Secrets that settings name by file: those of hooks and of the single sign-on."""

from __future__ import annotations

from pathlib import Path

from pulih.model.errors import RefusedInput


def secret_in(path: Path) -> str:
    """Return the secret in a file, without white space around it.

    Raises: RefusedInput when it cannot be read, or is empty.
    """
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8"
        raise RefusedInput(
            f"{path}: the secret cannot be read ({reason}); give a readable file of text.",
            key="source.unread",
            file=path.name,
        ) from None
    if not secret:
        raise RefusedInput(
            f"{path}: the file holds no secret; put one in, and nothing else.", key="source.empty", file=path.name
        )
    return secret
