"""A real mail server: Debian's Dovecot with a mailbox of its own, which restarts and numbers anew."""

from __future__ import annotations

import contextlib
import getpass
import grp
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DOVECOT = Path("/usr/sbin/dovecot")
_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/run
instance_name = pulih
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1, 127.0.0.2
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN {folder}/people
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""

_OAUTH2 = """\
introspection_url = http://127.0.0.1:{port}/introspect
introspection_mode = post
active_attribute = active
active_value = true
username_attribute = username
"""


class Issuer(ThreadingHTTPServer):
    """Says which tokens are good, as an authorization server does (RFC 7662); a test takes and gives them.

    Attributes:
        tokens: those that are good, with whose they are.
    """

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Introspection)


class _Introspection(BaseHTTPRequestHandler):
    server: Issuer

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        whose = self.server.tokens.get(asked.get("token", [""])[0])
        told = json.dumps({"active": True, "username": whose} if whose else {"active": False}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        pass


class Dovecot:
    """A mail server with one mailbox, of "care", whose password is "sandi"; `issuer` says which tokens are good."""

    def __init__(self, folder: Path, user: str) -> None:
        self.folder, self._user = folder, user
        self.port, self.tls_port = _free_ports()
        self.certificate = certificate(folder)
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        self._config = folder / "dovecot.conf"
        self._config.write_text(
            _CONFIG.format(folder=folder, user=user, group=group, port=self.port, tls_port=self.tls_port)
        )
        (folder / "run").mkdir()
        self.let_in("sandi")
        self.issuer = Issuer()
        (folder / "oauth2.conf").write_text(_OAUTH2.format(port=self.issuer.server_port))
        threading.Thread(target=self.issuer.serve_forever, daemon=True).start()
        for name in ("", "cur", "new", "tmp"):
            (folder / "mail" / name).mkdir(exist_ok=True)
        self._number = 0
        self._process: subprocess.Popen[bytes] | None = None
        for path in (folder, *folder.rglob("*")):
            self._give(path)

    def begin(self) -> None:
        """Start it, and wait until it takes connections."""
        self._process = subprocess.Popen(
            [str(DOVECOT), "-F", "-c", str(self._config)],
            user=self._user if os.getuid() == 0 else None,
            group=pwd.getpwnam(self._user).pw_gid if os.getuid() == 0 else None,
            extra_groups=[] if os.getuid() == 0 else None,
            start_new_session=True,
            stderr=subprocess.STDOUT,
            stdout=subprocess.DEVNULL,
        )
        deadline_s = time.monotonic() + 20
        while True:
            assert self._process.poll() is None, self.log()
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert time.monotonic() < deadline_s, self.log()
            time.sleep(0.02)

    def end(self) -> None:
        """Stop it, all connections with it."""
        if self._process is not None:
            # Processes of sessions outlive the one that began them, and a machine that falls takes all.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    def hang(self) -> None:
        """Read and say nothing any more, with all connections open, until it is ended."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)

    def log(self) -> str:
        """Return what it wrote."""
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def let_in(self, password: str) -> None:
        """Take this password of "care" from the next login on."""
        (self.folder / "people").write_text(f"care:{{PLAIN}}{password}\n")
        self._give(self.folder / "people")

    def deliver(self, mail: bytes) -> None:
        """Put a mail into the mailbox, as a delivery agent does."""
        self._number += 1
        name = f"{time.time():.6f}.{self._number}.here"
        waiting = self.folder / "mail" / "tmp" / name
        waiting.write_bytes(mail)
        self._give(waiting)
        waiting.rename(self.folder / "mail" / "new" / name)

    def number_anew(self) -> None:
        """Forget all numbers of mails, as a mailbox that was moved or repaired."""
        for path in (self.folder / "mail").glob("dovecot*"):
            path.unlink()
        # The new validity is the second in which the list is made, and must be another one.
        (self.folder / "mail" / "dovecot-uidlist").write_text(f"3 V{int(time.time()) + self._number + 7} N500\n")
        self._give(self.folder / "mail" / "dovecot-uidlist")

    def empty(self) -> None:
        """Take all mails away."""
        for name in ("cur", "new"):
            for path in (self.folder / "mail" / name).iterdir():
                path.unlink()

    def _give(self, path: Path) -> None:
        if os.getuid() == 0:
            known = pwd.getpwnam(self._user)
            os.chown(path, known.pw_uid, known.pw_gid)


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A mail server on this machine."""
    assert DOVECOT.exists(), f"{DOVECOT} is missing: apt-get install dovecot-imapd (or make peers)"
    # Not below the folder of the tests, which is closed to the user that it runs as.
    folder = Path(tempfile.mkdtemp(prefix="dovecot"))
    folder.chmod(0o755)
    server = Dovecot(folder, "nobody" if os.getuid() == 0 else getpass.getuser())
    try:
        server.begin()
        yield server
    finally:
        server.end()
        server.issuer.shutdown()
        server.issuer.server_close()
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


def certificate(folder: Path) -> str:
    """Write a key and a certificate of this machine into a folder; return the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    return made.public_bytes(Encoding.PEM).decode()
