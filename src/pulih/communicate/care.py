"""Care: what an agent may answer to a customer about their own trouble, drafted from the incident it belongs to.

A draft says what is known of that incident and no more: no cause but the one that people set, no time but those of the
timeline and of promises that still run, no number at all. Nothing of what the customer wrote is repeated, so nothing
private and nothing invented can slip in. A person reads it before it is sent (issue E, Care).
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from pulih.communicate.affected import Belonging
from pulih.communicate.help import with_help
from pulih.communicate.holding import next_word
from pulih.communicate.promises import promises_of, running
from pulih.communicate.speech import Pair, Speech, joined, moment
from pulih.communicate.trouble import operator_of, services_of, what_is_broken, where
from pulih.model.incident import Incident, State

# What the customer is told: hit by a confirmed outage, by a repaired one that is watched, by one that is over, by
# reports that are still checked; perhaps hit; nothing known; glad that it works.
Case = Literal["confirmed", "claimed_fixed", "restored", "suspected", "perhaps", "nothing", "works"]


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in both languages, what it is about, and the incident it stands on, "" for none."""

    case: Case
    text_id: str = ""
    text_en: str = ""
    incident: str = ""


_PLACE_ASKED: Final[Pair] = (
    "Boleh kami tahu kota atau kabupaten Anda, layanan yang terganggu, dan sejak kapan? "
    "Mohon jangan mengirim kata sandi atau kode OTP.",
    "Could you tell us your city or regency, which service is affected, and since when? "
    "Please do not send passwords or one-time codes.",
)
_NOTHING: Final[Pair] = (
    "Terima kasih sudah memberi tahu kami. Saat ini belum ada gangguan yang kami pastikan untuk layanan dan tempat "
    "itu; itu belum berarti semuanya lancar.",
    "Thank you for telling us. No outage is confirmed for that service and place at the moment; "
    "that does not mean that all is well.",
)
_WORKS: Final[Pair] = (
    "Terima kasih sudah mengabari bahwa layanan Anda sudah normal. Kabar seperti ini membantu memastikan pemulihan.",
    "Thank you for telling us that your service works again. Word like yours helps to confirm the recovery.",
)
_SORRY: Final[Pair] = (
    "Terima kasih sudah memberi tahu kami, dan mohon maaf atas gangguan yang Anda alami.",
    "Thank you for telling us, and we are sorry for the trouble you are having.",
)
_THANKS: Final[Pair] = ("Terima kasih sudah memberi tahu kami.", "Thank you for telling us.")
_STILL: Final[Pair] = (
    "Bila di tempat Anda masih terganggu, beri tahu kami kota atau kabupaten dan layanannya.",
    "If it still does not work for you, tell us your city or regency and which service it is.",
)
_STATES: Final[tuple[State, ...]] = ("confirmed", "claimed_fixed", "suspected", "restored")


def reply(found: Belonging | None, speech: Speech, *, now_us: int, works: bool = False, link: Pair = ("", "")) -> Reply:
    """Return a draft of the answer to one customer.

    Args:
        found: the incident that their trouble belongs to, None when none is known.
        speech: how the desk speaks.
        now_us: when it is drafted.
        works: the customer says that it works again.
        link: pages of the incident in both languages, where there are public ones; "" names none.

    >>> from datetime import UTC
    >>> reply(None, Speech(zone=UTC), now_us=0).case
    'nothing'
    """
    if works:
        return _reply("works", [_WORKS], "")
    if found is None:
        return _reply("nothing", [_NOTHING, _PLACE_ASKED], "")
    held = msgspec.structs.replace(found.incident, scopes=found.scopes)
    state = next(state for state in _STATES if any(part.state == state for part in found.scopes))
    lines = _told(held, state, speech, now_us)
    if found.certain == "perhaps":
        known = [line for line in lines[1:] if line is not _STILL]
        lines = [_THANKS, _perhaps(held, state, speech), *known, _PLACE_ASKED]
    if all(link):
        lines.append((f"Perkembangannya: {link[0]}", f"Follow it here: {link[1]}"))
    case: Case = "perhaps" if found.certain == "perhaps" else _CASES[state]
    return _reply(case, lines, found.incident.id)


