"""Keys that settings of several sources have, each with what would be right."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Operator = Annotated[str, Meta(max_length=200, description='an id of the catalogue of operators, such as "smartfren"')]
SecretFile = Annotated[
    str, Meta(min_length=1, description='a file that holds it, such as "care.key", or a variable, as "env:CARE_KEY"')
]
# Keys of files that need not be given.
MaybeFile = Annotated[str, Meta(description='a file that holds it, or a variable, as "env:CARE_TOKEN"')]
Address = Annotated[
    str,
    Meta(pattern=r"\Ahttps?://[^/\s]+\S*\Z", description="an address with https://, such as https://care.example.id"),
]
Host = Annotated[
    str,
    Meta(pattern=r"\A[A-Za-z0-9.:-]{1,253}\Z", description="a name or an address, such as mail.example.id"),
]
Port = Annotated[int, Meta(ge=1, le=65_535, description="a number from 1 to 65535")]
Stars = Annotated[int, Meta(ge=1, le=5, description="a number from 1 to 5")]
