"""Fields of a form as a person filled them in: read strictly, refused with the field's name and what would be right.

Every action of the console is a plain HTML form, so that it works without script (requirement C1). A refusal carries
the key of its sentence, since whoever reads it may read Indonesian.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec

from pulih.model.clock import from_micros, to_micros
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.model.scope import Scope
from pulih.service.harmless import legible

# No field of the desk needs more; a statement of this length is a page of print.
TEXT_MAX = 4_000
LINES_MAX = 50
_BETWEEN = "|"


class Misfilled(RefusedInput):
    """A field can not be used as it was filled in.

    >>> Misfilled("empty", field="reason").key
    'misfilled.empty'
    """

    def __init__(self, why: str, *, field: str, **values: object) -> None:
        told = "".join(f", {name} {value}" for name, value in values.items())
        super().__init__(
            f"The field {field} can not be used: {why}{told}.", key=f"misfilled.{why}", field=field, **values
        )
        self.field = field


class Form(msgspec.Struct, frozen=True):
    """What was sent: each field with all its values, the time zone that its times are in, and when it came."""

    fields: Mapping[str, Sequence[str]]
    zone: ZoneInfo
    now_us: int = 0

    def text(self, field: str, *, needed: bool = False) -> str:
        """Return the field with plain line ends and nothing hidden, no space around it; "" where it is not there.

        Raises: Misfilled when it is needed and empty, or longer than `TEXT_MAX`.

        >>> Form({"what": [" ganti kabel "]}, ZoneInfo("UTC")).text("what")
        'ganti kabel'
        """
        values = self.fields.get(field) or ("",)
        text = legible(values[0]).strip()
        if needed and not text:
            raise Misfilled("empty", field=field)
        if len(text) > TEXT_MAX:
            raise Misfilled("long", field=field, length=len(text), most=TEXT_MAX)
        return text

    def filled(self) -> dict[str, str]:
        """Return the first value of each field, to be shown again.

        >>> Form({"what": ["ganti kabel"]}, ZoneInfo("UTC")).filled()
        {'what': 'ganti kabel'}
        """
        return {field: legible(values[0])[:TEXT_MAX] for field, values in self.fields.items() if values}

    def lines(self, field: str) -> tuple[str, ...]:
        """Return the lines of a field that say something, at most `LINES_MAX`.

        Raises: Misfilled when there are more.

        >>> Form({"who": ["RSUD\\r\\n\\r\\nBank BRI"]}, ZoneInfo("UTC")).lines("who")
        ('RSUD', 'Bank BRI')
        """
        lines = tuple(line.strip() for line in self.text(field).split("\n") if line.strip())
        if len(lines) > LINES_MAX:
            raise Misfilled("lines", field=field, length=len(lines), most=LINES_MAX)
        return lines

    def several(self, field: str) -> tuple[str, ...]:
        """Return what was ticked of a field, in the order of the form.

        >>> Form({"after": ["t1", "t3"]}, ZoneInfo("UTC")).several("after")
        ('t1', 't3')
        """
        return tuple(value for value in self.fields.get(field, ()) if value)

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        """Return the field, which must be one of `allowed`.

        Raises: Misfilled when it is another.
        """
        text = self.text(field)
        if text not in allowed:
            raise Misfilled("choice", field=field, given=text[:40], allowed=", ".join(allowed))
        return text

    def number(self, field: str) -> int:
        """Return the field as a whole number, zero or more.

        Raises: Misfilled when it is none.

        >>> Form({"version": ["7"]}, ZoneInfo("UTC")).number("version")
        7
        """
        text = self.text(field)
        if not (text.isascii() and text.isdecimal() and len(text) < 16):
            raise Misfilled("number", field=field, given=text[:40])
        return int(text)

    def moment(self, field: str) -> int | None:
        """Return the field, a local date and time, as microseconds since 1970 UTC; None where it is empty.

        Of a time that the clock shows twice, when it is turned back, the earlier is meant.

        Raises: Misfilled when it is no such time.

        >>> Form({"due": ["1970-01-01T07:00"]}, ZoneInfo("Asia/Jakarta")).moment("due")
        0
        """
        return next(iter(self._moments(field)), None)

    def _moments(self, field: str) -> tuple[int, ...]:
        """Return the moments that a field may mean, the earlier first: two where the clock shows a time twice."""
        text = self.text(field)
        if not text:
            return ()
        try:
            local = datetime.fromisoformat(text)
        except ValueError as error:
            raise Misfilled("moment", field=field, given=text[:40]) from error
        if local.tzinfo is not None or not 1970 <= local.year < 2200:
            raise Misfilled("moment", field=field, given=text[:40])
        first_us, second_us = (to_micros(local.replace(tzinfo=self.zone, fold=fold)) for fold in (0, 1))
        # Of a time that the clock skips the second reading lies before the first, and is none.
        return (first_us, second_us) if first_us < second_us else (first_us,)

    def past(self, field: str) -> int:
        """Return the field, a moment that was already.

        Raises: Misfilled when it is empty, no time, or still to come.

        >>> Form({"onset": ["1970-01-01T00:01"]}, ZoneInfo("UTC"), 60_000_000).past("onset")
        60000000
        """
        moments = self._moments(field)
        if not moments:
            raise Misfilled("empty", field=field)
        if moments[0] > self.now_us:
            raise Misfilled("future", field=field)
        # Whoever writes the time of now means now, also in the second hour of two.
        return max(one for one in moments if one <= self.now_us)

    def ahead(self, field: str) -> int | None:
        """Return the field, a moment still to come; None where it is empty.

        Raises: Misfilled when it is no time, or past.
        """
        moments = self._moments(field)
        if moments and moments[-1] <= self.now_us:
            raise Misfilled("past", field=field)
        return next((one for one in moments if one > self.now_us), None)

    def ticked(self, field: str) -> bool:
        """Tell whether a box was ticked."""
        return bool(self.text(field))

    def scopes(self, field: str = "scope") -> tuple[Scope, ...]:
        """Return the scopes that were ticked, in the order of the form.

        Raises: Misfilled when one is no scope, or there were boxes and none was ticked.
        """
        if self.ticked("boxes") and not self.several(field):
            raise Misfilled("unticked", field=field)
        return tuple(scope_of(value) for value in self.fields.get(field, ()) if value)


def fields_of(sent: Any) -> Mapping[str, Sequence[str]]:
    """Return the fields of what a browser sent, each with all its values; files are no fields."""
    fields: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return fields


def moment_value(at_us: int, zone: ZoneInfo) -> str:
    """Write a moment as a field of date and time holds it.

    >>> moment_value(0, ZoneInfo("Asia/Jakarta"))
    '1970-01-01T07:00'
    """
    return from_micros(at_us).astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def scope_value(scope: Scope) -> str:
    """Write a scope as the value of a box.

    >>> scope_value(Scope(operator="smartfren", service="mobile_data", region="31"))
    'smartfren|mobile_data|31|'
    """
    return _BETWEEN.join((scope.operator, scope.service or "", scope.region or "", scope.symptom or ""))


def scope_of(value: str) -> Scope:
    """Read a scope from the value of a box.

    Raises: Misfilled when it is none.

    >>> scope_of("smartfren|mobile_data|31|").region
    '31'
    """
    parts = value.split(_BETWEEN)
    if len(parts) != 4:
        raise Misfilled("scope", field="scope", given=value[:40])
    operator, service, region, symptom = parts
    if service and service not in get_args(Service):
        raise Misfilled("scope", field="scope", given=service[:40])
    if symptom and symptom not in get_args(Symptom):
        raise Misfilled("scope", field="scope", given=symptom[:40])
    return msgspec.convert(
        {"operator": operator, "service": service or None, "region": region or None, "symptom": symptom or None}, Scope
    )
