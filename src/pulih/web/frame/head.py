"""Answers to HEAD: what GET would answer, without its body; monitors and link checkers ask so.

Source: RFC 9110, section 9.3.2.
"""

from __future__ import annotations

from litestar.types import Message, Send


def bodiless(send: Send) -> Send:
    """Return what sends the head of an answer and nothing else, however long its body would go on.

    The answer ends with its head, so whoever writes a stream is told by the server that nobody listens any more.
    """

    async def head(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return head
