"""What holds for every room of tests: no stale kernels, long tests first, no examples that time or luck decides."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

# Hundreds of processes are started here, and each worker imports all rooms of tests: what one has compiled the others
# read, even where whoever called wants no such files.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).resolve().parent.parent
# Nothing here speaks to the world, and each client of HTTP would read all its authorities, 30 ms a time; this one signs
# nothing, and its key was thrown away.
os.environ["SSL_CERT_FILE"] = str(ROOT / "tests" / "no_authority.pem")
# Rooms of compiled loops, each with one of its kernels, and what has all of them compiled (`adapters/warm_kernels.py`).
KERNELS = {"series": ("series", "changepoint.run"), "credit": ("adapters/credit", "kernel_credits.credit_stretch")}

# A landing does not depend on how busy the machine is, nor on what was drawn this time;
# `--hypothesis-profile=search` draws anew.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1_000)
settings.load_profile("same")


# Rooms whose few tests take longest begin first, so that no worker is left alone with them at the end.
LONG = (
    "test_desk_end_to_end.py", "test_false_alarm_rate.py", "test_direct_contract.py",
    "test_console_for_everybody.py", "test_public_desk_for_everybody.py", "test_family_rate.py",
    "test_site_by_peers.py", "test_desk_killed.py", "test_intake_killed.py", "test_hoax.py",
    "test_serving.py", "test_site_in_browser.py", "test_across_operators.py",
    "test_console_acting.py", "test_report_in_browser.py", "test_people_in_browser.py", "test_report_size.py",
    "test_desk_databases.py", "test_credits_on_a_real_desk.py", "test_email_source.py",
    "test_telegram_on_a_real_desk.py",
)  # fmt: skip

# What these rooms share is made once where one worker has them all: aiogram takes seconds to import, and all modules of
# the house are parsed.
TOGETHER = {
    "test_channel_settings.py": "aiogram", "test_channel_chats.py": "aiogram",
    "test_telegram_on_a_real_desk.py": "aiogram",
    "test_names.py": "parsed", "test_size.py": "parsed", "test_tests.py": "parsed",
}  # fmt: skip


class Together(LoadScopeScheduling):
    """Gives a worker all rooms that share something, and else one room at a time."""

    def _split_scope(self, nodeid: str) -> str:
        room = super()._split_scope(nodeid)
        return TOGETHER.get(Path(room).name, room)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together | None:
    """Hand out rooms, where they are what is handed out."""
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long tests first; the others keep their order."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while thousands of tests are made, and later not among what stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        # By the usual numbers the collector takes an eighth of all that tests take.
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Drop compiled kernels that are older than any kernel's code, and compile them before workers begin.

    Numba compares a kernel with its own file only; a change in a file whose functions or constants it took in would
    go unseen, and the tests would test yesterday's code.
    """
    missing = [word for word, (room, kernel) in KERNELS.items() if not _compiled(ROOT / "src" / "pulih" / room, kernel)]
    if getattr(config.option, "numprocesses", None):
        # Else each worker would, all at the same time.
        rooms = os.pathsep.join(str(ROOT / "tests" / room) for room in ("core", "service", "adapters"))
        program = [sys.executable, str(ROOT / "tests" / "adapters" / "warm_kernels.py")]
        begun = [subprocess.Popen([*program, word], env=os.environ | {"PYTHONPATH": rooms}) for word in missing]
        ended = [one.wait() for one in begun]
        if any(ended):
            pytest.exit("The kernels could not be compiled; what is said above tells why.", returncode=2)


def _compiled(room: Path, kernel: str) -> bool:
    """Tell whether the kernels of a room are compiled as they are now; drop those that are not."""
    newest = max(file.stat().st_mtime for file in room.glob("*.py"))
    for kept in (room / "__pycache__").glob("*.nb[ci]"):
        if kept.stat().st_mtime < newest:
            kept.unlink(missing_ok=True)
    return any((room / "__pycache__").glob(f"{kernel}*.nbc"))
