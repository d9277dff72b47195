"""What the pages of one incident hand to their templates: the picture, the timeline, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from pulih.communicate.holding import approved
from pulih.communicate.speech import Pair
from pulih.communicate.told_entries import EMERGENCY, KINDS, PARTIES, SEVERITIES, STATES
from pulih.communicate.told_tasks import TASK_STATES
from pulih.confirm.recovery_moves import against
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.incident import Incident
from pulih.service.harmless import quoted, written
from pulih.web.console.asking import Asking
from pulih.web.console.curve import HEIGHT, WIDTH
from pulih.web.console.due import limits
from pulih.web.console.fault import Fault
from pulih.web.console.forms import moment_value
from pulih.web.console.learn_line import learn_line
from pulih.web.console.lines import lines_of, shown
from pulih.web.console.operators import operator_rows
from pulih.web.console.options import Choice, notice_view, options_of
from pulih.web.console.phrasing import Tongue, scope_words, short_count, span_words
from pulih.web.console.picture import Picture, picture_of
from pulih.web.console.promising import next_word
from pulih.web.console.recovery_part import recovery_values
from pulih.web.console.rows import Row, back_again, found_by, open_incidents, row_of, unsaid_recoveries
from pulih.web.console.tile_map import level_of
from pulih.web.frame.words import about

SHORT = 6
_AROUND_US = 24 * HOUR_S * MICROS
_NAMES: Mapping[str, Mapping[str, Pair]] = MappingProxyType(
    {
        "state": cast(Mapping[str, Pair], STATES),
        "kind": cast(Mapping[str, Pair], KINDS),
        "severity": cast(Mapping[str, Pair], SEVERITIES),
        "emergency_calls": cast(Mapping[str, Pair], EMERGENCY),
        "party": cast(Mapping[str, Pair], PARTIES),
        "task_state": cast(Mapping[str, Pair], TASK_STATES),
    }
)
SERVICES = ("mobile_data", "mobile_voice", "sms", "fixed_broadband", "tv", "app", "billing")


def spoken(tongue: Tongue) -> dict[str, Any]:
    """Return the functions by which templates write lengths of time, counts, and words of strangers."""

    def usual(value: float) -> str:
        whole = round(value)
        return tongue.say("console.usual.some", n=whole) if whole else tongue.say("console.usual.less")

    def described(picture: Picture) -> str:
        return described_curve(tongue, picture)

    def named(group: str, kind: str) -> str:
        return tongue.chosen(_NAMES[group][kind]) or tongue.say(f"console.{group}.{kind}")

    return {
        "against_end": against,
        "named": named,
        "span": lambda seconds: span_words(tongue.say, seconds),
        "about": lambda count: tongue.say.written(about(count)),
        "usual": usual,
        "described": described,
        "short": lambda count: short_count(tongue.say, count),
        "quoted": quoted,
        "written": written,
        "level_of": level_of,
        "width": WIDTH,
        "height": HEIGHT,
        "limits": limits(),
    }


def described_curve(tongue: Tongue, picture: Picture) -> str:
    """Return the curve in words, for those who do not see it."""
    peak = picture.curve.peak
    if peak is None or not peak.reports:
        return tongue.say("console.curve.nothing")
    return tongue.say(
        "console.curve.described",
        n=round(peak.reports),
        at=tongue.when.moment(peak.start_us),
        usual=tongue.say.written(round(peak.usual, 1)),
        window=span_words(tongue.say, picture.curve.row_s),
        onset=tongue.when.moment(picture.incident.onset_us),
    )


def first_values(asking: Asking) -> dict[str, Any]:
    """Return what the first screen shows: the incident to look at first, and the others in a list."""
    going, findings = open_incidents(asking.rooms), found_by(asking.rooms)
    sources, works = asking.rooms.live.sources(), asking.rooms.works
    again = back_again(asking.tongue, asking.rooms, findings)
    told_above = {one.id for one in again}
    values = {
        **spoken(asking.tongue),
        "others": [row_of(asking.tongue, one, findings) for one in going[1:]],
        "silent": [one.source for one in sources if one.liveness != "live"],
        # Who reads that all is calm must know when nothing new can be found.
        "stands_s": asking.rooms.upkeep().stands_s,
        "leaping": len(asking.rooms.live.findings()),
        "works_waiting": len(works.reminders(asking.tongue.when.now_us)) if works is not None else 0,
        "back_again": again,
        # Of what is back again nobody should say in public that it is over.
        "unsaid": [one for one in unsaid_recoveries(asking.tongue, asking.rooms, findings) if one.id not in told_above],
        "picture": None,
        "simulated": asking.simulated(),
        "operators": operator_rows(asking.tongue, asking.rooms.live.operators()),
    }
    if not going:
        return values
    picture = picture_of(asking.rooms, asking.tongue, going[0])
    short = lines_of(asking.tongue, shown(picture.entries, SHORT), findings)
    told = {"picture": picture, "short_lines": short, "learn_line": learn_line(asking, going[0])}
    return {**values, **told, **_options(asking, going[0])}


def incident_values(
    asking: Asking, incident: Incident, *, fault: Fault | None = None, done: str = ""
) -> dict[str, Any]:
    """Return what the page of an incident shows.

    Args:
        asking: who asks.
        incident: as it is now.
        fault: what was refused just now, if anything.
        done: name of the button that was pressed just now, "" if none.
    """
    did = f"console.did.{done}"
    picture = picture_of(asking.rooms, asking.tongue, incident)
    scopes = [(scope_words(asking.tongue, one.scope), one.state) for one in incident.scopes]
    return {
        **spoken(asking.tongue),
        **_options(asking, incident),
        **recovery_values(asking, incident),
        "picture": picture,
        "lines": lines_of(asking.tongue, picture.entries, found_by(asking.rooms)),
        "fault": fault,
        "ticked": lambda act, value, usual: value in fault.scopes if fault and fault.act == act else usual,
        "simulated": asking.simulated(),
        "acted": done,
        "few_lines": SHORT,
        "done": asking.tongue.say(did) if asking.tongue.say.has(did) else "",
        "approvable": approved(incident, asking.tongue.speech, now_us=asking.tongue.when.now_us) is not None,
        "notices": [notice_view(one, asking.actor) for one in incident.notices],
        "scope_rows": scopes,
        "onset_value": moment_value(incident.onset_us, asking.zone),
        "next_update_value": moment_value(next_word(asking, incident), asking.zone),
        "moment_value": lambda at_us: moment_value(at_us, asking.zone) if at_us is not None else "",
        "services": SERVICES,
        "operators": operator_rows(asking.tongue, asking.rooms.live.operators()),
        "similar": _similar(asking, incident),
        "mergeable": _mergeable(asking, incident),
        "changes": _changes(asking, incident),
        "learn_line": learn_line(asking, incident),
    }


def _options(asking: Asking, incident: Incident) -> dict[str, Any]:
    return {"options": options_of(asking.tongue, incident, asking.actor)}


def _similar(asking: Asking, incident: Incident) -> list[Row]:
    return [row_of(asking.tongue, one.incident) for one in asking.rooms.incidents.similar(incident, 4)]


def _changes(asking: Asking, incident: Incident) -> list[Choice]:
    """Return planned changes of the days around the onset, as choices; none where the desk knows of none."""
    if asking.rooms.changes is None:
        return []
    found = asking.rooms.changes.between(incident.onset_us - _AROUND_US, incident.onset_us + _AROUND_US)
    return [(one.id, f"{asking.tongue.when.moment(one.start_us)} {one.text or one.id}") for one in found]


def _mergeable(asking: Asking, incident: Incident) -> list[Row]:
    others = asking.rooms.incidents.current(50)
    return [row_of(asking.tongue, one) for one in others if one.id != incident.id and not one.merged_into]
