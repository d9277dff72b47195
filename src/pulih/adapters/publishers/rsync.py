"""Another machine over SSH: what changed is laid into a folder of its own and brought over by rsync.

rsync writes each file beside its place and renames it, as a page must be replaced; and it takes away what is named and
not there (`--delete-missing-args`), so nothing else on that machine is touched. The machine's key must be known
beforehand: a desk that talks to anybody who answers would hand its site to them.
"""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

import msgspec

from pulih.adapters.publishers.folder import PACKED, FolderPublisher
from pulih.adapters.publishers.packing import checked
from pulih.model.errors import OutsideFailed
from pulih.ports.publishing import Pages, Published

_INSTALL: Final = "apt-get install rsync openssh-client"


class RsyncTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Where to, and as whom.

    Attributes:
        target: host and folder, as "web@www.example.id:/srv/status".
        key: file with the private SSH key.
        known_hosts: file with the machine's own key; SSH's own list when None.
        port: of its SSH.
        timeout_s: after which a machine that does not go on is given up.
    """

    target: str
    key: Path
    known_hosts: Path | None = None
    port: int = 22
    timeout_s: float = 60.0


class RsyncPublisher:
    """Puts pages on another machine.

    Args:
        target: which.
        name: what the console calls it; the target when not told.
    """

    def __init__(self, target: RsyncTarget, name: str = "") -> None:
        self._target = target
        self._name = name or f"rsync {target.target}"

    @property
    def name(self) -> str:
        """What the console calls it."""
        return self._name

    def put(self, pages: Pages, gone: Collection[str]) -> Published:
        """Put pages and take others away; see `Publisher`.

        Raises: OutsideFailed when rsync is not there, or the machine does not take everything.
        """
        if not pages and not gone:
            return Published(0)
        paths = [checked(path) for path in (*pages, *gone)]
        with tempfile.TemporaryDirectory(prefix="pulih-rsync-") as made:
            folder = Path(made) / "site"
            laid = FolderPublisher(folder).put(pages, ())
            # Both forms of each page: one that is packed no more, or is gone, must go over there too.
            names = [name for path in paths for name in (path, path + PACKED)]
            for path in gone:
                # rsync takes a file that is not here for gone, but a folder that is not here for a fault.
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
            listed = Path(made) / "list"
            listed.write_bytes(b"\0".join(name.encode() for name in names))
            self._run(folder, listed)
        return Published(laid.put, len(gone), laid.octets)

    def _run(self, folder: Path, listed: Path) -> None:
        target = self._target
        command = [
            "rsync",
            "--recursive",
            # By content: two pages of one size may be made within the same second.
            "--checksum",
            "--compress",
            "--chmod=D755,F644",
            "--from0",
            f"--files-from={listed}",
            "--delete-missing-args",
            f"--timeout={max(1, int(target.timeout_s))}",
            f"--rsh={self._shell()}",
            "--",
            f"{folder}/",
            f"{target.target.rstrip('/')}/",
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=2 * target.timeout_s, check=False)
        except FileNotFoundError:
            raise OutsideFailed(f"{self._name}: rsync is not installed here. Install it: {_INSTALL}") from None
        except subprocess.TimeoutExpired:
            raise OutsideFailed(
                f"{self._name}: not done after {2 * target.timeout_s:g} s; it is tried again. Is it reachable?"
            ) from None
        if done.returncode:
            raise OutsideFailed(f"{self._name}: rsync ended with {done.returncode}: {_last(done.stderr)}")

    def _shell(self) -> str:
        target = self._target
        words = ["ssh", "-i", str(target.key), "-p", str(target.port)]
        options = ["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=10"]
        if target.known_hosts is not None:
            options.append(f"UserKnownHostsFile={target.known_hosts}")
        return shlex.join([*words, *(part for option in options for part in ("-o", option))])


def _last(said: bytes) -> str:
    """Return the line that says why: the first of SSH or rsync, since those after it follow from it."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[0][:300] if lines else "it did not say why"
