"""Thresholds with bounds, what binds whom, what is announced ahead, and documents that name what they lack."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learn_world import HOUR_US, MINUTE_US, ONSET_US, RULES, SECOND_US, at, exactly, outage
from msgspec.structs import replace

from pulih.learn.obligations import ahead, announced, crossing, document, obligation, obligations
from pulih.learn.regulator import SizeTest
from pulih.learn.thresholds import reach, size_reached, user_minutes
from pulih.model.impact import Bounds
from pulih.model.record import Affected, Figures, Record


def _applies(rule: str, record: Record, now_us: int) -> str:
    return obligation(RULES[rule], record, now_us=now_us).applies


@pytest.mark.parametrize(
    ("rule", "users", "minutes", "last"),
    [
        ("us.nors", 30_000, 30, "before"),
        ("us.nors", 10_000, 90, "before"),
        ("ca.crtc.interim-2023", 100_001, 60, "after"),
        ("au.major.2024", 100_000, 60, "after"),
        ("gb.ofcom.proposal-2026", 10_000, 480, "before"),
    ],
)
def test_a_threshold_is_crossed_at_its_second_and_not_one_before(
    rule: str, users: int, minutes: int, last: str
) -> None:
    """ "At least" counts the very moment; "longer than" only what lies beyond it."""
    served = {"served": exactly(100_000_000), "whole": ()}
    record = outage(exactly(users), emergency_calls="reachable", figures=served)
    edge_us = ONSET_US + minutes * MINUTE_US
    seen = [_applies(rule, record, edge_us + away) for away in (-SECOND_US, 0, SECOND_US)]
    assert seen == ["not_yet", "applies" if last == "before" else "not_yet", "applies"]
    assert _applies(rule, outage(exactly(users - 1), emergency_calls="reachable", figures=served), edge_us) != "applies"


@pytest.mark.parametrize(("short_us", "seen"), [(0, "applies"), (1, "never")])
def test_an_outage_that_ended_at_the_very_moment_counts_and_one_that_ended_a_microsecond_before_does_not(
    short_us: int, seen: str
) -> None:
    over_us = ONSET_US + 30 * MINUTE_US - short_us
    record = outage(exactly(30_000), ended_us=over_us, emergency_calls="reachable")
    assert _applies("us.nors", record, over_us + HOUR_US) == seen


def test_crtc_counts_ordinary_outages_by_user_minutes_and_leaves_isolation_to_people() -> None:
    record = outage(exactly(20_000), emergency_calls="reachable")
    edge_us = ONSET_US + 30 * MINUTE_US
    seen = [_applies("ca.crtc.2025-225", record, edge_us + away) for away in (-SECOND_US, 0)]
    assert seen == ["may_apply", "applies"]


@pytest.mark.parametrize(("hours", "percent"), [(1, 15), (2, 10), (4, 5), (6, 2), (8, 1)])
def test_each_rung_of_the_ladder_asks_more_than_its_share_for_longer_than_its_hours(hours: int, percent: int) -> None:
    served = {"served": exactly(1_000_000)}
    at_share = outage(exactly(percent * 10_000), figures=served)
    beyond = outage(exactly(percent * 10_000 + 1), figures=served)
    edge_us = ONSET_US + hours * HOUR_US
    assert reach(RULES["it.dm.2018.5"], beyond).sure_us == edge_us + 1
    assert reach(RULES["it.dm.2018.5"], at_share).sure_us != edge_us + 1


@pytest.mark.parametrize(
    ("out", "india", "australia"),
    [
        ((), "never", "never"), (("district",), "applies", "never"), (("province",), "applies", "applies"),
        (("country",), "applies", "applies"),
    ],
)  # fmt: skip
def test_an_area_that_is_out_entirely_has_all_within_it_out_too(
    out: tuple[str, ...], india: str, australia: str
) -> None:
    record = outage(exactly(50), figures={"whole": out})
    now_us = ONSET_US + 5 * HOUR_US
    assert _applies("in.trai.2023", record, now_us) == india
    assert _applies("au.major.2024", record, now_us) == australia
    edge_us = ONSET_US + 240 * MINUTE_US
    if india == "applies":
        assert [_applies("in.trai.2023", record, edge_us + away) for away in (0, SECOND_US)] == ["not_yet", "applies"]


def test_bounds_that_straddle_a_threshold_may_apply_and_say_when_they_would() -> None:
    record = outage(Bounds(10_000, 30_000, 900_000), emergency_calls="reachable")
    rule = obligation(RULES["us.nors"], record, now_us=ONSET_US + 40 * MINUTE_US)
    assert rule.applies == "may_apply"
    assert rule.reached.possible_us == ONSET_US + 30 * MINUTE_US
    assert rule.reached.sure_us == ONSET_US + 90 * MINUTE_US
    assert all(one.provisional for one in rule.clocks)


def test_what_nobody_counted_may_apply_and_never_surely_does() -> None:
    rule = obligation(RULES["us.nors"], outage(), now_us=ONSET_US + 300 * MINUTE_US)
    assert (rule.applies, rule.reached.sure_us) == ("may_apply", None)
    assert "scale" in rule.missing
    assert "scale" not in obligation(RULES["us.nors"], outage(exactly(9)), now_us=ONSET_US).missing


def test_an_outage_that_ended_small_never_applies() -> None:
    record = outage(exactly(5), ended_us=ONSET_US + 20 * MINUTE_US, emergency_calls="reachable")
    assert _applies("us.nors", record, ONSET_US + 90 * MINUTE_US) == "never"
    assert obligation(RULES["us.nors"], record, now_us=ONSET_US + 90 * MINUTE_US).clocks == ()


def test_what_is_only_suspected_may_apply_and_what_was_rejected_never() -> None:
    now_us = ONSET_US + HOUR_US
    assert _applies("jp.mic.2023", outage(state="suspected"), now_us) == "may_apply"
    rejected = obligation(RULES["jp.mic.2023"], outage(state="rejected", ended_us=now_us), now_us=now_us)
    assert (rejected.applies, rejected.clocks) == ("never", ())


def test_planned_work_counts_for_rules_that_count_it_and_for_no_others() -> None:
    record = outage(exactly(10**7), maintenance="w1", figures={"served": exactly(10**7)})
    later_us = ONSET_US + 10 * HOUR_US
    assert _applies("us.nors", record, later_us) == "never"
    assert _applies("it.dm.2018.5", record, later_us) == "applies"


def test_a_duration_that_is_expected_counts_from_the_moment_it_is_expected() -> None:
    since_us = ONSET_US + 12 * MINUTE_US
    expected = {"expected_end_us": ONSET_US + 3 * HOUR_US, "expected_since_us": since_us, "whole": ()}
    record = outage(exactly(100_000), figures=expected)
    assert [_applies("au.major.2024", record, since_us + away) for away in (-SECOND_US, 0)] == ["not_yet", "applies"]
    short = outage(exactly(100_000), figures={**expected, "expected_end_us": ONSET_US + 30 * MINUTE_US})
    assert _applies("au.major.2024", short, since_us) == "not_yet"


def test_a_rule_binds_by_the_day_of_the_onset_where_it_is_made_not_where_the_desk_is() -> None:
    # It is 31 December in Sydney an hour after midnight there, and still the 30th in Jakarta.
    for written, seen in (("2024-12-30T23:59:59+11:00", "before"), ("2024-12-31T00:00:00+11:00", "binding")):
        record = outage(onset_us=at(written), country="AU")
        assert obligation(RULES["au.major.2024"], record, now_us=at(written)).binding == seen


def test_a_superseded_rule_and_its_successor_change_over_at_one_midnight() -> None:
    old, new = RULES["ca.crtc.interim-2023"], RULES["ca.crtc.2025-225"]
    for written, seen in (
        ("2025-11-03T23:59:59-05:00", ["binding", "before"]),
        ("2025-11-04T00:00:00-05:00", ["after", "binding"]),
    ):
        record = outage(onset_us=at(written), country="CA")
        assert [obligation(one, record, now_us=at(written)).binding for one in (old, new)] == seen


def test_the_code_of_the_union_bound_until_the_midnight_of_nis2_and_leaves_the_size_to_people() -> None:
    for written, seen in (("2024-10-17T23:59:59+02:00", "binding"), ("2024-10-18T00:00:00+02:00", "after")):
        found = obligation(RULES["eu.eecc.40"], outage(onset_us=at(written), country="IT"), now_us=at(written))
        assert (found.binding, found.applies) == (seen, "may_apply")


def test_rules_of_elsewhere_and_proposals_are_worked_out_as_if_and_stand_after_those_that_bind() -> None:
    found = obligations(RULES.values(), outage(exactly(10**6)), now_us=ONSET_US + HOUR_US)
    assert [one.rule.country for one in found if not one.as_if] == ["ID", "ID"]
    assert [one.as_if for one in found] == sorted(one.as_if for one in found)
    told = {one.rule.id: one for one in found}
    assert told["gb.ofcom.proposal-2026"].binding == "proposed"
    assert (told["us.nors"].binding, told["us.nors"].applies) == ("elsewhere", "applies")
    assert "for comparison" in document(told["us.nors"], now_us=ONSET_US)


def test_it_is_announced_ahead_that_an_outage_becomes_notifiable() -> None:
    record = replace(outage(exactly(10_000), emergency_calls="reachable"), country="US")
    now_us = ONSET_US + 68 * MINUTE_US
    rule = obligation(RULES["us.nors"], record, now_us=now_us)
    assert crossing(rule, now_us=now_us) == ONSET_US + 90 * MINUTE_US
    said = announced(rule, record, now_us=now_us)
    assert said is not None
    assert said[1].startswith("In 22 min (4 March 2026, 10:18 WIB) this becomes notifiable under FCC")
    assert said[0].startswith(
        "Dalam 22 menit (4 Maret 2026 pukul 10.18 WIB) gangguan ini menjadi wajib lapor menurut FCC"
    )
    assert ahead([rule], now_us=now_us, within_us=22 * MINUTE_US) == (rule,)
    assert ahead([rule], now_us=now_us, within_us=22 * MINUTE_US - 1) == ()
    over = replace(record, incident=replace(record.incident, state="restored", ended_us=now_us))
    assert announced(obligation(RULES["us.nors"], over, now_us=now_us), over, now_us=now_us) is None


def test_upper_bounds_announce_that_it_may_become_so() -> None:
    record = outage(Bounds(0, 5_000, 10_000), emergency_calls="reachable")
    said = announced(obligation(RULES["us.nors"], record, now_us=ONSET_US), record, now_us=ONSET_US)
    assert said is not None
    assert "may become notifiable" in said[1]


def test_a_document_says_what_is_known_names_what_is_not_and_is_in_the_language_of_its_rule() -> None:
    record = outage(
        exactly(1234), operator_name="Smartfren", region_names={"31": "DKI Jakarta"}, cause_id="Kabel putus"
    )
    now_us = ONSET_US + HOUR_US
    english = document(obligation(RULES["jp.mic.2023"], record, now_us=now_us), now_us=now_us)
    assert "Start: 4 March 2026, 10:48 JST" in english
    assert "Areas affected: DKI Jakarta" in english
    assert "Estimated restoration: not known yet" in english
    indonesian = document(obligation(RULES["id.house.2026"], record, now_us=now_us), now_us=now_us)
    for line in ("LAPORAN GANGGUAN LAYANAN", "Penyelenggara: Smartfren", "Pengguna terdampak: 1.234 pengguna",
                 "Dugaan penyebab: Kabel putus", "Yang masih bisa dipakai: belum diketahui",
                 "Lama gangguan: 1 jam, masih berlangsung"):  # fmt: skip
        assert line in indonesian


def test_every_rule_has_a_source_and_says_each_part_of_its_report_in_both_languages() -> None:
    for rule in RULES.values():
        assert rule.source, rule.id
        assert rule.title_id, rule.id
        assert rule.title_en, rule.id
        for part in obligation(rule, outage(exactly(5)), now_us=ONSET_US).parts:
            assert all(part.name), part.item


users = st.builds(
    lambda low, wide: Bounds(low, low + wide // 2, low + wide), st.integers(0, 10**6), st.integers(0, 10**6)
)
starts = st.integers(0, 600).map(lambda minute: ONSET_US + minute * MINUTE_US)
rows = st.lists(
    st.builds(
        lambda start_us, minutes, people: Affected(
            start_us=start_us, end_us=None if minutes is None else start_us + minutes * MINUTE_US, users=people
        ),
        starts,
        st.none() | st.integers(1, 600),
        users,
    ),
    min_size=1,
    max_size=4,
)


@given(rows, st.integers(1, 10**8))
def test_user_minutes_cross_at_the_first_microsecond_that_reaches_them(hit: list[Affected], least: int) -> None:
    record = replace(outage(), figures=Figures(affected=tuple(hit)))
    found = size_reached(SizeTest(user_minutes_min=least), record)
    for at_us, bound in ((found.sure_us, "low"), (found.possible_us, "high")):
        if at_us is None:
            assert getattr(user_minutes(record, ONSET_US + 10**15), bound) < least
        else:
            assert getattr(user_minutes(record, at_us), bound) >= least
            assert getattr(user_minutes(record, at_us - 1), bound) < least


@given(rows, st.integers(1, 10**6), st.integers(0, 600))
def test_what_is_sure_is_never_before_what_is_possible(hit: list[Affected], people: int, minutes: int) -> None:
    record = replace(outage(), figures=Figures(affected=tuple(hit), served=Bounds(10**6, 10**6, 2 * 10**6)))
    for test in (
        SizeTest(users_min=people, minutes_min=minutes),
        SizeTest(share_over_percent=people % 100, minutes_over=minutes),
        SizeTest(user_minutes_min=people, minutes_min=minutes, judged=True),
    ):
        found = size_reached(test, record)
        assert found.sure_us is None or (found.possible_us is not None and found.possible_us <= found.sure_us)


def test_an_outage_of_2023_is_judged_by_the_rule_that_came_of_it_as_if() -> None:
    """Optus, 8 November 2023: 10.2 million customers, 04:05 until mostly 16:00, first word 06:33 (Senate report)."""
    onset_us, first_us, over_us = (at(f"2023-11-08T{clock}:00+11:00") for clock in ("04:05", "06:33", "16:00"))
    record = outage(
        exactly(10_200_000),
        onset_us=onset_us,
        ended_us=over_us,
        words=(first_us,),
        country="AU",
        emergency_calls="not_reachable",
        figures={"emergency_calls_failed": exactly(2_145)},
    )
    found = obligation(RULES["au.major.2024"], record, now_us=over_us)
    assert (found.binding, found.applies) == ("before", "applies")
    assert found.reached.sure_us == onset_us + 60 * MINUTE_US + 1
    first, authorities, updates = found.clocks
    assert (first.state, first.met_us) == ("met", first_us)
    # The word to the public is no notice to ACMA and the 000 person.
    assert (authorities.state, authorities.met_us, authorities.asks_for_report) == ("at_once", None, True)
    assert (updates.due_us, updates.state) == (at("2023-11-08T12:33:00+11:00"), "missed")
    japan = obligation(RULES["jp.mic.2023"], record, now_us=over_us)
    assert (japan.binding, japan.clocks[0].state) == ("elsewhere", "late")
    calls = next(part.says for part in japan.parts if part.item == "emergency_calls")
    assert calls == ("tidak dapat dihubungi; 2.145 panggilan gagal", "cannot be reached; 2,145 calls failed")


def test_a_local_outage_that_is_major_is_told_as_a_major_one_alone_from_the_microsecond_that_it_is() -> None:
    record = outage(
        exactly(100_000), country="AU", figures={"area": "remote"}, onset_us=at("2026-03-04T12:00:00+11:00")
    )
    small = outage(exactly(99_999), country="AU", figures={"area": "remote"}, onset_us=record.incident.onset_us)
    late_us = record.incident.onset_us + 4 * HOUR_US

    def seen(one: Record, now_us: int) -> dict[str, tuple[str, str]]:
        found = obligations(RULES.values(), one, now_us=now_us)
        return {each.rule.id: (each.applies, each.instead) for each in found if each.rule.id.startswith("au.")}

    told = seen(record, late_us)
    assert (told["au.major.2024"], told["au.local.remote.2025"]) == (("applies", ""), ("never", "au.major.2024"))
    assert seen(small, late_us)["au.local.remote.2025"] == ("applies", "")
    edge_us = record.incident.onset_us + 60 * MINUTE_US
    assert [seen(record, edge_us + away)["au.local.remote.2025"] for away in (0, SECOND_US)] == [
        ("not_yet", ""), ("never", "au.major.2024"),
    ]  # fmt: skip


def test_a_report_names_once_to_whom_it_goes_and_not_whom_a_statement_reaches() -> None:
    record = outage(exactly(200_000), country="AU")
    now_us = ONSET_US + 2 * HOUR_US
    heads = {
        rule: document(obligation(RULES[rule], record, now_us=now_us), now_us=now_us).splitlines()[1]
        for rule in ("au.major.2024", "us.nors", "id.house.2026")
    }
    assert heads == {
        "au.major.2024": "To: ACMA, TIO, the Department, other carriers, the 000 emergency call person",
        "us.nors": "To: FCC, through NORS",
        "id.house.2026": "Kepada: Kementerian Komunikasi dan Digital",
    }


def test_what_is_to_be_known_of_a_rule_stands_in_both_languages() -> None:
    assert [rule.id for rule in RULES.values() if bool(rule.comment_id) != bool(rule.comment_en)] == []
