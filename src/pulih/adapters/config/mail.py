"""What the settings of mail can get wrong: addresses, a password that would travel open, links that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pulih.adapters.config.files import Wrong, secret
from pulih.adapters.config.settings import DeskSettings
from pulih.model.errors import RefusedInput
from pulih.service.email_address import email_address

_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def faults_of_mail(settings: DeskSettings) -> Iterator[Wrong]:
    """Yield what is wrong with `[mail]`.

    >>> list(faults_of_mail(DeskSettings()))
    []
    """
    mail = settings.mail
    if mail is None:
        return
    for key, written in (("sender", mail.sender), ("answers", mail.answers)):
        try:
            email_address(written or mail.sender)
        except RefusedInput:
            yield ("mail", key), f"{written!r} is no e-mail address", "one such as kabar@example.id"
    if mail.user and mail.password_file is None:
        yield ("mail", "user"), "there is a name and no password", "a file with it, named by password_file"
    if mail.password_file is not None:
        yield from secret(mail.password_file, ("mail", "password_file"))
    if mail.security == "none" and mail.host not in _HERE:
        what = f"mail to {mail.host} would travel open, addresses and all"
        yield ("mail", "security"), what, '"starttls" or "tls"; "none" is for a server on this machine'
    if not settings.server.address:
        what = "each mail has links to this desk, and the desk knows no address of its own"
        yield ("mail",), what, "server address, such as https://desk.example.id"
