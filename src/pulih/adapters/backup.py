"""Backup of a data folder while its desk runs, and its restoration elsewhere: one file, each part with a checksum.

What is copied when decides whether the copy makes sense. A part may only know of what stands in parts copied after it:
snapshots and databases first, then the journal, then its keys. The journal may so hold more than the databases know,
exactly as after a crash, and the restored desk takes that in as it does then. Batches of credits follow the databases
that know of them; previews are left out, since they can be made again. A frame that is being written at that
moment is cut off in the copy, and is cut away at the first start.

The file holds keys and the desk's secret: whoever has it can read everything in it (docs/privacy.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

import msgspec
import zstandard

from pulih.adapters.data_folder import Layout
from pulih.adapters.disk_errors import disk_refused
from pulih.model.clock import iso
from pulih.model.errors import OutsideFailed, RefusedInput

MANIFEST: Final = "manifest.json"
SCHEMA: Final = 1
_CHUNK_BYTES: Final = 1 << 20
_LEVEL: Final = 3
# A part that vanishes while it is copied was replaced or has expired; the folder is then looked at once more.
_LOOKS_MAX: Final = 5
# Of the folder of credits: what belongs into a backup, and how deep it goes (papers/BATCH/GROUP/NAME).
CREDIT_FOLDERS: Final = ("batches", "papers")
CREDIT_KEY: Final = "report.key"
_DEEP_MAX: Final = 4


class Part(msgspec.Struct, frozen=True):
    """One file of a backup: its path in the data folder, bytes and SHA-256."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds.

    Attributes:
        schema: of this manifest.
        version: of Pulih that made it.
        made: when, ISO 8601 in UTC.
        parts: all files in the order in which they were copied.
    """

    schema: int
    version: str
    made: str
    parts: tuple[Part, ...]


def back_up(layout: Layout, out: Path, *, version: str, now_us: int) -> Manifest:
    """Write a backup of a data folder, whether its desk runs or not.

    Args:
        layout: of the folder.
        out: the file to write, which must not be there yet; its folder must.
        version: of Pulih.
        now_us: the present, microseconds since 1970 UTC.

    Returns: what was written.
    Raises: RefusedInput when `out` is there; OutsideFailed when the disk refuses or a database is damaged.
    """
    try:
        # The name is taken first, so that no other backup takes it meanwhile.
        os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise RefusedInput(f"{out} is there already; a backup never replaces one. Give another name.") from None
    except OSError as error:
        raise disk_refused(error, out, doing="writing the backup") from None
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with _written(draft) as file:
            packed = zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False)
            with packed, tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                copying = _Copying(layout, tar, draft.parent)
                copying.all_parts()
                manifest = Manifest(schema=SCHEMA, version=version, made=iso(now_us), parts=tuple(copying.parts))
                data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
                copying.add(MANIFEST, io.BytesIO(data), len(data))
        draft.replace(out)
        _sync(out.parent)
    except BaseException as problem:
        for left in (draft, out):
            left.unlink(missing_ok=True)
        if isinstance(problem, OSError):
            raise disk_refused(problem, out, doing="writing the backup") from None
        raise
    return manifest


def restore(backup: Path, root: Path) -> Manifest:
    """Make a data folder out of a backup: all of it, checked, or nothing.

    Args:
        backup: a file that `back_up` wrote.
        root: the new folder; it must be empty or not there.

    Returns: what was restored.
    Raises: RefusedInput when the folder holds something, or the file is no whole backup; OutsideFailed when the disk
        refuses.
    """
    draft: Path | None = None
    try:
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise RefusedInput(
                f"--data {root}: there is something already; give an empty folder, or one not there yet."
            )
        root.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{root.name}.", dir=root.parent))
        manifest = _unpacked(backup, draft)
        _check_databases(draft, backup)
        if root.exists():
            root.rmdir()
        draft.rename(root)
        _sync(root.parent)
    except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
        raise _not_whole(backup, f"it cannot be unpacked ({error})") from None
    except OSError as error:
        raise disk_refused(error, root, doing="restoring the backup") from None
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
    return manifest


class _Copying:
    """Copies the parts of a data folder into an archive."""

    def __init__(self, layout: Layout, tar: tarfile.TarFile, scratch: Path) -> None:
        self._layout = layout
        self._tar = tar
        self._scratch = scratch
        self.parts: list[Part] = []

    def all_parts(self) -> None:
        """Copy everything, what knows of other things before those."""
        self._file(self._layout.secret)
        self._file(self._layout.timeline_key)
        self._file(self._layout.push_key)
        self._folder(self._layout.snapshot)
        self._folder(self._layout.calendars)
        self._database(self._layout.desk_db)
        self._database(self._layout.intake_db)
        # What goes meanwhile has expired; files that came since must not stand behind frames that were not copied.
        self._folder(self._layout.journal, looks=1)
        self._folder(self._layout.keys)
        self._credits(self._layout.credits)

    def add(self, name: str, file: IO[bytes], size: int) -> Part:
        """Write so many bytes of a file into the archive."""
        about = tarfile.TarInfo(name)
        about.size, about.mode = size, 0o600
        measured = _Measured(file)
        self._tar.addfile(about, cast("IO[bytes]", measured))
        return Part(name, size, measured.digest.hexdigest())

    def _credits(self, folder: Path) -> None:
        """Copy batches, their papers and the key that signs them; they appear whole and do not change then."""
        self._file(folder / CREDIT_KEY)
        for part in CREDIT_FOLDERS:
            for path in sorted((folder / part).rglob("*")):
                inside = path.relative_to(folder)
                if path.is_file() and not any(name.startswith(".") for name in inside.parts):
                    self._large(path)

    def _large(self, path: Path) -> None:
        """Copy a file that may not fit into memory."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            self.parts.append(self.add(path.relative_to(self._layout.root).as_posix(), file, size))

    def _file(self, path: Path) -> bool:
        """Copy a file as it is now, and it may grow or be cut at any time; say whether it was there."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return False
        self.parts.append(self.add(path.relative_to(self._layout.root).as_posix(), io.BytesIO(data), len(data)))
        return True

    def _folder(self, folder: Path, looks: int = _LOOKS_MAX) -> None:
        """Copy the files of a folder; those that come while it is copied are left out, unless others went for them."""
        copied: set[Path] = set()
        for _ in range(looks):
            found = [path for path in sorted(folder.glob("[!.]*")) if path.is_file() and path not in copied]
            there = {path: self._file(path) for path in found}
            copied |= {path for path, copy in there.items() if copy}
            if all(there.values()):
                return

    def _database(self, path: Path) -> None:
        """Copy a database as it stands at one moment, with what is still in its write-ahead log."""
        if not path.exists():
            return
        with tempfile.TemporaryDirectory(prefix=".pulih-backup-", dir=self._scratch) as scratch:
            copy = Path(scratch) / path.name
            try:
                with (
                    contextlib.closing(sqlite3.connect(path.resolve().as_uri() + "?mode=rw", uri=True)) as source,
                    contextlib.closing(sqlite3.connect(copy)) as target,
                ):
                    # In one step: a copy in several begins anew whenever the desk writes.
                    source.backup(target, pages=-1)
            except sqlite3.Error as error:
                raise OutsideFailed(
                    f"{path} could not be copied ({error}); free some space beside the backup, or look at the disk."
                ) from None
            with copy.open("rb") as file:
                self.parts.append(self.add(path.name, file, copy.stat().st_size))


class _Measured:
    """Reads a file and digests what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _unpacked(backup: Path, draft: Path) -> Manifest:
    """Unpack a backup into an empty folder and compare it with its manifest."""
    found: dict[str, Part] = {}
    manifest: Manifest | None = None
    try:
        file = backup.open("rb")
    except OSError as error:
        raise RefusedInput(f"{backup} cannot be read ({error.strerror}); give a file of `pulih backup`.") from None
    reader = zstandard.ZstdDecompressor().stream_reader(file)
    with file, reader as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as tar:
        for about in tar:
            data = tar.extractfile(about) if about.isreg() else None
            if data is None or manifest is not None or about.name in found:
                raise _not_whole(backup, f"{about.name!r} does not belong into one")
            if about.name == MANIFEST:
                manifest = _manifest(data.read(), backup)
            else:
                found[about.name] = _put(data, about.name, draft, backup)
    if manifest is None:
        raise _not_whole(backup, "its end is missing")
    wrong = [part.name for part in manifest.parts if found.pop(part.name, None) != part]
    if wrong or found:
        raise _not_whole(backup, f"{(wrong or sorted(found))[0]!r} is not what the manifest says")
    return manifest


