"""A mailbox over IMAP, as one thread sees it: where it stands, what is new, and waiting for more.

It is opened for reading only, so that nobody's unread mails become read.

Source: RFC 3501 (IMAP4rev1), 2.3.1.1 (UID and UIDVALIDITY); RFC 2177 (IDLE); RFC 7628 (XOAUTH2 is its forerunner).
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from pulih.adapters.channels.missing import missing
from pulih.adapters.sources import reach, troubles
from pulih.model.errors import OutsideFailed, RefusedInput

if TYPE_CHECKING:
    from imapclient import IMAPClient

Tls = Literal["tls", "starttls", "none"]
# Of a longer mail the beginning is read; its words stand before what is attached.
_MAIL_BYTES_MAX: Final = 256 << 10
# No answer to what is asked holds a larger piece.
_LITERAL_BYTES_MAX: Final = 4 * _MAIL_BYTES_MAX
_TIMEOUT_S: Final = 60.0
_SERVER: Final = "the mail server"
# Nobody can break it off, and a desk that ends waits for it.
_CONNECT_S: Final = 10.0
_NOT_NOW: Final = re.compile(r"\[(?:UNAVAILABLE|LIMIT|INUSE|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Whose mailbox where.

    Attributes:
        host, port, tls: of the server.
        address: that was looked up for the host.
        context: what its certificate is held against.
        user: name.
        secret: password, or token where `oauth`.
        folder: in it.
    """

    host: str
    port: int
    tls: Tls
    address: str
    context: ssl.SSLContext | None
    user: str
    secret: str
    oauth: bool
    folder: str

    def __repr__(self) -> str:
        return f"Account({self.host}, {self.folder})"


class Fetched(msgspec.Struct, frozen=True):
    """One mail: its UID, when it came in, and its bytes, at most the first of them."""

    uid: int
    received: datetime
    raw: bytes


class NamedContext(ssl.SSLContext):
    """Holds a certificate against the name of a server whose address was looked up before."""

    host: str = ""

    def wrap_socket(self, sock: socket.socket, **given: Any) -> ssl.SSLSocket:  # type: ignore[override]
        """Begin TLS for the name, whatever the caller connected to."""
        return super().wrap_socket(sock, **{**given, "server_hostname": self.host})


def named_context(host: str, ca: str) -> NamedContext:
    """Return a context for one host.

    Args:
        host: as the settings name it.
        ca: certificates in PEM that are trusted instead of the machine's; "" for the machine's.

    Raises: RefusedInput when `ca` holds none.
    """
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.host = host
    if not ca:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(cadata=ca)
    except ssl.SSLError:
        raise RefusedInput("ca_file: holds no certificate; right would be one in PEM.") from None
    return context


