"""Deliveries of the systems whose hooks we read, shaped as their documentation shows them; all words are invented."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

# Prometheus Alertmanager, configuration, webhook_config: version 4.
ALERTMANAGER: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="PacketCoreSessionsDown"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "pulih",
    "groupLabels": {"alertname": "PacketCoreSessionsDown"},
    "commonLabels": {"alertname": "PacketCoreSessionsDown", "operator": "smartfren", "severity": "critical"},
    "commonAnnotations": {},
    "externalURL": "https://alertmanager.example:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {
                "alertname": "PacketCoreSessionsDown",
                "instance": "upf-jkt-1:9100",
                "operator": "smartfren",
                "region": "Jakarta",
                "service": "mobile_data",
                "severity": "critical",
                "symptom": "no_internet",
            },
            "annotations": {
                "summary": "Sessions fell by 92 %",
                "description": "upf-jkt-1 holds 8 % of the sessions of an hour ago.",
            },
            "startsAt": "2025-10-03T08:41:12.739266876+07:00",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example/graph?g0.expr=up",
            "fingerprint": "c6eadffa33fcdf37",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "BackhaulDown", "service": "snmp-exporter", "site": "BDG-044"},
            "annotations": {},
            "startsAt": "2025-10-03T01:10:00Z",
            "endsAt": "2025-10-03T01:55:30Z",
            "generatorURL": "",
            "fingerprint": "bc97ff14869b13e3",
        },
    ],
}

# Zammad admin documentation, webhooks, default JSON payload; users and groups shortened.
ZAMMAD: dict[str, Any] = {
    "ticket": {
        "article_count": 1,
        "article_ids": [104],
        "create_article_sender": "Customer",
        "create_article_type": "email",
        "created_at": "2025-10-03T01:48:35.282Z",
        "customer": {"active": True, "email": "sari@example.com", "firstname": "Sari", "id": 8, "vip": False},
        "customer_id": 8,
        "group": {"id": 3, "name": "Layanan Pelanggan"},
        "id": 81,
        "number": "10081",
        "owner_id": 5,
        "priority": {"id": 2, "name": "2 normal"},
        "state": "open",
        "ticket_time_accounting": [],
        "title": "Internet mati",
        "updated_at": "2025-10-03T01:48:35.333Z",
    },
    "article": {
        "attachments": [],
        "body": (
            "Dari jam 8 pagi <b>tidak bisa</b> internetan&nbsp;di Setiabudi.<div><br></div>"
            '<blockquote type="cite">Terima kasih sudah menghubungi kami.</blockquote>'
        ),
        "content_type": "text/html",
        "created_at": "2025-10-03T01:48:35.318Z",
        "created_by": {"email": "sari@example.com", "id": 8},
        "created_by_id": 8,
        "from": "Sari <sari@example.com>",
        "id": 104,
        "internal": False,
        "origin_by": "sari@example.com",
        "origin_by_id": 8,
        "sender": "Customer",
        "sender_id": 2,
        "ticket_id": 81,
        "to": "Layanan Pelanggan",
        "type": "email",
        "accounted_time": 0,
    },
}

# Zendesk developer documentation, webhook event types, ticket events.
ZENDESK_TICKET: dict[str, Any] = {
    "account_id": 22129848,
    "detail": {
        "actor_id": "8447388090494",
        "assignee_id": None,
        "brand_id": "8447346621310",
        "created_at": "2025-10-03T01:48:57Z",
        "custom_status": "8447320465790",
        "description": "Sinyal penuh tapi internet tidak jalan, di Bandung.",
        "external_id": None,
        "form_id": "8646151517822",
        "group_id": None,
        "id": "5158",
        "is_public": True,
        "organization_id": None,
        "priority": None,
        "requester_id": "8447388090495",
        "status": "NEW",
        "subject": "Internet mati",
        "submitter_id": "8447388090495",
        "tags": [],
        "type": None,
        "updated_at": "2025-10-03T01:48:57Z",
        "via": {"channel": "web_service"},
    },
    "event": {"meta": {"sequence": {"id": "A1B2C3", "position": 1}}},
    "id": "cbe4028c-7239-495d-b020-f22348516046",
    "subject": "zen:ticket:5158",
    "time": "2025-10-03T01:48:58.114Z",
    "type": "zen:event-type:ticket.created",
    "zendesk_event_version": "2022-11-06",
}
ZENDESK_COMMENT: dict[str, Any] = {
    **ZENDESK_TICKET,
    "event": {
        "comment": {
            "author": {"id": "8447388090495", "is_staff": False, "name": "Sari"},
            "body": "Sampai sekarang masih mati.",
            "id": "32498123",
            "is_public": True,
        },
        "meta": {"sequence": {"id": "A1B2C4", "position": 1}},
    },
    "id": "9f0a2f7e-8f6c-4a53-9d58-6b8b3d5f2f10",
    "time": "2025-10-03T03:05:00Z",
    "type": "zen:event-type:ticket.comment_added",
}

# Chatwoot user guide, how to use webhooks: message_created.
CHATWOOT: dict[str, Any] = {
    "event": "message_created",
    "id": 4411,
    "content": "Wifi rumah mati dari pagi, lampu LOS merah",
    "created_at": "2025-10-03T01:50:12.000Z",
    "message_type": "incoming",
    "content_type": "text",
    "content_attributes": {},
    "private": False,
    "source_id": None,
    "sender": {"id": 77, "name": "Sari", "email": "sari@example.com", "type": "contact", "phone_number": None},
    "contact": {"id": 77, "name": "Sari"},
    "inbox": {"id": 2, "name": "Aplikasi"},
    "conversation": {"id": 312, "status": "open", "channel": "Channel::WebWidget", "inbox_id": 2},
    "account": {"id": 1, "name": "Layanan"},
}

# Meta for developers, WhatsApp Business Platform, webhooks reference, messages.
WHATSAPP: dict[str, Any] = {
    "object": "whatsapp_business_account",
    "entry": [
        {
            "id": "102290129340398",
            "changes": [
                {
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"},
                        "contacts": [{"profile": {"name": "Sari"}, "wa_id": "6281200000001"}],
                        "messages": [
                            {
                                "from": "6281200000001",
                                "id": "wamid.HBgLNjI4MTIwMDAwMDAwMQ",
                                "timestamp": "1759456137",
                                "type": "text",
                                "text": {"body": "kak internet mati total di Depok"},
                            },
                            {
                                "from": "6281200000002",
                                "id": "wamid.HBgLNjI4MTIwMDAwMDAwMg",
                                "timestamp": "1759456140",
                                "type": "image",
                                "image": {"caption": "modem begini terus", "id": "2754859441498128", "sha256": "x"},
                            },
                            {
                                "from": "6281200000003",
                                "id": "wamid.HBgLNjI4MTIwMDAwMDAwMw",
                                "timestamp": "1759456141",
                                "type": "sticker",
                                "sticker": {"id": "1"},
                            },
                            {
                                "from": "6281200000004",
                                "id": "wamid.HBgLNjI4MTIwMDAwMDAwNA",
                                "timestamp": "1759456142",
                                "type": "interactive",
                                "interactive": {
                                    "type": "list_reply",
                                    "list_reply": {"id": "no-internet", "title": "Internet mati"},
                                },
                            },
                        ],
                    },
                    "field": "messages",
                }
            ],
        }
    ],
}
# A receipt of a message that the business sent.
WHATSAPP_RECEIPT: dict[str, Any] = {
    "object": "whatsapp_business_account",
    "entry": [
        {
            "id": "102290129340398",
            "changes": [
                {
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"},
                        "statuses": [{"id": "wamid.OUT", "status": "delivered", "timestamp": "1759456150"}],
                    },
                    "field": "messages",
                }
            ],
        }
    ],
}

# Standard Webhooks 1.0.0, payload structure, with reports of ours as data.
STANDARD: dict[str, Any] = {
    "type": "report.created",
    "timestamp": "2025-10-03T01:51:00.344522Z",
    "data": [
        {"id": "call-9001", "text": "<p>Telepon putus-putus</p>", "operator": "smartfren", "place": "Bekasi"},
        {"text": "sms tidak masuk", "at": "2025-10-03T08:50:00+07:00", "author": 17},
    ],
}


def changed(payload: dict[str, Any], *path: str | int, to: Any) -> bytes:
    """Return `payload` as JSON with one value exchanged, the rest as it was."""
    whole = copy.deepcopy(payload)
    inner: Any = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return msgspec.json.encode(whole)
