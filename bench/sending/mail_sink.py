"""An SMTP server in a process of its own that takes all mail and writes down to whom, one address a line.

Arguments: a file to write its port to, and a file for the addresses.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Counting:
    """Writes down each receiver, unbuffered, before it says that it took the mail."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("ab", buffering=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take one mail."""
        del server, session
        self._file.write(f"{envelope.rcpt_tos[0]}\n".encode())
        return "250 Taken"


async def serve(port_file: Path, taken: Path) -> None:
    """Serve until the process ends."""
    sink, loop = Counting(taken), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", loop=loop), "127.0.0.1", 0)
    port_file.write_text(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2])))
