"""What stands in a message whose channel has one text and nothing else: its words, then the page that it is about."""

from __future__ import annotations

from pulih.ports.channels import Message


def with_link(message: Message) -> str:
    """Return the text of a message with its link at the end, unless the text names it already.

    >>> with_link(Message(id="1", address="7", language="id", text="Sudah pulih.", link="https://status.example.id/"))
    'Sudah pulih.\\nhttps://status.example.id/'
    """
    if not message.link or message.link in message.text:
        return message.text
    return f"{message.text}\n{message.link}"