def _manifest(data: bytes, backup: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise _not_whole(backup, f"its manifest cannot be read ({error})") from None
    if manifest.schema != SCHEMA:
        raise RefusedInput(
            f"{backup} was made by Pulih {manifest.version} in a form that this one does not know; "
            "restore it with that version, and upgrade then."
        )
    return manifest


def _put(data: IO[bytes], name: str, draft: Path, backup: Path) -> Part:
    """Write one part to its place, which is a file of the data folder or of a folder in it."""
    layout = Layout(draft)
    folders = {one.name for one in (layout.journal, layout.keys, layout.snapshot, layout.calendars)}
    files = {
        one.name for one in (layout.secret, layout.timeline_key, layout.push_key, layout.desk_db, layout.intake_db)
    }
    folder, _, last = name.rpartition("/")
    known = name in files or folder in folders or _is_credits(name, layout)
    if not known or last.startswith(".") or not last:
        raise _not_whole(backup, f"{name!r} does not belong into one")
    path = draft / name
    for above in reversed(path.relative_to(draft).parents[:-1]):
        (draft / above).mkdir(mode=0o700, exist_ok=True)
    measured = _Measured(data)
    with _written(path) as file:
        while part := measured.read(_CHUNK_BYTES):
            file.write(part)
    return Part(name, path.stat().st_size, measured.digest.hexdigest())


def _is_credits(name: str, layout: Layout) -> bool:
    """Whether a part is one of credits: their key, or a file somewhere below batches or papers."""
    root, *parts = name.split("/")
    if root != layout.credits.name:
        return False
    sound = all(part and not part.startswith(".") for part in parts)
    return parts == [CREDIT_KEY] or (sound and 2 < len(parts) <= _DEEP_MAX and parts[0] in CREDIT_FOLDERS)


def _check_databases(draft: Path, backup: Path) -> None:
    layout = Layout(draft)
    for path in (layout.desk_db, layout.intake_db):
        if not path.exists():
            continue
        try:
            with contextlib.closing(sqlite3.connect(path)) as database:
                (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            raise _not_whole(backup, f"{path.name} is damaged: {said}")
    _sync(draft)


@contextlib.contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """Open a new private file, and have it on the disk at the end."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _not_whole(backup: Path, why: str) -> RefusedInput:
    return RefusedInput(f"{backup} is no whole backup: {why}. Give another backup; nothing was restored.")
