"""Examples: what calls take and answer, as the description shows them; a test reads each with its own struct."""

from __future__ import annotations

from typing import Any, Final

COUNTERS: Final[dict[str, Any]] = {"heard": 1204, "counted": 1180, "refused": 3, "repeated": 20, "late": 1}
SOURCE: Final[dict[str, Any]] = {
    "source": "ticket-care",
    **COUNTERS,
    "last_heard": "2025-10-03T03:18:21Z",
    "usual_gap_s": 42.5,
    "liveness": "live",
    "filters": [
        {"name": "smartfren", "batches": 118, "last": "2025-10-03T03:18:21Z", "usual_gap_s": 240.0, "liveness": "live"}
    ],
}
FINDING: Final[dict[str, Any]] = {
    "id": "f3b1c0a94d7e",
    "incident": "20251003-k7qd",
    "operator": "smartfren",
    "operator_name": "Smartfren",
    "service": "mobile_data",
    "region": None,
    "region_name": None,
    "symptom": "no_internet",
    "onset": "2025-10-03T01:48:00Z",
    "alarm": "2025-10-03T01:57:00Z",
    "peak": "2025-10-03T03:18:00Z",
    "cleared": None,
    "last": "2025-10-03T03:18:21Z",
    "signals": 412,
    "expected": 9.5,
    "evidence_nats": 120.4,
    "false_alarms_per_week": 0.1,
    "phrases": [{"text": "sinyal penuh tapi internet mati", "signals": 37}],
    "rules": ["sign.signal_full_no_data"],
    "why": "412 reports where 10 are usual, from many hands.",
    "mengapa": "412 laporan, biasanya 10, dari banyak orang.",
    "narrowed_to": "",
    "scattered": True,
    "standing": "likely",
    "standing_why": "Independent voices carry it.",
    "standing_mengapa": "Didukung suara-suara yang tidak saling menyalin.",
}
VERDICT: Final[dict[str, Any]] = {
    "certainty": "high",
    "reasons": [
        {
            "side": "for",
            "text_id": "Laporan jauh di atas biasanya di banyak provinsi.",
            "text_en": "Reports are far above usual in many provinces.",
            "nats": 120.4,
        }
    ],
}
VOICE: Final[dict[str, Any]] = {
    "at": "2025-10-03T01:52:10Z",
    "text": "sinyal bagus tapi internet tidak bisa dipakai",
    "weight": 1.0,
}
SERIES: Final[dict[str, Any]] = {
    "operator": "smartfren",
    "region": "",
    "start": "2025-10-03T01:45:00Z",
    "step_s": 300,
    "counts": [1, 9, None, 31],
    "expected": [0.8, 0.8, 0.9, 0.9],
    "alarm_at": [7, 7, 7, 7],
}
_SCOPE: Final[dict[str, Any]] = {
    "operator": "smartfren",
    "service": "mobile_data",
    "region": None,
    "symptom": "no_internet",
}
RECOVERY: Final[list[dict[str, Any]]] = [
    {
        "scope": _SCOPE,
        "verdict": "not_yet",
        "since": None,
        "nats": 1.3,
        "needed_nats": 5.0,
        "relapsed": False,
    }
]
ESTIMATE: Final[dict[str, Any]] = {
    "low": "2025-10-03T04:10:00Z",
    "middle": "2025-10-03T05:30:00Z",
    "high": "2025-10-03T09:00:00Z",
    "confidence": 0.8,
    "share": 0.4,
    "incidents": 31,
    "desk_s": None,
}
RECOVERY_ANSWER: Final[dict[str, Any]] = {
    "verdict": "not_yet",
    "scopes": [
        {
            "scope": _SCOPE,
            "verdict": "not_yet",
            "since": None,
            "relapsed": None,
            "silent": False,
            "quiet_s": 1800,
            "evidence": {"total": 1.3, "needed": 4.97, "reports": 0.9, "answers": 0.4, "probes": 0.0, "texts": 0.0},
            "reasons": [
                {
                    "side": "against",
                    "text_id": "Laporan masih di atas biasanya: 84 laporan dalam setengah jam terakhir, biasanya 3,1.",
                    "text_en": "Reports are above usual: 84 reports in the last half hour, usually 3.1.",
                }
            ],
        }
    ],
    "estimate": ESTIMATE,
}
INCIDENT: Final[dict[str, Any]] = {
    "id": "20251003-k7qd",
    "version": 3,
    "opened": "2025-10-03T01:57:02Z",
    "onset": "2025-10-03T01:48:00Z",
    "operator": "smartfren",
    "scopes": [{"scope": _SCOPE, "state": "confirmed"}],
    "state": "confirmed",
    "severity": "critical",
    "owner": "rani",
    "cause_id": "",
    "cause_en": "",
    "emergency_calls": "reachable",
    "priority_customers": [],
    "alternatives_id": "telepon dan SMS",
    "alternatives_en": "calls and SMS",
    "findings": ["f3b1c0a94d7e"],
    "recovery": RECOVERY,
    "estimate": ESTIMATE,
    "overridden": [],
    "posts": [],
    "cleared": [],
    "quiet": None,
    "confirmed": "2025-10-03T02:01:40Z",
    "acknowledged": "2025-10-03T01:59:05Z",
    "reopened": None,
    "ended": None,
    "tasks": [
        {
            "id": "t1",
            "what": "Restart the packet core of Jakarta",
            "party": "vendor",
            "owner": "rani",
            "due": "2025-10-03T04:00:00Z",
            "done": None,
            "state": "under_way",
            "outside": "Vendor A",
            "tells_end": False,
            "after": [],
        }
    ],
    "rumours": [],
    "notices": [
        {
            "id": "n1",
            "kind": "holding",
            "text_id": "Sejak pukul 08.48 WIB sebagian pelanggan tidak dapat memakai internet. Kami sedang memeriksa.",
            "text_en": "Since 08:48 WIB some customers cannot use mobile internet. We are looking into it.",
            "state": "published",
            "drafted_by": "rani",
            "signed_by": "",
            "drafted": "2025-10-03T02:00:10Z",
            "published": "2025-10-03T02:01:05Z",
            "next_update_by": "2025-10-03T02:31:05Z",
            "before_second": True,
            "wording": "approved",
            "break_glass": False,
            "speaker": "Sari Wulandari",
            "office": "Direktur Jaringan",
            "corrects": "",
            "publish_at": None,
            "scheduled_by": "",
        }
    ],
    "merged_into": "",
    "maintenance": "",
    "took_over": [],
    "credit_basis": None,
    "credits": [],
}
ENTRIES: Final[list[dict[str, Any]]] = [
    {
        "incident": "20251003-k7qd",
        "number": 1,
        "at": "2025-10-03T01:57:02Z",
        "actor": "desk",
        "reason": "412 reports where 10 are usual.",
        "fact": {
            "type": "opened",
            "operator": "smartfren",
            "onset": "2025-10-03T01:48:00Z",
            "scopes": [_SCOPE],
            "findings": ["f3b1c0a94d7e"],
        },
    },
    {
        "incident": "20251003-k7qd",
        "number": 2,
        "at": "2025-10-03T02:01:40Z",
        "actor": "rani",
        "reason": "The packet core alarm fits, and calls to the care desk say the same.",
        "fact": {"type": "confirmed", "scopes": []},
    },
]
ENTRY_SENT: Final[dict[str, Any]] = {
    "version": 3,
    "fact": {"type": "claimed_fixed", "scopes": []},
    "reason": "The vendor restarted the packet core at 11:20 WIB.",
}
OPENING_SENT: Final[dict[str, Any]] = {
    "operator": "smartfren",
    "onset": "2025-10-03T08:48:00+07:00",
    "scopes": [_SCOPE],
    "reason": "Field engineers report a cut backbone at Cirebon.",
}