_CASES: Final[dict[State, Case]] = {
    "confirmed": "confirmed",
    "claimed_fixed": "claimed_fixed",
    "suspected": "suspected",
    "restored": "restored",
}


def _reply(case: Case, lines: list[Pair], incident: str) -> Reply:
    text = joined(lines)
    return Reply(case=case, text_id=text[0], text_en=text[1], incident=incident)


def _told(held: Incident, state: State, speech: Speech, now_us: int) -> list[Pair]:
    """Return the lines about an incident; the first one greets."""
    greeting = _THANKS if speech.independent or state == "suspected" else _SORRY
    match state:
        case "confirmed":
            lines = [_going_on(held, speech, now_us), *_cause(held)]
            return [greeting, *with_help(lines, held), *_promise(held, speech, now_us)]
        case "claimed_fixed":
            return [greeting, _repaired(held, speech), _STILL, *_promise(held, speech, now_us)]
        case "restored":
            return [greeting, _over(held, speech, now_us), _STILL]
        case _:
            return [greeting, _checked(held, speech), *_promise(held, speech, now_us)]


def _going_on(held: Incident, speech: Speech, now_us: int) -> Pair:
    since = moment(held.onset_us, speech, now_us=now_us)
    broken = what_is_broken(held, speech, ("confirmed",))
    by = operator_of(held, speech)
    of_id, of_en = (f" layanan {by}", f" of {by}'s service") if by else ("", "")
    return (
        f"Gangguan{of_id} ini sudah kami pastikan: sejak sekitar {since[0]} {broken[0]}.",
        f"This disruption{of_en} is confirmed: since about {since[1]}, {broken[1]}.",
    )


def _cause(held: Incident) -> list[Pair]:
    """Name the cause once the public was told it; one that only the desk knows is neither told nor denied."""
    if not held.cause_id:
        return [("Penyebabnya belum diketahui.", "The cause is not known yet.")]
    cause_id, cause_en = held.cause_id.rstrip("."), held.cause_en.rstrip(".")
    if not any(one.state == "published" and cause_id in one.text_id for one in held.notices):
        return []
    return [(f"Penyebabnya: {cause_id}.", f"Cause: {cause_en}.")]


def _repaired(held: Incident, speech: Speech) -> Pair:
    service, place = services_of(held, ("claimed_fixed",)), where(held, speech, ("claimed_fixed",))
    return (
        f"Perbaikan {service[0]}{place[0]} dinyatakan selesai, tetapi belum kami sebut pulih; hasilnya kami periksa.",
        f"The repair of {service[1]}{place[1]} is reported complete, but we do not call it restored yet; "
        "we are checking the result.",
    )


def _over(held: Incident, speech: Speech, now_us: int) -> Pair:
    service, place = services_of(held, ("restored",)), where(held, speech, ("restored",))
    if held.ended_us is None:
        return f"Sudah pulih: {service[0]}{place[0]}.", f"Restored: {service[1]}{place[1]}."
    ended = moment(held.ended_us, speech, now_us=now_us)
    return (
        f"Gangguan {service[0]}{place[0]} dinyatakan pulih {ended[0]}.",
        f"The disruption of {service[1]}{place[1]} was declared restored at {ended[1]}.",
    )


def _checked(held: Incident, speech: Speech) -> Pair:
    place = where(held, speech, ("suspected",))
    return (
        f"Kami menerima laporan serupa{place[0]} dan sedang memeriksanya; ini belum kami pastikan sebagai gangguan.",
        f"We are receiving similar reports{place[1]} and are checking them; we have not confirmed an outage.",
    )


def _perhaps(held: Incident, state: State, speech: Speech) -> Pair:
    place = where(held, speech, (state,))
    return (
        f"Kami belum dapat memastikan apakah keluhan Anda termasuk yang berikut{place[0]}.",
        f"We cannot tell yet whether your trouble belongs to the following{place[1]}.",
    )


def _promise(held: Incident, speech: Speech, now_us: int) -> list[Pair]:
    """Name the time of the next word where one was promised and is still ahead; an overdue one is no news."""
    waited = running(promises_of(held, now_us=now_us))
    if waited is None or waited.state != "open":
        return []
    return [next_word(waited.due_us, speech, now_us=now_us)]
