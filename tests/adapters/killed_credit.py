"""Works credits out in children that kill themselves at one step on the disk after another, and then in peace.

A program of its own: it forks, which a test runner with threads had better not. Prints how many kills there were, or
ends with the first difference.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulih.main_credit import CreditWishes, credit
from pulih.ports.credit import CreditInputs

_STEPS = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"})


def main(folder: Path, stride: int, engine: str) -> None:
    """Kill a run at its first step on the disk, the next `stride` steps later, until one comes to its end."""
    wishes = CreditWishes(
        incident=str(folder / "incident.json"),
        policy="idn-default",
        inputs=CreditInputs(
            subscribers=str(folder / "subscribers.csv"),
            presence=str(folder / "in" / "presence.parquet"),
            paid=str(folder / "in" / "paid.parquet"),
        ),
        out=folder / "out" / "credits",
        engine=engine,
        lenient=True,
    )
    _in_child(lambda: credit(wishes, _quiet))
    expected = _digests(wishes.out)
    kills = 0
    while True:
        shutil.rmtree(folder / "out")
        step = 1 + kills * stride
        if _in_child(lambda step=step: _killed_at(step, folder, wishes)) == 0:  # type: ignore[misc]
            break
        kills += 1
        if _in_child(lambda: credit(wishes, _quiet)) != 0 or _digests(wishes.out) != expected:
            raise SystemExit(f"killed at step {step}, the run asked for again ends differently")
        if [path.name for path in (folder / "out").iterdir()] != ["credits"]:
            raise SystemExit(f"killed at step {step}, something is left beside the folder")
    sys.stdout.write(str(kills))


def _killed_at(step: int, folder: Path, wishes: CreditWishes) -> None:
    left = step

    def count(event: str, values: tuple[Any, ...]) -> None:
        nonlocal left
        if event in _STEPS and values and str(folder / "out") in str(values[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    credit(wishes, _quiet)


def _in_child(work: Callable[[], object]) -> int:
    """Run in a fork; its exit status, not 0 when it was killed or failed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
