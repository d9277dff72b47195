"""What the report says, as data: every sentence and every name, in English and in Indonesian.

A test holds that both languages know the same keys and the same fields in each sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pulih.adapters.report.texts.english import ENGLISH
from pulih.adapters.report.texts.indonesian import INDONESIAN

Language = Literal["en", "id"]
LANGUAGES: tuple[Language, Language] = ("en", "id")
TEXTS: Mapping[Language, Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "id": INDONESIAN})
