"""What a run of credits says at its end: the control account, sums, and which file to look at."""

from __future__ import annotations

from pathlib import Path

from pulih.adapters.credit.credit_folder import CREDITS, TOTALS
from pulih.service.crediting import Credited


def credited_lines(credited: Credited, out: Path) -> list[str]:
    """Lines for people."""
    control, totals = credited.control, credited.totals
    lines = [
        f"Policy {control.policy_id}, engine {control.engine}",
        f"subscribers {control.subscribers_in_file:,} = credited {control.credited:,} + not eligible "
        f"{control.not_eligible:,} + refused {control.refused:,}",
        f"credits {control.rows:,}; sum in minor units: "
        + (", ".join(f"{net:,} {currency}" for currency, net in control.net_minor.items()) or "none"),
    ]
    lines.extend(
        f"  {incident.incident_id} {clause.clause_id}: {clause.status}, qualified {clause.qualified:,}, "
        f"credited {clause.credited:,}"
        for incident in totals.incidents
        for clause in incident.clauses
    )
    if control.set_aside:
        told = ", ".join(f"{table} {rows:,}" for table, rows in control.set_aside.items())
        lines.append(f"Rows set aside in refused.parquet: {told}")
    lines.append(f"Written: {out / CREDITS}, {TOTALS}, control.json")
    return lines
