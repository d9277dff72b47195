"""Reads the files that say what is to be credited: a policy of TOML, by path or by the id of a packaged one, and
incidents of JSON.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from pulih.adapters.credit.disk import reading
from pulih.compensate.clauses import Policy
from pulih.compensate.incident_file import read_incidents
from pulih.compensate.outages import CreditIncident
from pulih.compensate.policy import read_policy
from pulih.compensate.policy_page import PolicyWords
from pulih.model.errors import RefusedInput

_PACKAGED: Final = files("pulih.data") / "policies"


def packaged_policies() -> tuple[str, ...]:
    """Ids of the policies that come with Pulih."""
    return tuple(sorted(one.name.removesuffix(".toml") for one in _PACKAGED.iterdir() if one.name.endswith(".toml")))


def policy_titles(name: str) -> tuple[str, str]:
    """The title of a packaged policy in Indonesian and in English.

    >>> policy_titles("kor-2022")[0]
    'Korea, ketentuan Juni 2022: lebih dari 2 jam berturut-turut, sepuluh kali biaya per jam'
    """
    return _indonesian()[name].title, parse_policy(policy_text(name), name).title


def in_indonesian(policy: Policy) -> PolicyWords | None:
    """Title and assumptions of a policy in Indonesian; None for one that is not packaged, or says other things by now.

    A variant of a packaged policy (`idn-default.by-hour`) has the title of that.
    """
    name = policy.id.partition(".")[0]
    words = _indonesian().get(name)
    if words is None:
        return None
    packaged = parse_policy(policy_text(name), name)
    same = (policy.title, policy.assumptions) == (packaged.title, packaged.assumptions)
    return words if same else None


@cache
def _indonesian() -> dict[str, PolicyWords]:
    content = tomllib.loads((files("pulih.data") / "policy_words.toml").read_text(encoding="utf-8"))
    return {name: PolicyWords(**words) for name, words in content.items()}


def policy_text(named: str) -> bytes:
    """The text of a policy: a file, or a packaged one by its id.

    Raises: RefusedInput when there is neither.
    """
    if named in packaged_policies():
        return (_PACKAGED / f"{named}.toml").read_bytes()
    if not Path(named).exists():
        there = ", ".join(packaged_policies())
        raise RefusedInput(f"--policy {named}: there is no such file, and no packaged policy of that id ({there}).")
    with reading(named):
        return Path(named).read_bytes()


def parse_policy(text: bytes, named: str) -> Policy:
    """Parse and check a policy.

    Raises: RefusedInput, naming file, clause and key.
    """
    try:
        content = tomllib.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RefusedInput(f"{named}: this is no text in UTF-8; save it as that.") from None
    except (ValueError, RecursionError) as error:
        # The parser itself stumbles over a number of thousands of digits, and over thousands of brackets.
        raise RefusedInput(f"{named}: this is no TOML that can be read ({error}).") from None
    try:
        return read_policy(content)
    except RefusedInput as error:
        raise RefusedInput(f"{named}: {error}") from None


def incident_text(path: str) -> bytes:
    """The text of a file of incidents."""
    with reading(path):
        return Path(path).read_bytes()


def parse_incidents(text: bytes, path: str) -> tuple[CreditIncident, ...]:
    """Parse and check incidents.

    Raises: RefusedInput, naming file, incident and key.
    """
    try:
        content = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_each_once)
    except UnicodeDecodeError:
        raise RefusedInput(f"{path}: this is no text in UTF-8; save it as that.") from None
    except (ValueError, RecursionError) as error:
        raise RefusedInput(f"{path}: this is no JSON that can be read ({error}).") from None
    except RefusedInput as error:
        raise RefusedInput(f"{path}: {error}.") from None
    try:
        return read_incidents(content)
    except RefusedInput as error:
        raise RefusedInput(f"{path}: {error}") from None


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object whose keys are each there once; of two values nobody knows which is meant."""
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusedInput(f"the key {twice!r} stands twice in one object; leave one")
    return content
