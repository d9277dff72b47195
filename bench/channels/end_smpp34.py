"""Counts how often a short program that used smpp34's own client is brought down at its end.

    python bench/channels/end_smpp34.py [ROUNDS]

Each program binds to a message centre of its own, sends nothing, stops the client, and ends. What is printed is why the
desk has a session of its own (docs/channels.md).
"""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import asyncio, smpp34, struct

async def speak(reader, writer):
    length, command, _, number = struct.unpack(">IIII", await reader.readexactly(16))
    await reader.readexactly(length - 16)
    writer.write(struct.pack(">IIII", 18, command | 0x80000000, 0, number) + b"C\\0")
    await reader.read()
    writer.close()

async def main():
    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = smpp34.Client(host="127.0.0.1", port=port, system_id="a", password="b", bind_type="TX")
    await client.connect()
    await client.stop()
    server.close()

asyncio.run(main())
"""


def main() -> None:
    """Run the programs and print how many ended by a signal."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    codes = [
        subprocess.run([sys.executable, "-c", _PROGRAM], stderr=subprocess.DEVNULL, check=False).returncode
        for _ in range(rounds)
    ]
    signals, errors = sum(code < 0 for code in codes), sum(code > 0 for code in codes)
    print(f"{signals} of {rounds} ended by a signal, {errors} by an error")


if __name__ == "__main__":
    main()
