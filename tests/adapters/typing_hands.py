"""Commands as typed: in this process where only what they say and write matters, in one of their own where it does."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from pulih.cli import run

PULIH = str(Path(sys.executable).with_name("pulih"))

Done = subprocess.CompletedProcess[str]


def typed(*arguments: str | Path, stdin: bytes = b"") -> Done:
    """Run the command's own entry point here and keep its three streams; a process would import for a second first."""
    words = [str(one) for one in arguments]
    said, told = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    code = None
    try:
        with redirect_stdout(said), redirect_stderr(told):
            run(words)
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdin = before
    assert isinstance(code, int), code
    return Done(words, code, _kept(said), _kept(told))


def typed_in_a_process(
    *arguments: str | Path,
    stdin: bytes = b"",
    env: dict[str, str] | None = None,
    first: Callable[[], None] | None = None,
) -> Done:
    """Start the installed command, as a shell does; `first` is called in the new process before it begins."""
    words = [PULIH, *map(str, arguments)]
    done = subprocess.run(words, input=stdin, capture_output=True, check=False, env=env, preexec_fn=first)
    return Done(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def _kept(stream: io.TextIOWrapper) -> str:
    stream.flush()
    raw = stream.detach()
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()
