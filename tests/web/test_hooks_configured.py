"""Hooks come from the settings, and their secrets out of files, two of them while one is exchanged (requirement P3)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hook_signing import BODY, NOW_S, SECRET, signed

from pulih.adapters.config import read_config
from pulih.model.errors import RefusedInput
from pulih.serve.hooks import hooks_of
from pulih.web.hooks.door import Hooks

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def private(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    file.chmod(0o600)


def configured(folder: Path, secrets: str, more: str = "") -> Hooks:
    private(folder / "app.secret", secrets)
    config = folder / "pulih.toml"
    config.write_text(f'[[hook]]\nsource = "app"\nsecret_file = "app.secret"\n{more}', encoding="utf-8")
    return hooks_of(read_config(config))


def test_the_former_secret_is_good_while_it_is_exchanged(tmp_path: Path) -> None:
    private(tmp_path / "old.secret", f"\n  {OTHER}\n")
    hooks = configured(tmp_path, f"{SECRET}\n", 'former_secret_file = "old.secret"\noperator = "xl"\n')
    for secret in (SECRET, OTHER):
        [one] = hooks.heard("app", signed("standard", secret), BODY, NOW_S)
        assert (one.id, one.operator) == ("7", "xl")


def test_a_verify_token_is_read_from_its_file(tmp_path: Path) -> None:
    private(tmp_path / "wa.token", "jangan-ditebak\n")
    hooks = configured(tmp_path, SECRET, 'adapter = "whatsapp"\nverify_token_file = "wa.token"\n')
    asked = {"hub.mode": "subscribe", "hub.verify_token": "jangan-ditebak", "hub.challenge": "1"}
    assert hooks.challenge("app", asked) == "1"


def test_a_file_that_holds_no_secret_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match=r"app\.secret is empty"):
        configured(tmp_path, "\n")
    with pytest.raises(RefusedInput, match="at least 24"):
        configured(tmp_path, "whsec_MDEyMzQ1Njc4OWFiY2RlZg==")


def test_a_desk_without_settings_has_no_hooks(tmp_path: Path) -> None:
    (tmp_path / "pulih.toml").write_text("", encoding="utf-8")
    assert hooks_of(read_config(tmp_path / "pulih.toml")).sources() == ()
