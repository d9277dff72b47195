"""Answers to HEAD: what GET would answer, without its body; monitors and link checkers ask so, and OPTIONS says it.

Source: RFC 9110, sections 9.3.2, 9.3.7 and 10.2.1 (Allow).
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


def allowing_head(send: Send) -> Send:
    """Return what sends an answer with HEAD among the methods that it names, where GET is."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [_with_head(name, value) for name, value in message["headers"]]
        await send(message)

    return told


def _with_head(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Return a header, of those named Allow with HEAD behind GET.

    >>> _with_head(b"allow", b"GET, OPTIONS"), _with_head(b"Allow", b"POST"), _with_head(b"vary", b"GET")
    ((b'allow', b'GET, HEAD, OPTIONS'), (b'Allow', b'POST'), (b'vary', b'GET'))
    """
    methods = [one.strip() for one in value.split(b",")]
    if name.lower() != b"allow" or b"GET" not in methods or b"HEAD" in methods:
        return name, value
    methods.insert(methods.index(b"GET") + 1, b"HEAD")
    return name, b", ".join(methods)
