"""What people read about a policy and an account says what is reckoned, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from credit_cases import CreditCase, draw, subscriber
from credit_examples import EXAMPLES, USUAL, P, present
from rules_on_cases import holdings

from pulih.compensate.account_words import account_lines, credit_lines
from pulih.compensate.clauses import Policy
from pulih.compensate.crediting import accounts, credit_of
from pulih.compensate.explaining import clause_sentence, row_explanation
from pulih.compensate.incident_file import read_incidents
from pulih.compensate.policy import read_policy
from pulih.compensate.written import Language


def _told(case: CreditCase, language: Language) -> list[str]:
    policy, incidents = read_policy(case.policy), read_incidents(case.incidents)
    return [
        line
        for holding in holdings(case)
        for account in accounts(policy, incidents, holding)
        for line in account_lines(account, holding, policy, language)
    ]


def _example(name: str) -> CreditCase:
    return next(one.case for one in EXAMPLES if one.name == name)


@pytest.mark.parametrize(
    ("name", "english", "indonesian"),
    [
        ("90 minutes", "90 units × IDR 100,000.00 × 1/43,200 = IDR 208.3333...", "Diberikan: IDR 208,33"),
        ("just too short", "affected for 59 min 59.999999 s; the threshold is >= 1 h", "59 menit 59,999999 detik"),
        ("overlapping incidents", "Counted for another outage already: 30 min", "Sudah dihitung pada gangguan lain"),
        (
            "moved away",
            "What reached you: mobile internet (31.74) 3 Oct 2025 10:00:00 - 11:00:00",
            "internet seluler (31.74) 3 Okt",
        ),
        ("two days in Jakarta", "Days counted: 2 of 2: 3 Oct 2025, 4 Oct 2025", "2 dari 2: 3 Okt 2025, 4 Okt 2025"),
        ("paid 833", "Paid before: IDR 8.33", "Sudah dibayar sebelumnya: IDR 8,33"),
        ("presence", "the services it is about were not down where you were", "tidak terganggu di tempat Anda berada"),
        ("everybody", "No credit: the clause pays in another currency.", "membayar dalam mata uang lain"),
        ("three days above 12 h", "Given: 3 days of validity", "Diberikan: 3 hari masa aktif"),
        ("capped minutes", "The cap holds", "Batas atas berlaku"),
    ],
)
def test_an_account_tells_every_step(name: str, english: str, indonesian: str) -> None:
    assert english in "\n".join(_told(_example(name), "en"))
    assert indonesian in "\n".join(_told(_example(name), "id"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"excluded": True}, "the outage or its cause is excluded"),
        ({"windows": []}, "this outage has no window of time"),
    ],
)
def test_an_account_tells_why_an_incident_gives_nothing(change: dict[str, Any], says: str) -> None:
    case = CreditCase(P, {**USUAL, **change}, [subscriber()], [present()])
    assert says in "\n".join(_told(case, "en"))


def test_every_random_account_can_be_told_in_both_languages() -> None:
    for seed in range(60):
        case = draw(seed)
        policy = read_policy(case.policy)
        english, indonesian = _told(case, "en"), _told(case, "id")
        assert len(english) == len(indonesian)
        for clause in policy.clauses:
            told = row_explanation(policy, read_incidents(case.incidents)[0], clause)
            assert clause_sentence(clause, "id") in told
            assert clause_sentence(clause, "en") in told


def test_what_was_given_is_told_where_the_tables_are_gone() -> None:
    case = _example("90 minutes")
    policy: Policy = read_policy(case.policy)
    holding = holdings(case)[0]
    (account,) = accounts(policy, read_incidents(case.incidents), holding)
    lines = credit_lines([credit_of(policy, holding.subscriber, account)], policy, "en")
    assert lines[-1].strip() == "Given: IDR 208.33"
    assert credit_lines([], policy, "en")[-1] == "No credit for this subscriber in this result."
