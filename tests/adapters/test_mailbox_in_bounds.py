"""A mail server that names a piece of three gigabytes is left, and not read to its end (issue H)."""

from __future__ import annotations

import socketserver
import threading
import time

import pytest

from pulih.adapters.sources.people._mailbox import Account, open_mailbox
from pulih.model.errors import OutsideFailed


class Boaster(socketserver.StreamRequestHandler):
    """Greets, and answers the first thing it is asked with the beginning of something that never ends."""

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        self.rfile.readline()
        self.wfile.write(b"* CAPABILITY IMAP4rev1 {3000000000}\r\n" + b"x" * 10_000)
        # Until the other side has enough.
        self.rfile.readline()


def test_a_piece_that_is_larger_than_any_mail_is_not_waited_for() -> None:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Boaster)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    account = Account(
        host="mail",
        port=server.server_address[1],
        tls="none",
        address="127.0.0.1",
        context=None,
        user="ayu",
        secret="s3cr3t",
        oauth=False,
        folder="INBOX",
    )
    began_s = time.monotonic()
    try:
        with pytest.raises(OutsideFailed, match="the mail server does not answer"):
            open_mailbox(account, "mail")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert time.monotonic() - began_s < 20
