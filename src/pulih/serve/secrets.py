"""Secrets that settings name by file: those of hooks and of the single sign-on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pulih.adapters.config import DeskSettings, HookTable
from pulih.model.errors import RefusedInput
from pulih.web.hooks.door import Hook, Hooks


def secret_in(path: Path) -> str:
    """Return the secret in a file, without white space around it.

    Raises: RefusedInput when it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedInput(f"{path}: the secret cannot be read ({error}); give a readable file of text.") from None


def hooks_of(settings: DeskSettings) -> Hooks:
    """Return the hooks of the settings.

    Raises: RefusedInput when a secret cannot be read or is too short.
    """
    return Hooks([_hook(one) for one in settings.hook])


def _hook(table: HookTable) -> Hook:
    files: Sequence[Path | None] = (table.secret_file, table.former_secret_file)
    return Hook(
        source=table.source,
        adapter=table.adapter,
        secrets=tuple(secret_in(path) for path in files if path is not None),
        verify_token=secret_in(table.verify_token_file) if table.verify_token_file else "",
        operator=table.operator,
        service=table.service,
        place=table.place,
    )