class Mailbox:
    """A folder that is open. Made by `open_mailbox`; its methods block."""

    def __init__(self, client: IMAPClient, name: str) -> None:
        self._client, self._name = client, name
        self.validity, self.next_uid = 0, 1
        self._idles = False

    def select(self, folder: str) -> None:
        """Open a folder. Raises: RefusedInput when there is none; OutsideFailed."""
        with self._failing():
            if not self._client.folder_exists(folder):
                raise RefusedInput(
                    f'{self._name}: there is no folder "{folder}" in the mailbox.',
                    key="source.no_folder",
                    name=self._name,
                    folder=folder,
                )
            told = self._client.select_folder(folder, readonly=True)
            self._idles = self._client.has_capability("IDLE")
            last = 0 if b"UIDNEXT" in told else max(self._client.search(["ALL"]), default=0)
        self.validity = int(told.get(b"UIDVALIDITY", 0))
        self.next_uid = int(told.get(b"UIDNEXT", last + 1))

    def after(self, uid: int) -> list[int]:
        """Return the UIDs of mails that came after one, in order."""
        with self._failing():
            found = self._client.search(["UID", f"{uid + 1}:*"])
        # "n:*" means at least the last mail, even where that has a lower number.
        return sorted(one for one in found if one > uid)

    def since(self, day: date) -> list[int]:
        """Return the UIDs of mails that came in on a day or after it."""
        with self._failing():
            return sorted(self._client.search(["SINCE", day]))

    def fetch(self, uids: list[int]) -> list[Fetched]:
        """Return mails, in order; one that was taken away meanwhile is left out."""
        with self._failing():
            told = self._client.fetch(uids, ["INTERNALDATE", f"BODY.PEEK[]<0.{_MAIL_BYTES_MAX}>"])
        mails = []
        for uid in uids:
            one = told.get(uid, {})
            raw = next((value for key, value in one.items() if key.startswith(b"BODY[]")), None)
            received = one.get(b"INTERNALDATE")
            if isinstance(raw, bytes) and isinstance(received, datetime):
                mails.append(Fetched(uid, received, raw))
        return mails

    def wait(self, seconds: float) -> None:
        """Wait until the server speaks, `seconds` at most, and then hear that it lives."""
        with self._failing():
            if not self._idles:
                raise NoIdle
            self._client.idle()
            if not self._spoke_already():
                self._client.idle_check(timeout=seconds)
            self._client.idle_done()

    def greet(self) -> None:
        """Hear that the server lives, and have it say what is new."""
        with self._failing():
            self._client.noop()

    def hang_up(self) -> None:
        """End the connection from any thread; one that waits in another wakes up."""
        with contextlib.suppress(Exception):
            self._client.socket().shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(Exception):
            self._client.shutdown()

    def _spoke_already(self) -> bool:
        """Say whether the server told something together with its word that it waits.

        A mail that came just before is told so; the library looks at the socket, and what was read from there already
        stands in its buffer. It has no method for that; a test tries that such a mail does not wait.
        """
        wire = self._client.socket()
        wire.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            wire.settimeout(_TIMEOUT_S)

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except _errors() as problem:
            raise troubles.broken(self._name, _SERVER, type(problem).__name__) from None


class NoIdle(Exception):
    """The server cannot tell by itself that a mail has come."""


def open_mailbox(account: Account, name: str) -> Mailbox:
    """Return a mailbox with its folder open.

    Args:
        account: whose.
        name: of the source, for refusals.

    Raises: RefusedInput when the server does not let the desk in; OutsideFailed.
    """
    try:
        from imapclient import IMAPClient, SocketTimeout  # noqa: PLC0415 -- optional
        from imapclient.exceptions import LoginError  # noqa: PLC0415 -- optional
    except ImportError:
        raise missing("E-mail as a source", "imap") from None
    context: Any = account.context
    try:
        client = IMAPClient(
            account.address,
            port=account.port,
            ssl=account.tls == "tls",
            ssl_context=context,
            timeout=SocketTimeout(connect=_CONNECT_S, read=_TIMEOUT_S),
        )
    except _errors() as problem:
        raise reach.silent(name, _SERVER, type(problem).__name__) from None
    client.normalise_times = False
    _bound(client)
    mailbox = Mailbox(client, name)
    try:
        if account.tls == "starttls":
            client.starttls(ssl_context=context)
        if account.oauth:
            client.oauth2_login(account.user, account.secret)
        else:
            client.login(account.user, account.secret)
        mailbox.select(account.folder)
    except LoginError as problem:
        mailbox.hang_up()
        if _NOT_NOW.search(str(problem)):
            raise OutsideFailed(
                f"{name}: the mail server lets nobody in for now.", key="source.busy", name=name
            ) from None
        raise RefusedInput(
            f"{name}: the mail server does not let the desk in; put the password or token that is valid into its file.",
            key="source.shut",
            name=name,
        ) from None
    except _errors() as problem:
        mailbox.hang_up()
        raise reach.silent(name, _SERVER, type(problem).__name__) from None
    except BaseException:
        mailbox.hang_up()
        raise
    return mailbox


def _bound(client: IMAPClient) -> None:
    """Have no piece of an answer be larger than any is: the library reads whatever length a server names.

    It has no argument for that; a test tries that a server which names three gigabytes is left.
    """
    imap = client._imap
    read = imap.read

    def bounded(size: int) -> bytes:
        if size > _LITERAL_BYTES_MAX:
            raise EOFError
        found: bytes = read(size)
        return found

    imap.read = bounded


def _errors() -> tuple[type[Exception], ...]:
    from imapclient.exceptions import IMAPClientError, ProtocolError  # noqa: PLC0415 -- optional

    # A connection that was shut down has no socket any more, and the library finds None there.
    return (IMAPClientError, ProtocolError, OSError, EOFError, AttributeError, ValueError)
