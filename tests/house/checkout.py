"""What stands in this checkout: its root, its files and its modules, for tests that read the house itself."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pulih"
# Folders that tools make; needed only where git cannot be asked (an unpacked archive, another owner).
MADE_BY_TOOLS = frozenset({
    ".git", ".venv", "__pycache__", "dist", "build", "node_modules", "demo-out", ".hypothesis",
    ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".pytest_cache",
})  # fmt: skip


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the project: git's list with new files included, else the folder's own."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        listed = None
    if listed is not None and listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not MADE_BY_TOOLS.intersection(path.parts)]
    return tuple(sorted(path for path in found if path.is_file()))


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Return the path from the root and the content of every text file."""
    return tuple(_texts())


def _texts() -> Iterator[tuple[str, str]]:
    for path in files():
        raw = path.read_bytes()
        if b"\0" in raw[:8192]:
            continue
        try:
            yield path.relative_to(ROOT).as_posix(), raw.decode()
        except UnicodeDecodeError:
            continue


def modules(*below: str) -> Iterator[tuple[str, list[ast.AST]]]:
    """Yield the path from the root and all syntax nodes, the module's first, of each module below the named folders."""
    for name, nodes in _parsed():
        if name.startswith(tuple(f"{folder}/" for folder in below)):
            yield name, nodes


@cache
def _parsed() -> tuple[tuple[str, list[ast.AST]], ...]:
    # Looking for garbage among a million new nodes takes longer than making them.
    gc.disable()
    try:
        python = [(name, text) for name, text in texts() if name.endswith(".py")]
        return tuple((name, list(ast.walk(ast.parse(text, filename=name)))) for name, text in python)
    finally:
        gc.freeze()
        gc.enable()


def program(name: str) -> str:
    """Return the path of a console script of this environment; its absence is a broken setup, said so."""
    path = Path(sys.executable).with_name(name)
    assert path.exists(), f"{name} is missing beside {sys.executable}; install it with: make setup"
    return str(path)
