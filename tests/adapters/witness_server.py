"""A witness as C2SP tlog-witness describes it: a real server that remembers, refuses and signs."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pulih.communicate.checkpoint import Checkpoint, read_checkpoint
from pulih.communicate.signed_note import SignerKey, VerifierKey, read_note
from pulih.communicate.tree import EMPTY_ROOT, extends


class SmallWitness:
    """A witness of one timeline.

    Args:
        signer: its key, of the kind for cosignatures.
        log: the key of the timeline that it knows.

    Attributes:
        seen: what it cosigned last.
        asked: how often it was asked.
    """

    def __init__(self, signer: SignerKey, log: VerifierKey) -> None:
        self.signer, self.log = signer, log
        self.seen = Checkpoint(log.name, 0, EMPTY_ROOT)
        self.asked = 0

    def answer(self, request: str) -> tuple[int, str, str]:
        """Return status, media type and body, in the order of checks of the specification."""
        self.asked += 1
        first, _, note = request.partition("\n\n")
        old, *lines = first.split("\n")
        head = read_checkpoint(note)
        if head.origin != self.log.name:
            return 404, "text/plain", ""
        if not read_note(note).signed_by(self.log):
            return 403, "text/plain", ""
        size = int(old.removeprefix("old "))
        if size > head.size:
            return 400, "text/plain", ""
        if size != self.seen.size:
            return 409, "text/x.tlog.size", f"{self.seen.size}\n"
        if size == head.size and head.root != self.seen.root:
            return 409, "text/plain", ""
        proof = [base64.b64decode(line) for line in lines]
        if not extends(size, self.seen.root, size=head.size, root=head.root, proof=proof):
            return 422, "text/plain", ""
        self.seen = head
        return 200, "text/plain; charset=utf-8", self.signer.line(head.text(), at_s=1_759_461_120)


@contextmanager
def serving(witness: SmallWitness) -> Iterator[str]:
    """Serve a witness, and give its address."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            known = self.path == "/add-checkpoint"
            status, kind, body = witness.answer(self.rfile.read(length).decode()) if known else (405, "text/plain", "")
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the tests do."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
