"""Many cases of credits in one: what starts slowly, as a database does, is then run once on all of them.

Cases keep apart since nothing of one is known to another: subscribers, regions, plans, incidents, policies and causes
bear the case's number, `*` becomes a region of its own above all others (depths grow by one), and a clause requires an
attribute that only the incidents of its case have. What the policies say of validity and causes moves into each clause
and incident. Rows are the same as case by case; statuses differ in their words, not in what they give.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from credit_cases import CreditCase, CreditRow, Row

# Subscribers of a case have ids below this.
IDS_A_CASE = 1000
POLICY = "merged"


def merged(cases: list[CreditCase]) -> CreditCase:
    """One case whose rows are those of all cases, renamed as `merged_rows` renames them."""
    whole = CreditCase({"id": POLICY, "clause": [], "supersedes": [], "excluded_causes": []}, {"incidents": []}, [])
    for number, case in enumerate(cases):
        own = _Renamed(number, case)
        whole.policy["clause"] += [own.clause(clause) for clause in case.policy["clause"]]
        whole.policy["supersedes"] += [own.name(id_) for id_ in case.policy.get("supersedes", [])]
        whole.policy["excluded_causes"] += [own.name(cause) for cause in case.policy.get("excluded_causes", [])]
        incidents = case.incidents.get("incidents", [case.incidents])
        whole.incidents["incidents"] += [own.incident(incident) for incident in incidents]
        for table in ("subscribers", "presence", "paid", "affected"):
            getattr(whole, table).extend(own.row(row) for row in getattr(case, table))
    return whole


def merged_rows(results: list[list[CreditRow]]) -> list[CreditRow]:
    """The rows of cases, renamed and put in the order of the merged case."""
    renamed = [
        (number * IDS_A_CASE + id_, f"{number}/{incident}", POLICY, f"{number}/{clause}", *rest)
        for number, rows in enumerate(results)
        for id_, incident, _, clause, *rest in rows
    ]
    return sorted(renamed, key=lambda row: (row[0], row[1].encode(), row[3].encode()))  # type: ignore[arg-type]


def merged_tallies(results: list[Row]) -> Row:
    """Totals of cases by (incident, clause), renamed; without statuses, and without those where nobody qualified."""
    return {
        (f"{number}/{incident}", f"{number}/{clause}"): tally
        for number, totals in enumerate(results)
        for (incident, clause), tally in tallies(totals).items()
    }


def tallies(totals: Row) -> Row:
    """Totals by (incident, clause), without statuses, and without those where nobody qualified."""
    return {
        (incident["incident_id"], clause["clause_id"]): {
            name: value for name, value in clause.items() if name not in ("clause_id", "status")
        }
        for incident in totals["incidents"]
        for clause in incident["clauses"]
        if clause["qualified"]
    }


class _Renamed:
    """Renames all that belongs to one case."""

    def __init__(self, number: int, case: CreditCase) -> None:
        self._number, self._case = number, case

    def name(self, text: str) -> str:
        return f"{self._number}/{text}"

    def region(self, code: str) -> str:
        return f"c{self._number}" if code == "*" else f"c{self._number}.{code}"

    def policy(self, id_: str) -> str:
        return POLICY if id_ == self._case.policy["id"] else self.name(id_)

    def clause(self, clause: Row) -> Row:
        applies = dict(clause.get("applies", {}))
        plans = applies.get("plans", {row["plan_id"] for row in self._case.subscribers})
        applies["plans"] = [self.name(plan) for plan in sorted(plans)]
        requires = [*clause.get("requires", []), {"attribute": f"case {self._number}", "min": 1}]
        renamed = {**clause, "id": self.name(clause["id"]), "applies": applies, "requires": requires}
        if "window_max_depth" in clause:
            renamed["window_max_depth"] = clause["window_max_depth"] + 1
        return {**renamed, **self._validity(clause)}

    def _validity(self, clause: Row) -> dict[str, date]:
        """In force when both the policy and the clause are."""
        rules = (self._case.policy, clause)
        since = [rule["valid_from"] for rule in rules if "valid_from" in rule]
        until = [rule["valid_to"] for rule in rules if "valid_to" in rule]
        return ({"valid_from": max(since)} if since else {}) | ({"valid_to": min(until)} if until else {})

    def incident(self, incident: Row) -> Row:
        windows = [{**window, "region": self.region(window["region"])} for window in incident["windows"]]
        attributes = {**incident.get("attributes", {}), f"case {self._number}": 1}
        renamed = {**incident, "id": self.name(incident["id"]), "windows": windows, "attributes": attributes}
        if "supersedes" in incident:
            renamed["supersedes"] = [self.name(id_) for id_ in incident["supersedes"]]
        if "cause" in incident:
            renamed["cause"] = self.name(incident["cause"])
        return renamed

    def row(self, row: Row) -> Row:
        """A row of any table."""
        ways: dict[str, Any] = {
            "subscriber_id": lambda id_: self._number * IDS_A_CASE + id_,
            "plan_id": self.name,
            "home_region": self.region,
            "region": self.region,
            "incident_id": self.name,
            "policy_id": self.policy,
            "clause_id": self.name,
        }
        return {name: ways[name](value) if name in ways else value for name, value in row.items()}
