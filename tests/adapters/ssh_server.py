"""A real SSH server of this machine for tests, with keys of its own, that lets in one key and nobody else."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

_INSTALL = "apt-get install openssh-server openssh-client rsync"


class SshServer(msgspec.Struct, frozen=True):
    """Where it listens, the key that it lets in, and the file that knows it."""

    port: int
    user: str
    key: Path
    known_hosts: Path


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Serve SSH on a free port until the block ends; what it needs stands in `folder`, which only we may read."""
    daemon = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
    for tool, found in (("sshd", daemon), ("ssh", shutil.which("ssh")), ("rsync", shutil.which("rsync"))):
        assert found, f"{tool} is not installed. Install it: {_INSTALL}"
    folder.chmod(0o700)
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "allowed").write_text((folder / "key.pub").read_text())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/allowed\n"
        f"PidFile none\nPasswordAuthentication no\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\n"
    )
    if getpass.getuser() == "root":
        # Where the server goes to before it knows who somebody is; Debian makes it with the service.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    serving = subprocess.Popen([str(daemon), "-D", "-e", "-f", folder / "config"], stderr=subprocess.PIPE)
    try:
        _answers(port, serving)
        yield SshServer(port, getpass.getuser(), folder / "key", folder / "known_hosts")
    finally:
        serving.terminate()
        serving.communicate(timeout=10)


def _answers(port: int, serving: subprocess.Popen[bytes]) -> None:
    """Wait until the server greets, as every SSH server does."""
    while serving.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                assert line.recv(4) == b"SSH-"
                return
        except ConnectionRefusedError:
            continue
    raise AssertionError(f"sshd ended: {serving.stderr.read().decode() if serving.stderr else ''}")
