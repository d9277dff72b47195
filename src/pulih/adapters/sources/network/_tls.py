"""Encryption of connections to and from the network's own machines: whose certificates are trusted, and our own.

Keys are read as secrets are, so that a settings file names them by path only.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from pathlib import Path
from typing import Any

from pulih.adapters.sources import troubles
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Means


def of_client(means: Means, host: str, ca_file: str) -> Named:
    """Return how a server is asked who it is, though the connection goes to the address that was looked at.

    Args:
        means: of the source.
        host: the name that its certificate must bear; "" = the one that the library connects to, or that `names` has
            for it.
        ca_file: certificates to trust, "" = those of the system.

    Raises: RefusedInput when the file holds none.
    """
    try:
        made = Named(ssl.PROTOCOL_TLS_CLIENT)
        made.host, made.names = host, {}
        made.sslsocket_class = _Closing
        if ca_file:
            made.load_verify_locations(cadata=means.secret(ca_file))
        else:
            made.load_default_certs()
    except (ssl.SSLError, ValueError):
        raise troubles.no_certificate(means.name) from None
    return made


def of_server(means: Means, certificate_file: str, key_file: str, clients_file: str) -> ssl.SSLContext:
    """Return how a sender is told who the desk is, and asked who it is where `clients_file` names whom to trust.

    Raises: RefusedInput when a file does not hold what it should.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # The library reads files alone; these are gone before anybody is listened to.
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = (
                _written(Path(folder) / name, means.secret(path))
                for name, path in (("certificate", certificate_file), ("key", key_file))
            )
            made.load_cert_chain(certificate, key)
        if clients_file:
            made.load_verify_locations(cadata=means.secret(clients_file))
            made.verify_mode = ssl.CERT_REQUIRED
    except (ssl.SSLError, ValueError):
        raise RefusedInput(
            f"{means.name}: certificate_file and key_file do not hold a certificate and its key; right would be PEM."
        ) from None
    return made


def _written(path: Path, content: str) -> Path:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(content)
    return path


class _Closing(ssl.SSLSocket):
    """Closes itself when nobody can be trusted; paho would leave that to whoever collects the garbage."""

    def do_handshake(self, block: bool = False) -> None:
        """Agree with the other side, or close."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


class Named(ssl.SSLContext):
    """Holds a certificate against the name in the settings, whatever address the library connects to.

    Attributes:
        host: the name; "" where there are several.
        names: by the addresses that were looked at for them, where there are several.
    """

    host: str
    names: dict[str, str]

    def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:
        """Wrap a socket for `host`."""
        named["server_hostname"] = self._meant(named.get("server_hostname"))
        return super().wrap_socket(*given, **named)

    def wrap_bio(self, *given: Any, **named: Any) -> ssl.SSLObject:
        """Wrap what asyncio reads and writes for `host`."""
        named["server_hostname"] = self._meant(named.get("server_hostname"))
        return super().wrap_bio(*given, **named)

    def _meant(self, connected: str | None) -> str | None:
        return self.host or (self.names.get(connected, connected) if connected else connected)
