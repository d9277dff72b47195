"""Kinds: which adapter reads the deliveries of which kind of hook."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pulih.listen.hooks import alertmanager, chatwoot, standard, whatsapp, zammad, zendesk
from pulih.listen.hooks.hooked import Adapter

ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "standard": standard.reports,
        "alertmanager": alertmanager.reports,
        "zammad": zammad.reports,
        "zendesk": zendesk.reports,
        "chatwoot": chatwoot.reports,
        "whatsapp": whatsapp.reports,
    }
)
