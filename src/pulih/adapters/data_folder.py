"""The data folder: everything a desk keeps, made private, and used by one process at a time.

Two processes that both append to one journal would each believe in a history of their own, so the folder is locked with
`flock` for as long as the desk runs; the kernel lets go of the lock whatever way the process ends. The lock goes with
the open file, so child processes have to be spawned, not forked, or would keep it after the desk died.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import stat
import time
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec

from pulih.adapters.disk_errors import disk_refused
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput

KEY_BYTES: Final = 32
# Whoever asks whether a desk runs holds the lock for a moment; a start waits so long for them.
LOOKED_AT_S: Final = 0.5
_AGAIN_S: Final = 0.01
_OWN: Final = 0o700
# What stands in a data folder; a folder with anything else and none of these is somebody's, and no desk's.
_PARTS: Final = frozenset(
    {
        # Settings may be there before the first start.
        "pulih.toml",
        "lock",
        "secret.key",
        "push.key",
        "desk.db",
        "intake.db",
        "journal",
        "keys",
        "snapshot",
        "calendars",
        "clock",
        "site",
        "published",
        "timeline.key",
        "handovers",
        "credits",
    }
)


class Layout(msgspec.Struct, frozen=True):
    """Where what stands in a data folder."""

    root: Path

    @property
    def lock(self) -> Path:
        """Locked while a desk runs; holds its process id."""
        return self.root / "lock"

    @property
    def secret(self) -> Path:
        """The key of pseudonyms and sessions."""
        return self.root / "secret.key"

    @property
    def push_key(self) -> Path:
        """The key with which the desk shows push services who it is; made when web push is first used."""
        return self.root / "push.key"

    @property
    def desk_db(self) -> Path:
        """Incidents, people, signals."""
        return self.root / "desk.db"

    @property
    def intake_db(self) -> Path:
        """What was heard once: keys, counters, position."""
        return self.root / "intake.db"

    @property
    def journal(self) -> Path:
        """Segments of the journal."""
        return self.root / "journal"

    @property
    def keys(self) -> Path:
        """A key for each day of the journal; dropping one makes its day unreadable."""
        return self.root / "keys"

    @property
    def snapshot(self) -> Path:
        """What detection remembers, so that a start need not replay everything."""
        return self.root / "snapshot"

    @property
    def calendars(self) -> Path:
        """Calendars of planned changes that came in by webhook."""
        return self.root / "calendars"

    @property
    def timeline_key(self) -> Path:
        """The key that signs the public timeline."""
        return self.root / "timeline.key"

    @property
    def site(self) -> Path:
        """The public site as it is published; it can be made again from the rest."""
        return self.root / "site"

    @property
    def published(self) -> Path:
        """Which pages each place of the public site has."""
        return self.root / "published"

    @property
    def credits(self) -> Path:
        """Previews and batches of credits."""
        return self.root / "credits"

    @property
    def handovers(self) -> Path:
        """Which deliveries were being handed over; it is worth nothing once the machine was started anew."""
        return self.root / "handovers"

    @property
    def clock(self) -> Path:
        """When the desk was last seen, by its own clock."""
        return self.root / "clock"


class DataFolder:
    """A data folder that this process has for itself until `close`; use it in a `with` block.

    Attributes:
        layout: where what stands.
        secret: KEY_BYTES bytes that were made with the folder and stay the same.
    """

    def __init__(self, root: Path) -> None:
        """Make the folder when it is not there, lock it, and read or make its secret.

        Raises:
            RefusedInput: `root` is a file, or holds other things than a desk's.
            ForbiddenMove: another process has it; says which.
            OutsideFailed: the disk refuses.
        """
        self.layout = Layout(root)
        _make_private(root)
        self._lock = _locked(self.layout.lock)
        try:
            for folder in (self.layout.journal, self.layout.keys, self.layout.snapshot, self.layout.calendars):
                _make_private(folder)
            self.secret = _secret(self.layout.secret)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> DataFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder; closing twice does nothing."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def known_layout(root: Path) -> Layout:
    """Return the layout of a folder that is a desk's already, without locking it.

    Raises: RefusedInput when it is none; OutsideFailed when it may not be looked into.
    """
    layout = Layout(root)
    try:
        known = layout.secret.is_file()
    except OSError as error:
        raise disk_refused(error, root, doing="looking into the data folder") from None
    if not known:
        raise RefusedInput(
            f"--data {root}: this is no data folder of a desk (it holds no secret.key). "
            "Give the folder that `pulih serve` was started with."
        )
    return layout


def running_process(layout: Layout) -> int | None:
    """Return the process id of the desk that has the folder, 0 when it tells none, None when no desk runs.

    Raises: OutsideFailed when the lock cannot be looked at.
    """
    try:
        held = os.open(layout.lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise disk_refused(error, layout.lock, doing="looking at the lock") from None
    try:
        # Shared, so that two who ask at once do not take each other for the desk.
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _process_in(held)
    finally:
        os.close(held)
    return None


def _make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that is there is made private."""
    try:
        if folder.exists() and not folder.is_dir():
            raise RefusedInput(f"--data {folder}: this is a file. Give a folder; it is made when missing.")
        if not folder.exists():
            # Two first starts at once both come here, and the lock says whose it is.
            folder.mkdir(mode=_OWN, parents=True, exist_ok=True)
            _keep(folder.parent)
        elif folder.name not in _PARTS:
            _refuse_strangers(folder)
        # The mask of the process may have taken more away, or an earlier hand given more.
        if stat.S_IMODE(folder.stat().st_mode) != _OWN:
            folder.chmod(_OWN)
    except OSError as error:
        raise disk_refused(error, folder, doing="making the data folder") from None


