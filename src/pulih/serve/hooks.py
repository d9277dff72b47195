"""Hooks of a desk, as its settings name them, with the secrets out of the files that they stand in."""

from __future__ import annotations

from pathlib import Path

from pulih.adapters.config import DeskSettings
from pulih.model.errors import RefusedInput
from pulih.web.hooks.door import Hook, Hooks


def hooks_of(settings: DeskSettings) -> Hooks:
    """Return the hooks of a desk.

    Args:
        settings: tables `[[hook]]`; a file of secrets holds one a line, and any of them is good.

    Raises: RefusedInput when a file cannot be read or holds no secret that is good for its hook.
    """
    return Hooks(
        [
            Hook(
                source=table.source,
                adapter=table.adapter,
                secrets=_lines(table.secret_file),
                verify_token="" if table.verify_token_file is None else _lines(table.verify_token_file)[0],
                operator=table.operator,
                service=table.service,
                place=table.place,
            )
            for table in settings.hook
        ]
    )


def _lines(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8"
        raise RefusedInput(
            f"{path}: the secret cannot be read ({reason}); right would be a file with one a line."
        ) from None
    secrets = tuple(line.strip() for line in lines if line.strip())
    if not secrets:
        raise RefusedInput(f"{path}: the file holds no secret; right would be one a line.")
    return secrets
