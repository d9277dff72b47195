"""Renew the hashed lock files; they name packages and digests only, never a package host."""

from __future__ import annotations

import subprocess
import sys


def main() -> None:
    """Compile requirements/run.lock and requirements/dev.lock from pyproject.toml with uv."""
    options = [
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "--quiet",
    ]
    for extra, target in ([], "requirements/run.lock"), (["--extra=dev"], "requirements/dev.lock"):
        command = [sys.executable, "-m", "uv", "pip", "compile", *options, *extra, "pyproject.toml", "-o", target]
        subprocess.run(command, check=True, stdout=sys.stderr)
        print(f"lock: {target} renewed")


if __name__ == "__main__":
    main()