def _refuse_strangers(folder: Path) -> None:
    inside = {path.name for path in folder.iterdir()}
    if inside and not inside & _PARTS:
        raise RefusedInput(
            f"--data {folder}: this folder holds other things ({min(inside)}) and no desk. "
            "Give an empty folder, or one that is not there yet."
        )


def _locked(path: Path) -> int:
    """Return the open lock file, locked, with our process id in it."""
    try:
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise disk_refused(error, path, doing="opening the lock") from None
    try:
        _take(held)
        os.ftruncate(held, 0)
        os.pwrite(held, f"{os.getpid()}\n".encode(), 0)
    except BlockingIOError:
        process = _process_in(held)
        os.close(held)
        who = f"process {process}" if process else "another process"
        raise ForbiddenMove(
            f"--data {path.parent}: {who} has this folder; a desk of two processes would keep two histories. "
            f"Stop {'it' if not process else f'it (kill {process})'} first, or give another folder."
        ) from None
    except OSError as error:
        os.close(held)
        raise disk_refused(error, path, doing="locking the data folder") from None
    return held


def _take(held: int) -> None:
    """Lock an open file for oneself. Raises BlockingIOError when another process keeps it."""
    until = time.monotonic() + LOOKED_AT_S
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _process_in(held: int) -> int:
    written = os.pread(held, 20, 0).strip()
    return int(written) if written.isdigit() else 0


def _secret(path: Path) -> bytes:
    if not path.exists():
        write_private(path, secrets.token_bytes(KEY_BYTES))
    return read_secret(path)


def read_secret(path: Path) -> bytes:
    """Return the desk's secret.

    Raises: OutsideFailed when it cannot be read, is damaged, or may be read by others than its owner.
    """
    try:
        mode, secret = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise disk_refused(error, path, doing="reading the desk's secret") from None
    if mode & 0o077:
        raise OutsideFailed(
            f"{path}: others than its owner may read the desk's secret (mode {stat.S_IMODE(mode):04o}). "
            f"Close it with: chmod 600 {path}"
        )
    if len(secret) != KEY_BYTES:
        raise OutsideFailed(
            f"{path}: the desk's secret has {len(secret)} bytes and should have {KEY_BYTES}; without the right one "
            "pseudonyms no longer match. Bring it back from a backup (pulih restore)."
        )
    return secret


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all, and on the disk when this returns.

    Raises: OutsideFailed when the disk refuses.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(path)
        _keep(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise disk_refused(error, path, doing="writing it") from None


def _keep(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
