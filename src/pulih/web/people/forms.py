"""What forms of people carry, and how it is read: fields as typed text, bounded by what the service accepts."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from litestar.enums import RequestEncodingType
from litestar.params import Body

from pulih.model.person import Role, TokenRole

Fields = TypeVar("Fields")
# A form as browsers send it.
Form = Annotated[Fields, Body(media_type=RequestEncodingType.URL_ENCODED)]


class SignInForm(msgspec.Struct, frozen=True):
    """Name, password, and where the person wanted to go."""

    name: str = ""
    password: str = ""
    next: str = ""


class LinkForm(msgspec.Struct, frozen=True):
    """What a one-time link asks for: a name of the first admin, and a password, typed twice."""

    name: str = ""
    password: str = ""
    again: str = ""


class PasswordForm(msgspec.Struct, frozen=True):
    """The present password, and the new one typed twice."""

    old: str = ""
    password: str = ""
    again: str = ""


class UserForm(msgspec.Struct, frozen=True):
    """A person to be added, or one to be changed."""

    name: str = ""
    role: Role = "viewer"


class TokenForm(msgspec.Struct, frozen=True):
    """A token to be made: what for, what it may do, of which source, for how many days."""

    name: str = ""
    role: TokenRole = "source"
    source: str = ""
    days: int = 90
