"""Tables [[source]]: keys that all share, and those of the kind, each fault with its line and what would be right."""

from __future__ import annotations

from pathlib import Path

import made_up_source
import paid_source
import pytest

from pulih.adapters.config import check_config, read_config
from pulih.adapters.config.source_tables import SourceTable
from pulih.model.errors import RefusedInput
from pulih.ports.sources import SourceKind

KINDS = {one.name: one for one in (made_up_source.KIND, paid_source.KIND)}
PAID = '[[source]]\nname = "x"\nkind = "paid"\nbudget = 50\ntoken_file = "x.token"\n'


def kinds(name: str) -> SourceKind:
    if name not in KINDS:
        raise RefusedInput(f'kind: there is no source "{name}"; right would be one of made-up, paid.')
    return KINDS[name]


def written(folder: Path, content: str, mode: int = 0o600) -> Path:
    (folder / "x.token").write_text("s3cr3t")
    (folder / "x.token").chmod(mode)
    path = folder / "pulih.toml"
    path.write_text(content)
    return path


def test_the_keys_of_a_kind_stand_beside_those_that_all_sources_share(tmp_path: Path) -> None:
    settings = read_config(written(tmp_path, f'{PAID}every_s = 30\nfilters = ["xl"]\n'), kinds)
    own = paid_source.PaidSettings(token_file="x.token", every_s=30)
    assert settings.source == (
        SourceTable(name="x", kind="paid", budget=50, filters=("xl",), own=own, folder=tmp_path),
    )
    assert "s3cr3t" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        ('[[source]]\nname = "x"\nkind = "twitter"\n', 3, ('there is no source "twitter"', "one of made-up, paid")),
        ('[[source]]\nname = "x"\n', 1, ("source 1 kind: it is missing", "a kind of source")),
        ('[[source]]\nkind = "made-up"\n', 1, ("source 1 name: it is missing", "small letters")),
        ('[[source]]\nname = "X Y"\nkind = "made-up"\n', 2, ("it has other signs", "small letters")),
        ('[[source]]\nname = "x"\nkind = "made-up"\nwrnog = "a"\n', 4, ("knows no 'wrnog'", "wrong")),
        (PAID.replace("budget = 50\n", ""), 1, ("paid costs money, and it has no budget", "may cost in a month")),
        ('[[source]]\nname = "x"\nkind = "made-up"\nbudget = 5\n', 4, ("made-up costs nothing", "no budget")),
        ('[[source]]\nname = "x"\nkind = "made-up"\nbudget = "50"\n', 4, ("made-up costs nothing", "no budget")),
        (PAID.replace("50", '"50"'), 4, ("source 1 budget = '50' does not do", "what it may cost in a month")),
        (f'{PAID}filter = ["a"]\n', 6, ("[[source]] of kind \"paid\" knows no 'filter'", "filters")),
        ('[[source]]\nname = "x"\nkind = "whatsapp"\n', 3, ("no kind of source", '[[hook]] with adapter = "whatsapp"')),
        (f"{PAID}every_s = 3\n", 6, ("expected int >= 10", "a number of seconds from 10 on")),
        (PAID.replace("x.token", "y.token"), 5, ("cannot be read", "the path of a file")),
        (f'{PAID}allow_networks = ["10.0.0.1/8"]\n', 6, ("is no network", "such as 10.20.0.0/16")),
        (PAID + PAID, 7, ("'x' is named 2 times", "another name")),
        (PAID.replace('"x"', '"form"'), 2, ("'form' is the name of something else", "a name that no hook")),
        ('source = "x"\n', 1, ("source is a text", "[[source]]")),
    ],
)
def test_a_fault_of_a_source_is_told_with_its_line(
    tmp_path: Path, content: str, line: int, told: tuple[str, str]
) -> None:
    what, right = told
    faults = check_config(written(tmp_path, content), kinds)
    assert [(one.line, what in one.what, right in one.right) for one in faults] == [(line, True, True)], faults


def test_a_secret_that_everybody_may_read_is_a_fault_and_one_in_the_environment_is_none(tmp_path: Path) -> None:
    [fault] = check_config(written(tmp_path, PAID, 0o644), kinds)
    assert "everybody on this machine may read the secret" in fault.what
    assert check_config(written(tmp_path, PAID.replace("x.token", "env:X_TOKEN"), 0o644), kinds) == []


def test_settings_that_are_read_without_kinds_know_no_source(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match='no source "paid" here'):
        read_config(written(tmp_path, PAID))
