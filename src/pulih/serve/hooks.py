"""Hooks of a desk, as its settings name them, with the secrets out of the files that they stand in."""

from __future__ import annotations

from pulih.adapters.config import DeskSettings, HookTable
from pulih.serve.secrets import secret_in
from pulih.web.hooks.door import Hook, Hooks


def hooks_of(settings: DeskSettings) -> Hooks:
    """Return the hooks of a desk; while a secret is exchanged, the former one is good too.

    Raises: RefusedInput when a file cannot be read or holds no secret that is good for its hook.
    """
    return Hooks([_hook(one) for one in settings.hook])


def _hook(table: HookTable) -> Hook:
    files = (table.secret_file, table.former_secret_file)
    return Hook(
        source=table.source,
        adapter=table.adapter,
        secrets=tuple(secret_in(path) for path in files if path is not None),
        verify_token=secret_in(table.verify_token_file) if table.verify_token_file else "",
        operator=table.operator,
        service=table.service,
        place=table.place,
    )
