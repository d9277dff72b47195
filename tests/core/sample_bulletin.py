"""A bulletin for tests: one outage that goes on, one over, one taken back, planned works, levels and measurements.

All of it is invented. What pages, feeds and messages are tested with is the same picture, so that they can be compared.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from pulih.model.bulletin import (
    Bulletin,
    ComplaintLevel,
    Measurement,
    Place,
    Promise,
    PublicIncident,
    PublicOperator,
    PublicScope,
    Word,
    Work,
)
from pulih.model.clock import DAY_S, HOUR_S, MICROS

MINUTE_US: Final = 60 * MICROS
HOUR_US: Final = HOUR_S * MICROS
DAY_US: Final = DAY_S * MICROS
# Friday, 3 October 2025, 10.12 WIB.
NOW_US: Final = 1_759_461_120 * MICROS
ONSET_US: Final = NOW_US - 84 * MINUTE_US

OPERATORS: Final = (
    PublicOperator("smartfren", "Smartfren", ("mobile_data", "mobile_voice", "sms"), NOW_US - 90 * DAY_US),
    PublicOperator("xl", "XL", ("mobile_data", "mobile_voice", "sms"), NOW_US - 90 * DAY_US),
)
PLACES: Final = (
    Place("31", "DKI Jakarta"),
    Place("31.71", "Jakarta Pusat", "31"),
    Place("31.74", "Jakarta Selatan", "31"),
    Place("32", "Jawa Barat"),
    Place("32.01", "Kab. Bogor", "32"),
    Place("32.73", "Kota Bandung", "32"),
    Place("11", "Aceh"),
    Place("11.71", "Banda Aceh", "11"),
)


def word(number: int, **more: Any) -> Word:
    """Return a published word of the outage that goes on."""
    asked: dict[str, Any] = {
        "id": f"n{number}",
        "number": number + 3,
        "kind": "update",
        "stage": "identified",
        "published_us": NOW_US - 66 * MINUTE_US,
        "text_id": "Internet seluler Smartfren terganggu di DKI Jakarta dan Jawa Barat sejak pukul 08.48 WIB.",
        "text_en": "Smartfren mobile internet is disrupted in DKI Jakarta and Jawa Barat since 08:48 WIB.",
        "speaker": "Sari Wulandari",
        "office": "Manajer Layanan Pelanggan",
    } | more
    return Word(**asked)


def outage(**more: Any) -> PublicIncident:
    """Return an outage that goes on: two words, one promise kept and one open."""
    first = word(1, kind="holding", stage="investigating", next_update_by_us=NOW_US - 30 * MINUTE_US)
    second = word(
        2,
        published_us=NOW_US - 42 * MINUTE_US,
        next_update_by_us=NOW_US + 18 * MINUTE_US,
        text_id="Kami mohon maaf internet seluler Anda terputus. Petugas memperbaiki kabel serat optik yang putus.",
        text_en="We are sorry that your mobile internet is down. Staff are repairing a broken fibre cable.",
    )
    asked: dict[str, Any] = {
        "id": "20251003-k7qm",
        "operator": "smartfren",
        "title_id": "Internet seluler tidak dapat dipakai di DKI Jakarta dan Jawa Barat",
        "title_en": "Mobile internet cannot be used in DKI Jakarta and Jawa Barat",
        "stage": "identified",
        "severity": "critical",
        "scopes": (
            PublicScope(stage="identified", service="mobile_data", region="31", symptom="no_internet"),
            PublicScope(stage="identified", service="mobile_data", region="32", symptom="no_internet"),
        ),
        "onset_us": ONSET_US,
        "confirmed_us": NOW_US - 66 * MINUTE_US,
        "updated_us": NOW_US - 42 * MINUTE_US,
        "cause_id": "kabel serat optik putus di Bekasi",
        "cause_en": "a broken fibre cable in Bekasi",
        "emergency_calls": "reachable",
        "alternatives_id": "telepon dan SMS",
        "alternatives_en": "calls and text messages",
        "words": (first, second),
        "promises": (
            Promise(
                word="n1",
                promised_us=first.published_us,
                due_us=NOW_US - 30 * MINUTE_US,
                state="kept",
                kept_us=second.published_us,
            ),
            Promise(word="n2", promised_us=second.published_us, due_us=NOW_US + 18 * MINUTE_US, state="open"),
        ),
    } | more
    return PublicIncident(**asked)


def over(**more: Any) -> PublicIncident:
    """Return an outage of the day before that is over; the second word came late and was put right by a third."""
    ended = NOW_US - 20 * HOUR_US
    holding = word(
        1,
        kind="holding",
        stage="investigating",
        published_us=ended - 3 * HOUR_US,
        next_update_by_us=ended - 2 * HOUR_US,
        text_id="Telepon XL tidak tersambung di Kota Bandung.",
        text_en="XL calls do not connect in Kota Bandung.",
    )
    back = word(
        2,
        kind="restored",
        stage="resolved",
        published_us=ended,
        text_id="Telepon XL di Kota Bandung pulih pada pukul 14.12 WIB.",
        text_en="XL calls in Kota Bandung were restored at 14:12 WIB.",
    )
    righted = word(
        3,
        kind="correction",
        stage="resolved",
        published_us=ended + 10 * MINUTE_US,
        corrects="n2",
        text_id="Pembetulan: pulih pada pukul 14.02 WIB, bukan 14.12 WIB.",
        text_en="Correction: restored at 14:02 WIB, not 14:12 WIB.",
    )
    asked: dict[str, Any] = {
        "id": "20251002-b3xd",
        "operator": "xl",
        "title_id": "Telepon tidak tersambung di Kota Bandung",
        "title_en": "Calls do not connect in Kota Bandung",
        "stage": "resolved",
        "severity": "major",
        "scopes": (PublicScope(stage="resolved", service="mobile_voice", region="32.73", symptom="call_failure"),),
        "onset_us": ended - 4 * HOUR_US,
        "confirmed_us": ended - 3 * HOUR_US,
        "monitoring_us": ended - HOUR_US,
        "ended_us": ended,
        "updated_us": ended + 10 * MINUTE_US,
        "words": (holding, back, righted),
        "promises": (
            Promise(
                word="n1", promised_us=holding.published_us, due_us=ended - 2 * HOUR_US, state="broken", kept_us=ended
            ),
        ),
    } | more
    return PublicIncident(**asked)


def taken_back(**more: Any) -> PublicIncident:
    """Return what was said in public and was no outage after all; its first word is struck out."""
    said = NOW_US - 5 * DAY_US
    first = word(
        1,
        kind="holding",
        stage="investigating",
        published_us=said,
        withdrawn_us=said + 40 * MINUTE_US,
        text_id="SMS XL mungkin tidak terkirim di Aceh; kami sedang memeriksa.",
        text_en="XL text messages may not be delivered in Aceh; we are checking.",
    )
    righted = word(
        2,
        kind="correction",
        stage="resolved",
        published_us=said + 40 * MINUTE_US,
        corrects="n1",
        text_id="SMS XL di Aceh tidak terganggu. Kami keliru, dan mohon maaf.",
        text_en="XL text messages in Aceh are not disrupted. We were wrong, and we are sorry.",
    )
    asked: dict[str, Any] = {
        "id": "20250928-9wha",
        "operator": "xl",
        "title_id": "SMS di Aceh ternyata tidak terganggu",
        "title_en": "Text messages in Aceh were not disrupted after all",
        "stage": "resolved",
        "severity": "minor",
        "scopes": (PublicScope(stage="resolved", service="sms", region="11"),),
        "onset_us": said - 20 * MINUTE_US,
        "ended_us": said + 40 * MINUTE_US,
        "updated_us": said + 40 * MINUTE_US,
        "retracted": True,
        "words": (first, righted),
    } | more
    return PublicIncident(**asked)


def works() -> tuple[Work, ...]:
    """Return work that is ahead and work that was done."""
    ahead = Work(
        id="w2",
        operator="xl",
        state="scheduled",
        start_us=NOW_US + 16 * HOUR_US,
        end_us=NOW_US + 20 * HOUR_US,
        title_id="Pemutakhiran perangkat inti di Jakarta Selatan",
        title_en="Core upgrade in Jakarta Selatan",
        text_id="Internet seluler dapat terputus selama 15 menit.",
        text_en="Mobile internet may be down for 15 minutes.",
        regions=("31.74",),
        services=("mobile_data",),
        announced_us=NOW_US - 3 * DAY_US,
        updated_us=NOW_US - 3 * DAY_US,
    )
    done = msgspec.structs.replace(
        ahead,
        id="w1",
        state="completed",
        start_us=NOW_US - 2 * DAY_US,
        end_us=NOW_US - 2 * DAY_US + 3 * HOUR_US,
        regions=("32",),
        title_id="Penggantian baterai menara di Jawa Barat",
        title_en="Tower batteries replaced in Jawa Barat",
    )
    return ahead, done


def levels() -> tuple[ComplaintLevel, ...]:
    """Return complaint levels: far above usual where the outage is, as usual elsewhere."""
    curve = (3, 2, 4, 3, 2, 5, 61, 188, 402, 395, 371, 350)
    return (
        ComplaintLevel(operator="smartfren", level="far_above", reports=1_518, usual=12.4, curve=curve),
        ComplaintLevel(operator="xl", level="usual", reports=9, usual=8.1, curve=(2, 3, 1, 2, 2, 4, 2, 1, 3, 2, 2, 2)),
        ComplaintLevel(
            operator="smartfren",
            level="far_above",
            reports=903,
            usual=5.0,
            service="mobile_data",
            region="31",
            curve=tuple(one // 2 for one in curve),
        ),
        ComplaintLevel(operator="smartfren", level="above", reports=14, usual=2.0, region="31.74"),
    )


def measurements() -> tuple[Measurement, ...]:
    """Return what own probes say: names resolve, the data path does not answer."""
    return (
        Measurement(operator="smartfren", kind="dns", asked=6, failed=0, at_us=NOW_US - MINUTE_US),
        Measurement(operator="smartfren", kind="http", asked=14, failed=12, at_us=NOW_US - MINUTE_US),
        Measurement(operator="xl", kind="http", asked=8, failed=0, at_us=NOW_US - MINUTE_US),
    )


def bulletin(**more: Any) -> Bulletin:
    """Return all of it as one bulletin; `more` replaces what a test is about."""
    asked: dict[str, Any] = {
        "desk": "Pulih Contoh",
        "address": "https://status.example.net",
        "mode": "operator",
        "zone": "Asia/Jakarta",
        "made_us": NOW_US,
        "stale_us": NOW_US + 15 * MINUTE_US,
        "operators": OPERATORS,
        "places": PLACES,
        "current": (outage(),),
        "past": (over(), taken_back()),
        "levels": levels(),
        "measurements": measurements(),
        "works": works(),
    } | more
    return Bulletin(**asked)


def many_past(count: int) -> tuple[PublicIncident, ...]:
    """Return a history of `count` incidents, latest first, one every seven hours."""
    first = over()
    return tuple(_earlier(first, number, number * 7 * HOUR_US) for number in range(count))


def _earlier(one: PublicIncident, number: int, by_us: int) -> PublicIncident:
    words = tuple(
        msgspec.structs.replace(
            said,
            published_us=said.published_us - by_us,
            next_update_by_us=None if said.next_update_by_us is None else said.next_update_by_us - by_us,
        )
        for said in one.words
    )
    promises = tuple(
        msgspec.structs.replace(
            kept,
            promised_us=kept.promised_us - by_us,
            due_us=kept.due_us - by_us,
            kept_us=None if kept.kept_us is None else kept.kept_us - by_us,
        )
        for kept in one.promises
    )
    return msgspec.structs.replace(
        one,
        id=f"20250101-{number:04d}",
        onset_us=one.onset_us - by_us,
        confirmed_us=(one.confirmed_us or 0) - by_us,
        monitoring_us=(one.monitoring_us or 0) - by_us,
        ended_us=(one.ended_us or 0) - by_us,
        updated_us=one.updated_us - by_us,
        words=words,
        promises=promises,
    )


def whole_country() -> tuple[Place, ...]:
    """Return all provinces and regencies of Indonesia, each province before what is in it."""
    from pulih.adapters.gazetteer import indonesia

    regions = indonesia().regions.values()
    provinces = [one for one in regions if one.level == "province"]
    return tuple(
        Place(one.code, one.name, one.parent)
        for province in provinces
        for one in (province, *(inner for inner in regions if inner.parent == province.code))
    )
