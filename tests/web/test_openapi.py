"""The description of the interface is true: schemathesis asks a real server all that it promises (requirement P4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from api_desk import ApiDesk, running
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import unsupported_method

from pulih.web.api.app import OPERATIONS, description
from pulih.web.intake.answers import Receipt

DOCUMENT = description(OPERATIONS)
SCHEMA = schemathesis.openapi.from_dict(msgspec.json.decode(msgspec.json.encode(DOCUMENT)))
